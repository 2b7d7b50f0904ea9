"""A chapter laid out by itself: pages without head, foot and page numbers, which are known only to the whole.

What WeasyPrint made is taken over before it is written: its objects, and the facts that a merge needs. Page numbers
that the text names are set as four figures in a family of their own, which are the number of the reference; the merge
puts the page in their place.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pydyf
import weasyprint
from weasyprint.pdf import VARIANTS, generate_pdf

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing import paper, structure, tags
from sdg_tracker.printing.pieces import LEVEL, SEPARATOR, Piece, Stream
from sdg_tracker.printing.sources import OURS, Sources
from sdg_tracker.printing.splitting import ELSEWHERE, Chapter

FIGURES = "IBM Plex Sans Figures"  # the family of page numbers
IN_BAG = "bag:"  # begins the address of a file that lies beside the report; what follows is where, from there
BARE = "cover"  # pages of this name have neither head nor foot
SCALE = 0.75  # points in a CSS pixel
_PICTURE = re.compile(r'"blob:([0-9a-f]{64})"')
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>-</title>
{styles}<link rel="stylesheet" href="styles:chapter.css"></head>
<body>{body}</body></html>
"""


class Fonts(dict[Any, Any]):
    """The fonts of a chapter: used while it is drawn, and left to the merge when it is written."""

    def values(self) -> Any:
        """Return none of them."""
        return ()


@cache
def recipe() -> str:
    """Return the digest of what a layout is made with beside its input: our styles, signs and programs."""
    digest = sha256(weasyprint.VERSION.encode())
    folders = [resource_dir("static") / OURS[name][0] for name in ("styles", "signs")]
    modules = [Path(str(module.__file__)) for module in (paper, structure, tags)]
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    for path in (*paths, Path(__file__), *modules):
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True)
class Look:
    """What the chapters of a document have in common; ``pictures`` are size and media type by digest."""

    language: str
    styles: Sequence[str]  # addresses of style sheets
    pictures: Mapping[str, tuple[int, str]]


def request(chapter: Chapter, look: Look) -> bytes:
    """Return all that the layout of a chapter depends on; the same bytes give the same piece."""
    shown = set(_PICTURE.findall(chapter.body)) & look.pictures.keys()
    return canonical(
        {
            "recipe": recipe(),
            "language": look.language,
            "styles": look.styles,
            "references": chapter.references,
            "pictures": {name: look.pictures[name] for name in shown},
            "body": chapter.body,
        }
    )


def links(styles: Sequence[str]) -> str:
    """Return links to style sheets."""
    return "".join(f'<link rel="stylesheet" href="{address}">' for address in styles)


def lay_out(wanted: bytes, blobs: Blobs) -> bytes:
    """Return a chapter that was asked for, as a piece.

    Raises Problem for pictures that are lost or changed, ValueError for a fault of the page or of its structure.
    """
    asked = json.loads(wanted)
    sources = Sources(blobs, {name: (size, kind) for name, (size, kind) in asked["pictures"].items()})
    html = _PAGE.format(language=asked["language"], styles=links(asked["styles"]), body=asked["body"])
    with paper.checked() as watched:
        document = watched.render(html, sources)
        return _piece(document, asked["references"], sha256(wanted).hexdigest()[:12]).as_bytes()


def _piece(document: Any, references: Sequence[Sequence[str]], prefix: str) -> Piece:
    document.fonts = Fonts()
    document.metadata.lang = "-"  # said by the whole
    marks = _marks(document)
    for page in document.pages:
        page.bookmarks, page.anchors = [], {}
    pdf = painted(document)
    found = _Found(pdf)
    tags.complete(pdf, found.root, prefix)
    fonts = list(dict.values(document.fonts))
    pages = [found.page(number) for number in pdf.pages["Kids"][::3]]
    with_references = {
        page["content"]
        for page in pages
        if _mark_references(pdf.objects[page["content"]].stream, fonts, len(references))
    }
    facts = {
        **marks,
        "pages": pages,
        "bare": [page._page_box.page_type.name == BARE for page in document.pages],
        "size": [document.pages[0].width * SCALE, document.pages[0].height * SCALE],
        "links": found.links(),
        "roots": [_number(kid) for kid in pdf.objects[found.document]["K"]],
        "headers": found.headers(),
        "headings": structure.headings(pdf, found.root),
        "fonts": _glyphs(fonts),
        "figures": next((font.hash for font in fonts if font.family == FIGURES), None),
        "references": references,
        "with_references": sorted(with_references),
        "shared": found.shared(document),
        "pictures": found.pictures,
    }
    structure.check_chapter(pdf, facts)
    return found.piece(facts, with_references)


def painted(document: Any, **options: Any) -> Any:
    """Return WeasyPrint's PDF as objects, not written yet."""
    given = {**weasyprint.DEFAULT_OPTIONS, **VARIANTS[paper.VARIANT][1], "pdf_variant": paper.VARIANT, **options}
    return generate_pdf(document, None, 1, **given)


def _marks(document: Any) -> dict[str, Any]:
    """Return where names and headings stand, in points from the lower left corner of their page."""
    bookmarks, anchors, known = [], [], set()
    for number, page in enumerate(document.pages):
        headings = {point: label for _level, label, point, _state in page.bookmarks}
        for level, label, (x, y), state in page.bookmarks:
            bookmarks.append([level, label, number, x * SCALE, (page.height - y) * SCALE, state])
        for name, (x, y, *_rest) in page.anchors.items():
            if name not in known:
                known.add(name)
                anchors.append([name, number, x * SCALE, (page.height - y) * SCALE, headings.get((x, y))])
    return {"bookmarks": bookmarks, "anchors": anchors}


def _mark_references(stream: list[Any], fonts: Sequence[Any], known: int) -> bool:
    """Put a mark for each reference where its figures are shown; return whether there is one."""
    figures = {b"/" + font.hash.encode(): font.to_unicode for font in fonts if font.family == FIGURES}
    unicode: Mapping[int, str] | None = None
    marked = False
    for position, item in enumerate(stream):
        if not isinstance(item, bytes):
            continue
        if item.endswith(b" Tf"):
            unicode = figures.get(item.split(b" ", 1)[0])
        elif unicode and item.endswith(b" TJ"):
            text = "".join(unicode[glyph] for glyph in _glyphs_shown(item))
            if len(text) == 4 and text.isdigit():
                if int(text) >= known:
                    raise ValueError(f"figures of no reference: {text}")
                stream[position] = b"@%b@" % text.encode()
                marked = True
    return marked


def _glyphs_shown(item: bytes) -> Iterator[int]:
    for part in item.split(b"<")[1:]:
        shown = part.partition(b">")[0]
        yield from (int(shown[start : start + 4], 16) for start in range(0, len(shown), 4))


def _glyphs(fonts: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for font in fonts:
        mine = found.setdefault(font.hash, {"widths": {}, "unicode": {}})
        mine["widths"].update((str(glyph), width) for glyph, width in sorted(font.widths.items()))
        mine["unicode"].update((str(glyph), text) for glyph, text in sorted(font.to_unicode.items()))
    return found


class _Found:
    """What is what among the objects of a chapter."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.root = _number(pdf.catalog["StructTreeRoot"])
        self.tree = _number(pdf.objects[self.root]["ParentTree"])
        self.document = _number(pdf.objects[self.root]["K"][0])
        self.resources = _number(pdf.objects[pdf.pages["Kids"][0]]["Resources"])
        drawn = pdf.objects[self.resources]["XObject"]
        pdf.add_object(drawn)
        pdf.objects[self.resources]["XObject"] = drawn.reference
        self.pictures: int = drawn.number
        self.numbers = pdf.objects[self.tree]["Nums"]

    def page(self, number: int) -> dict[str, Any]:
        """Return a page's facts, and take from it what the whole decides."""
        page = self.pdf.objects[number]
        elements = self.numbers[2 * page.pop("StructParents") + 1]
        content = _number(page.pop("Contents"))
        page.pop("Parent")
        return {"object": number, "content": content, "elements": [_number(element) for element in elements]}

    def links(self) -> list[list[Any]]:
        """Return annotation, element and target of each link, and take from it what the whole decides."""
        found: list[list[Any]] = []
        elements = {
            self.numbers[i]: _number(self.numbers[i + 1])
            for i in range(0, len(self.numbers), 2)
            if not isinstance(self.numbers[i + 1], list)
        }
        for thing in self._dictionaries():
            if thing.get("Subtype") == "/Link":
                target = None
                if "A" in thing and str(thing["A"]["URI"].string).startswith(IN_BAG):
                    thing["A"]["URI"].string = thing["A"]["URI"].string.removeprefix(IN_BAG)
                if "A" in thing and str(thing["A"]["URI"].string).startswith(ELSEWHERE):
                    target = unquote(thing.pop("A")["URI"].string.removeprefix(ELSEWHERE))
                    thing.pop("Contents")
                found.append([thing.number, elements[thing.pop("StructParent")], target])
        return found

    def headers(self) -> list[list[Any]]:
        """Return name and element of each table header."""
        return sorted([thing["ID"].string, thing.number] for thing in self._dictionaries() if thing.get("S") == "/TH")

    def _dictionaries(self) -> Iterator[Any]:
        return (thing for thing in self.pdf.objects if isinstance(thing, dict))

    def shared(self, document: Any) -> dict[str, int]:
        """Return the objects in whose place the whole's own come."""
        resources = self.pdf.objects[self.resources]
        return {
            "pages": self.pdf.pages.number,
            "structure": self.root,
            "document": self.document,
            "colours": _number(resources["ColorSpace"]),
            "fonts": _number(resources["Font"]),
            "profile": _number(document.color_profiles["srgb"].pdf_reference),
        }

    def piece(self, facts: dict[str, Any], plain: set[int]) -> Piece:
        """Return the objects that belong to the chapter alone; streams in ``plain`` stay open to be written in."""
        left = {0, self.pdf.catalog.number, self.tree, *facts["shared"].values()}
        left |= {_number(self.pdf.catalog["Metadata"])}
        numbers, objects, streams = [], [], []
        for thing in self.pdf.objects:
            if thing.number in left:
                continue
            if isinstance(thing, pydyf.Stream):
                streams.append(_stream(thing, compressed=thing.number not in plain))
            else:
                numbers.append(thing.number)
                objects.append(thing.data)
        if any(SEPARATOR in data for data in objects):
            raise ValueError("a control character in the text of a chapter")
        return Piece(facts, numbers, objects, streams)


def _stream(thing: Any, *, compressed: bool) -> Stream:
    content = b"\n".join(pydyf._to_bytes(item) for item in thing.stream)
    extra = pydyf.Dictionary(thing.extra)
    if thing.compress and compressed:
        extra["Filter"] = "/FlateDecode"
        content = zlib.compress(content, LEVEL)
    return Stream(thing.number, extra.data, content)


def _number(reference: bytes | str) -> int:
    return int(reference.split()[0])
