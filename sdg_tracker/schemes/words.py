"""Words for people: for the closed sets of a scheme, and for what a requirement asks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any

from sdg_tracker.foundation.i18n import Text, _, format_date, format_number, in_locale, lazy, ngettext_
from sdg_tracker.schemes.rules import Amount, Asked, Values, amount

CLAIM_TYPES: Mapping[str, Text] = {
    "self": lazy("The library's own statement"),
    "second_party": lazy("Certification by the scheme's owner"),
    "third_party": lazy("Certification by an independent party"),
    "award": lazy("Award"),
    "ranking": lazy("Ranking"),
    "report": lazy("Report"),
}
STATUSES: Mapping[str, Text] = {"draft": lazy("Draft"), "published": lazy("Published")}
DECISIONS: Mapping[str, Text] = {
    "all_mandatory": lazy("Every mandatory requirement that applies is met."),
    "mandatory_plus_share_of_points": lazy(
        "Every mandatory requirement that applies is met, and besides %(share)s percent of the points."
    ),
    "every_requirement_answered": lazy("Every requirement is met, or left out with a reason."),
    "agreed_individually": lazy("Every mandatory requirement is met with the values agreed with %(agreed_with)s."),
    "best_n_weighted": lazy("A score without a threshold: areas are weighted, and the best %(n)s of the others count."),
}
KINDS: Mapping[str, Text] = {
    "document": lazy("A document"),
    "narrative": lazy("A description of how it is done"),
    "activity_count": lazy("Activities that are counted"),
    "measure": lazy("Readings of a measure"),
    "list": lazy("Entries in a list"),
}
SCOPES: Mapping[str, Text] = {
    "organisation": lazy("The library as a whole"),
    "branch": lazy("Each house"),
    "activity": lazy("Each activity that is counted"),
}
ROLES: Mapping[str, Text] = {
    "formidler": lazy("Communicator"),
    "facilitator": lazy("Facilitator"),
    "aktør": lazy("Actor"),
}
PERIODS: Mapping[str, Text] = {
    "year": lazy("a year"),
    "plan": lazy("in the plan"),
    "period": lazy("in the certification period"),
    "branch": lazy("in each house"),
    "branch_and_year": lazy("in each house a year"),
    "activity": lazy("for each activity"),
}
CONFIDENCE: Mapping[str, Text] = {
    "A": lazy("Said by the scheme's owner or its funder"),
    "B": lazy("Said by a certified library, the press or a library association"),
    "C": lazy("A rule of a sister scheme of the same owner"),
    "D": lazy("Our own interpretation, or a practice recommended elsewhere"),
}
VALID_WHILE: Mapping[str, Text] = {
    "progression": lazy("there is progress"),
    "plan_current": lazy("the plan is up to date"),
}
COUNTED: Mapping[str, Text] = {
    "activity": lazy("Activities are counted"),
    "goal": lazy("Goals that activities are mapped to are counted"),
    "partner": lazy("Different partners are counted"),
}
_UNITS: Mapping[str, Callable[[Any], str]] = {
    "activities": lambda n: ngettext_("%(num)s activity", "%(num)s activities", n),
    "aims": lambda n: ngettext_("%(num)s aim", "%(num)s aims", n),
    "branches": lambda n: ngettext_("%(num)s house", "%(num)s houses", n),
    "documents": lambda n: ngettext_("%(num)s document", "%(num)s documents", n),
    "examples": lambda n: ngettext_("%(num)s example", "%(num)s examples", n),
    "goals": lambda n: ngettext_("%(num)s goal", "%(num)s goals", n),
    "initiatives": lambda n: ngettext_("%(num)s initiative", "%(num)s initiatives", n),
    "measures": lambda n: ngettext_("%(num)s measure", "%(num)s measures", n),
    "memberships": lambda n: ngettext_("%(num)s membership", "%(num)s memberships", n),
    "months": lambda n: ngettext_("%(num)s month", "%(num)s months", n),
    "partners": lambda n: ngettext_("%(num)s partner", "%(num)s partners", n),
    "percent": lambda n: ngettext_("%(num)s percent", "%(num)s percent", n),
    "pictures": lambda n: ngettext_("%(num)s picture", "%(num)s pictures", n),
    "pledges": lambda n: ngettext_("%(num)s pledge", "%(num)s pledges", n),
    "readings": lambda n: ngettext_("%(num)s reading", "%(num)s readings", n),
    "roles": lambda n: ngettext_("%(num)s role", "%(num)s roles", n),
    "topics": lambda n: ngettext_("%(num)s topic", "%(num)s topics", n),
    "years": lambda n: ngettext_("%(num)s year", "%(num)s years", n),
}


VALUE_KINDS: Mapping[str, Text] = {
    "integer": lazy("A whole number"),
    "number": lazy("A number"),
    "boolean": lazy("Yes or no"),
    "text": lazy("Text"),
    "date": lazy("A day"),
    "choice": lazy("A choice"),
}
RULES: Mapping[str, Text] = {
    "all_mandatory": lazy("Every mandatory requirement is met"),
    "mandatory_plus_share_of_points": lazy("Every mandatory requirement, and a share of the points"),
    "every_requirement_answered": lazy("Every requirement is met, or left out with a reason"),
    "agreed_individually": lazy("Agreed individually with the scheme's owner"),
    "best_n_weighted": lazy("A score: weighted areas, of which the best count"),
}
CHANGES: Mapping[str, Text] = {  # of a draft
    "begun": lazy("Draft begun"),
    "file_taken": lazy("File put in its place"),
    "scheme_changed": lazy("The scheme changed"),
    "area_added": lazy("Area added"),
    "area_changed": lazy("Area changed"),
    "area_moved": lazy("Area moved"),
    "area_removed": lazy("Area removed"),
    "criterion_added": lazy("Criterion added"),
    "criterion_changed": lazy("Criterion changed"),
    "criterion_moved": lazy("Criterion moved"),
    "criterion_removed": lazy("Criterion removed"),
    "requirement_added": lazy("Requirement added"),
    "requirement_changed": lazy("Requirement changed"),
    "requirement_moved": lazy("Requirement moved"),
    "requirement_removed": lazy("Requirement removed"),
    "setting_added": lazy("Setting added"),
    "setting_changed": lazy("Setting changed"),
    "setting_moved": lazy("Setting moved"),
    "setting_removed": lazy("Setting removed"),
    "fact_added": lazy("Question added"),
    "fact_changed": lazy("Question changed"),
    "fact_moved": lazy("Question moved"),
    "fact_removed": lazy("Question removed"),
}
EFFECTS: Mapping[str, Text] = {
    "gone": lazy("Gone"),
    "new": lazy("New"),
    "changed": lazy("Changed"),
    "moved": lazy("Moved"),
    "kept": lazy("Kept"),
}
FIELDS: Mapping[str, Text] = {  # of a requirement and of a scheme, where versions differ
    "text": lazy("text"),
    "guidance": lazy("guidance"),
    "mandatory": lazy("mandatory or not"),
    "points": lazy("points"),
    "kind": lazy("kind"),
    "scope": lazy("what it is shown for"),
    "quantity": lazy("how much is asked"),
    "counts": lazy("what counts"),
    "evidence": lazy("evidence"),
    "applies_if": lazy("when it applies"),
    "roles": lazy("roles"),
    "goals": lazy("goals"),
    "name": lazy("name"),
    "summary": lazy("summary"),
    "label": lazy("label"),
    "owner": lazy("owner"),
    "claim_type": lazy("what it gives"),
    "decided_by": lazy("who concludes"),
    "decision": lazy("when it is met"),
    "cycle": lazy("how long it is valid"),
    "stages": lazy("steps"),
    "type_roles": lazy("roles of activities"),
}


USES: Mapping[str, Text] = {  # why something is asked
    "quantity": lazy("It says how much is asked for."),
    "pieces": lazy("It says how many pieces of evidence are asked for."),
    "age": lazy("It says how old evidence may be."),
    "applies": lazy("It decides which requirements apply to the library."),
    "plan": lazy("It says how long the plan is."),
    "report": lazy("It says how often a report is due."),
    "validity": lazy("It says how long what the scheme gives is valid."),
    "told": lazy("No requirement hangs on it: it stands in the dossier."),
}


def units() -> list[str]:
    """Return the units that have words."""
    return list(_UNITS)


def unit_name(unit: str) -> str:
    """Return a unit in the plural, without a number."""
    return with_unit(2, unit).removeprefix("2").strip()


def text(both: Values) -> str:
    """Return a text of a scheme file in the current language."""
    return in_locale(both["da"], both["en"])


def with_unit(number: float, unit: str) -> str:
    """Return a number with its unit: ``6 activities``. A unit that the product lacks is shown as the file has it."""
    if unit in _UNITS:
        return _UNITS[unit](number)
    return f"{format_number(number)} {unit.replace('_', ' ')}".strip()


def quantity(asked: Asked) -> str:
    """Return how much is asked for: ``at least 6 activities a year``; empty when nothing is counted."""
    if asked.quantity is None:
        return ""
    if asked.quantity.value is None:
        return _("Not set yet")
    much = with_unit(asked.quantity.value, asked.unit)
    return _("At least %(amount)s %(per)s", amount=much, per=PERIODS[asked.per])


def evidence(asked: Asked) -> str:
    """Return how many pieces of evidence are asked for."""
    if asked.evidence.value is None:
        return _("Not set yet")
    if asked.evidence.value == 0:
        return _("None needed")
    return ngettext_("At least %(num)s piece", "At least %(num)s pieces", int(asked.evidence.value))


def age(limit: Amount | None) -> str:
    """Return how old evidence may be."""
    if limit is None:
        return _("No limit")
    return _("Not set yet") if limit.value is None else _("At most %(age)s", age=with_unit(limit.value, "months"))


def counted(counts: Values, vocabularies: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what is counted and which conditions must all hold, one a line."""
    where = counts.get("where", {})
    types, audiences = vocabularies.get("activity-type", {}), vocabularies.get("audience", {})
    lines = [str(COUNTED[counts["of"]])]
    for key, form, known in (
        ("types", lazy("of the type: %(words)s"), types),
        ("roles", lazy("in the role: %(words)s"), ROLES),
        ("audience", lazy("for: %(words)s"), audiences),
    ):
        if key in where:
            found = [str(known[word]).lower() if word in known else word for word in where[key]]
            lines.append(form.with_facts({"words": found}))
    for key, yes, no in (
        ("mapped", lazy("mapped to a goal"), lazy("not mapped to a goal")),
        ("with_partner", lazy("with a partner"), lazy("without a partner")),
        ("with_evidence", lazy("with evidence"), lazy("without evidence")),
    ):
        if key in where:
            lines.append(str(yes if where[key] else no))
    return lines


def decision(document: Values) -> str:
    """Return when the scheme is met."""
    rule = document["decision"]
    facts = {"share": format_number(round(100 * rule.get("share", 0), 1))}
    facts |= {"agreed_with": rule.get("agreed_with", ""), "n": rule.get("best", {}).get("n", "")}
    return DECISIONS[rule["rule"]].with_facts(facts)


def validity(document: Values, chosen: Values) -> str:
    """Return how long what the scheme gives is valid."""
    cycle = document["cycle"]
    if "valid_for" in cycle:
        months = amount(cycle["valid_for"]["months"], document, chosen).value
        return _("Not set yet") if months is None else _("For %(time)s", time=with_unit(months, "months"))
    if "valid_while" in cycle:
        return _("As long as %(conditions)s", conditions=_all(str(VALID_WHILE[word]) for word in cycle["valid_while"]))
    return _("It is given once")


def plan(document: Values, chosen: Values) -> str:
    """Return how long a plan the scheme asks for; empty when it asks for none."""
    years = document["cycle"]["plan_years"]
    found = None if years is None else amount(years, document, chosen).value
    return "" if found is None else with_unit(found, "years")


def reporting(document: Values, chosen: Values) -> str:
    """Return how often the scheme wants a report; empty when it wants none."""
    every = document["cycle"]["report_every"]
    found = None if every is None else amount(every["months"], document, chosen).value
    return "" if found is None else _("Every %(time)s", time=with_unit(found, "months"))


def condition(asked: Values | None, facts: Values) -> str:
    """Return when a requirement applies, in the words of the scheme's facts; empty when it always does."""
    if asked is None:
        return ""
    if "all" in asked:
        return _all(condition(part, facts) for part in asked["all"])
    if "any" in asked:
        return reduce(
            lambda one, other: _("%(one)s or %(other)s", one=one, other=other),
            [condition(part, facts) for part in asked["any"]],
        )
    fact = facts[asked["fact"]]
    name = text(fact["text"])
    if "at_least" in asked:
        return _("%(fact)s: at least %(value)s", fact=name, value=format_number(asked["at_least"]))
    return _("%(fact)s: %(value)s", fact=name, value=answer(fact, asked["is"]))


def _all(parts: Iterable[str]) -> str:
    return reduce(lambda one, other: _("%(one)s and %(other)s", one=one, other=other), parts)


def answer(definition: Values, found: object) -> str:
    """Return an answer to a fact, or the value of a setting: a choice by its label, a day as people write it."""
    if definition["type"] == "choice" and found in definition.get("labels", {}):
        return text(definition["labels"][found])
    if definition["type"] == "date" and isinstance(found, str):
        return format_date(date.fromisoformat(found))
    return value(found)


def value(found: object) -> str:
    """Return a value of no kind that is known; empty when there is none."""
    if found is None:
        return ""
    if isinstance(found, bool):
        return _("Yes") if found else _("No")
    return format_number(found) if isinstance(found, int | float) else str(found).replace("_", " ")
