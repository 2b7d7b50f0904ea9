"""WeasyPrint at work: it reads nothing but the sources, and what it only writes to its log is a fault of the page."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import weasyprint
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration

from sdg_tracker.printing.fetcher import Fetcher, Stopped
from sdg_tracker.printing.sources import Sources

VARIANT = "pdf/a-3a"
BASE = "made:page"  # what relative addresses would be looked for under; there are none


def lay_out(html: str, sources: Sources) -> Any:
    """Return WeasyPrint's document: its pages, and on each what stands where. Raises Stopped."""
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=Fetcher(sources))
    return page.render(font_config=FontConfiguration(), pdf_variant=VARIANT)


class Watched:
    """A layout that is watched for faults."""

    def __init__(self) -> None:
        self.document: Any = None

    def render(self, html: str, sources: Sources) -> Any:
        """Return the laid out document."""
        self.document = lay_out(html, sources)
        return self.document


@contextmanager
def checked() -> Iterator[Watched]:
    """Watch a layout and its drawing.

    Raises at the end Problem for bytes that are lost, changed or not ours to read, ValueError for a page with a fault
    of its own (a picture without a text, a link without a target).
    """
    watched = Watched()
    try:
        with _faults() as faults, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "unclosed file", ResourceWarning)  # WeasyPrint's own colour profile
            yield watched
    except Stopped as stopped:
        raise stopped.problem from stopped
    if watched.document is not None and watched.document.url_fetcher.problem is not None:
        raise watched.document.url_fetcher.problem
    if faults:
        raise ValueError(f"the page has faults: {'; '.join(faults)}")


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
