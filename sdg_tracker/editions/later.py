"""What was added to a PDF after it was signed: proofs and time stamps may be, and nothing that anybody sees.

Every object of the signed revision is held against the one that a reader finds now. pyHanko has an analysis of its own,
which lets more pass and whose time grows with the square of the objects in a report.
"""

import io
import re
from collections.abc import Collection
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Object, Pdf, Stream

GROWS = frozenset({"/DSS", "/AcroForm", "/Extensions", "/Version"})  # of the catalogue
FORM_GROWS = frozenset({"/Fields", "/SigFlags"})
NOWHERE = "[ 0 0 0 0 ]"
_MODIFIED = re.compile(rb'xmp:(ModifyDate|MetadataDate)="[0-9T:+.Z-]*"')
Key = tuple[int, int]


def only_proofs(content: bytes, signed: int) -> bool:
    """Return whether what follows the first ``signed`` bytes adds validation data and time stamps without a place."""
    if len(content) == signed:
        return True
    with pikepdf.open(io.BytesIO(content[:signed])) as old, pikepdf.open(io.BytesIO(content)) as new:
        return _Growth(old, new).holds()


class _Growth:
    def __init__(self, old: Pdf, new: Pdf) -> None:
        self.old, self.new = old, new
        self.form = old.Root.get("/AcroForm", Dictionary())
        self.stamps: set[str] = set()  # the fields that are new
        lists: list[Any] = [page.obj.get("/Annots") for page in old.pages] + [self.form.get("/Fields")]
        self.lists = {one.objgen for one in lists if isinstance(one, Array) and one.is_indirect}
        self.pages = {page.obj.objgen for page in old.pages}

    def holds(self) -> bool:
        """Return whether each object is as it was, or grew as it may."""
        if any(_text(self.old.trailer.get(key)) != _text(self.new.trailer.get(key)) for key in ("/Root", "/Info")):
            return False
        if not self._form_holds():
            return False
        numbers = range(1, int(self.old.trailer["/Size"]))
        return all(self._object_holds(self.old.get_object(n, 0), self.new.get_object(n, 0)) for n in numbers)

    def _form_holds(self) -> bool:
        """Hold the fields against each other; those that are new must be time stamps."""
        now = self.new.Root.get("/AcroForm", Dictionary())
        before, after = list(self.form.get("/Fields", [])), list(now.get("/Fields", []))
        if not _same(self.form, now, FORM_GROWS) or not _begins(after, before):
            return False
        added = after[len(before) :]
        self.stamps = {_text(field) for field in added}
        return all(_is_stamp(field) for field in added)

    def _object_holds(self, old: Any, new: Any) -> bool:
        key = _key(old)
        if key == self.form.objgen or _text(old, whole=True) == _text(new, whole=True):
            return True  # the form has been looked at
        if key == self.old.Root.objgen:
            return _same(old, new, GROWS)
        if key == _key(self.old.trailer.get("/Info")):
            return _same(old, new, {"/ModDate"})
        if key in self.pages:
            return _same(old, new, {"/Annots"}) and self._list_holds(old.get("/Annots", []), new.get("/Annots", []))
        if isinstance(old, Stream):
            return key == _key(self.old.Root.get("/Metadata")) and _undated(old) == _undated(new)
        return key in self.lists and self._list_holds(old, new)

    def _list_holds(self, old: Any, new: Any) -> bool:
        """Return whether a list goes on as it was, and all that it has more are time stamps."""
        before, after = list(old), list(new)
        return _begins(after, before) and all(_text(one) in self.stamps for one in after[len(before) :])


def _key(found: Any) -> Key | None:
    return found.objgen if isinstance(found, Object) else None


def _undated(found: Any) -> bytes:
    """Return metadata without the moment of the last change, which each revision writes anew."""
    return _MODIFIED.sub(b"", found.read_bytes()) if isinstance(found, Stream) else b""


def _begins(after: list[Any], before: list[Any]) -> bool:
    return [_text(one) for one in after[: len(before)]] == [_text(one) for one in before]


def _is_stamp(field: Any) -> bool:
    value = field.get("/V", Dictionary())
    plain = _text(field.get("/FT")) == "/Sig" and _text(value.get("/Type")) == "/DocTimeStamp"
    return plain and _text(field.get("/Rect")) == NOWHERE and "/AP" not in field and "/Kids" not in field


def _same(old: Any, new: Any, grows: Collection[str]) -> bool:
    if not isinstance(old, Dictionary) or not isinstance(new, Dictionary):
        return False
    names = (set(old.keys()) | set(new.keys())) - set(grows)
    return all(_text(old.get(name)) == _text(new.get(name)) for name in names)


def _text(found: Any, *, whole: bool = False) -> str:
    """Return an object as text: a reference as such, or ``whole`` what it leads to and the bytes of a stream."""
    if not isinstance(found, Object):
        return repr(found)
    if isinstance(found, Stream) and whole:
        return f"{found.stream_dict.unparse()!r}{found.read_raw_bytes()!r}"
    text = found.unparse(resolved=whole)
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)
