"""A public page and all that belongs to it, as bytes: made once and kept in memory under what they are made of."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from sdg_tracker.audit.frozen import frozen
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import LOCALES, use_locale
from sdg_tracker.publishing import card, linked, page, photos, public, tables
from sdg_tracker.publishing.public import Public, Row
from sdg_tracker.publishing.rules import Place, Settings
from sdg_tracker.publishing.still import Still

T = TypeVar("T")
KEPT = 48  # pages, tables and what they are made of, in memory
_kept: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def _once(key: str, make: Callable[[], T]) -> T:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: T = _kept[key]
            return found
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


@dataclass(frozen=True)
class Shown:
    """A report as everybody sees it: with these choices, at this place, of this evidence."""

    blobs: Blobs
    edition: Edition
    settings: Settings
    place: Place
    still: Still
    drawn: frozenset[int] | None = None  # exhibits whose pictures there are; None: all that are wanted

    @cached_property
    def digest(self) -> str:
        """Return what tells one page from another: the report's fingerprint, and what is let through of it."""
        made_of = {
            "renderer": page.renderer(),
            "fingerprint": self.edition.fingerprint,
            "settings": self.settings.data(),
            "still": self.still.data(),
            "drawn": None if self.drawn is None else sorted(self.drawn),
            "place": [self.place.address, self.place.static],
        }
        return sha256(canonical(made_of)).hexdigest()

    @cached_property
    def found(self) -> Public:
        """Return what is let through, and what is not."""
        return _once(f"{self.digest} data", self._let_through)

    def _let_through(self) -> Public:
        return public.of(frozen(self.blobs, self.edition).snapshot, self.settings, self.still, self.drawn)

    def tag(self, name: str, language: str) -> str:
        """Return the entity tag of one of the page's files in a language; nothing has to be made for it."""
        return sha256(f"{self.digest} {language} {name}".encode()).hexdigest()[:32]

    def page(self, language: str) -> bytes:
        """Return the page."""
        return self._made("page", language, partial(self._page, language))

    def _page(self, language: str, data: Row, settings: Settings, place: Place) -> bytes:
        return page.render(data, settings, place, self._edition, language)

    def goals(self, goal: str, language: str) -> bytes:
        """Return the goals alone, or one of them."""
        return self._made(
            f"goals {goal}",
            language,
            partial(page.render_goals, goal=goal, language=language),
        )

    def tables(self, language: str) -> bytes:
        """Return the page that lists the tables."""
        return self._made("data", language, partial(page.render_data, language=language))

    def file(self, name: str, language: str) -> tuple[bytes, str]:
        """Return one of the files of the open data with its media type. Raises NotFound."""
        if name == tables.DESCRIPTOR:
            return self._made(name, language, tables.descriptor), "application/json"
        if name == linked.NAME:
            return self._made(name, language, linked.whole), "application/ld+json"
        table = name.removesuffix(".csv")
        if table == name or table not in tables.given(self.found.data, self.settings):
            raise NotFound("not-found")
        return self._made(name, "", lambda data, *_rest: tables.content(data, table)), "text/csv; charset=utf-8"

    def _made(self, name: str, language: str, make: Callable[[Row, Settings, Place], bytes]) -> bytes:
        def made() -> bytes:
            with use_locale(language or "en"):
                return make(self.found.data, self.settings, self.place)

        return _once(self.tag(name, language), made)

    @property
    def _edition(self) -> Mapping[str, Any]:
        site = frozen(self.blobs, self.edition).snapshot["site"]
        code = self.edition.short_code
        return {"number": self.edition.number, "code": code, "check": f"{site}/verify?code={code}"}

    def pictures(self) -> dict[str, int | None]:
        """Return the names of the page's pictures, each with the exhibit that it shows."""
        data = self.found.data
        sizes = {row["exhibit"]: row["sizes"] for row in data["evidence"] if "sizes" in row}
        found: dict[str, int | None] = {
            photos.name(exhibit, width): exhibit
            for exhibit in public.used_pictures(data)
            for width, _height in sizes.get(exhibit, ())
        }
        return found | {card.name(language): None for language in LOCALES}

    def picture(self, name: str) -> bytes:
        """Draw one of the page's pictures. Raises NotFound."""
        if name not in self.pictures():
            raise NotFound("not-found")
        exhibit, data = self.pictures()[name], self.found.data
        if exhibit is None:
            language = next(one for one in LOCALES if card.name(one) == name)
            library = data["library"]
            with use_locale(language):
                return card.drawn((library["name_en"] if language == "en" else "") or library["name"], data)
        sizes = next(row["sizes"] for row in data["evidence"] if row["exhibit"] == exhibit)
        size = next(one for one in sizes if photos.name(exhibit, one[0]) == name)
        kept = frozen(self.blobs, self.edition).exhibit(exhibit)["thumbnail"]
        with self.blobs.open(kept["sha256"], kept["size"]) as source:
            return photos.drawn(source, size)
