"""The structure tree of a PDF, read by another library than the one that wrote it."""

import io
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pikepdf
from pikepdf import Array, Dictionary

HEADING = re.compile(r"^/H(\d)$")


@dataclass
class Element:
    """A structure element: its kind, the pages and numbers of its content, the alternative text."""

    kind: str
    node: Any
    inside: tuple[str, ...]
    parent: Any
    content: list[tuple[int, int]] = field(default_factory=list)  # page, MCID
    annotations: list[Any] = field(default_factory=list)

    @property
    def alternative(self) -> str:
        """Return the alternative text."""
        return str(self.node.get("/Alt", ""))


class Structure:
    """All elements in reading order."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content))
        self.pages = {page.obj.objgen: index for index, page in enumerate(self.pdf.pages)}
        self.root = self.pdf.Root.StructTreeRoot
        self.elements = list(self._walk(self.root.K, (), self.root))

    def of(self, kind: str) -> list[Element]:
        """Return the elements of a kind."""
        return [element for element in self.elements if element.kind == kind]

    def headings(self) -> list[int]:
        """Return the levels of the headings in order."""
        found = (HEADING.match(element.kind) for element in self.elements)
        return [int(match[1]) for match in found if match]

    def _walk(self, kids: Any, inside: tuple[str, ...], parent: Any) -> Iterator[Element]:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary) or "/S" not in kid:
                continue
            element = Element(str(kid.S), kid, inside, parent)
            nested = kid.get("/K", Array())
            for item in nested if isinstance(nested, Array) else [nested]:
                if isinstance(item, Dictionary):
                    if item.get("/Type") == "/OBJR":
                        element.annotations.append(item.Obj)
                else:
                    element.content.append((self.pages[kid.Pg.objgen], int(item)))
            yield element
            yield from self._walk(nested, (*inside, element.kind), kid)

    def faults(self) -> Iterator[str]:
        """Yield what does not fit: content, elements and numbers, links, names, places, headings, the outline."""
        yield from self._content_faults()
        yield from self._link_faults()
        yield from self._name_faults()
        yield from self._outline_faults()
        levels = [0, *self.headings()]
        if any(level > before + 1 for before, level in pairwise(levels)):
            yield "a level of headings is left out"

    def _content_faults(self) -> Iterator[str]:
        numbers = list(_entries(self.root.ParentTree, "/Nums"))
        keys = [int(key) for key, _value in numbers]
        if keys != list(range(len(keys))):
            yield "the numbers of the parent tree have gaps or are not in order"
        if int(self.root.get("/ParentTreeNextKey", len(keys))) != len(keys):
            yield "the next number of the parent tree is another one"
        held_by = {int(key): value for key, value in numbers}
        told = {(page, mark): element for element in self.elements for page, mark in element.content}
        for index, page in enumerate(self.pdf.pages):
            elements = held_by[int(page.StructParents)]
            marks = list(_marked(page))
            if sorted(marks) != list(range(len(elements))):
                yield f"page {index + 1}: content and numbers differ"
            for mark, element in enumerate(elements):
                holder = told.pop((index, mark), None)
                if holder is None or holder.node.objgen != element.objgen:
                    yield f"page {index + 1}: content {mark} is held by another element than its number says"
        if told:
            yield f"elements without content: {sorted(told)[:5]}"
        for element in self.elements:
            if element.node.P.objgen != element.parent.objgen:
                yield f"{element.kind} names another parent than the one it hangs under"

    def _link_faults(self) -> Iterator[str]:
        held_by = {int(key): value for key, value in _entries(self.root.ParentTree, "/Nums")}
        holders = {obj.objgen: element for element in self.elements for obj in element.annotations}
        places = set(self.places())
        for index, page in enumerate(self.pdf.pages):
            for link in page.get("/Annots", []):
                element = holders.pop(link.objgen, None)
                if element is None or held_by[int(link.StructParent)].objgen != element.node.objgen:
                    yield f"page {index + 1}: a link that no element holds"
                if "/Dest" in link and bytes(link.Dest) not in places:
                    yield f"page {index + 1}: a link to {link.Dest}, which is nowhere"
        if holders:
            yield "an element with a link that is on no page"

    def text_of(self, element: Element) -> str:
        """Return what an element shows, as its fonts' maps tell."""
        return "".join(self._shown[page].get(number, "") for page, number in element.content)

    def read(self) -> list[str]:
        """Return what the elements show, in reading order."""
        return [shown for element in self.elements if (shown := self.text_of(element).strip())]

    @cached_property
    def _shown(self) -> list[dict[int, str]]:
        """Return for each page the text of its content by number."""
        found = []
        for page in self.pdf.pages:
            maps = {name: _unicode(font) for name, font in page.Resources.Font.items()}
            inside, font = [-1], dict[int, str]()
            shown: dict[int, str] = defaultdict(str)
            for instruction in pikepdf.parse_content_stream(page, "BDC BMC EMC Tf TJ Tj"):
                operator, operands = str(instruction.operator), instruction.operands
                if operator in ("BDC", "BMC"):
                    facts: Any = operands[1] if operator == "BDC" else None
                    inside.append(int(facts.get("/MCID", -1)) if isinstance(facts, Dictionary) else -1)
                elif operator == "EMC":
                    inside.pop()
                elif operator == "Tf":
                    font = maps[str(operands[0])]
                else:
                    parts = operands[0] if operator == "TJ" else [operands[0]]
                    shown[inside[-1]] += "".join(
                        _letters(bytes(part), font) for part in parts if isinstance(part, pikepdf.String)
                    )
            found.append(dict(shown))
        return found

    def places(self) -> dict[bytes, tuple[int, float, float]]:
        """Return page, counted from 0, and point of every named place."""
        names = self.pdf.Root.get("/Names", Dictionary())
        found = _entries(names.Dests, "/Names") if "/Dests" in names else ()
        return {bytes(name): (self.pages[place[0].objgen], float(place[2]), float(place[3])) for name, place in found}

    def _name_faults(self) -> Iterator[str]:
        headers = {bytes(element.node.ID) for element in self.of("/TH")}
        if len(headers) != len(self.of("/TH")):
            yield "two table headers of the same name"
        tree = list(_entries(self.root.IDTree, "/Names")) if "/IDTree" in self.root else []
        if [bytes(name) for name, _element in tree] != sorted(headers):
            yield "the tree of names does not hold the table headers in order"
        if any(bytes(element.ID) != bytes(name) for name, element in tree):
            yield "a name that leads to another table header"
        for cell in self.of("/TD"):
            if not {bytes(name) for name in cell.node.A.get("/Headers", [])} <= headers:
                yield "a cell with a header that is not there"
        names = list(self.places())
        if names != sorted(names):
            yield "the named places are not in order"

    def _outline_faults(self) -> Iterator[str]:
        with self.pdf.open_outline() as outline:
            waiting = list(outline.root)
        before = -1
        while waiting:
            item = waiting.pop(0)
            page = self.pages[cast(Any, item.destination)[0].objgen]
            if page < before:
                yield f"the outline goes back at {item.title}"
            before = page
            waiting[:0] = item.children


def _entries(tree: Any, kind: str) -> Iterator[tuple[Any, Any]]:
    """Yield keys and values of a tree of names or numbers. Raises AssertionError for limits that do not hold."""
    here = tree.get(kind, Array())
    yield from ((here[index], here[index + 1]) for index in range(0, len(here), 2))
    for leaf in tree.get("/Kids", Array()):
        inside = list(_entries(leaf, kind))
        assert [leaf.Limits[0], leaf.Limits[1]] == [inside[0][0], inside[-1][0]]
        yield from inside


def _unicode(font: Any) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", font.ToUnicode.read_bytes().split(b"beginbfchar", 1)[1])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _letters(glyphs: bytes, font: dict[int, str]) -> str:
    return "".join(font[int.from_bytes(glyphs[start : start + 2], "big")] for start in range(0, len(glyphs), 2))


def _marked(page: Any) -> Iterator[int]:
    for instruction in pikepdf.parse_content_stream(page, "BDC"):
        facts: Any = instruction.operands[1] if str(instruction.operator) == "BDC" else None
        if isinstance(facts, Dictionary) and "/MCID" in facts:
            yield int(facts.MCID)


def text(content: bytes, folder: Path) -> list[str]:
    """Return the text of each page as pdftotext reads it."""
    path = folder / "read.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]
