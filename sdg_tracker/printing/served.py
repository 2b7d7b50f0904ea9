"""Which goals the activities of a snapshot serve, as the pages of dossier and report show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Activity = Mapping[str, Any]
Snapshot = Mapping[str, Any]
WEAKEST_FIRST = ("more_than", "about", "exact")  # qualifiers of a figure
COUNTED = ("held", "ongoing")  # what was done; planned and cancelled activities are shown and not counted


@dataclass(frozen=True)
class Row:
    """An activity under a goal, with its mappings to that goal."""

    activity: Activity
    mappings: Sequence[Mapping[str, Any]]
    main: bool


@dataclass(frozen=True)
class Served:
    """A goal and the activities that support it: those with it as their main goal first."""

    code: str
    rows: Sequence[Row]

    @property
    def main(self) -> int:
        """Return how many counted activities have it as their main goal."""
        return sum(row.main for row in self._counted)

    @property
    def other(self) -> int:
        """Return how many counted activities support it beside another main goal."""
        return sum(not row.main for row in self._counted)

    @property
    def all(self) -> int:
        """Return how many counted activities support it."""
        return len(self._counted)

    @property
    def exhibits(self) -> int:
        """Return how many exhibits the counted activities have."""
        return len({exhibit for row in self._counted for exhibit in row.activity["exhibits"]})

    @property
    def _counted(self) -> list[Row]:
        return [row for row in self.rows if counts(row.activity)]


def counts(activity: Activity) -> bool:
    """Return whether an activity was held or goes on."""
    return activity["status"] in COUNTED


def touches(activity: Activity, first: date, last: date, today: date) -> bool:
    """Return whether an activity took or takes place, at least in part, between two days.

    One that goes on without a last day reaches to ``today``; any other without a last day is of its first day alone. Of
    one without days only the year counts; one without a year is in no stretch of time.
    """
    if activity["starts_on"] is None:
        return activity["year"] is not None and first.year <= activity["year"] <= last.year
    begins = date.fromisoformat(activity["starts_on"])
    if activity["ends_on"] is not None:
        ends = date.fromisoformat(activity["ends_on"])
    else:
        ends = max(begins, today) if activity["status"] == "ongoing" else begins
    return begins <= last and ends >= first


def by_goal(snapshot: Snapshot) -> list[Served]:
    """Return every goal in order, also those that nothing serves."""
    found: dict[str, list[Row]] = {goal["code"]: [] for goal in snapshot["goals"]}
    for activity in snapshot["activities"]:
        mine: dict[str, list[Mapping[str, Any]]] = {}
        for mapping in activity["mappings"]:
            if mapping["stance"] == "supports":
                mine.setdefault(mapping["goal"], []).append(mapping)
        for goal, mappings in mine.items():
            found[goal].append(Row(activity, mappings, any(mapping["main"] for mapping in mappings)))
    return [Served(code, sorted(rows, key=lambda row: not row.main)) for code, rows in found.items()]


def doubtful(snapshot: Snapshot) -> list[tuple[Activity, Mapping[str, Any]]]:
    """Return the mappings that say "works against" or "don't know"."""
    return [
        (activity, mapping)
        for activity in snapshot["activities"]
        for mapping in activity["mappings"]
        if mapping["stance"] != "supports"
    ]


def unmapped(snapshot: Snapshot) -> list[Activity]:
    """Return the activities that nobody has mapped to a goal."""
    return [activity for activity in snapshot["activities"] if not activity["mappings"]]


def total(figures: Iterable[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """Return the sum of numbers who came, None where nobody has counted.

    A sum with a "more than" in it is "more than"; else one with an "about" in it is "about".
    """
    parts = [figure for figure in figures if figure is not None]
    if not parts:
        return None
    said = {part["qualifier"] for part in parts}
    qualifier = next(qualifier for qualifier in WEAKEST_FIRST if qualifier in said)
    return {"value": sum(part["value"] for part in parts), "qualifier": qualifier}


@dataclass(frozen=True)
class Year:
    """What was done in a year. The three headcounts are never added up; one that nobody has taken is None."""

    year: int
    activities: int
    attendance: Mapping[str, Any] | None
    signups: int | None
    helped: int | None
    exhibits: int


def by_year(snapshot: Snapshot, first: str, last: str) -> list[Year]:
    """Return the years of a stretch of days up to the freezing, each with what was held or went on in it."""
    today = date.fromisoformat(snapshot["frozen_at"][:10])
    found = []
    for year in range(int(first[:4]), min(int(last[:4]), today.year) + 1):
        days = date(year, 1, 1), date(year, 12, 31)
        done = [row for row in snapshot["activities"] if counts(row) and touches(row, *days, today)]
        found.append(
            Year(
                year,
                len(done),
                total(row["attendance"] for row in done),
                _sum(row["signups"] for row in done),
                _sum(row["helped"] for row in done),
                len({exhibit for row in done for exhibit in row["exhibits"]}),
            )
        )
    return found


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
