"""PDFs on their way in: opened, searched for what acts by itself, and written again without it. Run in a child process.

Every object is looked at, also those that nothing refers to: what a program shows depends on the program. The same
file gives the same cleaned bytes.
"""

import json
import os
import resource
import time
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from sdg_tracker.evidence import personal

SEARCHING = 8.0  # seconds of CPU for the text
TEXT_MEMORY = 150_000_000  # bytes of address space for it, beside those that are taken already
DEPTH = 100  # of values in values, within one object

_ACTIONS = {
    "/JavaScript": "pdf-javascript",
    "/Launch": "pdf-launch",
    "/GoToR": "pdf-launch",
    "/GoToE": "pdf-launch",
    "/GoToDp": "pdf-launch",
    "/SubmitForm": "pdf-sends",
    "/ImportData": "pdf-sends",
    "/Rendition": "pdf-rich-media",
    "/Movie": "pdf-rich-media",
    "/Sound": "pdf-rich-media",
    "/RichMediaExecute": "pdf-rich-media",
    "/GoTo3DView": "pdf-rich-media",
}
_HARMLESS_AT_OPENING = ("/GoTo", "/Named")
_MEDIA = ("/RichMediaContent", "/RichMediaSettings", "/3DD", "/3DV", "/3DA")
_MEDIA_NOTES = ("/RichMedia", "/3D", "/Screen", "/Movie", "/Sound")
_NAMES = {"/JavaScript": "pdf-javascript", "/EmbeddedFiles": "pdf-embedded-files", "/Renditions": "pdf-rich-media"}


def clean(source: BinaryIO, target: BinaryIO, _media_type: str) -> dict[str, Any]:
    """Write the PDF without what acts by itself, when there is any; say what was found."""
    try:
        with pikepdf.open(source, attempt_recovery=_is_whole(source)) as pdf:
            pages = len(pdf.pages)
            if not pages:
                return {"refused": "pdf-broken"}
            found = neutralise(pdf)
            if _is_archive_too(source):
                found.add("also-archive")
            if found:
                pdf.save(target, deterministic_id=True, encryption=False, fix_metadata_version=False)
    except pikepdf.PasswordError:
        return {"refused": "pdf-locked"}
    except (pikepdf.PdfError, MemoryError, RecursionError, ValueError, TypeError, KeyError, AttributeError):
        return {"refused": "pdf-broken"}
    findings: list[tuple[str, dict[str, int]]] = [(code, {}) for code in sorted(found)]
    findings += _numbers(source)
    return {"pages": pages, "cleaned": bool(found), "findings": findings}


def _is_whole(source: BinaryIO) -> bool:
    """Return whether the end of a PDF is there: only then may its table of contents be made anew."""
    source.seek(0, os.SEEK_END)
    source.seek(max(0, source.tell() - 2048))
    end = source.read()
    source.seek(0)
    return b"%%EOF" in end


def _is_archive_too(source: BinaryIO) -> bool:
    source.seek(0)
    return zipfile.is_zipfile(source)


def neutralise(pdf: pikepdf.Pdf) -> set[str]:
    """Take out what acts by itself; return the codes of what was found."""
    found: set[str] = set()
    with pikepdf.explicit_conversion():
        _at_the_root(pdf.Root, found)
        for thing in pdf.objects:
            _walk(thing, found)
    return found


def _at_the_root(root: Any, found: set[str]) -> None:
    opening = root.get(Name.OpenAction)
    if opening is not None and not isinstance(opening, Array):
        kind = opening.get(Name.S) if isinstance(opening, Dictionary) else None
        if str(kind) not in _HARMLESS_AT_OPENING or Name.Next in opening:
            found.add("pdf-open-action")
            _empty_if_active(opening, found)
            del root[Name.OpenAction]
    names = root.get(Name.Names)
    if isinstance(names, Dictionary):
        for key, code in _NAMES.items():
            if key in names:
                found.add(code)
                del names[key]
    form = root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and Name.XFA in form:
        found.add("pdf-xfa")
        del form[Name.XFA]
    for entry in (Name.NeedsRendering, Name.Collection):
        if entry in root:
            del root[entry]


def _walk(thing: Any, found: set[str]) -> None:
    """Look at one object and the values inside it; those that it refers to are objects of their own."""
    inside = [(thing, 0)]
    while inside:
        value, depth = inside.pop()
        if depth > DEPTH:
            raise ValueError("too deep")
        if isinstance(value, Array):
            inside += [(part, depth + 1) for part in value if _is_inside(part)]
        elif isinstance(value, Dictionary | Stream):
            _look(value, found)
            inside += [(part, depth + 1) for part in dict(value.items()).values() if _is_inside(part)]


def _is_inside(part: Any) -> bool:
    return isinstance(part, Dictionary | Array) and not part.is_indirect


def _look(value: Any, found: set[str]) -> None:
    keys = set(value.keys())
    if "/S" in keys or "/JS" in keys:
        _empty_if_active(value, found)
    if "/AA" in keys and _is_actions(value[Name.AA]):
        found.add("pdf-additional-actions")
        for action in value[Name.AA].values():
            _empty_if_active(action, found)
        del value[Name.AA]
    if "/EF" in keys:
        found.add("pdf-embedded-files")
        del value[Name.EF]
    if "/Subtype" in keys and str(value[Name.Subtype]) in _MEDIA_NOTES and "/Rect" in keys:
        for key in keys & {"/Movie", "/Sound", "/A", *_MEDIA}:
            found.add("pdf-rich-media")
            del value[key]
    if isinstance(value, Stream) and keys & {"/F", "/Ref"}:  # bytes or a page that stand in another file
        found.add("pdf-launch")
        for key in keys & {"/F", "/FFilter", "/FDecodeParms", "/Ref"}:
            del value[key]


def _is_actions(value: Any) -> bool:
    """Return whether a dictionary called AA holds actions: a font or a picture may have that name too."""
    if not isinstance(value, Dictionary):
        return False
    return any(isinstance(part, Dictionary) and {"/S", "/JS"} & set(part.keys()) for part in value.values())


def _empty_if_active(value: Any, found: set[str]) -> None:
    if not isinstance(value, Dictionary):
        return
    kind = value.get(Name.S)
    code = _ACTIONS.get(str(kind)) if isinstance(kind, Name) else None
    if code is None and Name.JS in value:
        code = "pdf-javascript"
    if code is not None:
        found.add(code)
        for key in list(value.keys()):
            del value[key]


def _numbers(source: BinaryIO) -> list[tuple[str, dict[str, int]]]:
    """Look for personal numbers in the text of the pages.

    In a process of its own once more, with less memory: a page may unpack to anything, and the library ends the
    process when there is no more memory.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        found: list[tuple[str, dict[str, int]]] = [("personal-number-unsearched", {})]
        try:
            limit = _memory_now() + TEXT_MEMORY
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            found = _search(source)
        finally:
            os.write(writing, json.dumps(found).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        return [("personal-number-unsearched", {})]
    return [(code, facts) for code, facts in json.loads(answer)]


def _memory_now() -> int:
    """Return the address space of this process in bytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def _search(source: BinaryIO) -> list[tuple[str, dict[str, int]]]:
    import pypdfium2  # noqa: PLC0415 - most of its time is loading

    search, begun = personal.Search(), time.process_time()
    source.seek(0)
    document = pypdfium2.PdfDocument(source)
    for number in range(len(document)):
        if time.process_time() - begun > SEARCHING:
            search.left = -1
            break
        try:
            page = document[number]
            text = page.get_textpage()
            search.feed(text.get_text_range().encode("utf-8", "replace") + b"\n")
            text.close()
            page.close()
        except pypdfium2.PdfiumError:
            continue
    document.close()
    return search.findings()
