"""What a requirement needs and lacks, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sdg_tracker.certification.approved import Changes
from sdg_tracker.certification.decisions import Decision
from sdg_tracker.certification.needs import EACH, Need, What
from sdg_tracker.certification.readiness import UNASSESSED, Result, Status
from sdg_tracker.certification.states import AssessmentState, TaskState
from sdg_tracker.foundation.i18n import Text, _, format_date, format_number, lazy, ngettext_
from sdg_tracker.schemes import words

if TYPE_CHECKING:
    from sdg_tracker.schemes.models import Requirement

STATE_NAMES: Mapping[str, Text] = {
    AssessmentState.MET.value: lazy("Met"),
    AssessmentState.UNDER_WAY.value: lazy("Under way"),
    AssessmentState.MISSING.value: lazy("Missing"),
    AssessmentState.NOT_PURSUING.value: lazy("Not pursued"),
    AssessmentState.NOT_APPLICABLE.value: lazy("Not applicable"),
    UNASSESSED: lazy("Not assessed"),
}
STATE_HINTS: Mapping[str, Text] = {
    AssessmentState.MET.value: lazy("It is done and can be shown."),
    AssessmentState.UNDER_WAY.value: lazy("It has begun, or a part of it is done."),
    AssessmentState.MISSING.value: lazy("It is to be done, and has not begun."),
    AssessmentState.NOT_PURSUING.value: lazy("The library has chosen not to work with it. Say why."),
    AssessmentState.NOT_APPLICABLE.value: lazy("It can't be asked of this library. Say why."),
}
STATUS_NAMES: Mapping[Status, Text] = {
    Status.MET: lazy("Nothing is lacking"),
    Status.GAP: lazy("Lacks something"),
    Status.OWN_JUDGEMENT: lazy("Own judgement"),
    Status.NOT_PURSUING: lazy("Not pursued"),
    Status.NOT_APPLICABLE: lazy("Not applicable"),
}
TASK_NAMES: Mapping[str, Text] = {
    TaskState.OPEN.value: lazy("Nobody works on it"),
    TaskState.ASSIGNED.value: lazy("Assigned"),
    TaskState.READY.value: lazy("Ready for review"),
    TaskState.APPROVED.value: lazy("Approved"),
}
KINDS_NAMED = 2  # of the accepted kinds; the others are "…"


@dataclass(frozen=True)
class Names:
    """The names that needs are told with, in the current language."""

    branches: Mapping[str, str]
    kinds: Mapping[str, str]  # of evidence
    settings: Mapping[str, str]
    facts: Mapping[str, str]


def gap(need: Need, result: Result, requirement: "Requirement", names: Names) -> str:
    """Return what is lacking: ``Lacks 2 activities in 2026``."""
    texts: Mapping[What, Callable[[], str]] = {
        What.EVIDENCE: lambda: _lacking_evidence(need, requirement, names),
        What.COUNT: lambda: _lacking_count(need),
        What.NARRATIVE: lambda: _("Lacks a description of how it is done"),
        What.ASSESSMENT: lambda: _judged(result),
        What.FACT: lambda: _("Not answered: %(fact)s", fact=names.facts.get(need.key, need.key)),
        What.SETTING: lambda: _("Not set: %(setting)s", setting=names.settings.get(need.key, need.key)),
    }
    return _placed(texts[need.what](), need, names)


def label(need: Need, requirement: "Requirement", names: Names) -> str:
    """Return what is needed, without how much: ``Evidence (minutes, photo …)``."""
    if need.what is What.EVIDENCE:
        return _("Evidence (%(kinds)s)", kinds=_kinds(requirement, names))
    if need.what is What.COUNT and need.key == EACH:
        return _("Activities with evidence of their own (%(kinds)s)", kinds=_kinds(requirement, names))
    if need.what is What.COUNT:
        return str(COUNT_NAMES[requirement.definition["counts"]["of"]])
    return str(NEED_NAMES[need.what])


COUNT_NAMES: Mapping[str, Text] = {
    "activity": lazy("Activities"),
    "goal": lazy("Goals"),
    "partner": lazy("Partners"),
}
NEED_NAMES: Mapping[What, Text] = {
    What.NARRATIVE: lazy("Description"),
    What.ASSESSMENT: lazy("Assessed as met"),
    What.FACT: lazy("Answer about the library"),
    What.SETTING: lazy("Number in the settings"),
}


def place(need: Need, names: Names) -> str:
    """Return the year and the house that something is asked for: ``Stationen, 2026``; empty for the whole."""
    house = names.branches.get(need.branch, need.branch)
    return ", ".join(part for part in (house, need.year) if part)


def decision(found: Decision) -> str:
    """Return whether the scheme's own rule is fulfilled, as far as the program can tell."""
    if found.score is not None:
        return _("The score is %(score)s so far.", score=format_number(round(found.score, 1)))
    if found.reached:
        return _("As far as the program can count, the scheme's rule is fulfilled.")
    if not found.lacking:
        return _(
            "%(points)s of the %(wanted)s points that the scheme asks for are reached.",
            points=format_number(round(found.points, 1)),
            wanted=format_number(round(found.wanted, 1)),
        )
    return ngettext_(
        "%(num)s requirement still stands between the library and the scheme's rule.",
        "%(num)s requirements still stand between the library and the scheme's rule.",
        len(found.lacking),
    )


def _lacking_count(need: Need) -> str:
    if need.key != EACH:
        return _("Lacks %(amount)s", amount=words.with_unit(need.lacking, need.unit))
    return ngettext_(
        "%(num)s activity lacks evidence of its own",
        "%(num)s activities lack evidence of their own",
        need.lacking,
    )


def _lacking_evidence(need: Need, requirement: "Requirement", names: Names) -> str:
    kinds = _kinds(requirement, names)
    if requirement.definition["evidence"]["public_required"]:
        return ngettext_(
            "Lacks %(num)s piece of public evidence (%(kinds)s)",
            "Lacks %(num)s pieces of public evidence (%(kinds)s)",
            need.lacking,
            kinds=kinds,
        )
    return ngettext_(
        "Lacks %(num)s piece of evidence (%(kinds)s)",
        "Lacks %(num)s pieces of evidence (%(kinds)s)",
        need.lacking,
        kinds=kinds,
    )


def _kinds(requirement: "Requirement", names: Names) -> str:
    known = [names.kinds.get(kind, kind) for kind in requirement.kinds]
    return ", ".join(known[:KINDS_NAMED]) + (" …" if len(known) > KINDS_NAMED else "")


def _judged(result: Result) -> str:
    if result.state is None:
        return _("Not assessed")
    if result.state in (AssessmentState.UNDER_WAY, AssessmentState.MISSING):
        return _("Assessed as: %(state)s", state=str(STATE_NAMES[result.state.value]).lower())
    return _("Can't be left out: the scheme asks for it")


def _placed(text: str, need: Need, names: Names) -> str:
    house = names.branches.get(need.branch, need.branch)
    if need.branch and need.year:
        text = _("%(text)s in %(house)s in %(year)s", text=text, house=house, year=need.year)
    elif need.branch:
        text = _("%(text)s in %(house)s", text=text, house=house)
    elif need.year:
        text = _("%(text)s in %(year)s", text=text, year=need.year)
    return _("%(text)s (the year is not over)", text=text) if need.running else text


def changes(found: Changes) -> list[str]:
    """Return what is another than at the approval, a line for each thing."""
    lines = [
        (found.assessment, lazy("The assessment is another.")),
        (found.text, lazy("The text is another.")),
        (found.score, lazy("The score is another.")),
    ]
    told = [
        (found.added, lazy("Evidence added: %(numbers)s.", numbers=_numbers(found.added))),
        (found.removed, lazy("Evidence gone: %(numbers)s.", numbers=_numbers(found.removed))),
        (found.replaced, lazy("Evidence with another file: %(numbers)s.", numbers=_numbers(found.replaced))),
        (found.pages, lazy("Evidence with other pages: %(numbers)s.", numbers=_numbers(found.pages))),
    ]
    other = lazy("It was approved in another form than the one of today. Approve it again.")
    return [str(text) for is_so, text in (*lines, *told) if is_so] or [str(other)]


def _numbers(found: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in found)


def assessed(before: str | None, after: str) -> str:
    """Return how an assessment changed."""
    now = str(STATE_NAMES[after]).lower()
    if before is None:
        return _("Assessed as: %(state)s", state=now)
    if before == after:
        return _("Text changed, still: %(state)s", state=now)
    return _("From %(before)s to %(after)s", before=str(STATE_NAMES[before]).lower(), after=now)


def assigned(owner: str, due_on: str | None) -> str:
    """Return who was made the owner, and until when; ``owner`` is a name, empty for nobody."""
    day = format_date(date.fromisoformat(due_on)) if due_on else ""
    if not owner:
        return _("Assigned to nobody, by %(day)s", day=day) if day else _("Assigned to nobody")
    return _("Assigned to %(name)s, by %(day)s", name=owner, day=day) if day else _("Assigned to %(name)s", name=owner)
