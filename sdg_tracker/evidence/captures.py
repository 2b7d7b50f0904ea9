"""What was fetched from the web becomes a file to keep: a page with its text, or whatever file was at the address."""

import logging
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from sdg_tracker.access import Permission
from sdg_tracker.evidence import intake, personal, rules
from sdg_tracker.evidence.findings import Finding
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.media import HTML, TXT
from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.fetcher import Fetched
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.work import Work

log = logging.getLogger(__name__)
PAGES = frozenset({HTML, "application/xhtml+xml"})
LETTERS = 40  # what a page has at least that says anything
words(
    {
        "page-empty": lazy(
            "The page shows its text only to a browser that runs its scripts. "
            "Print it as PDF, and give that as the copy."
        )
    }
)


@dataclass(frozen=True)
class Capture:
    """A file that was fetched, and what it calls itself."""

    received: Received
    title: str  # empty: it has none


def receive(work: Work, file: BinaryIO, fetched: Fetched, asked: str, at: datetime) -> Capture:
    """Check and keep what was fetched from ``asked``. Raises Invalid, and then keeps nothing.

    Of a page the original is the HTML as it came; what others see is its text, under its address, moment and digest.
    """
    work.require(Permission.EVIDENCE_ADD)
    file.seek(0)
    head = file.read(rules.HEAD)
    file.seek(0)
    name = _name(fetched.url)
    if _is_page(fetched.media_type, head, name):
        return _page(work, file, fetched, asked, at)
    return Capture(intake.receive(work, file, name, fetched.media_type), "")


def _is_page(declared: str, head: bytes, name: str) -> bool:
    if head.startswith(b"%PDF-"):
        return False
    if declared in PAGES:
        return True
    try:
        rules.media_type(head, rules.refusal(name))
    except Invalid as refusal:
        return declared in ("", "application/octet-stream") and refusal.code == "format-web-page"
    return False


def _page(work: Work, file: BinaryIO, fetched: Fetched, asked: str, at: datetime) -> Capture:
    refuse = rules.refusal(fetched.url)
    with ExitStack() as stack:
        text, shown = (stack.enter_context(tempfile.TemporaryFile()) for _file in range(2))
        found, scanned = intake.ask_scanner(work.settings.clamd, file, refuse)
        answer = intake.open_apart("page", file, text, fetched.charset[:40], refuse)
        if int(answer["letters"]) < LETTERS:
            raise Invalid("page-empty", field="url")
        title = personal.crossed_out(str(answer["title"]))
        file.seek(0)
        original = work.blobs.put(file)
        with use_locale(work.settings.language):
            shown.write(_head(asked, fetched, at, title, original.sha256))
        search = personal.Search()
        text.seek(0)
        while piece := text.read(CHUNK):
            search.feed(piece)
            shown.write(piece)
        found += [Finding(code, facts) for code, facts in search.findings()]
        shown.seek(0)
        rendition = work.blobs.put(shown)
    called = rules.harmless_name(title or (urlsplit(fetched.url).hostname or ""), TXT)
    return Capture(
        Received(
            original,
            rendition,
            TXT,
            called,
            thumbnail=False,
            original_type=HTML,
            findings=tuple(found),
            scanned=scanned,
        ),
        title,
    )


def _head(asked: str, fetched: Fetched, at: datetime, title: str, sha256: str) -> bytes:
    """Return what stands above a page's text: where it was, when, and which bytes it is the text of."""
    lines = [
        _("The text of a web page, without its pictures and layout. The page as received is kept by the library."),
        _("Address: %(url)s", url=asked),
        *([_("Found at: %(url)s", url=fetched.url)] if fetched.url != asked else []),
        *([_("Title: %(title)s", title=title)] if title else []),
        _("Fetched (UTC): %(at)s", at=at.astimezone(UTC).isoformat(timespec="seconds")),
        _("SHA-256 of the page as received: %(sha256)s", sha256=sha256),
    ]
    return "\n".join([*lines, "-" * 72, ""]).encode("utf-8")


def _name(url: str) -> str:
    """Return what a file at an address is called."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return last or parts.hostname or ""
