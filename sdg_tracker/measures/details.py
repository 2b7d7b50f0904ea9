"""What people enter about measures and readings, and what holds for it: plain values that need no database."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import format_date, format_number, lazy
from sdg_tracker.foundation.text import slug
from sdg_tracker.measures.models import LARGEST, PLACES, Measure
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import FREQUENCY_NAMES, Aggregation, Counted, Direction, Frequency, Qualifier

CODE = re.compile(r"[a-z][a-z0-9_]*")
LIMITS = {"code": 60, "name": 200, "name_en": 200, "unit": 60, "unit_en": 60, "source": 300, "note": 500}
DEFINITION_LIMIT = 5000  # characters of each text of a definition
REASON_LIMIT = 500

words(
    {
        "measure-code-unreadable": lazy(
            "%(value)s can't be a short name. Write small letters a to z, digits and _, with a letter first, such as "
            "visits."
        ),
        "measure-code-used": lazy("There is already a measure with the short name %(value)s. Choose another."),
        "measure-text-missing": lazy("This has to be filled in."),
        "measure-text-long": lazy("At most %(limit)s characters; this has %(found)s."),
        "measure-goal-unknown": lazy("%(value)s is neither a goal nor a target. Write such as 4; 4.7."),
        "measure-indicator-unknown": lazy("There is no indicator %(value)s. Write such as 7.3.1, or leave it empty."),
        "measure-decimals": lazy("A value has 0 to %(limit)s decimals."),
        "measure-rate-parts": lazy(
            "A rate is made of two other measures that are not rates. Choose both, and what it is multiplied by, such "
            "as 100 for percent."
        ),
        "measure-rate-by-branch": lazy("%(value)s is not read by branch, so the rate can't be either."),
        "measure-not-a-rate": lazy("Only a rate is made of two other measures. Choose “rate”, or leave these empty."),
        "measure-counted-sum": lazy("What is counted from activities is added up, for the whole library."),
        "measure-pair": lazy("Give both the period and the value, or neither."),
        "value-out-of-range": lazy("A value is from 0 to %(limit)s."),
        "value-decimals": lazy(
            "%(value)s has more decimals than this measure, which has %(decimals)s. Round it, or change the measure."
        ),
        "reading-not-entered": lazy("The readings of %(measure)s are not entered: they come from what is counted."),
        "reading-frequency": lazy("%(measure)s is read otherwise (%(wanted)s). Write a period such as %(example)s."),
        "reading-future": lazy("%(period)s has not begun yet."),
        "reading-branch-missing": lazy("%(measure)s is read by branch. Say which one: %(known)s."),
        "reading-branch-unknown": lazy("There is no branch %(value)s. Choose among: %(known)s."),
        "reading-branch-needless": lazy("%(measure)s is read for the whole library. Leave the branch empty."),
        "reading-note-missing": lazy("Say in a few words why the value is not exact."),
        "reading-read-before": lazy("It was read on %(day)s, before the period began."),
    }
)


@dataclass(frozen=True)
class MeasureDetails:
    """What a person enters about a measure beside its code and its definition."""

    name: str
    unit: str
    name_en: str = ""
    unit_en: str = ""
    aggregation: str = Aggregation.SUM.value
    numerator: str = ""  # codes, of a rate
    denominator: str = ""
    factor: Decimal | None = None
    direction: str = Direction.NONE.value
    frequency: str = Frequency.YEAR.value
    by_branch: bool = False
    decimals: int = 0
    goals: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    indicator: str = ""
    source: str = ""
    counted: str = ""  # of Counted
    counted_types: tuple[str, ...] = ()
    baseline_period: str | None = None
    baseline_value: Decimal | None = None
    target_period: str | None = None
    target_value: Decimal | None = None


FIXED = ("aggregation", "numerator", "denominator", "frequency", "by_branch", "counted")  # once there are readings


@dataclass(frozen=True)
class Definition:
    """What a measure counts. Whoever gives only one language is shown that one in both."""

    definition: str = ""
    definition_en: str = ""
    includes: str = ""
    includes_en: str = ""
    excludes: str = ""
    excludes_en: str = ""


@dataclass(frozen=True)
class Entry:
    """A reading that somebody enters. ``measure`` is a code, so is ``branch``; an empty one: the whole library."""

    measure: str
    period: str
    value: Decimal
    branch: str = ""
    qualifier: str = Qualifier.EXACT.value
    read_on: date | None = None
    source: str = ""
    note: str = ""
    evidence: int | None = None  # number


def checked_code(code: str, used: Collection[str]) -> str:
    """Return a code that can be given. Raises Invalid."""
    code = code.strip()
    if not CODE.fullmatch(code):
        raise Invalid("measure-code-unreadable", field="code", value=code or "–")
    _short(code, "code")
    if code in used:
        raise Invalid("measure-code-used", field="code", value=code)
    return code


def code_of(name: str) -> str:
    """Return a code made from a name; empty where nothing of it can be one."""
    return slug(name).replace("-", "_").lstrip("0123456789_")[: LIMITS["code"]]


def checked(
    details: MeasureDetails, known: Mapping[str, Measure], codes: Collection[str], indicators: Collection[str]
) -> MeasureDetails:
    """Return the details tidied. Raises Invalid for a field that does not hold.

    ``known``: the other measures by code; ``codes``: all goals and targets.
    """
    texts: dict[str, Any] = {
        name: " ".join(getattr(details, name).split()) for name in ("name", "name_en", "unit", "unit_en", "source")
    }
    details = replace(details, **texts, indicator=details.indicator.strip())
    for name, text in texts.items():
        _short(text, name)
    for name in ("name", "unit"):
        if not texts[name]:
            raise Invalid("measure-text-missing", field=name)
    _check_codes(details, codes, indicators)
    if not 0 <= details.decimals <= PLACES:
        raise Invalid("measure-decimals", field="decimals", limit=PLACES)
    for kind, value in (
        (Aggregation, details.aggregation),
        (Direction, details.direction),
        (Frequency, details.frequency),
    ):
        kind(value)  # a form offers these alone
    _check_origin(details, known)
    for field in ("baseline", "target"):
        details = _pair(details, field)
    return details


def _check_codes(details: MeasureDetails, codes: Collection[str], indicators: Collection[str]) -> None:
    for field in ("goals", "targets"):
        for code in getattr(details, field):
            if code not in codes or ("." in code) is not (field == "targets"):
                raise Invalid("measure-goal-unknown", field=field, value=code)
    if details.indicator and details.indicator not in indicators:
        raise Invalid("measure-indicator-unknown", field="indicator", value=details.indicator)


def _check_origin(details: MeasureDetails, known: Mapping[str, Measure]) -> None:
    if details.aggregation == Aggregation.RATE:
        halves = [known.get(code) for code in (details.numerator, details.denominator)]
        if details.factor is None or any(half is None or half.numerator for half in halves):
            raise Invalid("measure-rate-parts", field="numerator")
        for half in halves:
            if details.by_branch and half is not None and not half.by_branch:
                raise Invalid("measure-rate-by-branch", field="by_branch", value=half.title)
    elif details.numerator or details.denominator:
        raise Invalid("measure-not-a-rate", field="aggregation")
    if details.counted:
        Counted(details.counted)
        if details.aggregation != Aggregation.SUM or details.by_branch:
            raise Invalid("measure-counted-sum", field="counted")


def _pair(details: MeasureDetails, field: str) -> MeasureDetails:
    period, value = getattr(details, f"{field}_period"), getattr(details, f"{field}_value")
    kept: dict[str, Any] = {f"{field}_period": None}
    if not period and value is None:
        return replace(details, **kept)
    if not period or value is None:
        raise Invalid("measure-pair", field=f"{field}_value" if period else f"{field}_period")
    try:
        period = Period.parse(period).code
    except Invalid as problem:
        raise Invalid(problem.code, field=f"{field}_period", **problem.facts) from None
    check_value(value, PLACES, f"{field}_value")
    kept[f"{field}_period"] = period
    return replace(details, **kept)


def checked_definition(definition: Definition) -> Definition:
    """Return a definition tidied. Raises Invalid for a text that is too long."""
    texts = {field.name: getattr(definition, field.name).strip() for field in fields(definition)}
    for name, text in texts.items():
        if len(text) > DEFINITION_LIMIT:
            raise Invalid("measure-text-long", field=name, limit=DEFINITION_LIMIT, found=len(text))
    return Definition(**texts)


def checked_reason(reason: str, code: str) -> str:
    """Return a reason on one line. Raises Invalid: with ``code`` when there is none."""
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(code, field="reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid("measure-text-long", field="reason", limit=REASON_LIMIT, found=len(reason))
    return reason


def check_value(value: Decimal, decimals: int, field: str = "value") -> None:
    """Raise Invalid for a value that is out of range or finer than the measure."""
    if not 0 <= value <= LARGEST:
        raise Invalid("value-out-of-range", field=field, limit=format_number(LARGEST))
    if value != round(value, decimals):
        raise Invalid("value-decimals", field=field, value=format_number(value), decimals=decimals)


def checked_entry(entry: Entry, measure: Measure, branches: Collection[str], today: date) -> Entry:
    """Return a reading tidied. Raises Invalid, naming the field that does not hold."""
    period = checked_period(entry.period, measure, today)
    check_branch(entry.branch, measure, branches)
    check_value(entry.value, measure.decimals)
    if entry.read_on is not None and entry.read_on < period.first:
        raise Invalid("reading-read-before", field="read_on", day=format_date(entry.read_on))
    return replace(entry, period=period.code, **checked_words(entry.qualifier, entry.source, entry.note))


def checked_period(text: str, measure: Measure, today: date) -> Period:
    """Return a period of a measure that people read and that has begun. Raises Invalid."""
    if not measure.entered:
        raise Invalid("reading-not-entered", field="measure", measure=measure.title)
    period = Period.parse(text)
    wanted = Frequency(measure.frequency)
    if period.frequency is not wanted:
        example = Period.of(today, wanted).code
        facts = {"measure": measure.title, "wanted": str(FREQUENCY_NAMES[wanted]).lower(), "example": example}
        raise Invalid("reading-frequency", field="period", **facts)
    if period.first > today:
        raise Invalid("reading-future", field="period", period=period.name)
    return period


def checked_words(qualifier: str, source: str, note: str) -> dict[str, Any]:
    """Return what is said of a value, tidied. Raises Invalid; a value that is not exact needs a note."""
    said = {"source": " ".join(source.split()), "note": " ".join(note.split())}
    for name, text in said.items():
        _short(text, name)
    if Qualifier(qualifier) is not Qualifier.EXACT and not said["note"]:
        raise Invalid("reading-note-missing", field="note")
    return said


def check_branch(branch: str, measure: Measure, branches: Collection[str], field: str = "branch") -> None:
    """Raise Invalid for a branch that a measure is not read in; the empty one is the whole library."""
    known = ", ".join(branches)
    if branch and not measure.by_branch:
        raise Invalid("reading-branch-needless", field=field, measure=measure.title)
    if measure.by_branch and not branch:
        raise Invalid("reading-branch-missing", field=field, measure=measure.title, known=known)
    if branch and branch not in branches:
        raise Invalid("reading-branch-unknown", field=field, value=branch, known=known)


def _short(text: str, field: str) -> None:
    if len(text) > LIMITS[field]:
        raise Invalid("measure-text-long", field=field, limit=LIMITS[field], found=len(text))
