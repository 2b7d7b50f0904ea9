"""The text of a page of the web, read in a process of its own. Nothing of the page is run, drawn or fetched."""

import codecs
import re
from html.parser import HTMLParser
from typing import Any, BinaryIO

LIMIT = 10_000_000  # bytes of a page that are read
LONGEST = 400_000  # characters of text that are kept
TITLE = 300  # characters
SILENT = frozenset({"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "select"})
BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "details", "dialog", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "summary", "table", "tr", "ul"}
)
CELLS = frozenset({"td", "th"})
_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_WESTERN = frozenset({"iso8859-1", "ascii"})  # pages that say so are read like this by every browser:
WINDOWS = "cp1252"
_KNOWN = re.compile(r"utf_?-?(8|16)|iso8859|cp125|koi8|windows|gb|big5|euc|shift|iso2022|mac|tis")


def text_of(source: BinaryIO, target: BinaryIO, charset: str) -> dict[str, Any]:
    """Write a page's text in UTF-8; return its title, and how many letters and digits there are."""
    page = _Page()
    page.feed(decoded(source.read(LIMIT), charset))
    page.close()
    text = page.text()[:LONGEST]
    target.write(text.encode("utf-8"))
    return {"title": page.title(), "letters": sum(character.isalnum() for character in text)}


def decoded(content: bytes, charset: str) -> str:
    """Return a page's characters: by its mark, else as its server says, as it says itself, or as UTF-8 if it can be."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(name, "replace").removeprefix("\ufeff")
    declared = _DECLARED.search(content[:4096])
    for name in (charset, declared[1].decode("ascii", "replace") if declared else ""):
        if known := _known(name):
            return content.decode(known, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(WINDOWS, "replace")


def _known(name: str) -> str:
    """Return an encoding of text by its name, empty for others."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return ""
    if found in _WESTERN:
        return WINDOWS
    return found if _KNOWN.match(found) else ""


class _Page(HTMLParser):
    """Collects what a page says, a line for each of its blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._title: list[str] = []
        self._silent = 0
        self._in_title = False
        self._size = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "title":
            self._in_title = not self._title
        elif tag in BREAKS:
            self._add("\n")
        elif tag in CELLS:
            self._add(" | ")
        elif tag == "img" and (alt := dict(attrs).get("alt")):
            self._add(f" [{alt}] ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in SILENT:
            self._silent -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "title":
            self._in_title = False
        elif tag in BREAKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        elif not self._silent:
            self._add(data)

    def _add(self, text: str) -> None:
        if self._size < 4 * LONGEST:
            self._parts.append(text)
            self._size += len(text)

    def title(self) -> str:
        """Return the page's title in one line."""
        return _tidy("".join(self._title))[:TITLE]

    def text(self) -> str:
        """Return the lines that are not empty."""
        lines = (_tidy(line).removeprefix("| ") for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line and line != "|") + "\n"


def _tidy(text: str) -> str:
    """Return a text with single spaces and without characters that control or are none."""
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return " ".join(shown.encode("utf-8", "ignore").decode("utf-8").split())
