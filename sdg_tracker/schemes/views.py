"""Pages of schemes, their requirements, and the library's cycles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.schemes import asking, difference, forms, moving, queries, rules, services, words
from sdg_tracker.schemes.draft_views import yaml_answer
from sdg_tracker.schemes.models import Cycle, Scheme
from sdg_tracker.schemes.publish_views import previewed
from sdg_tracker.schemes.step_forms import StepForm
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("schemes", __name__)
navigation.add(50, lazy("Certification"), "schemes.index", Permission.SCHEME_READ)


@dataclass(frozen=True)
class Listed:
    """A scheme in the list."""

    scheme: Scheme
    cycle: Cycle | None

    @property
    def areas(self) -> int:
        """Return how many areas it has."""
        return len(self.scheme.document["areas"])

    @property
    def requirements(self) -> int:
        """Return how many requirements it has."""
        criteria = (criterion for area in self.scheme.document["areas"] for criterion in area["criteria"])
        return sum(len(criterion["requirements"]) for criterion in criteria)


@dataclass(frozen=True)
class Value:
    """A setting or a fact as pages show it."""

    name: str
    value: str
    known: bool = True
    confidence: str = ""
    changed_from: str | None = None


@blueprint.get("/certification")
@allow(Permission.SCHEME_READ)
def index() -> ResponseReturnValue:
    """Show all schemes, those that the library has a cycle on first."""
    work = reading()
    own: dict[str, Cycle] = {}
    current = queries.current_cycle(work)
    for cycle in queries.cycles(work):
        own.setdefault(cycle.scheme.slug, cycle)
    if current:
        own[current.scheme.slug] = current
    rows = [Listed(own[s.slug].scheme if s.slug in own else s, own.get(s.slug)) for s in queries.newest(work)]
    rows.sort(key=lambda row: (row.cycle is None, row.cycle.number if row.cycle else 0, row.scheme.name))
    return page("schemes/index.html", rows=rows, claim_types=words.CLAIM_TYPES)


@blueprint.get("/certification/<slug>")
@allow(Permission.SCHEME_READ)
def show(slug: str) -> ResponseReturnValue:
    """Show a scheme: by areas, or by roles."""
    work = reading()
    scheme, cycle = _found(slug)
    by_roles = request.args.get("view") == "roles"
    chosen = cycle.settings if cycle else {}
    found = scheme.requirements()
    return page(
        "schemes/show.html",
        scheme=scheme,
        cycle=cycle,
        version=request.args.get("version"),
        versions=queries.versions(work, slug),
        words=words,
        chosen=chosen,
        by_roles=by_roles,
        roles=[(code, name, [r for r in found if code in r.definition["roles"]]) for code, name in words.ROLES.items()],
        without_role=[requirement for requirement in found if not requirement.definition["roles"]],
        settings=_settings(scheme, chosen),
        facts=_facts(scheme, cycle),
    )


@blueprint.get("/certification/<slug>/<code>")
@allow(Permission.SCHEME_READ)
def requirement(slug: str, code: str) -> ResponseReturnValue:
    """Show what one requirement asks."""
    work = reading()
    scheme, cycle = _found(slug, whole=False)
    found = queries.requirement(work, scheme, code)
    chosen, facts = (cycle.settings, cycle.facts) if cycle else ({}, {})
    vocabularies = queries.vocabularies(work)
    current = queries.current_cycle(work)
    definition = found.definition
    return page(
        "schemes/requirement.html",
        scheme=scheme,
        cycle=cycle,
        requirement=found,
        definition=definition,
        asked=rules.asked(definition, scheme.document, chosen),
        applies=rules.applies(definition.get("applies_if"), facts),
        condition=words.condition(
            definition.get("applies_if"), {fact["key"]: fact for fact in scheme.document.get("facts", [])}
        ),
        counted=words.counted(definition["counts"], vocabularies) if "counts" in definition else [],
        kinds=[vocabularies.get("evidence-kind", {}).get(kind, kind) for kind in found.kinds],
        setting_names={row["key"]: words.text(row["text"]) for row in scheme.document.get("settings", [])},
        tied={"requirement": code} | ({"cycle": cycle.number} if cycle and current is not cycle else {}),
        words=words,
    )


@blueprint.route("/certification/<slug>/cycle", methods=["GET", "POST"])
@allow(Permission.CYCLE_MANAGE)
def cycle(slug: str) -> ResponseReturnValue:
    """Change days, settings and facts of the library's cycle on a scheme."""
    work = reading()
    found = queries.current_cycle(work, slug)
    if found is None:
        return redirect(url_for("schemes.new_cycle", slug=queries.get(work, slug).slug), 303)
    if "number" in request.args:
        found = queries.cycle(work, request.args.get("number", 0, type=int))
    form = forms.of_scheme(found.scheme)(data=forms.shown(found))
    status = 200
    if form.validate_on_submit():
        details = form.details()
        try:
            services.set_cycle(
                writing(),
                found.number,
                starts_on=details.starts_on,
                ends_on=details.ends_on,
                settings=details.settings,
                facts=details.facts,
                seen=details.seen,
            )
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.refuse(error)
            form.revision.data = str(found.revision)
            status = 409
        else:
            flash(_("The certification period is saved."))
            return redirect(url_for("schemes.show", slug=slug), 303)
    return _form_page(form, found.scheme, found), status if status == 409 or not form.errors else 422


@blueprint.route("/certification/<slug>/cycle/new", methods=["GET", "POST"])
@allow(Permission.CYCLE_MANAGE)
def new_cycle(slug: str) -> ResponseReturnValue:
    """Open a cycle on the newest version of a scheme."""
    work = reading()
    scheme = queries.get(work, slug)
    form = forms.of_scheme(scheme)(data=forms.defaults(scheme, *_next_days(scheme)))
    if form.validate_on_submit():
        details = form.details()
        try:
            services.open_cycle(
                writing(), slug, details.starts_on, details.ends_on, facts=details.facts, settings=details.settings
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The certification period is open."))
            return redirect(url_for("schemes.show", slug=slug), 303)
    return _form_page(form, scheme, None), 422 if form.errors else 200


@blueprint.get("/certification/<slug>/scheme.yaml")
@allow(Permission.SCHEME_READ)
def download(slug: str) -> ResponseReturnValue:
    """Give a version of a scheme as a file."""
    scheme = queries.get(reading(), slug, request.args.get("version"))
    return yaml_answer(scheme.document, f"{scheme.slug}-{scheme.version}.yaml")


@dataclass(frozen=True)
class Stored:
    """Answers under a code that the period's version does not have."""

    code: str
    text: str
    said: list[tuple[Text, int]]


@blueprint.get("/certification/cycles/<int:number>/version")
@allow(Permission.CYCLE_MANAGE)
def version(number: int) -> ResponseReturnValue:
    """Show what a later version would do to a period, and what earlier moves did."""
    return _version_page(number)


def _version_page(number: int, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    work = reading()
    cycle = queries.cycle(work, number)
    known = queries.documents(work, cycle.scheme.slug)
    own = rules.version_order(cycle.scheme.version)
    later = {one.version: one for one in known if rules.version_order(one.version) > own}
    to = request.args.get("to") or request.form.get("version") or next(iter(later), "")
    if to and to not in later and not refusal:
        raise NotFound("scheme-version-unknown", scheme=cycle.scheme.slug, version=to)
    to = to if to in later else next(iter(later), "")
    shown = previewed(cycle, later[to].document if to else cycle.scheme.document)
    found = shown["found"]
    texts = {place.code: words.text(place.text) for one in known for place in difference.places(one.document)}
    moved = next(iter(queries.moves(work, cycle)), None)
    return page(
        "schemes/version.html",
        later=list(later),
        to=to,
        last=moved if moved and moved.to_scheme_id == cycle.scheme_id else None,
        stored=[Stored(code, texts.get(code, ""), found.said(code)) for code in found.stored],
        refusal=refusal,
        **shown,
    ), status


@blueprint.post("/certification/cycles/<int:number>/version")
@allow(Permission.CYCLE_MANAGE)
def move(number: int) -> ResponseReturnValue:
    """Move a period to a later version."""
    to, form = request.form.get("version", ""), StepForm()
    try:
        moving.move(writing(), number, to, form.seen())
    except Conflict as error:
        return _version_page(number, str(error), 409)
    flash(_("The period is on version %(version)s now.", version=to))
    return redirect(url_for("schemes.version", number=number), 303)


@blueprint.post("/certification/cycles/<int:number>/version/back")
@allow(Permission.CYCLE_MANAGE)
def move_back(number: int) -> ResponseReturnValue:
    """Move a period back to the version that it was on before."""
    form = StepForm()
    try:
        cycle = moving.move_back(writing(), number, form.seen())
    except Conflict as error:
        return _version_page(number, str(error), 409)
    flash(_("The period is on version %(version)s again.", version=cycle.scheme.version))
    return redirect(url_for("schemes.version", number=number), 303)


def _form_page(form: forms.CycleForm, scheme: Scheme, cycle: Cycle | None) -> str:
    settings = {row["key"]: row for row in scheme.document.get("settings", [])}
    asked = asking.questions(scheme.document, cycle.settings if cycle else {}, cycle.facts if cycle else {})
    missing = [question for question in asked if not question.answered]
    agreed = scheme.document["decision"].get("settings_agreed", [])
    return page(
        "schemes/cycle.html",
        form=form,
        scheme=scheme,
        cycle=cycle,
        settings=settings,
        agreed=agreed,
        missing=missing,
        groups=[
            (_("Not answered yet (%(count)s)", count=len(missing)), missing),
            (_("About the library"), [one for one in asked if one.kind == "fact" and one.answered]),
            (_("Numbers and recipients"), [one for one in asked if one.kind == "setting" and one.answered]),
        ],
        words=words,
    )


def _found(slug: str, *, whole: bool = True) -> tuple[Scheme, Cycle | None]:
    """Return the version that is asked for, else that of the library's cycle, else the newest; and that cycle."""
    work = reading()
    cycle, version = queries.current_cycle(work, slug), request.args.get("version")
    if cycle and version in (None, cycle.scheme.version):
        return (queries.get(work, slug, cycle.scheme.version) if whole else cycle.scheme), cycle
    return queries.get(work, slug, version), None


def _next_days(scheme: Scheme) -> tuple[date, date]:
    """Return the days that a new cycle has unless told: after the last one, for as many years as the plan."""
    work = reading()
    years = scheme.document["cycle"]["plan_years"]
    length = int(rules.amount(years, scheme.document, {}).value or 1) if years is not None else 1
    ends = [cycle.ends_on for cycle in queries.cycles(work) if cycle.scheme.slug == scheme.slug]
    first = max(ends) + timedelta(days=1) if ends else date(work.today.year, 1, 1)
    after = (
        date(first.year + length, 3, 1)
        if (first.month, first.day) == (2, 29)
        else first.replace(year=first.year + length)
    )
    return first, after - timedelta(days=1)


def _settings(scheme: Scheme, chosen: dict[str, Any]) -> list[Value]:
    result = []
    for row in scheme.document.get("settings", []):
        key, unit = row["key"], row.get("unit", "")
        now, own = chosen.get(key, row["value"]), row["value"]
        changed = _with_unit(row, own, unit) if key in chosen else None
        shown = _with_unit(row, now, unit)
        result.append(Value(words.text(row["text"]), shown, row["known"], row["confidence"], changed))
    return result


def _facts(scheme: Scheme, cycle: Cycle | None) -> list[Value]:
    said = cycle.facts if cycle else {}
    return [
        Value(words.text(row["text"]), words.answer(row, said.get(row["key"])))
        for row in scheme.document.get("facts", [])
    ]


def _with_unit(definition: Mapping[str, Any], value: object, unit: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.with_unit(value, unit)
    return words.answer(definition, value)
