"""What a file is, told from its bytes; which files are taken; names made harmless. Nothing here knows a database."""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree

import magic

from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import format_size, lazy
from sdg_tracker.foundation.text import search_text

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TXT, CSV = "text/plain", "text/csv"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", DOCX: "docx", XLSX: "xlsx", TXT: "txt", CSV: "csv"}
PICTURES = frozenset({JPEG, PNG, WEBP})
WITH_THUMBNAIL = PICTURES | {PDF}
ACCEPTED = "PDF, JPEG, PNG, WebP, DOCX, XLSX, TXT, CSV"

HEAD = 1 << 16  # bytes that are looked at to tell what a file is
UNPACKED = 500_000_000  # bytes that an Office file may unpack to
PARTS = 10_000  # files inside an Office file
NAME_LENGTH = 200  # characters of a file name with its ending
NAME_BYTES = 240  # of the same in UTF-8, so that every file system takes it

words(
    {
        "upload-empty": lazy("“%(name)s” is empty. Choose the file again, or save it once more."),
        "evidence-too-large": lazy(
            "“%(name)s” is larger than %(limit)s. Make it smaller, or ask to have the limit raised."
        ),
        "format-not-accepted": lazy("“%(name)s” is of a kind that can't be kept (%(found)s). Accepted: %(accepted)s."),
        "format-old-office": lazy(
            "“%(name)s” is in an old Office format or has a password. "
            "Open it and save it as .docx, .xlsx or PDF without a password."
        ),
        "format-other-office": lazy("“%(name)s” is in another office format. Save it as PDF, .docx or .xlsx."),
        "format-macros": lazy("“%(name)s” holds macros. Save it as .docx or .xlsx without macros, or as PDF."),
        "format-web-page": lazy("“%(name)s” is a web page or a script. Print it as PDF and upload that."),
        "format-drawing": lazy("“%(name)s” is an SVG drawing, which may hold scripts. Save it as PNG or PDF."),
        "format-program": lazy("“%(name)s” is a program. Programs are not kept."),
        "format-heic": lazy(
            "“%(name)s” is a HEIC picture. Save it as JPEG; "
            "on an iPhone choose Settings, Camera, Formats, Most Compatible."
        ),
        "format-other-picture": lazy("“%(name)s” is a picture of another kind. Save it as JPEG or PNG."),
        "format-archive": lazy("“%(name)s” is an archive. Unpack it and upload the files one by one."),
        "format-film": lazy("“%(name)s” is sound or film, which can't be kept here. Upload a still picture instead."),
        "format-mixed": lazy("“%(name)s” is not what it begins as: its parts do not fit together. Save it once more."),
        "office-broken": lazy("“%(name)s” can't be opened: it is damaged or cut off. Save it once more."),
        "office-locked": lazy("“%(name)s” is locked by a password. Save it without."),
        "office-unpacks-large": lazy("“%(name)s” unpacks to more than %(limit)s. Make it smaller, or save it as PDF."),
        "text-unreadable": lazy(
            "“%(name)s” holds characters that are no text. Save it as text in UTF-8, or as CSV UTF-8 from Excel."
        ),
        "pdf-broken": lazy("“%(name)s” can't be opened as PDF: it is damaged or cut off. Save it once more."),
        "pdf-locked": lazy("“%(name)s” can't be opened without a password. Save the PDF without one."),
        "picture-broken": lazy("“%(name)s” can't be opened as a picture: it is damaged or cut off. Save it once more."),
        "picture-too-large": lazy("“%(name)s” has more than %(limit)s million pixels. Make the picture smaller."),
        "file-too-hard": lazy("“%(name)s” takes too much time or memory to open. Make it simpler, or save it as PDF."),
    }
)

_BY_FOUND = {
    "image/svg+xml": "format-drawing",
    "text/html": "format-web-page",
    "application/xhtml+xml": "format-web-page",
    "text/xml": "format-web-page",
    "application/xml": "format-web-page",
    "text/x-shellscript": "format-web-page",
    "text/x-msdos-batch": "format-web-page",
    "text/x-php": "format-web-page",
    "application/x-dosexec": "format-program",
    "application/vnd.microsoft.portable-executable": "format-program",
    "application/x-executable": "format-program",
    "application/x-pie-executable": "format-program",
    "application/x-sharedlib": "format-program",
    "application/x-mach-binary": "format-program",
    "application/java-archive": "format-program",
    "image/heic": "format-heic",
    "image/heif": "format-heic",
    "application/msword": "format-old-office",
    "application/vnd.ms-excel": "format-old-office",
    "application/vnd.ms-powerpoint": "format-old-office",
    "application/vnd.ms-office": "format-old-office",
    "application/x-ole-storage": "format-old-office",
    "application/CDFV2": "format-old-office",
    "application/encrypted": "format-old-office",
    "text/rtf": "format-other-office",
    "application/rtf": "format-other-office",
    "application/zip": "format-archive",
    "application/gzip": "format-archive",
    "application/x-7z-compressed": "format-archive",
    "application/x-rar": "format-archive",
    "application/x-tar": "format-archive",
    "application/x-xz": "format-archive",
    "application/x-bzip2": "format-archive",
}
_MARKUP = re.compile(rb"\s*(<!doctype|<html|<head|<body|<svg|<script|<iframe|<\?xml|<\?php|<!--|#!)", re.IGNORECASE)
_ACTIVE = re.compile(rb"<(script|svg|html|iframe|object|embed|\?php)[\s>/]", re.IGNORECASE)
_NO_TEXT = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_C1 = re.compile(b"\xc2[\x80-\x84\x86-\x9f]")  # in UTF-8; in Windows-1252 these bytes are letters or nothing

_WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_PARTS = re.compile(r"vbaproject|vbadata|/activex/|/macrosheets/|\.(docm|dotm|xlsm|xltm|xlam|xlsb|pptm)$", re.I)
_MACRO_TYPES = ("macroenabled", "vbaproject", "activex", "excel4macro", "intlmacro")

_FOREIGN = (
    "exe com bat cmd scr pif js jse mjs vbs vbe wsf wsh ps1 msi jar hta lnk url reg dll cpl html htm xhtml mht svg "
    "xml php sh py docm dotm xlsm xltm xlsb xlam pptm zip rar 7z iso img doc xls ppt pptx odt ods odp rtf heic heif "
    "gif tif tiff bmp jpeg jpe jfif text"
)
_KNOWN_ENDINGS = frozenset((*ENDINGS.values(), *_FOREIGN.split()))
_RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$", re.IGNORECASE)
_REFUSED_IN_NAMES = re.compile(r'[<>:"|?*]')

_KIND_WORDS: Sequence[tuple[str, str]] = (
    ("minutes", r"referat|minutes|dagsorden|beslutning"),
    ("invoice", r"faktura|regning|kvittering|invoice|receipt"),
    ("survey", r"spoergeskema|evaluering|brugerundersoeg|survey|tilfredshed"),
    ("statistics", r"statistik|besoegstal|udlaanstal|statistics|noegletal|taelling"),
    ("press", r"presse|avis|artikel|press\b|article"),
    ("programme", r"program|folder|plakat|invitation|flyer|poster"),
    ("testimony", r"udtalelse|citat|anbefaling|testimon|quote"),
)


@dataclass(frozen=True)
class Refusal:
    """A file's name as messages show it; makes the refusals about it."""

    name: str

    def __call__(self, code: str, **facts: object) -> Invalid:
        """Return the refusal."""
        return Invalid(code, field="document", name=self.name, **facts)


def refusal(name: str) -> Refusal:
    """Return what makes refusals about the file of this name."""
    shown = "".join(c for c in name if c.isprintable()).strip()
    return Refusal(shown if len(shown) <= 60 else f"{shown[:40]}…{shown[-15:]}")


def media_type(file: BinaryIO, refuse: Refusal, unpacked: int = UNPACKED) -> str:
    """Return the type that the bytes have: one of ENDINGS. Raises Invalid for everything else.

    Pictures and PDFs are only recognised here; that they can be opened is tried in a child process.
    """
    head = _head(file)
    if not head:
        raise refuse("upload-empty")
    found = magic.from_buffer(head, mime=True)
    for begin, name in ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG)):
        if head.startswith(begin):
            return _agreed(name, found, refuse)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _agreed(WEBP, found, refuse)
    if head.startswith(b"PK\x03\x04"):
        return _office(file, refuse, unpacked)
    if code := _code_for(found):
        raise refuse(code)
    if b"%PDF-" in head[:1024]:
        raise refuse("format-mixed")
    if b"\x00" in head or found == "application/postscript":
        raise refuse("format-not-accepted", found=found, accepted=ACCEPTED)
    return _text(file, head, refuse)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head


def _agreed(name: str, found: str, refuse: Refusal) -> str:
    if found != name and not (name == PNG and found.endswith("apng")):
        raise refuse("format-mixed")
    return name


def _code_for(found: str) -> str | None:
    if found in _BY_FOUND:
        return _BY_FOUND[found]
    if found.startswith(("video/", "audio/")):
        return "format-film"
    return "format-other-picture" if found.startswith("image/") else None


# Text ----------------------------------------------------------------------------------------------------------------


def _text(file: BinaryIO, head: bytes, refuse: Refusal) -> str:
    start = head.removeprefix(codecs.BOM_UTF8)
    if _MARKUP.match(start) or _ACTIVE.search(start):
        raise refuse("format-drawing" if b"<svg" in start[:HEAD].lower() else "format-web-page")
    encoding = _encoding(file)
    if encoding is None:
        raise refuse("text-unreadable")
    sample = head.decode(encoding, "ignore")
    return CSV if _is_table(sample, whole=len(head) < HEAD) else TXT


def _encoding(file: BinaryIO) -> str | None:
    """Return the encoding of a text: UTF-8, else that of Windows in Western Europe; None for what is no text."""
    for name in ("utf-8-sig", "cp1252"):
        try:
            return name if _is_clean(file, name) else None
        except UnicodeDecodeError:
            continue
    return None


def _is_clean(file: BinaryIO, encoding: str) -> bool:
    """Return whether a text is without control characters. Raises UnicodeDecodeError in another encoding."""
    file.seek(0)
    decoder, last = codecs.getincrementaldecoder(encoding)(), b""
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
            if len(chunk.translate(None, _NO_TEXT)) != len(chunk):
                return False
            if encoding != "cp1252" and (_C1.search(chunk) or _C1.match(last + chunk[:1])):
                return False
            last = chunk[-1:]
        decoder.decode(b"", final=True)
    finally:
        file.seek(0)
    return True


def _is_table(sample: str, *, whole: bool) -> bool:
    """Return whether the text's lines have the same columns: with ``;``, tab, or commas that are no punctuation."""
    for delimiter in ";\t,":
        if delimiter not in sample:
            continue
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            continue
        rows = rows if whole else rows[:-1]
        widths = [len(row) for row in rows[:200]]
        usual = max(set(widths), key=widths.count, default=0)
        punctuation = delimiter == "," and all(", " in line for line in sample.splitlines() if "," in line)
        if len(rows) >= 2 and usual >= 2 and widths.count(usual) >= 0.8 * len(widths) and not punctuation:
            return True
    return False


# Office --------------------------------------------------------------------------------------------------------------


def _office(file: BinaryIO, refuse: Refusal, limit: int) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_parts(parts, refuse, limit)
            if any(_MACRO_PARTS.search(f"/{part.filename}") for part in parts):
                raise refuse("format-macros")
            found = _office_type(archive, refuse)
            _read_through(archive, parts, refuse, limit)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ElementTree.ParseError, ValueError) as error:
        raise refuse("office-broken") from error
    finally:
        file.seek(0)
    return found


def _check_parts(parts: list[zipfile.ZipInfo], refuse: Refusal, limit: int) -> None:
    names = [part.filename for part in parts]
    if not parts or min(part.header_offset for part in parts) != 0 or len(set(names)) != len(names):
        raise refuse("format-mixed")
    if any(part.flag_bits & 0x1 for part in parts):
        raise refuse("office-locked")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > limit:
        raise refuse("office-unpacks-large", limit=format_size(limit))


def _office_type(archive: zipfile.ZipFile, refuse: Refusal) -> str:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        if "mimetype" in names:
            raise refuse("format-other-office")
        raise refuse("format-program" if "META-INF/MANIFEST.MF" in names else "format-archive")
    with archive.open("[Content_Types].xml") as part:
        listing = part.read(1 << 20)
    if b"<!DOCTYPE" in listing or len(listing) == 1 << 20:
        raise refuse("office-broken")
    root = ElementTree.fromstring(listing)  # noqa: S314 - at most 1 MB, and no document type
    types = {node.get("PartName", ""): node.get("ContentType", "") for node in root}
    if any(word in kind.casefold() for kind in types.values() for word in _MACRO_TYPES):
        raise refuse("format-macros")
    for main, found in ((_WORD_MAIN, DOCX), (_SHEET_MAIN, XLSX)):
        if any(kind == main and part.lstrip("/") in names for part, kind in types.items()):
            return found
    raise refuse("format-other-office")


def _read_through(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], refuse: Refusal, limit: int) -> None:
    """Unpack everything once, into nothing: sizes and checksums are true only when they were met."""
    total = 0
    for part in parts:
        with archive.open(part) as content:
            while chunk := content.read(CHUNK):
                total += len(chunk)
                if total > limit:
                    raise refuse("office-unpacks-large", limit=format_size(limit))


# Names and kinds -----------------------------------------------------------------------------------------------------


def harmless_name(name: str, found: str) -> str:
    """Return a name that no system refuses or misreads, with the ending of the type; never empty.

    Folders, control and direction characters go, and so do endings that are known, one after the other.
    """
    ending = f".{ENDINGS[found]}"
    stem = _without_endings(_plain(name))
    if _RESERVED.match(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    stem = stem or "document"
    while len(stem) + len(ending) > NAME_LENGTH or len(stem.encode()) + len(ending) > NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + ending


def title_from(name: str) -> str:
    """Return a title for people, made of a file's name; never empty."""
    stem = _without_endings(_plain(name))
    return " ".join(stem.replace("_", " ").split()) or "–"


def _plain(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        " " if c.isspace() else c for c in last if c.isspace() or not unicodedata.category(c).startswith("C")
    )
    return " ".join(_REFUSED_IN_NAMES.sub("-", shown).split()).rstrip(". ")


def _without_endings(name: str) -> str:
    while True:
        stem, point, ending = name.rpartition(".")
        if ending.strip().casefold() not in _KNOWN_ENDINGS or not point:
            return name.strip(". ")
        name = stem.rstrip(". ")


def guess_kind(found: str, name: str) -> str:
    """Return the kind of evidence that a file most likely is, from its type and the words of its name."""
    folded = search_text(name.replace("_", " "))
    for kind, pattern in _KIND_WORDS:
        if re.search(pattern, folded):
            return kind
    if found in PICTURES:
        return "photo"
    return "statistics" if found in (XLSX, CSV) else "document"
