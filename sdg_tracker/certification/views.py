"""Pages of a cycle: how far the library is, and the assessment of each requirement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.certification import queries, services, wording
from sdg_tracker.certification.forms import AssessForm, TieForm
from sdg_tracker.certification.models import REASONED, Assessment
from sdg_tracker.certification.needs import Need, What, own_judgement
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import STATES, Result, Status, Tally
from sdg_tracker.certification.wording import Names
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.evidence import services as evidence_services
from sdg_tracker.evidence.services import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes import rules as scheme_rules
from sdg_tracker.schemes import words
from sdg_tracker.schemes.models import Cycle, Requirement
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("certification", __name__)
navigation.belongs("certification", "schemes")
SHOWN = 8  # pieces of evidence on a requirement's page; the rest is a link away


@dataclass(frozen=True)
class Gap:
    """Something that is lacking, in words, and where it is mended."""

    text: str
    href: str
    action: Text


@dataclass(frozen=True)
class Line:
    """A requirement in the list."""

    requirement: Requirement
    result: Result
    gaps: Sequence[Gap]


@dataclass(frozen=True)
class Group:
    """An area or a role with its requirements."""

    code: str
    title: str
    tally: Tally
    lines: Sequence[Line]


@blueprint.get("/certification/cycles/<int:number>")
@allow(Permission.ASSESSMENT_READ)
def readiness(number: int) -> ResponseReturnValue:
    """Show how far the library is: by area or by role, all requirements or only those that lack something."""
    cycle = schemes.cycle(reading(), number)
    found = queries.readiness(reading(), cycle)
    by_roles, everything = request.args.get("view") == "roles", request.args.get("show") == "all"
    names = names_of(cycle)
    groups = [
        Group(code, title, tally, [_line(found, one, names) for one in rows if everything or one.status is Status.GAP])
        for code, title, tally, rows in (_roles(found) if by_roles else _areas(found))
    ]
    return page(
        "certification/readiness.html",
        fragment="certification/_groups.html",
        cycle=cycle,
        found=found,
        groups=groups,
        by_roles=by_roles,
        everything=everything,
        states=STATES,
        wording=wording,
        words=words,
    )


def names_of(cycle: Cycle) -> Names:
    """Return the names that needs of a cycle are told with."""
    work, document = reading(), cycle.scheme.document
    return Names(
        branches={branch.code: branch.title for branch in accounts.branches(work)},
        kinds={term.code: term.title for term in schemes.terms(work, "evidence-kind")},
        settings={row["key"]: words.text(row["text"]) for row in document.get("settings", [])},
        facts={row["key"]: words.text(row["text"]) for row in document.get("facts", [])},
    )


Rows = Iterator[tuple[str, str, Tally, list[Result]]]


def _areas(found: Readiness) -> Rows:
    yield from ((area.code, area.title, tally, found.in_area(area.code)) for area, tally in found.areas)


def _roles(found: Readiness) -> Rows:
    yield from ((role, str(words.ROLES[role]), tally, found.in_role(role)) for role, tally in found.roles)


def _line(found: Readiness, result: Result, names: Names) -> Line:
    return Line(found.requirements[result.code], result, _gaps(found, result, names))


def _gaps(found: Readiness, result: Result, names: Names) -> list[Gap]:
    requirement = found.requirements[result.code]
    return [
        Gap(wording.gap(need, result, requirement, names), *_mended(found.cycle, requirement, need))
        for need in result.gaps
    ]


def _mended(cycle: Cycle, requirement: Requirement, need: Need) -> tuple[str, Text]:
    """Return where something that is lacking is mended, for the one who looks, and what the link is called."""
    if need.what in (What.FACT, What.SETTING) and can(Permission.CYCLE_MANAGE):
        address = url_for("schemes.cycle", slug=cycle.scheme.slug, number=cycle.number)
        return address, lazy("Period and settings")
    if need.what is What.EVIDENCE and can(Permission.EVIDENCE_ADD):
        address = url_for("evidence.add", cycle=cycle.number, requirement=requirement.code)
        return address, lazy("Add evidence")
    if need.what is What.COUNT and can(Permission.ACTIVITY_READ):
        return url_for("activities.index", **_counted(requirement, need)), lazy("See the activities")
    here = url_for("certification.requirement", number=cycle.number, code=requirement.code)
    writes = can(Permission.ASSESSMENT_WRITE)
    return here, lazy("Assess the requirement") if writes else lazy("See the requirement")


def _counted(requirement: Requirement, need: Need) -> dict[str, Any]:
    """Return filters that leave the activities among which the missing ones are likely to be."""
    where = requirement.definition["counts"].get("where", {})
    filters: dict[str, Any] = {}
    if need.year.isdigit():
        filters["year"] = need.year
    if need.branch:
        filters["branch"] = need.branch
    if len(where.get("types", ())) == 1:
        filters["type"] = where["types"][0]
    if where.get("with_evidence"):
        filters["without_evidence"] = "y"
    elif where.get("mapped"):
        filters["without_mapping"] = "y"
    return filters


@blueprint.get("/certification/cycles/<int:number>/<code>")
@allow(Permission.ASSESSMENT_READ)
def requirement(number: int, code: str) -> ResponseReturnValue:
    """Show a requirement: what it asks, what was found, and how the library assesses it."""
    cycle, found = _found(number, code)
    form = AssessForm()
    form.show(found)
    return _page(cycle, code, found, form, TieForm())


@blueprint.post("/certification/cycles/<int:number>/<code>")
@allow(Permission.ASSESSMENT_WRITE)
def assess(number: int, code: str) -> ResponseReturnValue:
    """Say how far the library is with a requirement."""
    cycle, found = _found(number, code)
    form, status = AssessForm(), 422
    if form.validate():
        try:
            services.assess(writing(), number, code, form.details(), form.seen())
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:  # what was typed stays, and the next try is a new decision
            form.refuse(error)
            found = queries.assessment(writing(), cycle, code)
            form.renew(found)
            status = 409
        else:
            flash(_("The assessment of %(code)s is saved.", code=code))
            return redirect(url_for("certification.requirement", number=number, code=code), 303)
    return _page(cycle, code, found, form, TieForm(formdata=None), clash=status == 409), status


@blueprint.post("/certification/cycles/<int:number>/<code>/evidence")
@allow(Permission.EVIDENCE_TIE)
def tie(number: int, code: str) -> ResponseReturnValue:
    """Tie a piece of evidence that is here already to the requirement."""
    cycle, found = _found(number, code)
    form = TieForm()
    if form.validate():
        try:
            accepted = evidence_services.tie(
                writing(), form.number() or 0, Wanted(cycle.number, code, form.pages.data or "")
            )
        except Invalid as error:
            form.refuse(error)
        except (NotFound, Conflict) as error:
            form.evidence.errors = [str(error)]
        else:
            flash(_("Tied to requirement %(code)s.", code=code))
            if not accepted:
                flash(_("The requirement asks for other kinds of evidence, so this piece is not counted."), "warning")
            return redirect(_evidence_of(number, code), 303)
    shown = AssessForm(formdata=None)
    shown.show(found)
    return _page(cycle, code, found, shown, form), 422


@blueprint.post("/certification/cycles/<int:number>/<code>/evidence/remove")
@allow(Permission.EVIDENCE_TIE)
def untie(number: int, code: str) -> ResponseReturnValue:
    """Take the tie of a piece of evidence away."""
    _found(number, code)
    piece = request.form.get("evidence", "")
    evidence_services.untie(
        writing(), int(piece) if piece.isascii() and piece.isdigit() and len(piece) < 10 else 0, number, code
    )
    flash(_("No longer tied to requirement %(code)s.", code=code))
    return redirect(_evidence_of(number, code), 303)


def _evidence_of(number: int, code: str) -> str:
    return url_for("certification.requirement", number=number, code=code, _anchor="evidence")


def _found(number: int, code: str) -> tuple[Cycle, Assessment | None]:
    """Return the cycle and the assessment. Raises NotFound, also for a code that the scheme does not have."""
    work = reading()
    cycle = schemes.cycle(work, number)
    schemes.requirement(work, cycle.scheme, code)
    return cycle, queries.assessment(work, cycle, code)


def _page(
    cycle: Cycle, code: str, assessment: Assessment | None, form: AssessForm, tie_form: TieForm, *, clash: bool = False
) -> str:
    work = reading()
    found, names = queries.readiness(work, cycle), names_of(cycle)
    requirement, result = found.requirements[code], found.result(code)
    codes = list(found.requirements)
    here = codes.index(code)
    rows, total = evidence.one_page(work, evidence.Filters(cycle=cycle.number, requirement=code), "-date", SHOWN, 0)
    events = queries.history(work, cycle, code)
    people = accounts.names(work, [event.actor_number for event in events])
    chosen, document = cycle.settings, cycle.scheme.document
    return page(
        "certification/requirement.html",
        cycle=cycle,
        requirement=requirement,
        definition=requirement.definition,
        result=result,
        gaps=_gaps(found, result, names),
        needs=[(wording.label(need, requirement, names), wording.place(need, names), need) for need in result.needs],
        own_judgement=own_judgement(requirement.definition),
        asked=scheme_rules.asked(requirement.definition, document, chosen),
        counted=_counted_words(requirement),
        condition=words.condition(
            requirement.definition.get("applies_if"), {fact["key"]: fact for fact in document.get("facts", [])}
        ),
        assessment=assessment,
        clash=clash,
        form=form,
        hints=wording.STATE_HINTS,
        reasoned=REASONED,
        rows=rows,
        total=total,
        kinds=names.kinds,
        tie_form=tie_form,
        offered=[
            piece for piece in queries.candidates(work, cycle, requirement) if can(Permission.EVIDENCE_TIE, piece)
        ],
        previous=found.requirements[codes[here - 1]] if here else None,
        following=found.requirements[codes[here + 1]] if here + 1 < len(codes) else None,
        events=[_happening(event.facts, event.at, people.get(event.actor_number or 0, "")) for event in events],
        wording=wording,
        words=words,
    )


def _counted_words(requirement: Requirement) -> list[str]:
    if "counts" not in requirement.definition:
        return []
    return words.counted(requirement.definition["counts"], schemes.vocabularies(reading()))


@dataclass(frozen=True)
class Happening:
    """An assessment in the past."""

    at: Any
    who: str
    what: str


def _happening(facts: Mapping[str, Any], at: Any, who: str) -> Happening:
    before, after = facts["before"], str(wording.STATE_NAMES[facts["after"]])
    if before is None:
        return Happening(at, who, _("Assessed as: %(state)s", state=after.lower()))
    if before == facts["after"]:
        return Happening(at, who, _("Text changed, still: %(state)s", state=after.lower()))
    was = str(wording.STATE_NAMES[before]).lower()
    return Happening(at, who, _("From %(before)s to %(after)s", before=was, after=after.lower()))
