"""What everybody may open: the page of a year, its goals alone, its pictures and its data. Nothing asks who comes."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import ANYONE, Permission
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import LOCALES
from sdg_tracker.goals.rules import GOALS
from sdg_tracker.publishing import card, page, photos, queries, services
from sdg_tracker.publishing.models import Publication
from sdg_tracker.publishing.rules import Place
from sdg_tracker.publishing.showing import Shown
from sdg_tracker.web import files
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import workplace
from sdg_tracker.work import Work

blueprint = Blueprint("public", __name__)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
HTML = "text/html; charset=utf-8"
FRESH = "public, no-cache"  # kept by everybody, asked about each time: what is taken away is gone at once


class _Moved(Exception):
    """The page has another address since a second library came."""


def language() -> str:
    """Return the language that the address asks for; Danish unless it says another."""
    asked = request.args.get("lang", "")
    return asked if asked in LOCALES else "da"


def static_address() -> str:
    """Return where our style sheets are."""
    return url_for("static", filename="").rstrip("/")


def answer(content: bytes, media_type: str, tag: str, policy: str = POLICY) -> Response:
    """Return an answer that everybody may keep, and that says "not modified" to who has it already."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = FRESH
    response.set_etag(tag)
    response.make_conditional(request)
    return response


def data_answer(content: bytes, media_type: str, tag: str) -> Response:
    """Return a file of the open data, which programs of other sites may read too."""
    response = answer(content, media_type, tag, files.POLICY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@contextmanager
def _opened(library: str | None, year: int) -> Iterator[tuple[Work, Publication, Place]]:
    """Give work in the library of an address, and what is published there.

    Raises NotFound, and _Moved for an address without a library where there are several: it was that of the first.
    """
    with workplace().reading(ANYONE) as work:
        known = queries.libraries(work)
    found = [row for row in known if library in (None, row[1])]
    if not found:
        raise NotFound("publication-none", year=str(year))
    with workplace().reading(ANYONE, found[0][0]) as work:
        publication = queries.get(work, year)
        if library is None and len(known) > 1:
            raise _Moved(work.library.slug)
        several = len(known) > 1
        yield work, publication, Place(queries.address_of(work, year, several=several), static_address())


def _gone(work: Work, year: int) -> Response:
    content = page.render_gone(year, work.library.name, static_address(), language())
    response = Response(content, 410, content_type=HTML)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _serve(library: str | None, year: int, part: str, name: str = "") -> ResponseReturnValue:
    try:
        with _opened(library, year) as (work, publication, place):
            if publication.withdrawn_at is not None:
                return _gone(work, year)
            shown = services.published(work, publication, place)
            return _picture(work, publication, shown, name) if part == "picture" else part_of(shown, part, name)
    except _Moved as moved:
        address = url_for(f"public.{part}", library=str(moved), year=year, name=name or None)
        query = request.query_string.decode("ascii", "replace")
        return redirect(f"{address}?{query}" if query else address)


def part_of(shown: Shown, part: str, name: str) -> Response:
    """Return a page or a file of the open data."""
    chosen = language()
    if part == "file":
        content, media_type = shown.file(name, chosen)
        return data_answer(content, media_type, shown.tag(name, chosen))
    if part == "goals":
        goal = request.args.get("goal", "")
        goal = goal if goal in GOALS else ""
        return answer(shown.goals(goal, chosen), HTML, shown.tag(f"goals {goal}", chosen), FRAMED)
    content = shown.page(chosen) if part == "show" else shown.tables(chosen)
    return answer(content, HTML, shown.tag(part, chosen))


def _picture(work: Work, publication: Publication, shown: Shown, name: str) -> Response:
    kept = next((one for one in publication.pictures if one.name == name), None)
    if kept is None or name not in shown.pictures():
        raise NotFound("not-found")
    media_type = card.MEDIA_TYPE if kept.exhibit is None else photos.MEDIA_TYPE
    response = files.file_answer(work.blobs.open(kept.sha256, kept.size), kept.sha256, kept.size, media_type)
    response.headers["Cache-Control"] = FRESH
    return response


@blueprint.get("/impact/<int:year>", defaults={"library": None})
@blueprint.get("/<library>/impact/<int:year>")
@allow(Permission.PUBLIC_READ)
def show(library: str | None, year: int) -> ResponseReturnValue:
    """Show the page of a year."""
    return _serve(library, year, "show")


@blueprint.get("/impact/<int:year>/goals", defaults={"library": None})
@blueprint.get("/<library>/impact/<int:year>/goals")
@allow(Permission.PUBLIC_READ)
def goals(library: str | None, year: int) -> ResponseReturnValue:
    """Show the goals alone, or one of them, for other people's pages."""
    return _serve(library, year, "goals")


@blueprint.get("/impact/<int:year>/data/", defaults={"library": None})
@blueprint.get("/<library>/impact/<int:year>/data/")
@allow(Permission.PUBLIC_READ)
def data(library: str | None, year: int) -> ResponseReturnValue:
    """List the open data of a year."""
    return _serve(library, year, "data")


@blueprint.get("/impact/<int:year>/data/<name>", defaults={"library": None})
@blueprint.get("/<library>/impact/<int:year>/data/<name>")
@allow(Permission.PUBLIC_READ)
def file(library: str | None, year: int, name: str) -> ResponseReturnValue:
    """Send a table, or what describes the tables."""
    return _serve(library, year, "file", name)


@blueprint.get("/impact/<int:year>/pictures/<name>", defaults={"library": None})
@blueprint.get("/<library>/impact/<int:year>/pictures/<name>")
@allow(Permission.PUBLIC_READ)
def picture(library: str | None, year: int, name: str) -> ResponseReturnValue:
    """Send a picture of the page."""
    return _serve(library, year, "picture", name)
