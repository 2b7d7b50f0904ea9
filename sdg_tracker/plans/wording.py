"""What a plan's codes and numbers are called on pages, in the current language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import Text, _, current_locale, format_date, format_number, lazy, ngettext_
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.rules import reasons
from sdg_tracker.measures.states import QUALIFIER_NAMES, Qualifier
from sdg_tracker.plans.states import Answer, Area, InitiativeState, Kind, Per, PlanRole, Status

Row = Mapping[str, Any]

STATUS_NAMES: Mapping[str, Text] = {
    Status.KEPT: lazy("Promise kept"),
    Status.ON_TRACK: lazy("On track"),
    Status.BEHIND: lazy("Behind"),
    Status.MISSED: lazy("Not kept"),
    Status.NOT_DUE: lazy("Not due yet"),
    Status.NO_DATA: lazy("Can't be said"),
}
STATUS_KINDS: Mapping[str, str] = {  # of a badge
    Status.KEPT: "success",
    Status.ON_TRACK: "success",
    Status.BEHIND: "warning",
    Status.MISSED: "error",
    Status.NOT_DUE: "",
    Status.NO_DATA: "info",
}
KIND_NAMES: Mapping[str, Text] = {
    Kind.MEASURABLE: lazy("Measurable, with a deadline"),
    Kind.RECURRING: lazy("Recurring"),
    Kind.STANDING: lazy("Standing rule"),
}
KIND_HINTS: Mapping[str, Text] = {
    Kind.MEASURABLE: lazy(
        "A figure reaches a value by a day, such as a third less paper in 2027. Its readings are the proof."
    ),
    Kind.RECURRING: lazy("Something happens so many times in each period, such as twice a year. It is counted."),
    Kind.STANDING: lazy("A rule that always holds, such as water in jugs. Once a year you check it against a sample."),
}
PER_NAMES: Mapping[str, Text] = {
    Per.WEEK: lazy("a week"),
    Per.MONTH: lazy("a month"),
    Per.QUARTER: lazy("a quarter"),
    Per.HALF_YEAR: lazy("half a year"),
    Per.YEAR: lazy("a year"),
}
ANSWER_NAMES: Mapping[str, Text] = {
    Answer.KEPT: lazy("The rule was kept"),
    Answer.PARTLY: lazy("The rule was partly kept"),
    Answer.BROKEN: lazy("The rule was broken"),
}
AREA_NAMES: Mapping[str, Text] = {
    Area.ORGANISATIONAL: lazy("Organisational"),
    Area.OPERATIONAL: lazy("Operational"),
    Area.CITIZENS: lazy("For citizens"),
}
ROLE_NAMES: Mapping[str, Text] = {
    PlanRole.FORMIDLER: lazy("Communicator"),
    PlanRole.FACILITATOR: lazy("Facilitator"),
    PlanRole.ACTOR: lazy("Actor"),
}
INITIATIVE_NAMES: Mapping[str, Text] = {
    InitiativeState.PROMISED: lazy("Promised"),
    InitiativeState.DONE: lazy("Done"),
    InitiativeState.PROVED: lazy("Proved"),
    InitiativeState.LAPSED: lazy("Lapsed"),
}
INITIATIVE_KINDS: Mapping[str, str] = {
    InitiativeState.PROMISED: "",
    InitiativeState.DONE: "info",
    InitiativeState.PROVED: "success",
    InitiativeState.LAPSED: "warning",
}
WHAT_NAMES: Mapping[str, Text] = {
    "plan": lazy("The plan"),
    "focus_goal": lazy("Focus goal"),
    "pledge": lazy("Pledge"),
    "initiative": lazy("Initiative"),
}
FIELD_NAMES: Mapping[str, Text] = {
    "added": lazy("new"),
    "removed": lazy("taken out"),
    "title": lazy("Title"),
    "title_da": lazy("Title in Danish"),
    "title_en": lazy("Title in English"),
    "text_da": lazy("Text in Danish"),
    "text_en": lazy("Text in English"),
    "first": lazy("First day"),
    "last": lazy("Last day"),
    "label": lazy("Focus goal"),
    "goals": lazy("Goals"),
    "targets": lazy("Targets"),
    "reason": lazy("Reason"),
    "kind": lazy("Kind"),
    "responsible": lazy("Responsible"),
    "adopted_on": lazy("Adopted on"),
    "due_on": lazy("Due on"),
    "measure": lazy("Measure"),
    "baseline": lazy("Baseline"),
    "target": lazy("Target value"),
    "times": lazy("How many times"),
    "per": lazy("In each"),
    "area": lazy("Area"),
    "role": lazy("Role"),
    "strategy_actions": lazy("Actions in the strategy"),
    "partners": lazy("Partners"),
    "pledges": lazy("Pledges"),
    "what": lazy("What"),
    "how": lazy("How"),
    "success": lazy("Measure of success"),
}
_VALUES: Mapping[str, Mapping[str, Text]] = {
    "kind": KIND_NAMES,
    "per": PER_NAMES,
    "area": AREA_NAMES,
    "role": ROLE_NAMES,
}
_WHY: Mapping[str, Text] = {
    "measure": lazy("The measure that would show it is missing."),
    "baseline": lazy("The baseline is missing: a period and its value."),
    "target": lazy("The value that is to be reached is missing."),
    "due_on": lazy("The day by which it is to be reached is missing, or lies before the baseline."),
    "readings": lazy("No period since the baseline has all its readings yet."),
    "qualifier": lazy("The reading says “more than”, so it can't tell whether the value is low enough."),
}


def own(text: Row) -> str:
    """Return the library's own text in two languages in the current one."""
    return str(text.get(current_locale()) or text.get("da") or text.get("en") or "")


def period(code: str) -> str:
    """Return a period, or the stretch from one to another, as people say it."""
    try:
        return " – ".join(Period.parse(part).name for part in code.split("/"))
    except Invalid:
        return code


def value(text: str | None, qualifier: str | None = None, decimals: int | None = None) -> str:
    """Return a figure as people write it, with what makes it less than exact."""
    if text is None:
        return "–"
    number = Decimal(text) if decimals is None else round(Decimal(text), decimals)
    said = format_number(number)
    return said if qualifier in (None, Qualifier.EXACT) else f"{QUALIFIER_NAMES[str(qualifier)]} {said}"


def changed(field: str, text: str) -> str:
    """Return what a field said, in words where its values have some."""
    if field in ("first", "last", "adopted_on", "due_on") and text:
        return format_date(date.fromisoformat(text))
    return str(_VALUES.get(field, {}).get(text, text))


def promise(pledge: Row) -> str:
    """Return what the kind of a pledge asks for, in a line."""
    if pledge["kind"] == Kind.RECURRING:
        return ngettext_(
            "%(num)s time %(per)s",
            "%(num)s times %(per)s",
            pledge["times"] or 1,
            per=PER_NAMES[pledge["per"] or "year"],
        )
    return str(KIND_NAMES[pledge["kind"]])


def proof(pledge: Row, measure: Row | None = None, houses: Mapping[str, str] | None = None) -> list[str]:
    """Return what a pledge's status was computed from, a sentence each."""
    numbers = pledge["status"]["numbers"]
    if pledge["kind"] == Kind.MEASURABLE:
        return _measurable(pledge["status"]["computed"], numbers, measure, houses or {})
    if pledge["kind"] == Kind.RECURRING:
        return _recurring(numbers)
    return _standing(numbers)


def _measurable(computed: str, numbers: Row, measure: Row | None, houses: Mapping[str, str]) -> list[str]:
    unit, decimals = (own(measure["unit"]), measure["decimals"]) if measure else ("", 0)
    found = []
    if numbers["found"] is not None:
        said = {
            "period": period(numbers["period"]),
            "found": value(numbers["found"], numbers.get("qualifier"), decimals),
            "wanted": value(numbers["wanted"], decimals=decimals),
            "unit": unit,
        }
        found.append(_("%(period)s: %(found)s %(unit)s. The straight line to the target says %(wanted)s.", **said))
    elif computed == Status.NOT_DUE:
        found.append(_("Nothing can be compared yet: no whole period has passed since the baseline."))
    why = numbers.get("why")
    if why == "broken":
        found.append(
            _(
                "What is counted was defined anew from %(period)s, so the line is broken there.",
                period=period(numbers["broken"]),
            )
        )
    elif why:
        found.append(str(_WHY[why]))
    if numbers["missing"]:
        lacking = ", ".join(_gap(code, house, measure, houses) for code, house in numbers["missing"])
        found.append(_("Readings are missing: %(periods)s.", periods=lacking))
    return found


def _gap(code: str, house: str, measure: Row | None, houses: Mapping[str, str]) -> str:
    """Return a period without a reading, with its house, and why that will never be known where somebody says so."""
    why = reasons(measure).get((code, house)) if measure else None
    said = [houses.get(house, house)] if house else []
    if why:
        said.append(_("never to be known: %(reason)s", reason=why.rstrip(".")))
    return f"{period(code)} ({'; '.join(said)})" if said else period(code)


def _recurring(numbers: Row) -> list[str]:
    found = []
    for row in numbers["periods"]:
        if not row["needed"] and not row["found"]:
            continue
        said = {"period": period(row["period"]), "found": row["found"], "needed": row["needed"], "late": row["late"]}
        found.append(
            _("%(period)s: %(found)s of %(needed)s, %(late)s of them late", **said)
            if row["late"]
            else _("%(period)s: %(found)s of %(needed)s", **said)
        )
    return found or [_("Nothing is counted yet.")]


def _standing(numbers: Row) -> list[str]:
    found = [
        _("%(year)s: %(answer)s (%(day)s)", year=row["year"], answer=ANSWER_NAMES[row["answer"]], day=day(row["on"]))
        for row in numbers["checks"]
    ]
    if numbers["missing"]:
        found.append(_("No self-check of: %(years)s.", years=", ".join(map(str, numbers["missing"]))))
    return found or [_("There is no self-check yet.")]


def day(text: str | None) -> str:
    """Return a day as people write it."""
    return format_date(date.fromisoformat(text)) if text else ""


def counted(unit: str, number: int) -> str:
    """Return so many of what a scheme counts in a plan."""
    told: Mapping[str, Callable[[], str]] = {
        "years": lambda: ngettext_("%(num)s year", "%(num)s years", number),
        "roles": lambda: ngettext_("%(num)s role", "%(num)s roles", number),
        "initiatives": lambda: ngettext_("%(num)s initiative", "%(num)s initiatives", number),
        "goals": lambda: ngettext_("%(num)s focus goal", "%(num)s focus goals", number),
        "pledges": lambda: ngettext_("%(num)s pledge", "%(num)s pledges", number),
    }
    return told[unit]()


def names(codes: Sequence[str], known: Mapping[str, str]) -> str:
    """Return what codes stand for, with commas between."""
    return ", ".join(known.get(code, code) for code in codes)
