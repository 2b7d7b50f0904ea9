"""Corrections after issue: the edition stays as it is, and the next one of its kind and period prints them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.editions import queries
from sdg_tracker.editions.models import Correction, Edition, State
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.work import Work

LONGEST = 2000  # characters of a text


class About(StrEnum):
    """What a correction is about."""

    REQUIREMENT = "requirement"
    EXHIBIT = "exhibit"
    FIGURE = "figure"
    OTHER = "other"


ABOUT_NAMES: Mapping[str, Text] = {
    About.REQUIREMENT.value: lazy("Requirement"),
    About.EXHIBIT.value: lazy("Exhibit"),
    About.FIGURE.value: lazy("Figure"),
    About.OTHER.value: lazy("Something else"),
}
words(
    {
        "correction-not-issued": lazy("Only an edition whose files are made can be corrected."),
        "correction-text-needed": lazy("Write it; it is printed in the next edition."),
        "correction-text-long": lazy("Say it in at most %(most)s characters."),
        "correction-nothing": lazy("What stands there and what is right are the same."),
        "correction-requirement-none": lazy("This edition has no requirement %(key)s."),
        "correction-exhibit-none": lazy("This edition has no exhibit %(key)s."),
    }
)
trail.declare(
    {"edition.corrected": (lazy("Correction noted to an edition"), {"ordinal", "about", "key", "old", "new", "reason"})}
)


@dataclass(frozen=True)
class Details:
    """A correction as somebody writes it; ``key`` is a requirement's code, an exhibit's number, a figure's name."""

    about: About
    key: str
    old: str
    new: str
    reason: str


def note(work: Work, number: int, details: Details) -> Correction:
    """Note what stands wrong in an issued edition. Raises Invalid with the field, Conflict before it is issued."""
    work.lock_library()
    edition = queries.get(work, number)
    work.require(Permission.EDITION_CORRECT, edition)
    if edition.state != State.READY:
        raise Conflict("correction-not-issued")
    texts = {name: getattr(details, name).strip() for name in ("key", "old", "new", "reason")}
    for name, text in texts.items():
        if not text:
            raise Invalid("correction-text-needed", field=name)
        if len(text) > LONGEST:
            raise Invalid("correction-text-long", field=name, most=LONGEST)
    if texts["old"] == texts["new"]:
        raise Invalid("correction-nothing", field="new")
    _check_key(work, edition, details.about, texts["key"])
    correction = Correction(
        edition_id=edition.id,
        ordinal=max((one.ordinal for one in edition.corrections), default=0) + 1,
        about=details.about.value,
        noted_at=work.at,
        noted_by=work.actor.number,
        **texts,
    )
    work.session.add(correction)
    work.session.flush()
    trail.record(work, "edition.corrected", edition, ordinal=correction.ordinal, about=correction.about, **texts)
    return correction


def _check_key(work: Work, edition: Edition, about: About, key: str) -> None:
    """Raise Invalid when a requirement or exhibit is not in the edition."""
    if about not in (About.REQUIREMENT, About.EXHIBIT):
        return
    with work.blobs.open(edition.fingerprint, edition.snapshot_size) as file:
        snapshot = json.load(file)
    if about is About.REQUIREMENT and key not in {row["code"] for row in snapshot.get("requirements", ())}:
        raise Invalid("correction-requirement-none", field="key", key=key)
    if about is About.EXHIBIT and key not in {str(row["exhibit"]) for row in snapshot.get("evidence", ())}:
        raise Invalid("correction-exhibit-none", field="key", key=key)


def to_print(work: Work, earlier: Sequence[Edition]) -> list[dict[str, Any]]:
    """Return for a snapshot what was noted to the earlier editions since the last of them was frozen."""
    if not earlier:
        return []
    numbers = {edition.id: edition.number for edition in earlier}
    rows = sa.select(Correction).where(Correction.edition_id.in_(numbers), Correction.noted_at >= earlier[-1].frozen_at)
    zone = ZoneInfo(work.library.timezone)
    noted: Sequence[Correction] = work.session.scalars(rows.order_by(Correction.edition_id, Correction.ordinal)).all()
    return [
        {
            "edition": numbers[one.edition_id],
            "about": one.about,
            "key": one.key,
            "old": one.old,
            "new": one.new,
            "reason": one.reason,
            "noted_on": one.noted_at.astimezone(zone).date().isoformat(),
        }
        for one in noted
    ]
