"""The page with which a report is published: what the public will see, what is left out and why, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import ANYONE, Permission
from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import personal
from sdg_tracker.evidence.people import Reason
from sdg_tracker.evidence.wording import REASON_NAMES
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import Text, _
from sdg_tracker.publishing import card, photos, public, public_views, queries, services
from sdg_tracker.publishing.forms import PublishForm, WithdrawForm
from sdg_tracker.publishing.models import Publication
from sdg_tracker.publishing.rules import Place, Settings
from sdg_tracker.publishing.showing import Shown
from sdg_tracker.publishing.still import LeftOut, Why
from sdg_tracker.publishing.wording import MENDED, NEVER, WHY
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, workplace, writing

blueprint = Blueprint("publishing", __name__)
navigation.belongs("publishing", "editions")
LISTED = 50  # of what is left out for one reason


@dataclass(frozen=True)
class Line:
    """Something that is left out, as the page lists it: what, why, and where that is mended."""

    title: str
    reason: str
    href: str


@dataclass(frozen=True)
class Group:
    """What is left out for one reason."""

    title: Text
    mended: Text
    lines: Sequence[Line]
    count: int


def _place(year: int) -> Place:
    return Place(_addresses([year])[0], public_views.static_address())


def _addresses(years: Sequence[int]) -> list[str]:
    with workplace().reading(ANYONE) as work:
        several = len(queries.libraries(work)) > 1
    return [queries.address_of(reading(), year, several=several) for year in years]


def _groups(found: Sequence[LeftOut]) -> list[Group]:
    evidence = [one.number for one in found if one.why in (Why.NOT_ACCEPTED, Why.INSIDE, Why.SINCE)]
    reasons = queries.reasons(reading(), evidence)
    grouped = {why: [one for one in found if one.why is why] for why in Why}
    return [
        Group(WHY[why], MENDED[why], [_line(one, reasons.get(one.number, ())) for one in rows[:LISTED]], len(rows))
        for why, rows in grouped.items()
        if rows
    ]


def _line(one: LeftOut, reasons: Sequence[Reason]) -> Line:
    said = " ".join(str(REASON_NAMES[reason.value]) for reason in reasons)
    pages = {
        Why.QUOTE: "activities.show",
        Why.STORY: "stories.show",
        Why.PLAN: "plans.show",
        Why.NOT_ACCEPTED: "evidence.show",
    }
    if one.why in pages:
        endpoint = pages[one.why]
        there = endpoint in current_app.view_functions
        return Line(one.title, "", url_for(endpoint, number=one.number) if there else "")
    about_people = any(reason not in (Reason.NOT_PUBLIC, Reason.WITHDRAWN) for reason in reasons)
    endpoint = "people.show" if about_people else "evidence.show"
    return Line(one.title, said, url_for(endpoint, number=one.number))


def _settings(current: Publication | None) -> Settings:
    """Return the choices that the page is opened with: those in the address, else the last ones, else the usual."""
    asked = request.args.get("choices")
    if asked is not None:
        return Settings.of_code(asked)
    return current.settings if current else Settings()


@blueprint.route("/editions/<int:number>/publish", methods=["GET", "POST"])
@allow(Permission.IMPACT_PUBLISH)
def publish(number: int) -> ResponseReturnValue:
    """Show what the public will see of a report and what is left out; publish it."""
    work = reading()
    edition = services.report(work, number)
    current = queries.of_year(work, edition.year or 0)
    form = PublishForm()
    if not form.is_submitted():
        form.show(_settings(current), current.number if current else 0)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        if form.step.data != "publish":
            return redirect(url_for("publishing.publish", number=number, choices=form.settings().code), 303)
        try:
            drawn = services.draw(work, number, form.settings())
            services.publish(writing(), number, form.settings(), drawn, form.seen_number)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_("The page of %(year)s is public.", year=str(edition.year)))
            return redirect(url_for("publishing.publish", number=number), 303)
    return _page(edition, current, form, WithdrawForm(formdata=None)), status


@blueprint.post("/editions/<int:number>/publish/withdraw")
@allow(Permission.IMPACT_PUBLISH)
def withdraw(number: int) -> ResponseReturnValue:
    """Take the page of a report's year away."""
    edition, form = services.report(reading(), number), WithdrawForm()
    status = 422
    if form.validate_on_submit():
        seen = form.revision.data or ""
        try:
            services.withdraw(writing(), number, form.reason.data or "", int(seen) if seen.isdigit() else None)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_("The page of %(year)s is withdrawn. Its address says so.", year=str(edition.year)))
            return redirect(url_for("publishing.publish", number=number), 303)
    current, other = queries.of_year(reading(), edition.year or 0), PublishForm(formdata=None)
    other.show(_settings(current), current.number if current else 0)
    return _page(edition, current, other, form), status


def _page(edition: Edition, current: Publication | None, form: PublishForm, withdrawing: WithdrawForm) -> str:
    settings, place = form.settings(), _place(edition.year or 0)
    shown = services.preview(reading(), edition, settings, place)
    if not withdrawing.is_submitted() and current is not None:
        withdrawing.revision.data = str(current.revision)
    return page(
        "publishing/publish.html",
        edition=edition,
        current=current,
        public=current is not None and current.withdrawn_at is None,
        form=form,
        withdrawing=withdrawing,
        place=place,
        choices=settings.code,
        groups=_groups(shown.found.left_out),
        shown=len(shown.found.data["evidence"]),
        photos=len(public.used_pictures(shown.found.data)),
        bytes=len(shown.page("da")),
        numbers=any(personal.typed(text) for text in public.texts(shown.found.data)),
        never=NEVER,
    )


def _preview(number: int, choices: str, year: int) -> Shown:
    """Return the page as it would be. Raises NotFound for another year than the report's."""
    edition = services.report(reading(), number)
    if edition.year != year:
        raise NotFound("publication-none", year=str(year))
    return services.preview(reading(), edition, Settings.of_code(choices), _place(year))


def _inside(response: Response) -> Response:
    """Return an answer that only the one who looks gets, and that no search engine keeps."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


PREVIEW = "/editions/<int:number>/publish/<choices>/<int:year>"


@blueprint.get(PREVIEW)
@allow(Permission.IMPACT_PUBLISH)
def preview(number: int, choices: str, year: int) -> ResponseReturnValue:
    """Show the page, byte for byte as the public will get it."""
    return _inside(public_views.part_of(_preview(number, choices, year), "show", ""))


@blueprint.get(f"{PREVIEW}/goals")
@allow(Permission.IMPACT_PUBLISH)
def preview_goals(number: int, choices: str, year: int) -> ResponseReturnValue:
    """Show the goals alone as the public will get them; nobody else's page frames them yet."""
    response = _inside(public_views.part_of(_preview(number, choices, year), "goals", ""))
    response.headers["Content-Security-Policy"] = public_views.POLICY
    return response


@blueprint.get(f"{PREVIEW}/data/")
@allow(Permission.IMPACT_PUBLISH)
def preview_data(number: int, choices: str, year: int) -> ResponseReturnValue:
    """List the open data as the public will get it."""
    return _inside(public_views.part_of(_preview(number, choices, year), "data", ""))


@blueprint.get(f"{PREVIEW}/data/<name>")
@allow(Permission.IMPACT_PUBLISH)
def preview_file(number: int, choices: str, year: int, name: str) -> ResponseReturnValue:
    """Send a table as the public will get it."""
    response = _inside(public_views.part_of(_preview(number, choices, year), "file", name))
    del response.headers["Access-Control-Allow-Origin"]
    return response


@blueprint.get(f"{PREVIEW}/pictures/<name>")
@allow(Permission.IMPACT_PUBLISH)
def preview_picture(number: int, choices: str, year: int, name: str) -> ResponseReturnValue:
    """Draw a picture as the public will get it; nothing of it is kept."""
    shown = _preview(number, choices, year)
    content = shown.picture(name)
    media_type = photos.MEDIA_TYPE if shown.pictures()[name] is not None else card.MEDIA_TYPE
    return _inside(public_views.answer(content, media_type, shown.tag(name, ""), public_views.POLICY))


def _public_pages() -> Sequence[tuple[int, str]]:
    """Return the years with a public page, each with its address; counted anew after each change."""
    years = reading().summed("public pages", lambda: [one.year for one in queries.latest(reading())])
    return list(zip(years, _addresses(years), strict=True)) if years else []


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    return {
        "public_of": lambda edition: queries.of_year(reading(), edition.year),
        "public_pages": _public_pages,
        "public_address": lambda year: _place(year).address,
    }
