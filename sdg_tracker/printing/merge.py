"""Chapters that were laid out apart become one tagged PDF, made as PDF/A-3a, with one structure tree.

Every chapter is read twice: first what is said of it, so that pages are counted and every name has its place, then its
objects, which are numbered anew and written at once. So only one chapter is in memory at a time.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pydyf

from sdg_tracker.printing import frame as frames
from sdg_tracker.printing import pieces, structure
from sdg_tracker.printing.frame import About, Attachment, Frame
from sdg_tracker.printing.layout import FIGURES
from sdg_tracker.printing.pieces import LEVEL, Piece
from sdg_tracker.printing.sources import Sources
from sdg_tracker.printing.writer import Writer

Source = Callable[[], bytes]  # reads a piece
LEAF = 64  # entries in a leaf of a tree, so that a reader needs not load all
_REFERENCE = re.compile(rb"\((?:[^\\)]|\\.)*\)|(\d+) 0 R\b", re.DOTALL)
_MARK = re.compile(rb"@(\d{4})@")


def merge(
    chapters: Sequence[Source],
    about: About,
    sources: Sources,
    target: BinaryIO,
    attachments: Sequence[Attachment] = (),
) -> int:
    """Write the whole document and return its number of pages. Raises ValueError when its structure does not hold."""
    facts = [pieces.facts(chapter()) for chapter in chapters]
    structure.check_whole(facts)
    names = list(_running(facts))
    distinct = sorted({name for name in names if name is not None}, key=lambda name: (bool(name), names.index(name)))
    frame = frames.lay_out(about, distinct, _glyphs(facts), sources, attachments)
    if any(one["figures"] not in (None, frame.figures.hash) for one in facts):
        raise ValueError(f"the family {FIGURES} is another one in a chapter")
    whole = _Whole(target, frame, about, facts=facts, names=names, distinct=distinct)
    for position, chapter in enumerate(chapters):
        whole.add(pieces.piece(chapter()), position)
    whole.finish()
    return len(names)


def _running(facts: Sequence[Mapping[str, Any]]) -> Iterator[str | None]:
    """Yield for each page the chapter's name at its head: the first that begins on it, else the last before it."""
    now = ""
    for one in facts:
        begun: dict[int, list[str]] = {}
        for level, label, page, *_rest in one["bookmarks"]:
            if level == 1:
                begun.setdefault(page, []).append(label)
        for page, bare in enumerate(one["bare"]):
            mine = begun.get(page, [])
            yield None if bare else (mine[0] if mine else now)
            now = mine[-1] if mine else now


def _glyphs(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in facts:
        for name, font in one["fonts"].items():
            mine = found.setdefault(name, {"widths": {}, "unicode": {}})
            for key, values in mine.items():
                for glyph, value in font[key].items():
                    values.setdefault(glyph, value)
    return {
        name: {key: dict(sorted(values.items(), key=lambda item: int(item[0]))) for key, values in font.items()}
        for name, font in sorted(found.items())
    }


class _Whole:
    """The document while it is written."""

    def __init__(
        self,
        target: BinaryIO,
        frame: Frame,
        about: About,
        *,
        facts: Sequence[Mapping[str, Any]],
        names: Sequence[str | None],
        distinct: Sequence[str],
    ) -> None:
        self.frame, self.about, self.facts, self.names = frame, about, facts, names
        self.writer = Writer(target)
        self.first = [sum(len(one["pages"]) for one in facts[:position]) for position in range(len(facts))]
        self.places = {
            name: (self.first[position] + page, x, y, label)
            for position, one in enumerate(facts)
            for name, page, x, y, label in one["anchors"]
        }
        self.digits = {str(digit): frame.glyphs(str(digit)) for digit in range(10)}
        self.catalog, self.tree, self.root, self.document = (self.writer.number() for _each in range(4))
        self.pages: list[int] = []
        self.kids: list[int] = []  # elements under the document
        self.numbers: list[int] = []  # the parent tree: what holds a page's content, by page
        self.links: list[int] = []  # and then what holds a link
        self.headers: list[tuple[bytes, int]] = []
        self.frame_numbers = self._write_frame()
        self.leaves = {name: b"/Head%d" % number for number, name in enumerate(distinct)}
        self.drawn = b"".join(
            b"/Head%d %d 0 R" % (number, self.frame_numbers[leaf]) for number, leaf in enumerate(frame.leaves)
        )
        self.before = self.writer.add_stream(b"q")

    def add(self, piece: Piece, position: int) -> None:
        """Write a chapter's objects."""
        facts = piece.facts
        shared = facts["shared"]
        numbers = {
            shared["pages"]: self.tree,
            shared["structure"]: self.root,
            shared["document"]: self.document,
            shared["colours"]: self.frame_numbers[self.frame.colours],
            shared["fonts"]: self.frame_numbers[self.frame.fonts],
            shared["profile"]: self.frame_numbers[self.frame.profile],
        }
        for number in (*piece.numbers, *(stream.number for stream in piece.streams)):
            numbers[number] = self.writer.number()
        more = self._more(facts, numbers, position)
        text = _renumbered(pieces.SEPARATOR.join(piece.objects), numbers)
        for number, data in zip(piece.numbers, text.split(pieces.SEPARATOR), strict=True):
            if number in more:
                data = data[:-2] + more[number] + b">>"  # noqa: PLW2901 - what only the whole knows
            self.writer.put(numbers[number], data)
        plain = set(facts["with_references"])
        for stream in piece.streams:
            head, content = _renumbered(stream.head, numbers), stream.content
            if stream.number in plain:
                head = head[:-2] + b"/Filter /FlateDecode>>"
                content = zlib.compress(_MARK.sub(lambda mark: self._page_of(facts, mark), content), LEVEL)
            self.writer.stream(numbers[stream.number], head, content)
        self.kids += [numbers[root] for root in facts["roots"]]
        self.headers += [(name.encode("ascii"), numbers[element]) for name, element in facts["headers"]]
        self.links += [numbers[element] for _link, element, _target in facts["links"]]

    def _more(self, facts: Mapping[str, Any], numbers: Mapping[int, int], position: int) -> dict[int, bytes]:
        """Return what is added to a chapter's objects, by their numbers."""
        more = {facts["pictures"]: self.drawn}
        for index, page in enumerate(facts["pages"]):
            place = self.first[position] + index
            self.pages.append(numbers[page["object"]])
            self.numbers.append(
                self.writer.add(b"[%b]" % b" ".join(b"%d 0 R" % numbers[one] for one in page["elements"]))
            )
            content = b"%d 0 R" % numbers[page["content"]]
            name = self.names[place]
            if name is not None:
                after = self.writer.add_stream(self._stamp(name, place + 1))
                content = b"[%d 0 R %b %d 0 R]" % (self.before, content, after)
            more[page["object"]] = b"/Parent %d 0 R/Contents %b/StructParents %d" % (self.tree, content, place)
        before = len(self.names) + len(self.links)
        for index, (link, _element, target) in enumerate(facts["links"]):
            more[link] = b"/StructParent %d" % (before + index)
            if target is not None:
                leads_to = self.places[target][3] or target
                more[link] += b"/Dest %b/Contents %b" % (_string(target), _string(leads_to))
        return more

    def _stamp(self, name: str, number: int) -> bytes:
        """Return head and foot of a page, drawn over it: an artifact, as screen readers have no use for it."""
        frame = self.frame
        shown, width = frame.glyphs(f"{self.about.page} {number} {self.about.of} {len(self.names)}")
        return b"\n".join(
            (
                b"Q",
                b"/Artifact <</Type /Pagination>> BDC",
                b"q %b Do Q" % self.leaves[name],
                b"BT /%b %b Tf %b rg" % (frame.figures.hash.encode(), _real(frame.size), _reals(frame.colour)),
                b"1 0 0 1 %b %b Tm" % (_real(frame.right - width * frame.size / 1000), _real(frame.baseline)),
                b"<%b> Tj ET" % shown,
                b"EMC",
            )
        )

    def _page_of(self, facts: Mapping[str, Any], mark: re.Match[bytes]) -> bytes:
        """Return the figures of the page that a reference names, in the room of four."""
        target, side = facts["references"][int(mark[1])]
        figures = str(self.places[target][0] + 1)
        if len(figures) > 4:
            raise ValueError(f"there is no room for page {figures}")
        room = sum(self.digits["0"][1] for _figure in range(4 - len(figures)))
        shown = b"".join(self.digits[figure][0] for figure in figures)
        return b"[%b<%b>] TJ" % (b"-%d " % room if side == "right" and room else b"", shown)

    def _write_frame(self) -> dict[int, int]:
        things = frames.kept(self.frame)
        numbers = {thing.number: self.writer.number() for thing in things}
        width, height = self.facts[0]["size"]
        for thing in things:
            if not isinstance(thing, pydyf.Stream):
                self.writer.put(numbers[thing.number], _renumbered(thing.data, numbers))
                continue
            head = pydyf.Dictionary(thing.extra)
            if thing.number in self.frame.leaves:
                head.update({"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array((0, 0, width, height))})
                head["Resources"] = f"{self.frame.resources} 0 R"
            content = b"\n".join(pydyf._to_bytes(item) for item in thing.stream)
            if thing.compress:
                head["Filter"] = "/FlateDecode"
                content = zlib.compress(content, LEVEL)
            self.writer.stream(numbers[thing.number], _renumbered(head.data, numbers), content)
        return numbers

    def finish(self) -> None:
        """Write what joins the chapters, and where everything lies."""
        put, add = self.writer.put, self.writer.add
        put(self.tree, b"<</Type /Pages/Count %d/Kids [%b]>>" % (len(self.pages), _references(self.pages)))
        put(
            self.document,
            b"<</Type /StructElem/S /Document/P %d 0 R/K [%b]>>" % (self.root, _references(self.kids)),
        )
        parents = [(b"%d" % key, number) for key, number in enumerate([*self.numbers, *self.links])]
        root = b"<</Type /StructTreeRoot/K [%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d" % (
            self.document,
            self._tree(b"Nums", parents, lambda key: key),
            len(parents),
        )
        if self.headers:
            root += b"/IDTree %d 0 R" % self._tree(b"Names", sorted(self.headers), lambda name: b"(%b)" % name)
        put(self.root, root + b">>")
        catalog = pydyf.Dictionary(self.frame.pdf.catalog)
        names = catalog.pop("Names", {})
        for key in ("Pages", "StructTreeRoot", "Outlines"):
            catalog.pop(key, None)
        if "AF" in catalog:
            catalog["AF"] = pydyf.Array(dict.fromkeys(catalog["AF"]))  # WeasyPrint lists attachments twice
        dests = sorted((_sorted_as(name), name) for name in self.places)
        named = b""
        if dests:
            leads = [(_string(name), add(self._place(*self.places[name][:3]))) for _key, name in dests]
            named += b"/Dests %d 0 R" % self._tree(b"Names", leads, lambda name: name)
        if "EmbeddedFiles" in names:
            named += _renumbered(b"/EmbeddedFiles %b" % names["EmbeddedFiles"], self.frame_numbers)
        data = _renumbered(catalog.data, self.frame_numbers)[:-2]
        data += b"/Pages %d 0 R/StructTreeRoot %d 0 R/Names <<%b>>" % (self.tree, self.root, named)
        outline = self._outline()
        put(self.catalog, data + (b"/Outlines %d 0 R" % outline if outline else b"") + b">>")
        self.writer.finish(self.catalog, add(self.frame.pdf.info.data))

    def _place(self, page: int, x: float, y: float) -> bytes:
        return b"[%d 0 R /XYZ %b %b 0]" % (self.pages[page], _real(x), _real(y))

    def _tree(self, kind: bytes, entries: Sequence[tuple[bytes, int]], key: Callable[[bytes], bytes]) -> int:
        """Write a tree of names or numbers, its entries in order, and return its number."""
        leaves = []
        for begun in range(0, len(entries), LEAF):
            part = entries[begun : begun + LEAF]
            inside = b" ".join(b"%b %d 0 R" % (key(name), number) for name, number in part)
            limits = b"[%b %b]" % (key(part[0][0]), key(part[-1][0]))
            leaves.append(self.writer.add(b"<</Limits %b/%b [%b]>>" % (limits, kind, inside)))
        return self.writer.add(b"<</Kids [%b]>>" % _references(leaves))

    def _outline(self) -> int | None:
        """Write the bookmarks of all chapters as one tree."""
        top = _Item(0, "", 0, 0, 0, "open")
        path = [top]
        for position, one in enumerate(self.facts):
            for level, label, page, x, y, state in one["bookmarks"]:
                while path[-1].level >= level:
                    path.pop()
                item = _Item(level, label, self.first[position] + page, x, y, state)
                path[-1].items.append(item)
                path.append(item)
        if not top.items:
            return None
        number = self.writer.number()
        first, last, count = self._items(top.items, number)
        self.writer.put(number, b"<</Type /Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, count))
        return number

    def _items(self, items: Sequence["_Item"], parent: int) -> tuple[int, int, int]:
        """Write items and those below; return the first, the last, and how many a reader shows at first."""
        numbers = [self.writer.number() for _item in items]
        shown = len(items)
        for index, item in enumerate(items):
            data = b"<</Title %b/Parent %d 0 R/Dest %b" % (
                _string(item.label),
                parent,
                self._place(item.page, item.x, item.y),
            )
            if index:
                data += b"/Prev %d 0 R" % numbers[index - 1]
            if index + 1 < len(items):
                data += b"/Next %d 0 R" % numbers[index + 1]
            if item.items:
                first, last, count = self._items(item.items, numbers[index])
                closed = item.state == "closed"
                data += b"/First %d 0 R/Last %d 0 R/Count %d" % (first, last, -count if closed else count)
                shown += 0 if closed else count
            self.writer.put(numbers[index], data + b">>")
        return numbers[0], numbers[-1], shown


@dataclass
class _Item:
    """A bookmark and those below it."""

    level: int
    label: str
    page: int
    x: float
    y: float
    state: str
    items: list["_Item"] = field(default_factory=list)


def _renumbered(data: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return objects with other numbers in their references; texts that look like one stay."""
    return _REFERENCE.sub(lambda match: match[0] if match[1] is None else b"%d 0 R" % numbers[int(match[1])], data)


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _string(text: str) -> bytes:
    data: bytes = pydyf.String(text).data
    return data


def _sorted_as(name: str) -> bytes:
    return name.encode("ascii") if name.isascii() else b"\xfe\xff" + name.encode("utf-16-be")


def _real(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def _reals(values: Iterable[float]) -> bytes:
    return b" ".join(_real(value) for value in values)
