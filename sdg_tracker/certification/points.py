"""What a requirement is worth in schemes that count points. Plain functions on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdg_tracker.certification.material import Definition, Found
from sdg_tracker.certification.readiness import Result, Status

NONE = 0.0


@dataclass(frozen=True)
class Points:
    """Points reached of those possible."""

    got: float
    of: float

    def told(self) -> Mapping[str, str]:
        """Return both as text, as snapshots hold numbers with decimals."""
        return {"got": f"{self.got:g}", "of": f"{self.of:g}"}


def points(definition: Definition, one: Result, found: Found) -> Points | None:
    """Return the points of a requirement; None where the scheme gives it none, or it does not apply."""
    worth, bonus = definition.get("points", NONE), definition["evidence"].get("public_bonus", NONE)
    if one.status is Status.NOT_APPLICABLE or not worth + bonus:
        return None
    public = any(piece.public for piece in found.evidence.get(one.code, ()))
    return Points(worth + (bonus if public else NONE) if one.reached else NONE, worth + bonus)
