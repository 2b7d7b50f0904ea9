"""What checks of a file can find, what follows from each, and the words for it. The one table of what is taken.

A finding is a code and facts. It is kept with the version and told by the trail, so it never holds what was found
itself: no personal number, no address, no script.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sdg_tracker.foundation.errors import words
from sdg_tracker.foundation.i18n import Text, _, lazy


class Policy(StrEnum):
    """What follows from a finding."""

    REFUSE = "refuse"  # the file is not kept
    QUARANTINE = "quarantine"  # kept, but only the coordinator reaches it, until the coordinator releases it
    MARK = "mark"  # taken, and the page of the evidence says what was found


@dataclass(frozen=True)
class Rule:
    """What follows, what was found, and what to do. Of a refusal both stand in one text."""

    policy: Policy
    text: Text
    advice: Text | None = None


def _refuse(text: Text) -> Rule:
    return Rule(Policy.REFUSE, text)


def _quarantine(text: Text, advice: Text) -> Rule:
    return Rule(Policy.QUARANTINE, text, advice)


def _mark(text: Text, advice: Text) -> Rule:
    return Rule(Policy.MARK, text, advice)


_CLEANED = lazy("It is taken out of what others see and of editions. Nothing to do.")
_LOOK = lazy(
    "Look whether it has to be there. If not, take it out of the file and add it as a new version; "
    "else let the coordinator know."
)

RULES: Mapping[str, Rule] = {
    # Any file
    "upload-empty": _refuse(lazy("“%(name)s” is empty. Choose the file again, or save it once more.")),
    "evidence-too-large": _refuse(
        lazy("“%(name)s” is larger than %(limit)s. Make it smaller, or ask to have the limit raised.")
    ),
    "format-not-accepted": _refuse(
        lazy("“%(name)s” is of a kind that can't be kept (%(found)s). Accepted: %(accepted)s.")
    ),
    "format-old-office": _refuse(
        lazy(
            "“%(name)s” is in an old Office format or has a password. "
            "Open it and save it as .docx, .xlsx or .pptx without a password."
        )
    ),
    "format-other-office": _refuse(
        lazy("“%(name)s” is in another office format. Save it as PDF, .docx, .xlsx or .pptx.")
    ),
    "format-web-page": _refuse(lazy("“%(name)s” is a web page or a script. Print it as PDF and upload that.")),
    "format-drawing": _refuse(lazy("“%(name)s” is an SVG drawing, which may hold scripts. Save it as PNG or PDF.")),
    "format-program": _refuse(lazy("“%(name)s” is a program. Programs are not kept.")),
    "format-other-picture": _refuse(lazy("“%(name)s” is a picture of another kind. Save it as JPEG or PNG.")),
    "format-archive": _refuse(lazy("“%(name)s” is an archive. Unpack it and upload the files one by one.")),
    "format-film": _refuse(
        lazy("“%(name)s” is sound or film, which can't be kept here. Upload a still picture instead.")
    ),
    "format-mixed": _refuse(
        lazy("“%(name)s” is not what it begins as: its parts do not fit together. Save it once more.")
    ),
    "file-too-hard": _refuse(
        lazy("“%(name)s” takes too much time or memory to open. Make it simpler, or save it as PDF.")
    ),
    "malware-found": _refuse(
        lazy("“%(name)s” holds harmful code (%(found)s) and is not kept. Tell your IT support where it came from.")
    ),
    "not-scanned": _quarantine(
        lazy("The scanner for harmful code could not be asked."),
        lazy("It is asked again by itself. A file that is found clean leaves the quarantine then."),
    ),
    "name-changed": _mark(
        lazy("The file's name was changed: it held an ending, folders or characters that can mislead."),
        lazy("Check that the file is what you meant to add."),
    ),
    "also-archive": _mark(
        lazy("The file can be read as an archive too; something is hidden in it or behind its end."),
        _CLEANED,
    ),
    # Numbers of persons
    "personal-number": _mark(
        lazy("Numbers in the file that look like CPR numbers: %(count)s."),
        _LOOK,
    ),
    "personal-number-in-name": _mark(
        lazy("The file's name held what looks like a CPR number. It is crossed out in the name."),
        lazy("Look whether the file itself is about a person who must not be named."),
    ),
    "personal-number-unsearched": _mark(
        lazy("Only the first part of the file's text was searched for CPR numbers: it is very long."),
        lazy("Look through the rest yourself."),
    ),
    # Text
    "text-unreadable": _refuse(
        lazy("“%(name)s” holds characters that are no text. Save it as text in UTF-8, or as CSV UTF-8 from Excel.")
    ),
    # Pictures
    "picture-broken": _refuse(
        lazy("“%(name)s” can't be opened as a picture: it is damaged or cut off. Save it once more.")
    ),
    "picture-too-large": _refuse(lazy("“%(name)s” has more than %(limit)s million pixels. Make the picture smaller.")),
    # PDF
    "pdf-broken": _refuse(lazy("“%(name)s” can't be opened as PDF: it is damaged or cut off. Save it once more.")),
    "pdf-locked": _refuse(lazy("“%(name)s” can't be opened without a password. Save the PDF without one.")),
    "pdf-javascript": _mark(lazy("The PDF holds scripts (JavaScript)."), _CLEANED),
    "pdf-launch": _mark(lazy("The PDF wants to start a program or open other files."), _CLEANED),
    "pdf-sends": _mark(lazy("The PDF wants to send or fetch data (a form)."), _CLEANED),
    "pdf-embedded-files": _mark(
        lazy("Other files are attached inside the PDF."),
        lazy("They are taken out of what others see. Add those that show something as evidence of their own."),
    ),
    "pdf-open-action": _mark(lazy("The PDF wants to do something when it is opened."), _CLEANED),
    "pdf-additional-actions": _mark(
        lazy("The PDF wants to do something when a page is turned, a field is filled in or it is printed."), _CLEANED
    ),
    "pdf-xfa": _mark(
        lazy("The PDF holds a form of the XFA kind, which few programs show."),
        lazy("The form is taken out of what others see. Print the filled-in form as PDF and add that, if it is blank."),
    ),
    "pdf-rich-media": _mark(lazy("The PDF holds sound, film or 3D."), _CLEANED),
    # Office and OpenDocument
    "format-macros": _refuse(
        lazy("“%(name)s” holds macros. Save it as .docx, .xlsx or .pptx without macros, or as PDF.")
    ),
    "office-broken": _refuse(lazy("“%(name)s” can't be opened: it is damaged or cut off. Save it once more.")),
    "office-locked": _refuse(lazy("“%(name)s” is locked by a password. Save it without.")),
    "office-unpacks-large": _refuse(
        lazy("“%(name)s” unpacks to more than it should (%(limit)s). Make it smaller, or save it as PDF.")
    ),
    "office-links": _quarantine(
        lazy("The file fetches something from other files or from the net when it is opened."),
        lazy("Let the coordinator look at it, or break the links, save it and add it once more."),
    ),
    "office-embedded": _quarantine(
        lazy("Another file is embedded in the file."),
        lazy("Let the coordinator look at it, or save it as PDF and add that."),
    ),
}
words({code: rule.text for code, rule in RULES.items() if rule.policy is Policy.REFUSE})


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in RULES:
            raise KeyError(self.code)

    @property
    def policy(self) -> Policy:
        """Return what follows from it."""
        return RULES[self.code].policy

    @property
    def text(self) -> str:
        """Return what was found, in the current language."""
        if self.code == "malware-found":  # found after the file was taken: no refusal any more
            return _("The file holds harmful code (%(found)s).", found=self.facts.get("found", ""))
        return RULES[self.code].text.with_facts({"count": "–", **self.facts})

    @property
    def advice(self) -> str:
        """Return what to do, in the current language."""
        if self.code == "malware-found":
            return _("It can't be released. Withdraw the evidence, and tell your IT support where it came from.")
        return str(RULES[self.code].advice or "")

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a row keeps it."""
        return {"code": self.code, "facts": dict(self.facts)}


def of(rows: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return the findings that a row keeps; codes that the program no longer knows are left out."""
    return [Finding(row["code"], row["facts"]) for row in rows if row["code"] in RULES]


def quarantines(found: Iterable[Finding]) -> bool:
    """Return whether a file with these findings is kept apart."""
    return any(finding.policy is not Policy.MARK for finding in found)
