"""The figures that are tied to a goal, year by year: a section of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sdg_tracker.access import Permission
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.goals import sections
from sdg_tracker.measures import rules, snapshot
from sdg_tracker.measures.states import Aggregation
from sdg_tracker.printing import changes, series
from sdg_tracker.printing.series import Point
from sdg_tracker.work import Work

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Followed:
    """A measure that is tied to a goal, and its years."""

    measure: Row
    points: Sequence[Point]

    @property
    def title(self) -> str:
        """Return what it is called in the current language."""
        return in_locale(self.measure["title"]["da"], self.measure["title"]["en"])

    @property
    def unit(self) -> str:
        """Return its unit in the current language."""
        return in_locale(self.measure["unit"]["da"], self.measure["unit"]["en"])

    @property
    def told(self) -> str:
        """Return how the newest whole year differs from the first, in the current language."""
        known = [place for place, point in enumerate(self.points) if point.value is not None]
        return changes.told(series.change(self.points[known[0] : known[-1] + 1]), self.unit) if known else ""


def years(measure: Row, measures: Mapping[str, Row], today: date) -> list[Point]:
    """Return the figures of a measure by year; one that lacks a part is a gap, this year is left out until it is whole.

    A part compares to nothing, unless the figure of a year is the last one read in it.
    """
    found = []
    for point in rules.points(measure, measures=measures):
        if point.figure.missing and point.last >= today:
            continue
        whole = not point.figure.missing or measure["aggregation"] == Aggregation.LAST
        value, qualifier = (point.figure.value, point.figure.qualifier) if whole else (None, None)
        found.append(Point(point.period, value, qualifier, point.broken))
    return found


def of_goal(rows: Sequence[Row], goal: str, today: date) -> list[Followed]:
    """Return the measures that are tied to a goal or to one of its targets."""
    known = {row["code"]: row for row in rows}
    mine = [
        row for row in rows if goal in row["goals"] or any(target.split(".")[0] == goal for target in row["targets"])
    ]
    return [Followed({key: row[key] for key in ("number", "title", "unit")}, years(row, known, today)) for row in mine]


def section(work: Work, goal: str) -> sections.Section | None:
    """Return what the page of a goal shows of the measures tied to it; None where there are none."""
    if not work.can(Permission.MEASURE_READ):
        return None
    found = work.summed(
        f"measures of goal {goal} on {work.today}", lambda: of_goal(snapshot.rows(work), goal, work.today)
    )
    labels = sorted({point.label for one in found for point in one.points})
    return sections.Section("measures/_goal.html", {"measures": found, "years": labels}) if found else None
