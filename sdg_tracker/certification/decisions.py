"""Whether the rule of a scheme is fulfilled by the results of its requirements. Plain functions on plain values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.certification.material import Definition, Found
from sdg_tracker.certification.points import points
from sdg_tracker.certification.readiness import ANSWERED, Result, Status


@dataclass(frozen=True)
class AreaPoints:
    """What an area brings to a rule that counts points. ``weight``: of its share in the score, 0 without one."""

    code: str
    got: float
    of: float
    counted: bool = True
    weight: float = 0

    @property
    def share(self) -> float | None:
        """Return the share of its points that is reached, None where nothing can be."""
        return self.got / self.of if self.of else None


@dataclass(frozen=True)
class Decision:
    """Whether the scheme's own rule is fulfilled."""

    rule: str
    reached: bool | None  # None: the rule has no threshold
    lacking: tuple[str, ...] = ()  # codes of the requirements that it fails on
    points: float = 0
    wanted: float = 0  # points to reach
    score: float | None = None
    areas: tuple[AreaPoints, ...] = ()  # in the scheme's order, where points are counted


def decision(document: Mapping[str, Any], found: Found, outcome: Iterable[Result]) -> Decision:
    """Return whether the scheme's rule is fulfilled by the results of all its requirements."""
    rule, by_code = document["decision"], {one.code: one for one in outcome}
    asked = [one for one in by_code.values() if one.status is not Status.NOT_APPLICABLE]
    if rule["rule"] == ANSWERED:
        lacking = tuple(one.code for one in asked if not one.reached and one.status is not Status.NOT_PURSUING)
        return Decision(ANSWERED, not lacking, lacking)
    lacking = tuple(one.code for one in asked if one.mandatory and not one.reached)
    if rule["rule"] not in ("mandatory_plus_share_of_points", "best_n_weighted"):
        return Decision(rule["rule"], not lacking, lacking)
    areas = {
        area["code"]: _points([r for criterion in area["criteria"] for r in criterion["requirements"]], by_code, found)
        for area in document["areas"]
    }
    if rule["rule"] == "best_n_weighted":
        weighted = tuple(_weighted(rule, areas))
        return Decision(rule["rule"], None, lacking, score=_score(rule, weighted), areas=weighted)
    got, applicable = (sum(column) for column in zip(*areas.values(), strict=True))
    every = sum(
        r.get("points", 0) + r["evidence"].get("public_bonus", 0)
        for area in document["areas"]
        for criterion in area["criteria"]
        for r in criterion["requirements"]
    )
    wanted = rule["share"] * (applicable if rule["of"] == "applicable_points" else every)
    plain = tuple(AreaPoints(code, *both) for code, both in areas.items())
    return Decision(rule["rule"], not lacking and got >= wanted, lacking, got, wanted, areas=plain)


def _points(definitions: Iterable[Definition], outcome: Mapping[str, Result], found: Found) -> tuple[float, float]:
    """Return the points reached and those possible; what does not apply counts in neither."""
    counted = [points(definition, outcome[definition["code"]], found) for definition in definitions]
    return sum(row.got for row in counted if row), sum(row.of for row in counted if row)


def _weighted(rule: Mapping[str, Any], areas: Mapping[str, tuple[float, float]]) -> Iterator[AreaPoints]:
    """Yield the areas with their weights: some always count, and the best of the others; the first of equal ones."""
    always, best = {row["area"]: row["weight"] for row in rule["always"]}, rule["best"]
    shares = {code: got / of if of else rule["missing"] for code, (got, of) in areas.items()}
    others = sorted((code for code in areas if code not in always), key=lambda code: -shares[code])[: best["n"]]
    for code, (got, of) in areas.items():
        counted = code in always or code in others
        yield AreaPoints(code, got, of, counted, always.get(code, best["weight"] if counted else 0))


def _score(rule: Mapping[str, Any], areas: Iterable[AreaPoints]) -> float:
    """Return the weighted score."""
    shares = ((area, rule["missing"] if area.share is None else area.share) for area in areas)
    return float(rule["scale"] * sum(area.weight * share for area, share in shares))
