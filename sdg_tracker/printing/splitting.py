"""Where a document is cut into chapters that are laid out apart: a function of its markup alone.

Cuts lie before sections that begin a page, before headings in them, before articles, and inside long tables and lists
of exhibits; what was open is opened again with the class ``continued``, a table with its head. Inside a section the cut
is the candidate with the smallest digest, so that a change in one place moves no cut far from it.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

PAGE = 5_800  # characters of markup that fill a page of dossier or report, tables and text alike
LARGEST = 10 * PAGE
LONG = 8 * LARGEST  # from here on the cover, another one each time, stands alone: what follows it can be kept
WHOLE = 1.7  # of the largest: up to there a section of the class "whole" is not cut; a cut leaves a page half empty
SMALLEST = (2 * PAGE, 3 * PAGE, 4 * PAGE, 6 * PAGE)  # by rank: a better place may make a shorter chapter
SECTION, HEADING, ARTICLE, ROW = range(4)
SECTIONS = frozenset({"chapter", "cover"})  # classes of sections that begin a page
AFTER_HEAD = PAGE // 2  # characters that stand between a section's beginning and the first cut in it
KEPT_ROWS, KEPT_ITEMS = 3, 4  # of a table and a list on both sides of a cut; items stand in pairs
ELSEWHERE = "made:chapter#"  # what an address inside the document looks like to a chapter laid out apart

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*?)(/?)>")
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_CLASS = re.compile(r'\sclass="([^"]*)"')
_ID = re.compile(r'\sid="[^"]*"')
_LINK = re.compile(r'<a\b([^>]*?)\shref="#([^"]*)"([^>]*)>')
_COVER = re.compile(r'\s*<section class="cover')
_CAPTION = re.compile(r"<caption\b.*?</caption>", re.DOTALL)


@dataclass(frozen=True)
class Chapter:
    """A stretch of the document. ``references`` are the places whose pages it names."""

    body: str
    references: tuple[tuple[str, str], ...]  # target, and where the figures stick: "left" or "right"


@dataclass
class _Open:
    """An element that is open."""

    name: str
    tag: str
    classes: frozenset[str]
    begun: int
    inside: int  # where its content begins
    head: str = ""  # of a table
    last: str = ""  # name and classes of the child before
    children: int = 0
    cuts: int = 0  # how many places there were when it opened


@dataclass(frozen=True)
class _Cut:
    at: int
    rank: int
    stack: tuple[_Open, ...]


def split(body: str) -> list[Chapter]:
    """Return the chapters of a document's body, in order."""
    cuts = list(_places(body))
    chapters, begun, opened = [], 0, ""
    for cut in _chosen(body, cuts):
        closed = "".join(f"</{element.name}>" for element in reversed(cut.stack))
        chapters.append(_chapter(opened + body[begun : cut.at] + closed))
        begun, opened = cut.at, "".join(map(_again, cut.stack))
    return [*chapters, _chapter(opened + body[begun:])]


def _chapter(body: str) -> Chapter:
    """Give each link inside the document an address that can be laid out alone, and the number of its reference."""
    found: dict[tuple[str, str], int] = {}

    def numbered(match: re.Match[str]) -> str:
        before, target, after = match.groups()
        side = "left" if 'class="page-of"' in before + after else "right"
        number = found.setdefault((html.unescape(target), side), len(found))
        return f'<a{before} href="{ELSEWHERE}{target}" data-at="{number:04}"{after}>'

    written = _LINK.sub(numbered, body)
    return Chapter(written, tuple(found))


def _chosen(body: str, cuts: Sequence[_Cut]) -> Iterator[_Cut]:
    begun = first = 0
    if len(body) > LONG and (cover := _COVER.match(body)):
        first, begun = next((i, cut.at) for i, cut in enumerate(cuts) if cut.rank == SECTION and cut.at > cover.end())
        yield cuts[first]
    while len(body) - begun > LARGEST:
        within: list[_Cut] = []
        beyond = None
        for position in range(first, len(cuts)):
            cut = cuts[position]
            if cut.at - begun > LARGEST:
                beyond = cut
                break
            if cut.at - begun >= SMALLEST[cut.rank]:
                within.append(cut)
        chosen = min(within, key=lambda cut: _order(body, cut)) if within else beyond
        if chosen is not None and chosen.rank != SECTION and "whole" in chosen.stack[0].classes:
            if len(body) - begun <= LARGEST * WHOLE:
                return
            chosen = _end_of_section(cuts[first:], begun) or chosen
        if chosen is None:
            return
        yield chosen
        begun = chosen.at
        first = next((i for i in range(first, len(cuts)) if cuts[i].at > begun), len(cuts))


def _end_of_section(cuts: Sequence[_Cut], begun: int) -> _Cut | None:
    """Return where the section that is begun ends, if that is not far."""
    for cut in cuts:
        if cut.at - begun > LARGEST * WHOLE:
            return None
        if cut.rank == SECTION and cut.at - begun > LARGEST:
            return cut
    return None


def _order(body: str, cut: _Cut) -> tuple[int, int, bytes]:
    if cut.rank == SECTION:
        return cut.rank, -cut.at, b""
    return cut.rank, 0, sha256(body[cut.at : cut.at + 300].encode()).digest()


def _places(body: str) -> list[_Cut]:
    """Return every place where the document may be cut, in order."""
    cuts: list[_Cut] = []
    stack: list[_Open] = []
    for match in _TAG.finditer(body):
        closing, name, attributes, alone = match.groups()
        if closing:
            if stack and stack[-1].name == name:
                _leave(stack.pop(), cuts)
            continue
        classes = frozenset(found[1].split()) if (found := _CLASS.search(attributes)) else frozenset()
        rank = _rank(name, classes, stack, match.start())
        if rank is not None:
            cuts.append(_Cut(match.start(), rank, tuple(stack)))
        if stack:
            parent = stack[-1]
            parent.children += 1
            parent.last = " ".join((name, *sorted(classes)))
            if parent.name == "table" and name == "tbody" and not parent.head:
                parent.head = _CAPTION.sub("", body[parent.inside : match.start()])
        if not alone and name not in _VOID:
            stack.append(_Open(name, match[0], classes, match.start(), match.end(), cuts=len(cuts)))
    return cuts


def _rank(name: str, classes: frozenset[str], stack: Sequence[_Open], at: int) -> int | None:
    if not stack:
        return SECTION if name == "section" and classes & SECTIONS and at else None
    parent = stack[-1]
    begun = stack[0].begun
    if parent.name == "section" and (name == "h3" or "goal-head" in classes):
        return HEADING if at - begun >= AFTER_HEAD else None
    if name == "article":
        return ARTICLE if parent.last.startswith("article") else None
    if name == "tr" and parent.name == "tbody" and len(stack) > 2 and stack[-3].name in ("section", "article"):
        return ROW if parent.children >= KEPT_ROWS and "group" not in parent.last else None
    if name == "li" and "exhibits" in parent.classes:
        return ROW if parent.children >= KEPT_ITEMS and parent.children % 2 == 0 else None
    return None


def _leave(element: _Open, cuts: list[_Cut]) -> None:
    """Take back the places too near to the end of a table or list."""
    if element.name == "tbody" and len(cuts) > element.cuts:
        del cuts[max(element.cuts, len(cuts) - KEPT_ROWS + 1) :]
    elif "exhibits" in element.classes and len(cuts) > element.cuts:
        del cuts[max(element.cuts, len(cuts) - 2) :]


def _again(element: _Open) -> str:
    """Return the tag that opens an element again, for a table with its head."""
    tag = _ID.sub("", element.tag)
    more, known = _CLASS.subn(r' class="\1 continued"', tag)
    return (more if known else f'{tag[:-1]} class="continued">') + element.head
