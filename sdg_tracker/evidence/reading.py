"""The text of a file, read in a process of its own: PDF, Office and OpenDocument files, plain text.

Run by ``foundation.children``. Only text is taken; nothing of a file is run, drawn or followed.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO
from xml.etree import ElementTree

from sdg_tracker.foundation import children

LIMIT = 200_000  # characters
PDF = "application/pdf"
PLAIN = frozenset({"text/plain", "text/csv"})
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
OFFICE = frozenset(
    {
        f"{_OPEN_XML}wordprocessingml.document",
        f"{_OPEN_XML}spreadsheetml.sheet",
        f"{_OPEN_XML}presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    }
)
READABLE = PLAIN | OFFICE | {PDF}
PARTS = (  # where the text stands, in the order in which it is read; a name or the beginning of one
    "word/document.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "word/header",
    "word/footer",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet",
    "ppt/slides/slide",
    "ppt/notesSlides/notesSlide",
    "content.xml",
)
HELD = frozenset({"t", "v"})  # elements of Office files that hold text and numbers
PARAGRAPHS = frozenset({"p", "h"})  # those of OpenDocument files, whose words may stand deeper
ENDS = frozenset({"p", "h", "si", "c", "br", "tab"})  # after which another word begins


def text_of(source: BinaryIO, media_type: str) -> str:
    """Return the text of a file, cut to its limit. Raises what the readers raise for one that is damaged."""
    if media_type == PDF:
        return _whole(_of_pdf(source))
    if media_type in OFFICE:
        return _whole(_of_office(source))
    return plain(source)


def plain(source: BinaryIO) -> str:
    """Return a text in UTF-8, else in the encoding of Windows in Western Europe."""
    content = source.read(4 * LIMIT)
    try:
        text = content.decode("utf-8-sig", "strict" if len(content) < 4 * LIMIT else "ignore")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return _whole([text])


def _whole(parts: Iterator[str] | list[str]) -> str:
    found, length = [], 0
    for part in parts:
        found.append(part)
        length += len(part)
        if length >= LIMIT:
            break
    return "".join(found).replace("\x00", " ")[:LIMIT]


def _of_pdf(source: BinaryIO) -> Iterator[str]:
    import pypdfium2  # noqa: PLC0415 - only this task pays for it

    document = pypdfium2.PdfDocument(source)
    for page in document:
        text = page.get_textpage()
        yield text.get_text_bounded().encode("utf-8", "replace").decode() + "\n"
        text.close()
        page.close()


def _of_office(source: BinaryIO) -> Iterator[str]:
    with zipfile.ZipFile(source) as archive:
        names = sorted(archive.namelist())
        for part in PARTS:
            for name in names:
                if name.endswith(".xml") and name.startswith(part):
                    with archive.open(name) as content:
                        yield from _of_part(content, PARAGRAPHS if part == "content.xml" else HELD)


def _of_part(content: IO[bytes], held: frozenset[str]) -> Iterator[str]:
    """Yield the text of a part; a document type, which could make much out of little, ends it."""
    buffered = io.BufferedReader(content, 4096)  # type: ignore[type-var] # what a zip file opens is a raw stream too
    if b"<!DOCTYPE" in buffered.peek(2048):
        return
    place = False  # whether the cell's value is a place in the list of texts
    for event, node in ElementTree.iterparse(buffered, ("start", "end")):  # noqa: S314 - in a limited child
        name = node.tag.rpartition("}")[2]
        if event == "start":
            place = node.get("t") == "s" if name == "c" else place
            continue
        if name in held and not (name == "v" and place):
            yield from node.itertext()
        if name in ENDS:
            yield "\n"
        if name in held or name in ENDS:
            node.clear()


def main(arguments: list[str]) -> None:
    """Read one file inside the child."""
    source, target, (media_type,) = children.begin(arguments)
    with target:
        text = text_of(source, media_type)
        target.write(text.encode())
    children.answer(characters=len(text))


if __name__ == "__main__":
    main(sys.argv[1:])
