"""What changed most from the year before: suggestions for the texts of a report, computed, with their numbers.

Plain functions on the rows of a snapshot. Nothing here is called a trend.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sdg_tracker.impact.made import FIELDS, both
from sdg_tracker.measures import rules
from sdg_tracker.printing import series
from sdg_tracker.printing.series import Point

Row = Mapping[str, Any]
TOTALS = ("activities", "evidence", "attendance", "signups", "helped")
LEAST = 5  # of a count, in one of the two years: below it a change says nothing
MOST = 8  # suggestions


@dataclass(frozen=True)
class Change:
    """A figure in a year and in the one before; ``observations`` are the years in which it is known."""

    name: str  # of the figure, see following
    label: Mapping[str, str]
    before: Decimal
    after: Decimal
    observations: int
    said: tuple[str, str] = ("exact", "exact")  # qualifiers of the two
    earlier: str = ""  # name of the figure of the year before

    @property
    def difference(self) -> Decimal:
        """Return the difference, below 0 where it fell."""
        return self.after - self.before

    @property
    def points(self) -> tuple[Point, Point]:
        """Return both figures with their qualifiers."""
        return Point("", self.before, self.said[0]), Point("", self.after, self.said[1])

    @property
    def apart(self) -> Point:
        """Return how far they are apart, with a qualifier; its value is None where a "more than" hides it."""
        told = series.change(self.points)
        return Point("", None if told.difference is None else abs(told.difference), told.qualifier)

    @property
    def percent(self) -> int | None:
        """Return the difference in whole percent of the year before; None where there was nothing."""
        return round(100 * self.difference / self.before) if self.before else None

    @property
    def share(self) -> Decimal:
        """Return how big the difference is beside the larger of the two, from 0 to 1."""
        return abs(self.difference) / max(abs(self.before), abs(self.after))


def changed_most(snapshot: Row) -> list[Change]:
    """Return the figures that changed most from the year before, beside their own size, the largest change first.

    A figure that lacks a reading in one of the years, that was defined anew between them, or whose "more than" hides
    how far they are apart, is not compared.
    """
    found = [change for change in (*_counts(snapshot), *_measures(snapshot)) if change.apart.value]
    return sorted(found, key=lambda change: (-change.share, change.name))[:MOST]


def _counts(snapshot: Row) -> Iterator[Change]:
    years = [*snapshot.get("years", ()), {"year": snapshot["year"], "figures": snapshot["figures"]}]
    if len(years) < 2 or years[-2]["year"] != snapshot["year"] - 1:
        return
    before = f"year:{snapshot['year'] - 1}"
    for field in TOTALS:
        label = {locale: text[:1].upper() + text[1:] for locale, text in both(FIELDS[field]).items()}
        values = [row["figures"]["totals"][field] for row in years]
        yield from _count(f"total:{field}", f"{before}:{field}", label, values)
    told = both(FIELDS["activities"])
    for goal in snapshot["goals"]:
        label = {locale: f"{goal['code']} {goal['title'][locale]}: {told[locale]}" for locale in told}
        values = [row["all"] for year in years for row in year["figures"]["by_goal"] if row["code"] == goal["code"]]
        name = f"goal:{goal['code']}:activities"
        yield from _count(name, f"{before}:{name}", label, values)
    for branch in snapshot["library"]["branches"]:
        names = {"da": branch["name"], "en": branch["name_en"] or branch["name"]}
        label = {locale: f"{names[locale]}: {told[locale]}" for locale in told}
        rows = [row for year in years for row in year["figures"]["by_branch"] if row["code"] == branch["code"]]
        name = f"branch:{branch['code']}:activities"
        yield from _count(name, f"{before}:{name}", label, [row["activities"] for row in rows])


def _count(name: str, earlier: str, label: Mapping[str, str], values: Sequence[Any]) -> Iterator[Change]:
    known = [value["value"] if isinstance(value, Mapping) else value for value in values]
    if None not in known[-2:] and max(known[-2:]) >= LEAST:
        before, after = (Decimal(value) for value in known[-2:])
        was, now = (value["qualifier"] if isinstance(value, Mapping) else "exact" for value in values[-2:])
        yield Change(name, label, before, after, sum(value is not None for value in known), (was, now), earlier)


def _measures(snapshot: Row) -> Iterator[Change]:
    measures = {row["code"]: row for row in snapshot.get("measures", ())}
    for row in measures.values():
        points = [one for one in rules.points(row, measures=measures) if int(one.period) <= snapshot["year"]]
        if len(points) < 2 or points[-1].broken or int(points[-1].period) != snapshot["year"]:
            continue
        before, after = (point.figure for point in points[-2:])
        if before.value is None or after.value is None or before.missing or after.missing:
            continue
        unit = {locale: f"{row['title'][locale]} ({row['unit'][locale]})" for locale in row["title"]}
        known = sum(point.figure.value is not None for point in points)
        said = before.qualifier or "exact", after.qualifier or "exact"
        names = [f"measure:{row['code']}:{point.period}" for point in points[-2:]]
        yield Change(names[1], unit, before.value, after.value, known, said, names[0])
