"""The measures that follow a goal: the section of its page."""

from collections.abc import Mapping

from sdg_tracker.access import Permission
from sdg_tracker.goals import sections
from sdg_tracker.goals.rules import goal_of
from sdg_tracker.measures import showing, snapshot
from sdg_tracker.measures.rules import Figure
from sdg_tracker.work import Work

Line = tuple[showing.Row, tuple[int, Figure] | None, Mapping[str, showing.Row]]


def section(work: Work, goal: str) -> sections.Section | None:
    """Return the measures of a goal and its targets, each with its last whole year; None when there is none."""
    if not work.can(Permission.MEASURE_READ):
        return None
    lines = work.summed(f"measures of goal {goal} on {work.today}", lambda: _lines(work, goal))
    return sections.Section("measures/_of_goal.html", {"lines": lines, "showing": showing}) if lines else None


def _lines(work: Work, goal: str) -> list[Line]:
    rows = {row["code"]: row for row in snapshot.rows(work)}
    mine = [row for row in rows.values() if goal in {*row["goals"], *map(goal_of, row["targets"])}]
    return [(row, showing.whole_year(row, rows), rows) for row in mine]
