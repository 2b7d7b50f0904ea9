"""What a person enters of a plan, checked for its shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sdg_tracker.activities.rules import one_line
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.measures.periods import Period
from sdg_tracker.plans.states import Area, Kind, Per, PlanRole

LONGEST = {  # characters
    "title": 200,
    "title_da": 200,
    "title_en": 200,
    "text_da": 1000,
    "text_en": 1000,
    "responsible": 200,
    "reason": 500,
    "what": 5000,
    "how": 5000,
    "success": 500,
    "baseline": 200,
    "target": 200,
    "approved_by": 200,
    "case_number": 100,
    "note": 500,
}
LINES = frozenset({"text_da", "text_en", "what", "how"})  # may have several lines
LARGEST = Decimal(10) ** 12
YEARS = 10  # that a plan lasts at most
_CODE = re.compile(r"[A-Za-zÆØÅæøå0-9][A-Za-zÆØÅæøå0-9.-]{0,19}")

words(
    {
        "plan-title-missing": lazy("Give the plan a title."),
        "plan-days": lazy("The last day has to come after the first, and at most ten years later."),
        "plan-code": lazy("A code is a few letters and digits, such as D1."),
        "pledge-title-missing": lazy("Say in a few words what is promised."),
        "pledge-measure-missing": lazy("Choose the measure that shows it."),
        "pledge-target-missing": lazy("Say which value is to be reached."),
        "pledge-baseline-half": lazy("A baseline has a period and a value."),
        "pledge-due-missing": lazy("Say by which day it is to be reached."),
        "pledge-due-early": lazy("The day has to come after the baseline."),
        "pledge-times-missing": lazy("Say how many times it is to happen, such as 2."),
        "pledge-per-missing": lazy("Say in which period it is to happen so many times."),
        "plan-number-large": lazy("The number is too large, or has more than four decimals."),
        "initiative-title-missing": lazy("Give the initiative a title."),
        "initiative-days": lazy("The last day can't come before the first."),
        "plan-choice-unknown": lazy("%(value)s can't be chosen here."),
        "focus-goals-missing": lazy("Choose at least one goal."),
        "focus-reason-missing": lazy("Say why these goals are taken as one."),
    }
)


@dataclass(frozen=True)
class PlanDetails:
    """Title and time of a plan."""

    title: str
    starts_on: date
    ends_on: date

    def checked(self) -> "PlanDetails":
        """Return it tidied. Raises Invalid."""
        tidy = _tidy(self)
        if not tidy.title:
            raise Invalid("plan-title-missing", field="title")
        if not tidy.starts_on < tidy.ends_on or tidy.ends_on.year - tidy.starts_on.year > YEARS:
            raise Invalid("plan-days", field="ends_on")
        return tidy


@dataclass(frozen=True)
class FocusDetails:
    """A goal, or several taken as one, and why."""

    goals: tuple[str, ...]
    reason: str = ""

    def checked(self) -> "FocusDetails":
        """Return it tidied. Raises Invalid."""
        tidy = replace(_tidy(self), goals=tuple(sorted(set(self.goals), key=int)))
        if not tidy.goals:
            raise Invalid("focus-goals-missing", field="goals")
        if len(tidy.goals) > 1 and not tidy.reason:
            raise Invalid("focus-reason-missing", field="reason")
        return tidy


@dataclass(frozen=True)
class PledgeDetails:
    """A pledge; what its kind does not use is dropped."""

    code: str
    kind: Kind
    title_da: str = ""
    title_en: str = ""
    text_da: str = ""
    text_en: str = ""
    goals: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    responsible: str = ""
    adopted_on: date | None = None
    due_on: date | None = None
    measure: str = ""
    baseline_period: str = ""
    baseline_value: Decimal | None = None
    target_period: str = ""
    target_value: Decimal | None = None
    times: int | None = None
    per: str = ""

    def checked(self) -> "PledgeDetails":
        """Return it tidied and with what its kind uses. Raises Invalid."""
        tidy = _tidy(self)
        _check_code(tidy.code)
        if not tidy.title_da and not tidy.title_en:
            raise Invalid("pledge-title-missing", field="title_da")
        if tidy.kind is not Kind.MEASURABLE:
            tidy = replace(
                tidy, measure="", baseline_period="", baseline_value=None, target_period="", target_value=None
            )
        if tidy.kind is not Kind.RECURRING:
            tidy = replace(tidy, times=None, per="")
        if tidy.kind is Kind.MEASURABLE:
            return _measurable(tidy)
        if tidy.kind is Kind.RECURRING:
            if not tidy.times or tidy.times < 1:
                raise Invalid("pledge-times-missing", field="times")
            if tidy.per not in set(Per):
                raise Invalid("pledge-per-missing", field="per")
        return tidy


def _measurable(details: PledgeDetails) -> PledgeDetails:
    if not details.measure:
        raise Invalid("pledge-measure-missing", field="measure")
    if details.target_value is None:
        raise Invalid("pledge-target-missing", field="target_value")
    if details.due_on is None:
        raise Invalid("pledge-due-missing", field="due_on")
    if bool(details.baseline_period) != (details.baseline_value is not None):
        raise Invalid("pledge-baseline-half", field="baseline_value" if details.baseline_period else "baseline_period")
    for name in ("baseline_value", "target_value"):
        value = getattr(details, name)
        if value is not None and (abs(value) > LARGEST or value != round(value, 4)):
            raise Invalid("plan-number-large", field=name)
    if details.baseline_period:
        period = _period(details.baseline_period, "baseline_period")
        if details.due_on <= period.last:
            raise Invalid("pledge-due-early", field="due_on")
        details = replace(details, baseline_period=period.code)
    if details.target_period:
        details = replace(details, target_period=_period(details.target_period, "target_period").code)
    return details


def _period(text: str, field: str) -> Period:
    try:
        return Period.parse(text)
    except Invalid as problem:
        raise Invalid("period-unreadable", field=field, value=text) from problem


@dataclass(frozen=True)
class InitiativeDetails:
    """An initiative; pledges, partners, goals by their codes."""

    code: str
    title: str
    area: Area
    role: PlanRole
    goals: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    strategy_actions: tuple[str, ...] = ()
    responsible: str = ""
    partners: tuple[str, ...] = ()
    pledges: tuple[str, ...] = ()
    what: str = ""
    how: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    success: str = ""
    baseline: str = ""
    target: str = ""

    def checked(self) -> "InitiativeDetails":
        """Return it tidied. Raises Invalid."""
        tidy = _tidy(self)
        _check_code(tidy.code)
        if not tidy.title:
            raise Invalid("initiative-title-missing", field="title")
        if tidy.starts_on and tidy.ends_on and tidy.ends_on < tidy.starts_on:
            raise Invalid("initiative-days", field="ends_on")
        return tidy


Details = FocusDetails | PledgeDetails | InitiativeDetails
Entered = TypeVar("Entered", PlanDetails, FocusDetails, PledgeDetails, InitiativeDetails)


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise Invalid("plan-code", field="code")


def _tidy(details: Entered) -> Entered:
    changed: dict[str, Any] = {
        field.name: tidied(getattr(details, field.name), field.name)
        for field in fields(details)
        if type(getattr(details, field.name)) is str
    }
    return replace(details, **changed)


def tidied(text: str, name: str) -> str:
    """Return a text without needless blanks. Raises Invalid for one that is too long."""
    found = text.strip() if name in LINES else one_line(text)
    limit = LONGEST.get(name)
    if limit and len(found) > limit:
        raise Invalid("text-too-long", field=name, limit=limit, found=len(found))
    return found


def values(details: PlanDetails | Details) -> dict[str, Any]:
    """Return the details as the columns that keep them."""
    found = {field.name: getattr(details, field.name) for field in fields(details)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def of(kind: type[Entered], row: object) -> Entered:
    """Return a row as the details that a person enters."""
    found: Mapping[str, Any] = {field.name: getattr(row, field.name) for field in fields(kind)}
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    enums: Mapping[str, Any] = {"kind": Kind, "area": Area, "role": PlanRole}
    return kind(**{name: enums[name](value) if name in enums else value for name, value in plain.items()})
