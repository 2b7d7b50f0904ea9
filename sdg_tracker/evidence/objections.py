"""Somebody in a picture says no: every copy and use is found, what is not frozen is replaced, the rest is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import blurring, queries, uses
from sdg_tracker.evidence.guarding import check_typed
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.people_models import Objection
from sdg_tracker.evidence.uses import Held
from sdg_tracker.foundation.blobs import StoredBlob
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.work import Work

REFERENCE_LONGEST = 200  # characters
GENERATIONS = 10  # copies of renditions of copies that are followed

words(
    {
        "objection-not-blurred": lazy("The picture is not blurred. Blur it first, or withdraw every copy."),
        "objection-day-ahead": lazy("The day lies ahead. Choose the day on which the objection came."),
        "objection-reference-long": lazy("The reference is longer than %(limit)s characters."),
    }
)
trail.declare(
    {
        "evidence.objected": (
            lazy("Objection to a picture"),
            {"objection", "original", "measure", "received_on", "evidence", "editions"},
        ),
        "evidence.closed": (lazy("Earlier versions of a picture closed"), {"versions"}),
    }
)


class Measure(StrEnum):
    """What is done with every copy that is not frozen."""

    WITHDRAWN = "withdrawn"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Copy:
    """A piece of evidence with the picture: the versions that are it, and whether it is what the piece shows now."""

    evidence: Evidence
    versions: tuple[Version, ...]

    @property
    def is_current(self) -> bool:
        """Return whether its newest version is the picture."""
        return self.evidence.current in self.versions


@dataclass(frozen=True)
class Found:
    """Where a picture is: in evidence, and in frozen editions."""

    digests: frozenset[str]  # of every file that is it, also of what was blurred in it
    copies: tuple[Copy, ...]
    editions: tuple[Held, ...]


@dataclass(frozen=True)
class ObjectionDetails:
    """What is written down of an objection; never the name of who objected."""

    received_on: date
    measure: Measure
    reference: str = ""
    version: int | None = None  # ordinal of the picture; None: the newest


def find(work: Work, evidence: Evidence, ordinal: int | None = None) -> Found:
    """Return every copy of the picture that is a version of a piece (else the newest), in the library, and its uses.

    A copy has the same original, or was made of a rendition of it, over and over.
    """
    work.require(Permission.EVIDENCE_OBJECT, evidence)
    digests = {picture(evidence, ordinal).original_sha256}
    versions: Sequence[Version] = ()
    for _generation in range(GENERATIONS):
        same = sa.or_(Version.original_sha256.in_(digests), Version.rendition_sha256.in_(digests))
        versions = work.session.scalars(sa.select(Version).where(same)).all()
        grown = digests | {one.original_sha256 for one in versions} | {one.rendition_sha256 for one in versions}
        if grown == digests:
            break
        digests = grown
    pieces = _pieces(work, {one.evidence_id for one in versions})
    keys = {one.id for one in versions}
    copies = tuple(Copy(piece, tuple(one for one in piece.versions if one.id in keys)) for piece in pieces)
    digests |= {one.thumbnail_sha256 for one in versions if one.thumbnail_sha256}
    return Found(frozenset(digests), copies, tuple(uses.held(work, digests)))


def picture(evidence: Evidence, ordinal: int | None) -> Version:
    """Return the version that an objection is about. Raises NotFound."""
    return evidence.current if ordinal is None else queries.version(evidence, ordinal)


def _pieces(work: Work, keys: set[int]) -> Sequence[Evidence]:
    rows = sa.select(Evidence).where(Evidence.id.in_(keys)).order_by(Evidence.number)
    whole = rows.options(
        selectinload(Evidence.versions),
        selectinload(Evidence.activity),
        selectinload(Evidence.ties).selectinload(Tie.cycle),
        selectinload(Evidence.consents),
    )
    return work.session.scalars(whole).all()


def of(work: Work, number: int) -> list[Objection]:
    """Return the objections that concern a piece of evidence, the latest first."""
    rows = work.session.scalars(sa.select(Objection).order_by(Objection.number.desc()))
    return [row for row in rows if number in row.pieces]


def raise_objection(work: Work, number: int, details: ObjectionDetails, *, no_cpr: bool = False) -> Objection:
    """Write an objection down and replace the picture in everything that is not frozen.

    Every copy is withdrawn, or gets the blurred version of this piece; earlier versions that are the picture are for
    few only from now on. Frozen editions stay, and are named. A piece that is withdrawn already may be where it began.
    """
    evidence = queries.get(work, number)
    for copy in find(work, evidence, details.version).copies:  # by number, so no two steps wait for each other
        queries.get(work, copy.evidence.number, lock=True)
    work.session.expire_all()  # what others saved before they were held
    evidence = queries.get(work, number)
    _check(work, evidence, details, no_cpr=no_cpr)
    found, source = find(work, evidence, details.version), picture(evidence, details.version)
    objection = Objection(
        number=work.next_number("objection"),
        evidence_id=evidence.id,
        received_on=details.received_on,
        reference=details.reference.strip(),
        measure=details.measure.value,
        pieces=[copy.evidence.number for copy in found.copies],
        editions=[held.number for held in found.editions],
        recorded_by=work.actor.number,
        recorded_at=work.at,
    )
    work.session.add(objection)
    for copy in found.copies:
        _replace(work, copy, source, details.measure, objection.number)
    work.session.flush()
    trail.record(
        work,
        "evidence.objected",
        evidence,
        objection=objection.number,
        original=source.original_sha256,
        measure=objection.measure,
        received_on=details.received_on.isoformat(),
        evidence=objection.pieces,
        editions=objection.editions,
    )
    return objection


def _check(work: Work, evidence: Evidence, details: ObjectionDetails, *, no_cpr: bool) -> None:
    if details.measure is Measure.BLURRED and not can_be_replaced(evidence, details.version):
        raise Conflict("objection-not-blurred")
    if details.received_on > work.today:
        raise Invalid("objection-day-ahead", field="received_on")
    if len(details.reference.strip()) > REFERENCE_LONGEST:
        raise Invalid("objection-reference-long", field="reference", limit=REFERENCE_LONGEST)
    if not no_cpr:
        check_typed(reference=details.reference)


def can_be_replaced(evidence: Evidence, ordinal: int | None = None) -> bool:
    """Return whether there is a blurred picture to take the place of the copies."""
    return evidence.withdrawn_at is None and picture(evidence, ordinal).boxes != []


def _replace(work: Work, copy: Copy, source: Version, measure: Measure, objection: int) -> None:
    """Take the picture out of one piece of evidence."""
    piece = copy.evidence
    if copy.is_current and piece.withdrawn_at is None:
        if measure is Measure.WITHDRAWN:
            _withdraw(work, piece, objection)
        elif piece.current.rendition_sha256 != source.rendition_sha256:
            boxes = [blurring.Box(**box) for box in source.boxes]
            blurred = StoredBlob(source.rendition_sha256, source.rendition_size)
            blurring.put(work, piece, piece.current, blurred, boxes)
    _close(work, copy, source, measure)


def _withdraw(work: Work, piece: Evidence, objection: int) -> None:
    with use_locale(work.settings.language):
        reason = _("Objection %(number)s from somebody in the picture.", number=objection)
    piece.withdrawn_at, piece.withdrawn_by, piece.withdrawn_reason = work.at, work.actor.number, reason
    work.session.flush()
    trail.record(work, "evidence.withdrawn", piece)


def _close(work: Work, copy: Copy, source: Version, measure: Measure) -> None:
    """Let few only see the versions that are the picture, and let none of them count any more."""
    piece = copy.evidence
    stays = source.rendition_sha256 if measure is Measure.BLURRED else ""
    closing = [one for one in copy.versions if one.closed_at is None and one.rendition_sha256 != stays]
    for one in closing:
        blurring.close(work, one)
    if piece.accepted_version in [one.ordinal for one in copy.versions if one.rendition_sha256 != stays]:
        piece.accepted_version = None  # a later one that shows something else is reviewed by itself
    work.session.flush()
    if closing:
        trail.record(work, "evidence.closed", piece, versions=[one.ordinal for one in closing])
