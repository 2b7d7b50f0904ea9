"""Office and OpenDocument files: what they are and what they hold, told from their parts. Run in a child process.

Everything is read with limits and nothing is unpacked to anywhere; XML is read by expat without document types, so
no entity is ever expanded.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from sdg_tracker.evidence import personal
from sdg_tracker.evidence.media import DOCX, ODP, ODS, ODT, PPTX, XLSX

PIECE = 1 << 20  # bytes read at a time
UNPACKED = 500_000_000  # bytes that a file may unpack to
PARTS = 10_000  # files inside
RATIO, RATIO_FROM = 150, 20_000_000  # times that a part of so many bytes may be larger than it was packed
LISTING = 4_000_000  # bytes of a list of parts or of links
DEPTH = 200  # of elements in elements

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_MAINS = {
    f"{_OPEN_XML}wordprocessingml.document.main+xml": DOCX,
    f"{_OPEN_XML}spreadsheetml.sheet.main+xml": XLSX,
    f"{_OPEN_XML}presentationml.presentation.main+xml": PPTX,
}
_OPEN_DOCUMENTS = {kind.encode(): kind for kind in (ODT, ODS, ODP)}
_MACRO_PARTS = re.compile(
    r"vbaproject|vbadata|/activex/|/macrosheets/|\.(docm|dotm|xlsm|xltm|xlam|xlsb|pptm)$|^/(basic|scripts)/.", re.I
)
_MACRO_TYPES = ("macroenabled", "vbaproject", "activex", "excel4macro", "intlmacro")
_EMBEDDED_PARTS = re.compile(r"/(embeddings|oleobjects?)/.|\.(exe|dll|js|vbs|bat|cmd|ps1|lnk|scr)$", re.I)
_LINKED_PARTS = re.compile(r"/externallinks/.|/querytables/.|^/xl/connections\.xml$|/customxml/.*\.xsn$", re.I)
_HARMLESS_LINKS = ("/hyperlink", "/linkedmediaurl")  # followed only by a person who clicks
_TEXT_PARTS = re.compile(r"^(word|xl|ppt)/.*\.xml$|^content\.xml$")
_BREAKS = re.compile(rb"</(w:p|a:p|si|c|row|text:p|text:h|table:table-cell)>|<w:(tab|br)\b[^>]*>")
_TAG = re.compile(rb"<[^>]*>")
_DYNAMIC_DATA = re.compile(rb"\bDDE(AUTO)?\s")  # a field of Word that fetches, or starts, something
_OUTWARDS = re.compile(r"[a-z][a-z0-9+.-]*:|//|\\\\|\.\./", re.I)
_MACRO_LINK = re.compile(r"vnd\.sun\.star\.script:|macro:|javascript:", re.I)
_BY_CLICK = {"text:a", "draw:a", "office:meta", "meta:template"}


class Refused(Exception):
    """The file is not taken: a code, and facts for its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def look(source: BinaryIO, unpacked: int = UNPACKED) -> dict[str, Any]:
    """Return the type and the findings of a file that begins like a zip file; or why it is refused."""
    try:
        with zipfile.ZipFile(source) as archive:
            found = _look(archive, source, unpacked)
    except Refused as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        expat.ExpatError,
        ValueError,
        OSError,
        RuntimeError,
    ):
        return {"refused": "office-broken"}
    return found


def _look(archive: zipfile.ZipFile, source: BinaryIO, unpacked: int) -> dict[str, Any]:
    parts = archive.infolist()
    _check_parts(archive, parts, source, unpacked)
    names = [f"/{part.filename}" for part in parts]
    if any(_MACRO_PARTS.search(name) for name in names):
        raise Refused("format-macros")
    found: set[str] = set()
    kind = _kind(archive)
    if any(_EMBEDDED_PARTS.search(name) for name in names):
        found.add("office-embedded")
    if any(_LINKED_PARTS.search(name) for name in names):
        found.add("office-links")
    if kind in _OPEN_DOCUMENTS.values():
        _look_at_manifest(archive, found)
    else:
        _look_at_links(archive, found)
    search = personal.Search()
    _read_through(archive, parts, unpacked, search, found)
    findings: list[tuple[str, dict[str, int]]] = [(code, {}) for code in sorted(found)]
    findings += search.findings()
    return {"media_type": kind, "findings": findings}


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], source: BinaryIO, unpacked: int) -> None:
    names = [part.filename for part in parts]
    inside = [name for name in names if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    if not parts or len(set(names)) != len(names) or inside or not _is_only_this(archive, parts, source):
        raise Refused("format-mixed")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused("office-locked")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > unpacked:
        raise Refused("office-unpacks-large", limit=unpacked)


def _is_only_this(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], source: BinaryIO) -> bool:
    """Return whether the file begins with the first part, ends with the list of parts, and no part lies in another."""
    last = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < last or (last == 0 and part.header_offset != 0):
            return False
        last = part.header_offset + 30 + len(part.filename.encode()) + part.compress_size
    source.seek(0)
    if b"%PDF-" in source.read(1024):
        return False
    source.seek(-22 - len(archive.comment), 2)
    return source.read(4) == b"PK\x05\x06" and archive.start_dir >= last


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return _open_xml_kind(archive, names)
    if "mimetype" in names:
        declared = _part(archive, "mimetype", 200)
        if declared in _OPEN_DOCUMENTS and "content.xml" in names and "META-INF/manifest.xml" in names:
            return _OPEN_DOCUMENTS[declared]
        raise Refused("format-other-office")
    raise Refused("format-program" if "META-INF/MANIFEST.MF" in names else "format-archive")


def _open_xml_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    types = [
        (values.get("PartName", ""), values.get("ContentType", ""))
        for _name, values in _elements(_part(archive, "[Content_Types].xml"))
    ]
    if any(word in kind.casefold() for _part_name, kind in types for word in _MACRO_TYPES):
        raise Refused("format-macros")
    for part, kind in types:
        if kind in _MAINS and part.lstrip("/") in names:
            return _MAINS[kind]
    raise Refused("format-other-office")


def _part(archive: zipfile.ZipFile, name: str, limit: int = LISTING) -> bytes:
    with archive.open(name) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        raise ValueError(name)
    return content


# XML -----------------------------------------------------------------------------------------------------------------

Attributes = dict[str, str]


def _reader(tell: Callable[[str, Attributes], None]) -> Any:
    """Return a reader that tells each element; one with a document type or too much depth raises ValueError."""
    reader = expat.ParserCreate()
    depth = 0

    def begin(name: str, values: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise ValueError("too deep")
        tell(name, values)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def document_type(*_values: object) -> None:
        raise ValueError("a document type")

    reader.StartElementHandler, reader.EndElementHandler = begin, end
    reader.StartDoctypeDeclHandler = document_type
    return reader


def _elements(content: bytes) -> Iterator[tuple[str, Attributes]]:
    found: list[tuple[str, Attributes]] = []
    _reader(lambda name, values: found.append((name, values))).Parse(content, True)  # noqa: FBT003 - expat's own
    yield from found


def _look_at_links(archive: zipfile.ZipFile, found: set[str]) -> None:
    """Find links that a program follows by itself, and what is embedded under another name."""
    for name in archive.namelist():
        if not name.casefold().endswith(".rels"):
            continue
        for _name, values in _elements(_part(archive, name)):
            kind = values.get("Type", "").casefold()
            if values.get("TargetMode", "").casefold() == "external" and not kind.endswith(_HARMLESS_LINKS):
                found.add("office-links")
            if kind.endswith(("/oleobject", "/package")):
                found.add("office-embedded")
            if "vbaproject" in kind or kind.endswith(("/activexcontrol", "/xlmacrosheet")):
                raise Refused("format-macros")


def _look_at_manifest(archive: zipfile.ZipFile, found: set[str]) -> None:
    """Find passwords and embedded files of OpenDocument; its diagrams and formulas are objects too, and harmless."""
    for name, values in _elements(_part(archive, "META-INF/manifest.xml")):
        if name.endswith("encryption-data"):
            raise Refused("office-locked")
        kind, path = values.get("manifest:media-type", ""), values.get("manifest:full-path", "")
        harmless = path == "/" or kind.endswith((".chart", ".formula"))
        if name.endswith("file-entry") and not harmless:
            if "oleobject" in kind or kind.startswith("application/vnd.oasis.opendocument."):
                found.add("office-embedded")
            if re.match(r"object \d+$", path, re.I):
                found.add("office-embedded")


def _look_at_element(found: set[str]) -> Callable[[str, Attributes], None]:
    def look(name: str, values: Attributes) -> None:
        link = values.get("xlink:href", "")
        if name == "script:event-listener" or (link and _MACRO_LINK.match(link)):
            raise Refused("format-macros")
        if name == "office:dde-source" or (link and name not in _BY_CLICK and _OUTWARDS.match(link)):
            found.add("office-links")
        if name in ("draw:object-ole", "draw:plugin", "draw:applet", "draw:floating-frame"):
            found.add("office-embedded")

    return look


# All of it -----------------------------------------------------------------------------------------------------------


def _read_through(
    archive: zipfile.ZipFile,
    parts: list[zipfile.ZipInfo],
    unpacked: int,
    search: personal.Search,
    found: set[str],
) -> None:
    """Unpack everything once, into nothing: sizes and checksums are true only when they were met."""
    total = 0
    for part in parts:
        readers = _readers(part.filename, search, found)
        size = 0
        with archive.open(part) as content:
            while piece := content.read(PIECE):
                size += len(piece)
                if total + size > unpacked or (size > RATIO_FROM and size > RATIO * part.compress_size):
                    raise Refused("office-unpacks-large", limit=unpacked)
                for read in readers:
                    read(piece)
        for read in readers:
            read(b"")
        total += size


def _readers(name: str, search: personal.Search, found: set[str]) -> list[Callable[[bytes], None]]:
    readers = []
    if _TEXT_PARTS.search(name):
        readers.append(_text_reader(search, found))
    if name in ("content.xml", "styles.xml"):
        reader = _reader(_look_at_element(found))
        readers.append(lambda piece: reader.Parse(piece, not piece))
    return readers


def _text_reader(search: personal.Search, found: set[str]) -> Callable[[bytes], None]:
    """Return what looks through the text between the tags of a part, piece by piece; the empty piece is the end."""
    held = b""

    def read(piece: bytes) -> None:
        nonlocal held
        if search.left <= 0:
            search.feed(piece)
            return
        whole = held + piece
        cut = whole.rfind(b"<") if piece and whole.rfind(b">") < whole.rfind(b"<") else len(whole)
        held = whole[cut:] if len(whole) - cut < PIECE else b""
        marked = whole[:cut].replace(b"<w:noBreakHyphen/>", b"-")
        plain = _TAG.sub(b"", _BREAKS.sub(b"\n", marked))
        if b"w:instrText" in marked or b"w:fldSimple" in marked:
            fields = plain + b"".join(re.findall(rb'w:instr="([^"]*)"', marked))
            if _DYNAMIC_DATA.search(fields):
                found.add("office-links")
        search.feed(plain if piece else plain + b"\n")

    return read
