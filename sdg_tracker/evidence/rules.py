"""What a file is, told from its first bytes; names made harmless. Nothing here knows a database."""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import magic

from sdg_tracker.evidence import findings, personal, texts
from sdg_tracker.evidence.findings import Finding, Policy
from sdg_tracker.evidence.media import (
    ACCEPTED,
    CSV,
    ENDINGS,
    HEIC,
    JPEG,
    ODS,
    PDF,
    PICTURES,
    PNG,
    RECEIVED,
    TXT,
    WEBP,
    XLSX,
)
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.text import search_text

HEAD = 1 << 16  # bytes that are looked at to tell what a file is
OFFICE = "application/zip"  # what begins like an Office file; which one it is, is found in a child process
NAME_LENGTH = 200  # characters of a file name with its ending
NAME_BYTES = 240  # of the same in UTF-8, so that every file system takes it

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
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})

_FOREIGN = (
    "exe com bat cmd scr pif js jse mjs vbs vbe wsf wsh ps1 msi jar hta lnk url reg dll cpl html htm xhtml mht svg "
    "xml php sh py docm dotm xlsm xltm xlsb xlam pptm zip rar 7z iso img doc xls ppt rtf heif "
    "gif tif tiff bmp jpeg jpe jfif text"
)
_SAME_ENDINGS = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "text": "txt"}
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
        """Return the refusal. Raises KeyError for what is no reason to refuse a file."""
        if findings.RULES[code].policy is not Policy.REFUSE:
            raise KeyError(code)
        return Invalid(code, field="document", name=self.name, **facts)


def refusal(name: str) -> Refusal:
    """Return what makes refusals about the file of this name."""
    shown = personal.crossed_out("".join(c for c in name if c.isprintable()).strip())
    return Refusal(shown if len(shown) <= 60 else f"{shown[:40]}…{shown[-15:]}")


def media_type(head: bytes, refuse: Refusal) -> str:
    """Return the type that the first bytes have: one of ENDINGS, or OFFICE. Raises Invalid for everything else.

    Pictures, PDFs and Office files are only recognised here; that they can be opened is tried in a child process.
    """
    if not head:
        raise refuse("upload-empty")
    found = magic.from_buffer(head, mime=True)
    if known := _by_beginning(head, found, refuse):
        return known
    if code := _code_for(found):
        raise refuse(code)
    if b"%PDF-" in head[:1024]:
        raise refuse("format-mixed")
    if b"\x00" in head or found == "application/postscript":
        raise refuse("format-not-accepted", found=found, accepted=ACCEPTED)
    start = head.removeprefix(codecs.BOM_UTF8)
    if texts.MARKUP.match(start) or texts.ACTIVE.search(start):
        raise refuse("format-drawing" if b"<svg" in start.lower() else "format-web-page")
    return CSV if texts.is_table(head, whole=len(head) < HEAD) else TXT


def _by_beginning(head: bytes, found: str, refuse: Refusal) -> str | None:
    for begin, name in ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG)):
        if head.startswith(begin):
            return _agreed(name, found, refuse)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _agreed(WEBP, found, refuse)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    return OFFICE if head.startswith(b"PK\x03\x04") else None


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


# Names and kinds -----------------------------------------------------------------------------------------------------


def harmless_name(name: str, found: str) -> str:
    """Return a name that no system refuses or misreads, with the ending of the type; never empty.

    Folders, control and direction characters go, and so do endings that are known, one after the other.
    """
    ending = f".{ENDINGS[found]}"
    stem = personal.crossed_out(_without_endings(_plain(name)))
    if _RESERVED.match(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    stem = stem or "document"
    while len(stem) + len(ending) > NAME_LENGTH or len(stem.encode()) + len(ending) > NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + ending


def name_findings(name: str, found: str) -> list[Finding]:
    """Return what is to be said of a name: that it could mislead and was changed, or that it names a person."""
    made = harmless_name(name, found)
    stem, point, ending = name.strip().rpartition(".")
    ending = ending.casefold()
    kept = unicodedata.normalize("NFC", stem if point and ending in _KNOWN_ENDINGS else name)
    fits = ending not in _KNOWN_ENDINGS or _SAME_ENDINGS.get(ending, ending) == ENDINGS[found]
    crossed = personal.crossed_out(kept)
    said = [Finding("personal-number-in-name")] if crossed != kept else []
    if name and (not fits or made != f"{' '.join(crossed.split())}.{ENDINGS[found]}"):
        said.append(Finding("name-changed"))
    return said


def name_of_rendition(name: str, found: str) -> str:
    """Return a harmless name with the ending of another type."""
    return f"{name.rpartition('.')[0]}.{RECEIVED[found]}"


def title_from(name: str) -> str:
    """Return a title for people, made of a file's name; never empty."""
    stem = personal.crossed_out(_without_endings(_plain(name)))
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
    return "statistics" if found in (XLSX, ODS, CSV) else "document"
