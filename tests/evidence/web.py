"""A fetcher whose servers are on loopback, for tests of links. What servers send is decided by the test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.fetcher import Fetched, Fetcher

ADDRESS = "https://avisen.example/artikel"
PAGE = """<!doctype html><html><head><title>Byttemarked &amp; frø</title><script>alert(1)</script></head>
<body><nav>Menu</nav><h1>Byttemarked</h1><p>To hundrede borgere byttede frø og planter på biblioteket i går.</p>
<img src="x.png" alt="Borgere ved et bord"></body></html>"""


@dataclass(frozen=True)
class Web(Fetcher):
    """Serves what it is told, by address; what is not there is a 404. ``asked`` notes each address."""

    limit: int = 1_000_000
    pages: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    failure: Invalid | None = None
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def fetch(self, url: str, target: BinaryIO) -> Fetched:
        """Write what is there."""
        found = self.probe(url)
        content = self.pages[url][0]
        target.write(content)
        return Fetched(found.url, found.media_type, found.charset, len(content))

    def probe(self, url: str) -> Fetched:
        """Find out whether something is there."""
        self.asked.append(url)
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        if url not in self.pages:
            raise status(404)
        return Fetched(url, self.pages[url][1], "", 0)


def status(number: int) -> Invalid:
    """Return the refusal of a server's answer."""
    return Invalid("fetch-status", field="url", host="avisen.example", status=number)


def page(html: str = PAGE) -> Web:
    """Return a web of one page."""
    return Web(pages={ADDRESS: (html.encode(), "text/html")})
