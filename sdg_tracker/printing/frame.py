"""What the whole document has once: data about itself, attachments, fonts, and the head and foot of its pages.

WeasyPrint lays out a few pages with nothing but head and foot, one for each chapter's name; the merge draws them on the
pages of the chapters, as artifacts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import weasyprint
from markupsafe import escape
from weasyprint.formatting_structure import boxes

from sdg_tracker.printing import colours, layout, paper
from sdg_tracker.printing.sources import Sources

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
{styles}<link rel="stylesheet" href="styles:frame.css"></head>
<body><section class="cover">{named}
<p class="sample">0</p><p class="sample italic">0</p><p class="sample medium">0</p><p class="sample semibold">0</p>
<p class="sample figures">0123456789. {words}</p></section>{leaves}</body></html>
"""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. ``relationship`` is one of PDF/A-3: Source, Data, Alternative, Supplement, Unspecified."""

    name: str
    content: bytes
    description: str
    relationship: str = "Source"


@dataclass(frozen=True)
class About:
    """What a document says of itself. ``named`` is the element that gives head and foot their texts."""

    title: str
    language: str
    author: str
    created: datetime
    named: str
    styles: tuple[str, ...]  # addresses of its style sheets
    page: str  # the word before a page's number
    of: str  # the word before the number of pages


@dataclass(frozen=True)
class Frame:
    """The laid out frame, its leaves in the order of the names asked for."""

    pdf: Any
    figures: Any  # WeasyPrint's font of the page numbers
    fonts: int  # number of the object
    colours: int
    profile: int
    leaves: Sequence[int]  # numbers of the streams
    resources: int
    right: float  # where the page number ends, in points from the left
    baseline: float  # in points from the bottom
    size: float  # of the page number, in points
    colour: tuple[float, ...]

    def glyphs(self, text: str) -> tuple[bytes, float]:
        """Return a text as it is shown, and its width in thousands of its size. Raises KeyError for other letters."""
        numbers = {shown: glyph for glyph, shown in self.figures.to_unicode.items()}
        found = [numbers[letter] for letter in text]
        return b"".join(b"%04x" % glyph for glyph in found), sum(self.figures.widths[glyph] for glyph in found)


class _Union(dict[Any, Any]):
    """Fonts with all the glyphs that the chapters show."""

    def __init__(self, glyphs: Mapping[str, Any]) -> None:
        super().__init__()
        self._glyphs = glyphs

    def __setitem__(self, key: Any, font: Any) -> None:
        mine = self._glyphs.get(font.hash, {"widths": {}, "unicode": {}})
        font.widths.update((int(glyph), width) for glyph, width in mine["widths"].items())
        font.to_unicode.update((int(glyph), text) for glyph, text in mine["unicode"].items())
        super().__setitem__(key, font)


def lay_out(
    about: About,
    names: Sequence[str],
    glyphs: Mapping[str, Any],
    sources: Sources,
    attachments: Sequence[Attachment] = (),
) -> Frame:
    """Return the frame with a leaf for each name of a chapter; the empty name must come first."""
    leaves = "".join(f'<div class="leaf">{f"<h2>{escape(name)}</h2>" if name else ""}</div>' for name in names)
    words = escape(f"{about.page} {about.of}")
    html = _PAGE.format(
        language=about.language,
        title=escape(about.title),
        styles=layout.links(about.styles),
        named=about.named,
        words=words,
        leaves=leaves,
    )
    when = about.created.astimezone(UTC)
    with paper.checked() as watched:
        document = watched.render(html, sources)
        if len(document.pages) != len(names) + 1:
            raise ValueError(f"{len(document.pages)} leaves for {len(names)} chapters")
        number = _number_box(document.pages[1]) if names else None
        for page in document.pages:
            page.bookmarks, page.anchors = [], {}
        document.fonts = _Union(glyphs)
        head = document.metadata
        head.title, head.lang, head.authors = about.title, about.language, [about.author] if about.author else []
        head.created = head.modified = when.strftime("%Y-%m-%dT%H:%M:%SZ")
        pdf = layout.painted(document, attachments=[_attached(file, when) for file in attachments])
    if not {font.hash for font in document.fonts.values()} >= set(glyphs):
        raise ValueError("a chapter has a font that the frame lacks")
    pages = [pdf.objects[page] for page in pdf.pages["Kids"][::3]]
    resources = int(pages[0]["Resources"].split()[0])
    streams = [int(page["Contents"].split()[0]) for page in pages[1:]]
    for stream in streams:
        _unmark(pdf.objects[stream])
    height = document.pages[0].height
    profile = int(document.color_profiles["srgb"].pdf_reference.split()[0])
    pdf.objects[profile].stream = [colours.srgb()]
    return Frame(
        pdf,
        next(font for font in document.fonts.values() if font.family == layout.FIGURES),
        int(pdf.objects[resources]["Font"].split()[0]),
        int(pdf.objects[resources]["ColorSpace"].split()[0]),
        profile,
        streams,
        resources,
        (number.position_x + number.width) * layout.SCALE if number else 0.0,
        (height - number.position_y - number.baseline) * layout.SCALE if number else 0.0,
        number.style["font_size"] * layout.SCALE if number else 0.0,
        tuple(number.style["color"].to("srgb").coordinates) if number else (),
    )


def _number_box(page: Any) -> Any:
    """Return the text that stands where the page number comes."""
    for margin in page._page_box.children:
        if isinstance(margin, boxes.MarginBox) and margin.at_keyword == "@bottom-right":
            return next(box for box in margin.descendants() if isinstance(box, boxes.TextBox))
    raise ValueError("the pages have no place for their number")


def _unmark(stream: Any) -> None:
    """Take the marks of content away: the whole leaf is an artifact."""
    kept: list[Any] = []
    for item in stream.stream:
        if item in (b"BDC", b"BMC"):
            del kept[-2 if item == b"BDC" else -1 :]
        elif item != b"EMC":
            kept.append(item)
    stream.stream = kept


def _attached(file: Attachment, when: datetime) -> Any:
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=when,
        modified=when,
    )


def kept(frame: Frame) -> list[Any]:
    """Return the objects of the frame that are written: neither its pages nor their structure."""
    catalog = frame.pdf.catalog
    pages = set(frame.pdf.pages["Kids"][::3])
    left = {0, catalog.number, frame.pdf.pages.number, int(frame.pdf.objects[min(pages)]["Contents"].split()[0])}
    return [
        thing
        for thing in frame.pdf.objects
        if thing.number not in left | pages and not (isinstance(thing, dict) and _is_structure(thing))
    ]


def _is_structure(thing: Any) -> bool:
    return thing.get("Type") in ("/StructElem", "/StructTreeRoot", "/OBJR") or "Nums" in thing
