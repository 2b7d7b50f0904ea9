"""What changed most from the year before: suggestions for the texts of a report, computed, with their numbers.

Plain functions on the rows of a snapshot. Nothing here is called a trend.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from sdg_tracker.impact.following import FIELDS, both

Row = Mapping[str, Any]
TOTALS = ("activities", "evidence", "attendance", "signups", "helped")
LEAST = 5  # of a count, in one of the two years: below it a change says nothing
MOST = 8  # suggestions


@dataclass(frozen=True)
class Change:
    """A figure in a year and in the one before; ``observations`` are the years in which it is known."""

    name: str  # of the figure, see following
    label: Mapping[str, str]
    before: int
    after: int
    observations: int
    weight: float  # how much it stands out of what chance alone brings

    @property
    def difference(self) -> int:
        """Return the difference, below 0 where it fell."""
        return self.after - self.before

    @property
    def percent(self) -> int | None:
        """Return the difference in whole percent of the year before; None where there was nothing."""
        return round(100 * self.difference / self.before) if self.before else None


def changed_most(snapshot: Row) -> list[Change]:
    """Return the figures that changed most from the year before, the one that stands out most first.

    Counts are weighed by the difference over the root of their sum, so that neither a big number nor a small one wins
    by its size alone.
    """
    years = list(snapshot.get("years", ()))
    if not years or years[-1]["year"] != snapshot["year"] - 1:
        return []
    now = {"year": snapshot["year"], "figures": snapshot["figures"]}
    found = sorted(_changes(snapshot, [*years, now]), key=lambda change: (-change.weight, change.name))
    return [change for change in found if change.difference][:MOST]


def _changes(snapshot: Row, years: Sequence[Row]) -> Iterator[Change]:
    for field in TOTALS:
        label = {locale: text[:1].upper() + text[1:] for locale, text in both(FIELDS[field]).items()}
        yield from _change(f"total:{field}", label, [row["figures"]["totals"][field] for row in years])
    titles = {goal["code"]: goal["title"] for goal in snapshot["goals"]}
    for place, given in enumerate(snapshot["figures"]["by_goal"]):
        code = given["code"]
        values = [row["figures"]["by_goal"][place]["all"] for row in years]
        yield from _change(f"goal:{code}:activities", _of(f"{code} ", titles[code], "activities"), values)
    names = {
        row["code"]: {"da": row["name"], "en": row["name_en"] or row["name"]} for row in snapshot["library"]["branches"]
    }
    for place, given in enumerate(snapshot["figures"]["by_branch"]):
        if given["code"]:
            values = [row["figures"]["by_branch"][place]["activities"] for row in years]
            yield from _change(
                f"branch:{given['code']}:activities", _of("", names[given["code"]], "activities"), values
            )


def _of(code: str, title: Row, field: str) -> dict[str, str]:
    told = both(FIELDS[field])
    return {locale: f"{code}{title[locale]}: {told[locale]}" for locale in told}


def _change(name: str, label: Mapping[str, str], values: Sequence[Any]) -> Iterator[Change]:
    known = [value["value"] if isinstance(value, Mapping) else value for value in values]
    before, after = known[-2:]
    if before is None or after is None or max(before, after) < LEAST:
        return
    weight = abs(after - before) / sqrt(after + before)
    yield Change(name, label, before, after, sum(value is not None for value in known), weight)
