"""What every printed edition says of itself: number, code, where to check it, and the exhibits it holds."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import segno
from markupsafe import Markup

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing import codes
from sdg_tracker.printing.sources import Sources
from sdg_tracker.printing.texts import said

Snapshot = Mapping[str, Any]


def in_language(snapshot: Snapshot, language: str) -> Snapshot:
    """Return what is printed in a second language, with the title in it; empty: the snapshot as it was frozen."""
    if not language:
        return snapshot
    return {**snapshot, "language": language, "title": snapshot["composition"]["title_also"] or snapshot["title"]}


@dataclass(frozen=True)
class Head:
    """An edition as its pages name it."""

    snapshot: Snapshot
    fingerprint: str

    @property
    def language(self) -> str:
        """Return ``da`` or ``en``."""
        return str(self.snapshot["language"])

    @property
    def number(self) -> int:
        """Return the edition's number."""
        return int(self.snapshot["number"])

    @property
    def library(self) -> str:
        """Return the library's name in the language of the edition."""
        named = self.snapshot["library"]
        return str((named["name_en"] if self.language == "en" else "") or named["name"])

    @property
    def timezone(self) -> str:
        """Return the time zone in which moments are printed."""
        return str(self.snapshot["library"]["timezone"])

    @property
    def composition(self) -> Mapping[str, Any]:
        """Return what was chosen for the edition; empty where it holds everything."""
        found: Mapping[str, Any] = self.snapshot.get("composition", {})
        return found

    @property
    def other(self) -> tuple[str, str] | None:
        """Return the second language of the edition and what the names of its files end with; None where it has one."""
        languages = self.composition.get("languages", [])
        if len(languages) < 2:
            return None
        language = languages[0] if self.suffix else languages[1]
        return language, "" if self.suffix else f"-{language}"

    @property
    def suffix(self) -> str:
        """Return what the names of files in this language end with before their dot: empty for the first language."""
        languages = self.composition.get("languages", [self.language])
        return "" if self.language == languages[0] else f"-{self.language}"

    @property
    def draft(self) -> bool:
        """Return whether the pages are only to be looked at before freezing."""
        return bool(self.snapshot.get("draft"))

    @property
    def code(self) -> str:
        """Return the first twelve digits of the fingerprint in groups of four, as people type them."""
        return "-".join(self.fingerprint[start : start + 4] for start in (0, 4, 8))

    @property
    def site(self) -> str:
        """Return the address of the installation, without a slash at its end."""
        return str(self.snapshot["site"]).rstrip("/")

    @property
    def check_address(self) -> str:
        """Return where anybody can ask whether the edition is intact."""
        return f"{self.site}/verify?code={self.code}"

    @cached_property
    def qr(self) -> Markup:
        """Return the QR code of the check address as the path of an SVG; ``qr_side`` is its width and height."""
        return codes.qr(self.check_address)[0]

    @cached_property
    def qr_side(self) -> int:
        """Return the side of the QR code in modules, the quiet zone included."""
        return codes.qr(self.check_address)[1]

    @cached_property
    def branches(self) -> dict[str, str]:
        """Return the names of the houses by their codes."""
        english = self.language == "en"
        return {
            row["code"]: (row["name_en"] if english else "") or row["name"]
            for row in self.snapshot["library"]["branches"]
        }

    def place(self, period: str) -> str:
        """Return the year, the house, or both, for which something is needed: its code in words."""
        return ", ".join(self.branches.get(part, part) for part in period.split(" ") if part)

    @cached_property
    def goals(self) -> dict[str, str]:
        """Return the short names of the goals by their codes."""
        with use_locale(self.language):
            return {goal["code"]: said(goal["title"]) for goal in self.snapshot["goals"]}

    @cached_property
    def exhibits(self) -> dict[int, Mapping[str, Any]]:
        """Return the evidence by the number of its exhibit."""
        return {row["exhibit"]: row for row in self.snapshot["evidence"]}

    @property
    def with_files(self) -> bool:
        """Return whether the bag holds the exhibits' files; a dossier can be composed without them."""
        return bool(self.snapshot.get("composition", {}).get("files", True))

    @cached_property
    def activities(self) -> dict[int, Mapping[str, Any]]:
        """Return the activities by their numbers."""
        return {row["number"]: row for row in self.snapshot["activities"]}

    def small_qr(self) -> bytes:
        """Return the QR code for the foot of each page, as a PNG of one bit a pixel."""
        out = io.BytesIO()
        segno.make(self.check_address, error="l", micro=False).save(out, kind="png", scale=4, border=2)
        return out.getvalue()

    @property
    def pictures(self) -> dict[str, tuple[int, str]]:
        """Return size and media type of the pictures that the pages may show, by their digests."""
        found = {
            row["thumbnail"]["sha256"]: (row["thumbnail"]["size"], row["thumbnail"]["media_type"])
            for row in self.snapshot["evidence"]
            if row["thumbnail"]
        }
        for row in self.snapshot["evidence"]:
            shown = [tie["proof"] for tie in row["requirements"] if "proof" in tie]
            found |= {proof["sha256"]: (proof["size"], proof["media_type"]) for proof in shown}
        if logo := self.composition.get("logo"):
            found[logo["sha256"]] = (logo["size"], logo["media_type"])
        return found

    def sources(self, blobs: Blobs) -> Sources:
        """Return what the edition's pages may show."""
        return Sources(blobs, self.pictures, {"qr": (self.small_qr(), "image/png")})


def named(person: Mapping[str, str]) -> str:
    """Return the name of a partner or campaign in the current language."""
    return said({"da": person["name"], "en": person["name_en"] or person["name"]})
