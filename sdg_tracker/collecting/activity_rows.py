"""The library's activities, as a snapshot has them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity, ActivityBranch, ActivityCampaign, ActivityPartner, Campaign, Partner
from sdg_tracker.activities.models import Mapping as Mapped
from sdg_tracker.activities.states import Qualifier
from sdg_tracker.collecting.plain import Row, day
from sdg_tracker.collecting.vocabulary import Terms, term
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.printing import served
from sdg_tracker.work import Work


def activities(work: Work, words: Terms, first: date, last: date) -> list[Row]:
    """Return the activities that are not withdrawn, by first day, undated last; ``exhibits`` are filled in later.

    ``in_period`` says whether each touches the stretch from ``first`` to ``last``. Five statements, however many.
    """
    columns = (
        Activity.id,
        Activity.number,
        Activity.title,
        Activity.description,
        Activity.type,
        Activity.status,
        Activity.starts_on,
        Activity.ends_on,
        Activity.year,
        Activity.audiences,
        Activity.attendance,
        Activity.attendance_qualifier,
        Activity.signups,
        Activity.helped,
        Activity.strategy_actions,
        Activity.source_library,
    )
    mapped, houses = _mappings(work), _houses(work)
    campaigns = _named(work, ActivityCampaign, Campaign, ActivityCampaign.campaign)
    partners = _named(work, ActivityPartner, Partner, ActivityPartner.partner)
    found = []
    for row in work.session.execute(sa.select(*columns).where(Activity.withdrawn_at.is_(None))):
        activity = {
            "number": row.number,
            "title": row.title,
            "description": row.description,
            "type": term(words, "activity-type", row.type),
            "status": row.status,
            "starts_on": day(row.starts_on),
            "ends_on": day(row.ends_on),
            "year": row.year,
            "branches": houses[row.id],
            "audiences": [term(words, "audience", code) for code in row.audiences],
            "attendance": _attendance(row.attendance, row.attendance_qualifier),
            "signups": row.signups,
            "helped": row.helped,
            "partners": partners[row.id],
            "campaigns": campaigns[row.id],
            "strategy_actions": list(row.strategy_actions),
            "source_library": row.source_library,
            "mappings": mapped[row.id],
            "exhibits": [],
        }
        found.append({**activity, "in_period": served.touches(activity, first, last, work.today)})
    return sorted(found, key=lambda a: (a["starts_on"] is None, a["starts_on"] or "", a["number"]))


def _attendance(value: int | None, qualifier: str | None) -> Row | None:
    return None if value is None else {"value": value, "qualifier": qualifier or Qualifier.EXACT.value}


def _mappings(work: Work) -> Mapping[int, list[Row]]:
    columns = (
        Mapped.code,
        Mapped.goal,
        Mapped.main,
        Mapped.stance,
        Mapped.contribution,
        Mapped.reason,
        Mapped.confirmed,
    )
    rows = sa.select(Mapped.activity_id, *columns).order_by(Mapped.activity_id, Mapped.position)
    found: dict[int, list[Row]] = defaultdict(list)
    for activity_id, code, goal, main, stance, contribution, reason, confirmed in work.session.execute(rows):
        found[activity_id].append(
            {
                "code": code,
                "goal": goal,
                "main": main,
                "stance": stance,
                "contribution": contribution,
                "reason": reason,
                "confirmed": confirmed,
            }
        )
    return found


def _houses(work: Work) -> Mapping[int, list[str]]:
    rows = sa.select(ActivityBranch.activity_id, Branch.code).join(ActivityBranch.branch)
    found: dict[int, list[str]] = defaultdict(list)
    for activity_id, code in work.session.execute(rows.order_by(Branch.position, Branch.code)):
        found[activity_id].append(code)
    return found


def _named(
    work: Work, link: type[ActivityCampaign | ActivityPartner], named: type[Campaign | Partner], joint: Any
) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = work.session.execute(sa.select(link.activity_id, named.code, named.name, named.name_en).join(joint))
    for activity_id, _code, name, name_en in sorted(rows, key=lambda row: (sort_key(row.name), row.code)):
        found[activity_id].append({"name": name, "name_en": name_en})
    return found
