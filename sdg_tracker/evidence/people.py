"""People in pictures: who may be shown where, and why not. Nothing here knows a database.

Danish practice since 2019: whether a picture of recognisable people may be published is weighed as a whole, and the
library writes down by what right it does (the public task, or consent). Consent can be withdrawn at any time, and with
children or sensitive matters it is asked for always. Inside the library the picture is evidence of the public task.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sdg_tracker.evidence.media import PICTURES


class People(StrEnum):
    """Whether somebody can be recognised."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"  # nobody has said


class Basis(StrEnum):
    """By what right a picture of recognisable people is used."""

    NONE_NEEDED = "none_needed"
    PUBLIC_TASK = "public_task"
    CONSENT = "consent"


class Scope(StrEnum):
    """Where a picture is shown."""

    INTERNAL_REPORT = "internal_report"
    WEBSITE = "website"
    PRINT = "print"
    SOCIAL_MEDIA = "social_media"


class Reason(StrEnum):
    """Why a picture may not be shown."""

    NOT_PUBLIC = "not_public"  # the library has not marked it
    WITHDRAWN = "withdrawn"  # the piece of evidence
    PAUSED = "paused"  # a consent is withdrawn, and it still shows them
    UNKNOWN = "unknown"
    NO_BASIS = "no_basis"
    CHILDREN = "children"  # without a consent
    SENSITIVE = "sensitive"  # without a consent
    NO_CONSENT = "no_consent"
    EXPIRED = "expired"


PICTORIAL = frozenset({"photo", "video"})  # kinds of evidence


class Piece(Protocol):
    """What the rules ask of a piece of evidence."""

    kind: str
    public: bool
    people: str
    children: bool
    sensitive: bool
    basis: str
    withdrawn_at: datetime | None
    paused_at: datetime | None


class Given(Protocol):
    """What the rules ask of a consent; it has an attribute for each scope too."""

    given_on: date
    expires_on: date | None
    withdrawn_on: date | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class About:
    """What people say of those in a picture."""

    people: People
    children: bool = False
    sensitive: bool = False
    basis: str = ""
    reason: str = ""
    informed: str = ""


def is_picture(kind: str, media_type: str) -> bool:
    """Return whether people can be seen in it."""
    return kind in PICTORIAL or media_type in PICTURES


def answered(said: str, kind: str, media_type: str, before: str = "") -> str:
    """Return what is kept of an answer: without one the answer before, and of a picture that nobody knows."""
    return said or before or (People.UNKNOWN.value if is_picture(kind, media_type) else "")


def status(piece: Piece) -> People | None:
    """Return whether somebody can be recognised; None for what is no picture."""
    if piece.people:
        return People(piece.people)
    return People.UNKNOWN if piece.kind in PICTORIAL else None


def stands(consent: Given, day: date) -> bool:
    """Return whether a consent holds on a day."""
    within = consent.given_on <= day and (consent.expires_on is None or day <= consent.expires_on)
    return within and (consent.withdrawn_on is None or day < consent.withdrawn_on)


def covers(consent: Given, scope: Scope) -> bool:
    """Return whether a consent was given for a use."""
    return bool(getattr(consent, scope.value))


def publication(piece: Piece, consents: Sequence[Given], scope: Scope, day: date) -> tuple[Reason, ...]:
    """Return why a piece may not be shown there on a day; nothing when it may.

    What its auditor sees, who is bound to silence, is another matter: that is never asked here.
    """
    outside = scope is not Scope.INTERNAL_REPORT
    found = [Reason.WITHDRAWN] if piece.withdrawn_at is not None else []
    if piece.paused_at is not None:
        found.append(Reason.PAUSED)
    if outside and not piece.public:
        found.append(Reason.NOT_PUBLIC)
    return (*found, *_about_people(piece, consents, scope, day))


def _about_people(piece: Piece, consents: Sequence[Given], scope: Scope, day: date) -> list[Reason]:
    outside, people = scope is not Scope.INTERNAL_REPORT, status(piece)
    if people is People.UNKNOWN and outside:
        return [Reason.UNKNOWN]
    if people is not People.YES:
        return []
    given = [consent for consent in consents if covers(consent, scope)]
    if any(stands(consent, day) for consent in given):
        return [] if piece.basis or not outside else [Reason.NO_BASIS]
    guarded = [Reason.CHILDREN] if piece.children else []
    guarded += [Reason.SENSITIVE] if piece.sensitive else []
    if outside and guarded:
        return guarded
    if piece.basis == Basis.CONSENT:
        ran_out = any(one.withdrawn_on is None and one.expires_on and one.expires_on < day for one in given)
        return [Reason.EXPIRED if ran_out else Reason.NO_CONSENT]
    return [Reason.NO_BASIS] if outside and not piece.basis else []


def pauses(piece: Piece, consents: Sequence[Given], blurred_at: datetime | None) -> bool:
    """Return whether a consent is withdrawn and its picture may still show those who gave it.

    ``blurred_at`` is when something was blurred last, in the version that counts.
    """
    if piece.people != People.YES:
        return False
    withdrawn = [one.withdrawn_at for one in consents if one.withdrawn_at is not None]
    return bool(withdrawn) and (blurred_at is None or blurred_at < max(withdrawn))
