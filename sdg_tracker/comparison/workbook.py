"""The difference as a workbook: every change in a row of its own."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from sdg_tracker.comparison import shown
from sdg_tracker.comparison.difference import Difference, Side
from sdg_tracker.comparison.shown import Section
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import utc
from sdg_tracker.workbooks import book
from sdg_tracker.workbooks.book import Cell, Column, Sheet, Strong


def build(found: Difference, title: str, later: dict[str, Any], language: str, target: BinaryIO) -> None:
    """Write the workbook in a language; ``later`` is the later snapshot."""
    head = Head({**later, "language": language, "title": title}, found.new.fingerprint)
    with use_locale(language):
        parts = shown.sections(found)
        book.write(target, head, [_overview(found, title, parts), *(_sheet(part) for part in parts)])


def _overview(found: Difference, title: str, parts: Sequence[Section]) -> Sheet:
    columns = (Column("", "", 34), Column("", "", 70), *(Column("", "", 14) for _column in range(4)))
    return Sheet(_("Overview"), _("What was compared."), columns, _overview_rows(found, title, parts), table=False)


def _overview_rows(found: Difference, title: str, parts: Sequence[Section]) -> Iterator[Sequence[Cell]]:
    yield (Strong(title),)
    yield ()
    yield from _side(_("Earlier edition"), found.old)
    yield from _side(_("Later edition"), found.new)
    for note in shown.notes(found):
        yield ("", note)
    yield ()
    for part in parts:
        told = ", ".join(f"{shown.KIND_NAMES[kind]}: {number}" for kind, number in part.counts.items())
        yield (Strong(part.title), "; ".join(text for text in (told, part.same) if text))


def _side(name: str, side: Side) -> Iterator[Sequence[Cell]]:
    yield (Strong(name), _("Edition %(number)s", number=side.number))
    yield (_("Title"), side.title)
    yield (_("Frozen (UTC)"), utc(side.frozen_at))
    yield (_("Fingerprint"), side.fingerprint)


def _sheet(part: Section) -> Sheet:
    columns = (
        Column(_("Kind of change"), _("Whether it was added, changed, replaced, or is gone."), 14),
        Column(_("Code or number"), _("Code of a requirement, number of an exhibit or activity."), 16),
        Column(_("Name"), _("What it is called."), 46),
        Column(_("What"), _("What of it is another."), 24),
        Column(_("Before"), _("As it stands in the earlier edition."), 50),
        Column(_("After"), _("As it stands in the later edition."), 50),
    )
    rows = ((line.sign, line.key, line.name, line.what, line.old, line.new) for line in part.lines)
    return Sheet(part.title, _("One row for each change. %(same)s", same=part.same), columns, rows)
