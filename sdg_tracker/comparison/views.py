"""The page that shows what changed from one edition to another, and the same as a file."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.comparison import services, shown
from sdg_tracker.editions import kinds, queries
from sdg_tracker.evidence.media import PDF, XLSX
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import current_locale
from sdg_tracker.web import files
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("comparison", __name__)
MOST = 60  # lines of each sort on the page; the workbook has all
MEDIA_TYPES = {"pdf": PDF, "xlsx": XLSX}


@blueprint.get("/editions/compare")
@allow(Permission.EDITION_LIST)
def compare() -> ResponseReturnValue:
    """Show what changed between two editions; with one or none given, the likeliest two."""
    work = reading()
    editions = queries.newest_first(work)
    first, second = _asked("a"), _asked("b")
    if second is None and first is None and editions:
        second = next((one.number for one in editions if services.other_of(editions, one)), None)
    if second is not None and first is None:
        first = _other(second)
    elif first is not None and second is None:
        second = _other(first)
    found = None
    if first is not None and second is not None and first != second:
        found = services.compare(work, first, second)
    return page(
        "comparison/show.html",
        editions=editions,
        kinds=kinds,
        found=found,
        first=first,
        second=second,
        title=services.title(found) if found else "",
        most=MOST,
        KINDS=shown.KIND_NAMES,
        sections=shown.sections(found) if found else [],
        notes=shown.notes(found) if found else [],
    )


def _asked(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise NotFound("edition-none", number=text[:20])
    return int(text)


def _other(number: int) -> int | None:
    work = reading()
    other = services.other_of(queries.newest_first(work), queries.get(work, number))
    return other.number if other else None


@blueprint.get("/editions/<int:number>/compare/<int:other>.<ending>")
@allow(Permission.EDITION_LIST)
def download(number: int, other: int, ending: str) -> ResponseReturnValue:
    """Send the comparison as PDF or workbook; it is made for this answer and kept nowhere."""
    if ending not in MEDIA_TYPES:
        raise NotFound("not-found")
    work = reading()
    old, new = services.pair(work, number, other)
    if old.number == new.number:
        return redirect(url_for("comparison.compare", b=number))
    file = services.printed(work, number, other, ending, current_locale())
    name = f"{work.library.slug}-{old.number}-{new.number}.{ending}"
    return files.made(file, MEDIA_TYPES[ending], name)
