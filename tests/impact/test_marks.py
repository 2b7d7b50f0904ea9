"""Every number that a report prints has a mark, or is of a kind that is no figure of the report."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from sdg_tracker.foundation.documents import digest
from sdg_tracker.impact import pdf
from sdg_tracker.printing.edition import compose

BLOCKS = {"p", "td", "th", "li", "caption", "h2", "h3", "h4", "div", "blockquote", "figcaption"}
HEADINGS = {"h2", "h3", "h4", "th", "caption"}  # names, codes and years
LEFT_OUT = {"svg", "title", "thead"}  # charts: their figures stand in the tables beside them
NO_FIGURES = {
    *("chip", "code", "group", "explained", "kicker", "tag"),  # codes and names
    *("own", "foreword", "prose", "story", "story-quote", "definition"),  # what the library wrote
    *("activities", "doubtful", "effect-rows"),  # the rows themselves, with number and exhibits
}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
PATTERNS = (
    rf"\b\d{{1,2}} (?:{MONTHS}) \d{{4}}\b",  # days
    r"\b(?:quarter|half) \d of \d{4}\b",  # periods
    r"\b(?:19|20)\d\d\b",  # years
    r"\bof 17\b",  # goals that there are
    r"\b[DI]\d+\b",  # pledges, initiatives
)
NUMBER = re.compile(r"\d[\d,.]*")


@dataclass
class Element:
    name: str
    classes: frozenset[str]
    parent: "Element | None"
    texts: list[str] = field(default_factory=list)
    marks: int = 0

    def inside(self) -> "list[Element]":
        return [self, *(self.parent.inside() if self.parent else [])]


class Blocks(HTMLParser):
    """Reads the sections of a report into blocks of text, each with the number of its marks."""

    def __init__(self) -> None:
        super().__init__()
        self.here: Element | None = None
        self.blocks: list[Element] = []
        self.derived: list[Element] = []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        if name in ("col", "img", "br", "wbr"):
            return
        given = dict(attrs)
        classes = frozenset((given.get("class") or "").split())
        if (given.get("href") or "").startswith(("#activity-", "#annex-", "#pledge-")):
            classes |= {"code"}
        self.here = Element(name, classes, self.here)
        if "mark" in classes:
            for one in self.here.inside():
                one.marks += 1
        if name in BLOCKS:
            self.blocks.append(self.here)
        if "derived" in classes:  # worked out from figures beside it, which have marks
            self.derived.append(next(one for one in self.here.inside()[1:] if one.name in ("tr", "p", "div")))

    def handle_endtag(self, name: str) -> None:
        if self.here and self.here.name == name:
            self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        inside = self.here.inside() if self.here else []
        if any(one.name in (*LEFT_OUT, "sup") or one.classes & (NO_FIGURES | {"derived"}) for one in inside):
            return
        block = next((one for one in inside if one.name in BLOCKS), None)
        if block and any(name.startswith("report-") for one in inside for name in one.classes):
            block.texts.append(data)

    def without(self) -> list[str]:
        """Return the texts with more numbers than marks."""
        found = []
        for block in self.blocks:
            text = " ".join(block.texts)
            for pattern in PATTERNS:
                text = re.sub(pattern, " ", text)
            numbers = [number for number in NUMBER.findall(text) if number.strip(".,") != "0"]
            proved = "proved" in block.classes and block.marks
            if block.name not in HEADINGS and not proved and len(numbers) > block.marks:
                found.append(" ".join(" ".join(block.texts).split()))
        return found


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_every_number_in_the_sections_of_a_report_has_a_mark(reports: dict[str, Any], year: str) -> None:
    _head, html = compose(pdf.TEMPLATE, reports[year], digest(reports[year]))
    blocks = Blocks()
    blocks.feed(html)
    assert sum(block.marks for block in blocks.blocks if block.name == "td") > 300
    assert blocks.without() == []
    assert blocks.derived
    assert all(one.marks for one in blocks.derived)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r' id="([^"]+)"', html))
    marks = re.findall(r'<a href="#made-(\d+)">', html)
    assert len(set(marks)) > 300
