"""HTML to a tagged PDF (made as PDF/A-3a) that has the same bytes wherever and whenever it is made."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import weasyprint
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration

from sdg_tracker.printing import tags
from sdg_tracker.printing.fetcher import Fetcher, Stopped
from sdg_tracker.printing.sources import Sources

VARIANT = "pdf/a-3a"
BASE = "made:page"  # what relative addresses would be looked for under; there are none


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. ``relationship`` is one of PDF/A-3: Source, Data, Alternative, Supplement, Unspecified."""

    name: str
    content: bytes
    description: str
    relationship: str = "Source"


def render_pdf(
    html: str,
    *,
    title: str,
    language: str,
    created: datetime,
    sources: Sources,
    author: str = "",
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Lay the page out.

    Raises Problem for bytes that are lost, changed or not ours to read, ValueError for a page with a fault of its own
    (a picture without a text, a link without a target).
    """
    when = created.astimezone(UTC)
    attached = [_attached(file, when) for file in attachments]
    try:
        with _faults() as faults, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "unclosed file", ResourceWarning)  # WeasyPrint's own colour profile
            document = lay_out(html, sources)
            head = document.metadata
            head.title, head.lang, head.authors = title, language, [author] if author else []
            head.created = head.modified = when.strftime("%Y-%m-%dT%H:%M:%SZ")
            found: bytes = document.write_pdf(finisher=tags.finish, pdf_variant=VARIANT, attachments=attached)
    except Stopped as stopped:
        raise stopped.problem from stopped
    if document.url_fetcher.problem is not None:
        raise document.url_fetcher.problem
    if faults:
        raise ValueError(f"the page has faults: {'; '.join(faults)}")
    return found


def lay_out(html: str, sources: Sources) -> Any:
    """Return WeasyPrint's document: its pages, and on each what stands where. Raises Stopped."""
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=Fetcher(sources))
    return page.render(font_config=FontConfiguration(), pdf_variant=VARIANT)


def _attached(file: Attachment, when: datetime) -> Any:
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=when,
        modified=when,
    )


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _faults() -> Iterator[list[str]]:
    """Collect what WeasyPrint only writes to its log."""
    keeper = _Kept()
    LOGGER.addHandler(keeper)
    try:
        yield keeper.messages
    finally:
        LOGGER.removeHandler(keeper)
