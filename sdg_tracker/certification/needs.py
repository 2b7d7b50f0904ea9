"""What a requirement needs, and how much of it was found. Plain functions on plain values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sdg_tracker.certification.material import Definition, Done, Found, Frame, Judged, Shown
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.stretches import EVERY_BRANCH, Span, houses, number, oldest_day, spans

EACH = "each"  # key of a need that is counted in activities, each with enough evidence of its own
PIECES = "documents"  # the unit of quantities that pieces of evidence are counted against
JUDGED_KINDS = ("list", "measure")  # no rows to count yet: assessment and evidence alone decide


class What(StrEnum):
    """What is needed."""

    EVIDENCE = "evidence"
    COUNT = "count"
    NARRATIVE = "narrative"
    ASSESSMENT = "assessment"
    FACT = "fact"  # an answer about the library that decides whether the requirement applies
    SETTING = "setting"  # a number that nobody has set


@dataclass(frozen=True)
class Need:
    """One thing that a requirement needs, and how much of it was found."""

    what: What
    needed: int
    found: int
    year: str = ""  # such as 2026; 2026/2027 where the cycle does not begin on 1 January; empty for the whole cycle
    branch: str = ""  # code of a house; empty for the library as a whole
    unit: str = ""
    running: bool = False  # the year is not over
    key: str = ""  # of the fact or setting
    unaccepted: int = 0  # of the pieces found: nobody has accepted them yet

    @property
    def met(self) -> bool:
        """Return whether enough was found."""
        return self.found >= self.needed

    @property
    def lacking(self) -> int:
        """Return how much is missing."""
        return max(0, self.needed - self.found)


def own_judgement(definition: Definition) -> bool:
    """Return whether a part of what is asked can't be counted: a list, a measure, or a quantity of something else."""
    if definition["kind"] in JUDGED_KINDS:
        return True
    if definition["kind"] == "activity_count":
        return not _countable(definition)
    quantity = definition.get("quantity")
    return quantity is not None and quantity["unit"] != PIECES


# Numbers that nobody has set -----------------------------------------------------------------------------------------


def of_settings(definition: Definition, frame: Frame) -> Iterator[Need]:
    """Yield each setting that a requirement asks for a number from and that has none."""
    evidence = definition["evidence"]
    asked = (definition.get("quantity", {}).get("min"), evidence["min"], evidence["max_age_months"])
    named = dict.fromkeys(value["setting"] for value in asked if isinstance(value, Mapping))
    yield from (Need(What.SETTING, 1, 0, key=key) for key in named if frame.settings.get(key) is None)


# Whether it applies --------------------------------------------------------------------------------------------------


def unanswered(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Need]:
    """Yield the facts of a condition that nobody has answered."""
    keys = dict.fromkeys(_facts_of(condition))
    yield from (Need(What.FACT, 1, 0, key=key) for key in keys if facts.get(key) is None)


def _facts_of(condition: Mapping[str, Any]) -> Iterator[str]:
    if "fact" in condition:
        yield condition["fact"]
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from _facts_of(part)


# Evidence ------------------------------------------------------------------------------------------------------------


def of_evidence(definition: Definition, frame: Frame, found: Found, day: date) -> Iterator[Need]:
    """Pieces in the whole cycle, and in each year where documents are counted so; in each house where it says so."""
    asked, quantity, most = definition["evidence"], definition.get("quantity"), 0
    amounts = [] if _in_each_activity(definition) else [(asked["min"], "period", False)]
    if quantity and _counts_pieces(definition) and quantity["per"] != "activity":
        amounts.insert(0, (quantity["min"], quantity["per"], True))
    oldest = oldest_day(definition, frame, day)
    for amount, per, timed in amounts:
        needed = number(amount, frame)
        if needed is not None and needed > most:  # otherwise so much is asked for in each year already
            most = needed
            for branch in houses(definition, frame, per):
                pieces = _pieces(definition, frame, found, branch)
                for span in spans(per, frame, day):
                    found_there = [
                        piece
                        for piece in pieces
                        if _accepted(piece, asked, span if timed else None, oldest, day)
                        and _holds(piece, min(day, span.last))
                    ]
                    yield Need(
                        What.EVIDENCE,
                        needed,
                        sum(piece.count for piece in found_there),
                        span.label,
                        branch,
                        PIECES,
                        span.running,
                        unaccepted=sum(piece.count for piece in found_there if not piece.accepted),
                    )


def _counts_pieces(definition: Definition) -> bool:
    """Return whether the quantity of a requirement is one of pieces of evidence."""
    counted = definition["kind"] not in ("activity_count", *JUDGED_KINDS)
    return counted and bool(definition.get("quantity", {}).get("unit") == PIECES)


def _in_each_activity(definition: Definition) -> bool:
    """Return whether the pieces that are asked for have to be there for each activity that shows it."""
    return bool(definition["scope"] == "activity" and definition["kind"] != "activity_count")


def each(definition: Definition) -> Any:
    """Return how much evidence each activity has to have, a number or a setting; None where none is asked so."""
    quantity = definition.get("quantity", {})
    per_activity = quantity.get("per") == "activity"
    if per_activity and (definition["kind"] == "activity_count" or _counts_pieces(definition)):
        return quantity["min"]
    return definition["evidence"]["min"] if _in_each_activity(definition) else None


def of_each(definition: Definition, frame: Frame, found: Found, day: date) -> Iterator[Need]:
    """Yield the activities that need evidence of their own: those that are counted, else those that show it at all.

    One at least is needed. The pieces are those that are tied to the requirement.
    """
    needed = number(each(definition), frame)
    if not needed:
        return
    counts = _counts(definition, frame, Span("", frame.starts_on, frame.ends_on), day)
    shown = [done for done in found.each.get(definition["code"], ()) if counts(done)]
    asked = found.activities if "counts" in definition else shown
    total = sum(done.count for done in asked if counts(done))
    enough = sum(done.count for done in shown if done.pieces >= needed)
    yield Need(What.COUNT, max(1, total), enough, unit="activities", key=EACH)


def _pieces(definition: Definition, frame: Frame, found: Found, branch: str) -> Sequence[Shown]:
    code = definition["code"]
    if branch and len(frame.branches) > 1:
        return found.evidence_by_branch.get((branch, code), ())
    return found.evidence.get(code, ())


def _accepted(piece: Shown, asked: Mapping[str, Any], span: Span | None, oldest: date | None, day: date) -> bool:
    """Return whether a piece counts. What is asked for in a year has to be of that year and never gets too old."""
    if piece.kind not in asked["kinds"] or piece.day > day or (asked["public_required"] and not piece.public):
        return False
    if span is not None:
        return span.first <= piece.day <= span.last
    return oldest is None or piece.day >= oldest


def _holds(piece: Shown, day: date) -> bool:
    """Return whether a piece has not expired on a day; on that of a year that is over it is never asked again."""
    return piece.valid_until is None or piece.valid_until >= day


# Counts --------------------------------------------------------------------------------------------------------------


def of_count(definition: Definition, frame: Frame, found: Found, day: date) -> Iterator[Need]:
    """Yield what is counted: activities, partners or goals, in each year and house that is asked for."""
    if definition["kind"] != "activity_count" or not _countable(definition):
        return
    if definition["quantity"]["per"] == "activity":
        return  # of_each
    quantity, of = definition["quantity"], definition["counts"]["of"]
    needed = number(quantity["min"], frame)
    if not needed:
        return
    for branch in houses(definition, frame, quantity["per"]):
        for span in spans(quantity["per"], frame, day):
            counts = _counts(definition, frame, span, day)
            if of == "activity":
                rows = found.by_branch.get(branch, ()) if branch and len(frame.branches) > 1 else found.activities
                have = sum(done.count for done in rows if counts(done))
            else:
                named = found.by_partner if of == "partner" else found.by_goal
                have = sum(any(counts(done) for done in rows) for rows in named.values())
            yield Need(What.COUNT, needed, have, span.label, branch, quantity["unit"], span.running)


def _countable(definition: Definition) -> bool:
    """Return whether the count can be made: goals and partners are counted for the library as a whole only."""
    in_branches = definition["scope"] == "branch" or definition["quantity"]["per"] in EVERY_BRANCH
    return definition["counts"]["of"] == "activity" or not in_branches


def _counts(definition: Definition, frame: Frame, span: Span, day: date) -> Callable[[Done], bool]:
    """Return the test of an activity: all conditions hold, and it took place in the stretch of time."""
    where = dict(definition.get("counts", {}).get("where", {}))
    if definition["scope"] == "activity" and each(definition) is None and "with_evidence" not in where:
        where["with_evidence"] = True  # shown for each activity that is counted
    last = min(span.last, day)
    tests: Mapping[str, Callable[[Done, Any], bool]] = {
        "types": lambda done, wanted: done.type in wanted,
        "roles": lambda done, wanted: bool(set(frame.type_roles.get(done.type, ())) & set(wanted)),
        "audience": lambda done, wanted: bool(done.audiences & set(wanted)),
        "mapped": lambda done, wanted: done.mapped == wanted,
        "with_partner": lambda done, wanted: done.with_partner == wanted,
        "with_evidence": lambda done, wanted: done.with_evidence == wanted,
    }
    return lambda done: done.within(span.first, last) and all(tests[key](done, value) for key, value in where.items())


# The library's own word ----------------------------------------------------------------------------------------------


def of_judgement(definition: Definition, judged: Judged | None) -> Iterator[Need]:
    """Yield what only the library can say: a description where one is asked for, and that it is met."""
    if definition["kind"] == "narrative":
        yield Need(What.NARRATIVE, 1, int(bool(judged and judged.narrative.strip())))
    yield Need(What.ASSESSMENT, 1, int(judged is not None and judged.state is AssessmentState.MET))
