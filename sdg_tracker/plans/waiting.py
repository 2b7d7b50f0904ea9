"""The pledges that somebody has to look at today."""

from datetime import date

from sdg_tracker.access import Permission
from sdg_tracker.plans import rules, snapshot
from sdg_tracker.plans.document import Row
from sdg_tracker.work import Work


def pledges(work: Work) -> dict[str, list[Row]]:
    """Return the pledges of today's plan by why they wait, for who writes it; see ``rules.waits``.

    A plan that nobody has approved, and one whose time is over, waits for nobody.
    """
    plan = snapshot.row(work, work.today) if work.can(Permission.PLAN_WRITE) else None
    found: dict[str, list[Row]] = {}
    if plan is None or not plan["version"] or date.fromisoformat(plan["last"]) < work.today:
        return found
    for pledge in plan["pledges"]:
        if why := rules.waits(pledge, work.today):
            found.setdefault(why, []).append(pledge)
    return found
