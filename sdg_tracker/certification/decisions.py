"""Whether the rule of a scheme is fulfilled by the results of its requirements. Plain functions on plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.certification.material import Definition, Found
from sdg_tracker.certification.points import points
from sdg_tracker.certification.readiness import ANSWERED, Result, Status


@dataclass(frozen=True)
class Decision:
    """Whether the scheme's own rule is fulfilled."""

    rule: str
    reached: bool | None  # None: the rule has no threshold
    lacking: tuple[str, ...] = ()  # codes of the requirements that it fails on
    points: float = 0
    wanted: float = 0  # points to reach
    score: float | None = None


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
        return Decision(rule["rule"], None, lacking, score=_score(rule, areas))
    got, applicable = (sum(column) for column in zip(*areas.values(), strict=True))
    every = sum(
        r.get("points", 0) + r["evidence"].get("public_bonus", 0)
        for area in document["areas"]
        for criterion in area["criteria"]
        for r in criterion["requirements"]
    )
    wanted = rule["share"] * (applicable if rule["of"] == "applicable_points" else every)
    return Decision(rule["rule"], not lacking and got >= wanted, lacking, got, wanted)


def _points(definitions: Iterable[Definition], outcome: Mapping[str, Result], found: Found) -> tuple[float, float]:
    """Return the points reached and those possible; what does not apply counts in neither."""
    counted = [points(definition, outcome[definition["code"]], found) for definition in definitions]
    return sum(row.got for row in counted if row), sum(row.of for row in counted if row)


def _score(rule: Mapping[str, Any], areas: Mapping[str, tuple[float, float]]) -> float:
    """Return the weighted score: some areas always, and the best of the others."""
    shares = {code: got / possible if possible else rule["missing"] for code, (got, possible) in areas.items()}
    always = {row["area"]: row["weight"] for row in rule["always"]}
    others = sorted((share for code, share in shares.items() if code not in always), reverse=True)
    weighted = sum(weight * shares[area] for area, weight in always.items())
    best = rule["best"]
    return float(rule["scale"] * (weighted + sum(best["weight"] * share for share in others[: best["n"]])))
