"""The structure tree of a PDF, read by another library than the one that wrote it."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

HEADING = re.compile(r"^/H(\d)$")


@dataclass
class Element:
    """A structure element: its kind, the pages and numbers of its content, the alternative text."""

    kind: str
    node: Any
    inside: tuple[str, ...]
    content: list[tuple[int, int]] = field(default_factory=list)  # page, MCID
    annotations: int = 0

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
        self.elements = list(self._walk(self.root.K, ()))

    def of(self, kind: str) -> list[Element]:
        """Return the elements of a kind."""
        return [element for element in self.elements if element.kind == kind]

    def headings(self) -> list[int]:
        """Return the levels of the headings in order."""
        found = (HEADING.match(element.kind) for element in self.elements)
        return [int(match[1]) for match in found if match]

    def _walk(self, kids: Any, inside: tuple[str, ...]) -> Iterator[Element]:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary) or "/S" not in kid:
                continue
            element = Element(str(kid.S), kid, inside)
            nested = kid.get("/K", Array())
            for item in nested if isinstance(nested, Array) else [nested]:
                if isinstance(item, Dictionary):
                    element.annotations += item.get("/Type") == "/OBJR"
                else:
                    element.content.append((self.pages[kid.Pg.objgen], int(item)))
            yield element
            yield from self._walk(nested, (*inside, element.kind))

    def faults(self) -> Iterator[str]:
        """Yield what does not fit: content and elements, the tree of names, links without an element."""
        told = {place for element in self.elements for place in element.content}
        numbers = self.root.ParentTree.Nums
        keys = [int(numbers[index]) for index in range(0, len(numbers), 2)]
        if keys != sorted(set(keys)):
            yield "the parent tree is not in order"
        marked = set()
        for index, page in enumerate(self.pdf.pages):
            for number in _marked(page):
                marked.add((index, number))
        if marked - told:
            yield f"content that no element holds: {sorted(marked - told)[:5]}"
        if told - marked:
            yield f"elements without content: {sorted(told - marked)[:5]}"
        links = sum(a.get("/Subtype") == "/Link" for page in self.pdf.pages for a in page.get("/Annots", []))
        held = sum(element.annotations for element in self.elements)
        if links != held:
            yield f"{links} links, {held} held by elements"
        yield from self._name_faults()

    def _name_faults(self) -> Iterator[str]:
        headers = {bytes(element.node.ID) for element in self.of("/TH")}
        if len(headers) != len(self.of("/TH")):
            yield "two table headers of the same name"
        named = [bytes(leaf.Names[i]) for leaf in self.root.IDTree.Kids for i in range(0, len(leaf.Names), 2)]
        if named != sorted(headers):
            yield "the tree of names does not hold the table headers in order"
        for cell in self.of("/TD"):
            if not {bytes(name) for name in cell.node.A.get("/Headers", [])} <= headers:
                yield "a cell with a header that is not there"


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
