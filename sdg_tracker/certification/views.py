"""Pages of a cycle: how far the library is, who works on what, and the assessment of each requirement."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker import trail
from sdg_tracker.access import ROLE_NAMES, Permission, Role
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.certification import findings, leaving, queries, services, task_queries, tasks, wording
from sdg_tracker.certification.forms import (
    AssessForm,
    AssignForm,
    AssignSeveralForm,
    AuditDayForm,
    CommentForm,
    SendBackForm,
    StepForm,
    TieForm,
    WorkFilterForm,
    of_scheme,
)
from sdg_tracker.certification.gaps import Gap, gaps, names_of
from sdg_tracker.certification.models import Approval, Assessment
from sdg_tracker.certification.needs import own_judgement
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import STATES, Result, Status, Tally
from sdg_tracker.certification.states import Step
from sdg_tracker.certification.steps import possible
from sdg_tracker.certification.task_queries import NOTHING, Standing
from sdg_tracker.evidence import listing, tying
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes import rules as scheme_rules
from sdg_tracker.schemes import services as scheme_services
from sdg_tracker.schemes import words
from sdg_tracker.schemes.models import Cycle, Requirement
from sdg_tracker.trail import Event
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("certification", __name__)
navigation.belongs("certification", "schemes")
KEPT = ("view", "show", "on", "owner", "state", "due")  # what addresses say of the view of a cycle
YEARS = range(1900, 2201)  # of days that may be asked for
SHOWN = 8  # pieces of evidence on a requirement's page; the rest is a link away


@dataclass(frozen=True)
class Line:
    """A requirement in the list."""

    requirement: Requirement
    result: Result
    gaps: Sequence[Gap]
    standing: Standing


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
    """Show how far the library is today or on another day: by area or by role, and who works on what."""
    return _cycle_page(schemes.cycle(reading(), number), AssignSeveralForm(formdata=None))


@blueprint.post("/certification/cycles/<int:number>/assign")
@allow(Permission.TASK_ASSIGN)
def assign_several(number: int) -> ResponseReturnValue:
    """Say who works on the ticked requirements, and until when."""
    cycle, form, ticked = schemes.cycle(reading(), number), AssignSeveralForm(), request.form.getlist("code")
    form.offer(task_queries.owners(reading()))
    if form.validate():
        try:
            made = tasks.assign_all(writing(), number, ticked, form.number(), form.assign_due_on.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(ngettext_("%(num)s requirement is assigned.", "%(num)s requirements are assigned.", len(made)))
            return redirect(url_for("certification.readiness", number=number, **_kept(), _anchor="groups"), 303)
    return _cycle_page(cycle, form, ticked), 422


@blueprint.post("/certification/cycles/<int:number>/audit-day")
@allow(Permission.CYCLE_MANAGE)
def audit_day(number: int) -> ResponseReturnValue:
    """Say on which day the audit is, or that nobody knows."""
    cycle, form, status = schemes.cycle(reading(), number), AuditDayForm(), 422
    if form.validate():
        try:
            scheme_services.set_audit_day(writing(), number, form.audit_on.data, form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            form.revision.data, status = str(schemes.cycle(reading(), number).revision), error.status
        else:
            flash(_("The day of the audit is saved."))
            return redirect(url_for("certification.readiness", number=number, on=form.audit_on.data), 303)
    return _cycle_page(cycle, AssignSeveralForm(formdata=None), audit_form=form), status


def _cycle_page(
    cycle: Cycle,
    form: AssignSeveralForm,
    ticked: Sequence[str] = (),
    audit_form: AuditDayForm | None = None,
) -> str:
    work, on = reading(), _day_asked()
    found = queries.readiness(work, cycle, on)
    now = found if found.day == work.today else queries.readiness(work, cycle)
    standings, people = task_queries.standings(work, now), task_queries.owners(work)
    names, by_roles = names_of(cycle), request.args.get("view") == "roles"
    filters = WorkFilterForm(request.args)
    filters.offer(people)
    form.offer(people)
    wanted = filters.chosen()
    everything = request.args.get("show") == "all" or wanted.used
    rows = {
        one.code: Line(found.requirements[one.code], one, gaps(found, one, names), standings.get(one.code, NOTHING))
        for one in found.results
        if wanted.matches(standings.get(one.code, NOTHING), work.actor.number, work.today)
    }
    groups = [
        Group(
            code,
            title,
            tally,
            [rows[one.code] for one in results if one.code in rows and (everything or one.status is Status.GAP)],
        )
        for code, title, tally, results in (_roles(found) if by_roles else _areas(found))
    ]
    return page(
        "certification/readiness.html",
        fragment="certification/_groups.html",
        cycle=cycle,
        former=queries.former_cycle(work, cycle),
        found=found,
        groups=groups,
        matching=len(rows),
        by_roles=by_roles,
        everything=everything,
        filtered=wanted.used,
        kept=_kept(),
        filters=filters,
        form=form,
        ticked=ticked,
        on=on,
        today=work.today,
        audit_form=audit_form or AuditDayForm(formdata=None, audit_on=cycle.audit_on, revision=str(cycle.revision)),
        people=accounts.names(work, [standing.owner for standing in standings.values()]),
        mine=task_queries.Filters(owner="me").count(standings.values(), work.actor.number, work.today),
        overdue=task_queries.Filters(due="overdue").count(standings.values(), work.actor.number, work.today),
        to_approve=task_queries.Filters(state="ready").count(standings.values(), work.actor.number, work.today),
        states=STATES,
        wording=wording,
        words=words,
    )


def _day_asked() -> date | None:
    """Return the day in the address; None without one, or when it is today, too far away or no day at all."""
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
    return day if day != reading().today and day.year in YEARS else None


def _kept() -> dict[str, Any]:
    """Return what the address says of the view, so that links and forms keep it."""
    return {key: value for key, value in request.args.items() if key in KEPT and value}


Rows = Iterator[tuple[str, str, Tally, list[Result]]]


def _areas(found: Readiness) -> Rows:
    yield from ((area.code, area.title, tally, found.in_area(area.code)) for area, tally in found.areas)


def _roles(found: Readiness) -> Rows:
    yield from ((role, str(words.ROLES[role]), tally, found.in_role(role)) for role, tally in found.roles)


@blueprint.get("/certification/cycles/<int:number>/<code>")
@allow(Permission.ASSESSMENT_READ)
def requirement(number: int, code: str) -> ResponseReturnValue:
    """Show a requirement: what it asks, what was found, and how the library assesses it."""
    return requirement_page(*_found(number, code))


@blueprint.post("/certification/cycles/<int:number>/<code>")
@allow(Permission.ASSESSMENT_WRITE)
def assess(number: int, code: str) -> ResponseReturnValue:
    """Say how far the library is with a requirement."""
    cycle, code, found = _found(number, code)
    form, status = of_scheme(cycle.scheme.document["decision"])(), 422
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
    return requirement_page(cycle, code, found, form=form, clash=status == 409), status


@blueprint.post("/certification/cycles/<int:number>/<code>/evidence")
@allow(Permission.EVIDENCE_TIE)
def tie(number: int, code: str) -> ResponseReturnValue:
    """Tie a piece of evidence that is here already to the requirement."""
    cycle, code, found = _found(number, code)
    form = TieForm()
    if form.validate():
        try:
            accepted = tying.tie(writing(), form.number() or 0, Wanted(cycle.number, code, form.pages.data or ""))
        except Invalid as error:
            form.refuse(error)
        except (NotFound, Conflict) as error:
            form.evidence.errors = [str(error)]
        else:
            flash(_("Tied to requirement %(code)s.", code=code))
            if not accepted:
                flash(_("The requirement asks for other kinds of evidence, so this piece is not counted."), "warning")
            return redirect(_evidence_of(number, code), 303)
    return requirement_page(cycle, code, found, tie_form=form), 422


@blueprint.post("/certification/cycles/<int:number>/<code>/evidence/remove")
@allow(Permission.EVIDENCE_TIE)
def untie(number: int, code: str) -> ResponseReturnValue:
    """Take the tie of a piece of evidence away."""
    _found(number, code)
    piece = request.form.get("evidence", "")
    tying.untie(writing(), int(piece) if piece.isascii() and piece.isdigit() and len(piece) < 10 else 0, number, code)
    flash(_("No longer tied to requirement %(code)s.", code=code))
    return redirect(_evidence_of(number, code), 303)


def _evidence_of(number: int, code: str) -> str:
    return url_for("certification.requirement", number=number, code=code, _anchor="evidence")


def _found(number: int, code: str) -> tuple[Cycle, str, Assessment | None]:
    """Return cycle, code and assessment. Raises NotFound, also for a code that the scheme does not have."""
    work = reading()
    cycle = schemes.cycle(work, number)
    schemes.requirement(work, cycle.scheme, code)
    return cycle, code, queries.assessment(work, cycle, code)


def requirement_page(
    cycle: Cycle,
    code: str,
    assessment: Assessment | None,
    *,
    form: AssessForm | None = None,
    tie_form: TieForm | None = None,
    assign_form: AssignForm | None = None,
    step_form: StepForm | None = None,
    back_form: SendBackForm | None = None,
    comment_form: CommentForm | None = None,
    clash: bool = False,
) -> str:
    """Return the page of a requirement; forms that were sent and refused keep what was typed."""
    work, on = reading(), _day_asked()
    found, names = queries.readiness(work, cycle), names_of(cycle)
    seen = queries.readiness(work, cycle, on) if on else found  # the work is that of today, whatever day is asked about
    requirement, result = found.requirements[code], seen.result(code)
    standing = task_queries.standing(work, found, code)
    revision = str(standing.task.revision if standing.task else tasks.NEVER_SEEN)
    if form is None:
        form = of_scheme(cycle.scheme.document["decision"])(formdata=None)
        form.show(assessment)
    if assign_form is None:
        shown = {"owner": str(standing.owner or ""), "due_on": standing.due_on, "revision": revision}
        assign_form = AssignForm(formdata=None, data=shown)
    assign_form.offer(task_queries.owners(work))
    approval = standing.approved
    codes = list(found.requirements)
    here = codes.index(code)
    rows, total = listing.one_page(work, listing.Filters(cycle=cycle.number, requirement=code), "-date", SHOWN, 0)
    events = queries.history(work, cycle, code)
    named = [standing.owner, approval.approved_by if approval else None, *(row.added_by for row in standing.comments)]
    named += [row.resolved_by for row in standing.comments]
    people = accounts.names(work, [*(event.actor_number for event in events), *named, *_owners_told(events)])
    chosen, document = cycle.settings, cycle.scheme.document
    return page(
        "certification/requirement.html",
        cycle=cycle,
        requirement=requirement,
        definition=requirement.definition,
        result=result,
        gaps=gaps(seen, result, names),
        on=on,
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
        left_out=leaving.told(
            document["decision"], assessment.omission if assessment else "", assessment.answers if assessment else {}
        ),
        may_leave_out=leaving.may_leave_out(document["decision"], code),
        rows=rows,
        total=total,
        kinds=names.kinds,
        tie_form=tie_form or TieForm(formdata=None),
        assign_form=assign_form,
        step_form=step_form or StepForm(formdata=None),
        back_form=back_form or SendBackForm(formdata=None, revision=revision),
        comment_form=comment_form or CommentForm(formdata=None),
        worked=standing,
        revision=revision,
        steps=[step.value for step in Step if possible(step, standing.state, changed=standing.changed)],
        changed=wording.changes(task_queries.changes(work, found, code, approval))
        if approval and standing.changed
        else [],
        kept=_approved_copy(approval, document["decision"]) if approval else None,
        points=seen.points.get(code),
        found_by_auditors=findings.of(work, cycle, code),
        people=people,
        role_name=lambda role: ROLE_NAMES[Role(role)],
        today=work.today,
        offered=[
            piece for piece in queries.candidates(work, cycle, requirement) if can(Permission.EVIDENCE_TIE, piece)
        ],
        previous=found.requirements[codes[here - 1]] if here else None,
        following=found.requirements[codes[here + 1]] if here + 1 < len(codes) else None,
        events=[_happening(event, people) for event in events],
        wording=wording,
        words=words,
    )


def _approved_copy(approval: Approval, decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return the copy of what was approved, as the page shows it."""
    content: dict[str, Any] = json.loads(approval.content)
    told = leaving.told(decision, content.get("omission", ""), content.get("answers", {}))
    return {**content, "omission": None, "answers": (), **told}


def _counted_words(requirement: Requirement) -> list[str]:
    if "counts" not in requirement.definition:
        return []
    return words.counted(requirement.definition["counts"], schemes.vocabularies(reading()))


@dataclass(frozen=True)
class Happening:
    """What was done with a requirement in the past."""

    at: Any
    who: str
    what: str


def _owners_told(events: Sequence[Event]) -> list[int | None]:
    return [event.facts["owner"] for event in events if event.action == "task.assigned"]


def _happening(event: Event, people: Mapping[int, str]) -> Happening:
    who = people.get(event.actor_number or 0, "")
    if event.action == queries.CHANGED:
        return Happening(event.at, who, wording.assessed(event.facts["before"], event.facts["after"]))
    if event.action == "task.assigned":
        owner = people.get(event.facts["owner"] or 0, "")
        return Happening(event.at, who, wording.assigned(owner, event.facts["due_on"]))
    return Happening(event.at, who, str(trail.NAMES[event.action]))
