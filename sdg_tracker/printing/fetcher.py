"""WeasyPrint's way to the sources of a page."""

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from sdg_tracker.foundation.errors import Problem
from sdg_tracker.printing.sources import Sources


class Stopped(FatalURLFetchingError):  # type: ignore[misc]
    """Something that must not or can't be read: the layout ends, and ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Fetcher(URLFetcher):  # type: ignore[misc]
    """WeasyPrint's way to the sources; it never touches the network or a path that a page names."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._sources = sources
        self.problem: Problem | None = None  # the first one; inside an SVG WeasyPrint goes on after it

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002 - WeasyPrint's signature
        """Return the bytes behind an address. Raises Stopped."""
        try:
            content, media_type = self._sources.read(url)
        except Problem as problem:
            self.problem = self.problem or problem
            raise Stopped(problem) from problem
        return URLFetcherResponse(url, content, {"Content-Type": media_type})
