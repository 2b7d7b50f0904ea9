"""Where a measure should be in a year: plain functions on the rows of a snapshot."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


def expected(measure: Row, year: int) -> Decimal | None:
    """Return where a measure should be in a year, on a straight line from its baseline to its target.

    None without both, or for a year that is not between them.
    """
    baseline, target = measure["baseline"], measure["target"]
    if not baseline or not target or any(changed(measure, int(baseline["period"][:4]), year)):
        return None
    first, last = int(baseline["period"][:4]), int(target["period"][:4])
    if not first < year <= last:
        return None
    start, end = Decimal(baseline["value"]), Decimal(target["value"])
    return start + (end - start) * (year - first) / (last - first)


def changed(measure: Row, first: int, last: int) -> list[Row]:
    """Return the changes of a definition after the beginning of one year, up to the end of another."""
    return [row for row in measure["changes"] if f"{first}-01-01" < row["first"] <= f"{last}-12-31"]


def rounded(measure: Row | None, value: Decimal) -> Decimal:
    """Return a value as it is told: with as many decimals as the measure has, with none where there is no measure."""
    return value.quantize(Decimal(1).scaleb(-int(measure["decimals"] if measure else 0)))
