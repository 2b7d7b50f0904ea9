"""Pages of links: giving one, those that wait for a copy, those that are dead."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence import add_views, intake, link_queries, links, queries, telling, wording
from sdg_tracker.evidence.forms import activity_text
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.link_forms import CopyForm, LinkFilterForm, LinkForm
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.states import CopyState
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.web.paging import SIZE, Pager, page_asked

blueprint = Blueprint("links", __name__)
navigation.belongs("links", "evidence")


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give the page of a piece of evidence what it needs to show its link."""
    return {"why_of": links.why}


@blueprint.get("/evidence/links")
@allow(Permission.EVIDENCE_READ)
def index() -> ResponseReturnValue:
    """List the links."""
    form, asked = LinkFilterForm(request.args), page_asked()
    form.offer()
    rows, total = link_queries.one_page(reading(), form.state.data or "", SIZE, (asked - 1) * SIZE)
    return page("links/index.html", fragment="links/_rows.html", form=form, rows=rows, pager=Pager(asked, total))


@blueprint.route("/evidence/links/new", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_ADD)
def add() -> ResponseReturnValue:
    """Give a page of the web as evidence."""
    work = reading()
    form, cycles = LinkForm(), queries.cycles(work)
    form.offer(queries.kinds(work), guess=True)
    form.offer_requirements(cycles)
    activity = add_views.activity_asked()
    if request.method == "GET":
        form.activity.data, form.seen_on.data = activity_text(activity), work.today
        form.kind.data = links.KIND
        form.requirements.data = add_views.requirement_asked(cycles)
    status = 200
    if form.validate_on_submit():
        received, refused = intake.receive_all(work, form.files())
        try:
            if not refused:
                return redirect(_saved(form, received), 303)
        except Invalid as error:
            refused = [error]
        for refusal in refused:
            form.refuse(refusal)
    if form.errors:
        status = 422
    fetches = work.settings.fetch
    return page(
        "links/add.html", form=form, activity=activity, cycles=cycles, fetches=fetches, **add_views.file_choices()
    ), status


def _saved(form: LinkForm, received: list[Received]) -> str:
    """Save what the form says; return the page that comes next."""
    _tell_same(form.link().url)
    if received:
        _link, added = links.add(writing(), form.link(), received[0], form.ties())
        telling.tell([added])
        return add_views.where(added.evidence)
    link = links.ask(writing(), form.link(), form.ties())
    flash(_("The link is saved. The page is being fetched, and becomes evidence when it is here."))
    return url_for("links.show", number=link.number)


def _tell_same(url: str) -> None:
    for other in link_queries.same(reading(), url):
        if other.evidence is not None:
            flash(_("The same address was given before: evidence %(number)s.", number=other.evidence.number), "info")


@blueprint.get("/evidence/links/<int:number>")
@allow(Permission.EVIDENCE_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a link that waits for its copy; one that has it is shown as evidence."""
    link = link_queries.get(reading(), number)
    if link.evidence is not None:
        return redirect(add_views.where(link.evidence))
    return _shown(link, CopyForm())


def _shown(link: Link, form: CopyForm) -> str:
    work = reading()
    changeable = link.state in link_queries.WITHOUT_COPY and can(Permission.EVIDENCE_REVISE, link)
    return page(
        "links/show.html",
        fragment="links/_state.html",
        link=link,
        form=form,
        changeable=changeable,
        names=accounts.names(work, [link.added_by]),
        fetches=work.settings.fetch,
        words=wording,
        **add_views.file_choices(),
    )


@blueprint.post("/evidence/links/<int:number>/copy")
@allow(Permission.EVIDENCE_REVISE)
def give_copy(number: int) -> ResponseReturnValue:
    """Take a person's own copy of the page."""
    link = _changeable(number)
    form, status = CopyForm(), 422
    if form.validate():
        file = form.document.data
        try:
            received = intake.receive(reading(), file.stream, file.filename or "", file.mimetype)
            added = links.give_copy(writing(), number, received)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            telling.tell([added])
            return redirect(add_views.where(added.evidence), 303)
    return _shown(link, form), status


@blueprint.post("/evidence/links/<int:number>/retry")
@allow(Permission.EVIDENCE_REVISE)
def retry(number: int) -> ResponseReturnValue:
    """Let the worker try again."""
    links.retry(writing(), number)
    flash(_("The page is fetched once more."))
    return redirect(url_for("links.show", number=number), 303)


@blueprint.post("/evidence/links/<int:number>/give-up")
@allow(Permission.EVIDENCE_REVISE)
def give_up(number: int) -> ResponseReturnValue:
    """Let a link go."""
    links.give_up(writing(), number)
    flash(_("The link is given up."))
    return redirect(url_for("links.index"), 303)


def _changeable(number: int) -> Link:
    link = link_queries.get(reading(), number)
    reading().require(Permission.EVIDENCE_REVISE, link)
    if link.state not in link_queries.WITHOUT_COPY:
        code = "link-copied" if link.state == CopyState.KEPT.value else "link-given-up"
        raise Conflict(code, number=number)
    return link
