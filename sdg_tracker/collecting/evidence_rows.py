"""The library's evidence, as a snapshot has it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from PIL import Image

from sdg_tracker.activities.models import Activity
from sdg_tracker.collecting.heading import zone
from sdg_tracker.collecting.plain import Row, day, moment
from sdg_tracker.collecting.vocabulary import Terms, term
from sdg_tracker.evidence import proofs
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.showing import may_be_shown
from sdg_tracker.evidence.states import TICKS, State, ThumbnailState
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.keeping.models import Fixity, Result
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

THUMBNAIL = "image/jpeg"  # what evidence.pictures makes


def evidence(work: Work, words: Terms, cycle: Cycle | None) -> list[Row]:
    """Return the evidence that counts, by number, each with what it shows in the cycle; without one it shows nothing.

    Of what was accepted it is the version accepted last; what nobody has accepted is marked as submitted. Drafts, what
    was sent back, what is withdrawn, and pictures of those who took their consent back are not in it. ``public`` says
    what may be shown outside the library today, see evidence.people.

    Exhibits are numbered later. Three statements, however much; of thumbnails the first bytes are read.
    """
    ties = _ties(work, cycle) if cycle is not None else {}
    local = zone(work)
    columns = (
        Evidence.id,
        Evidence.number,
        Evidence.title,
        Evidence.description,
        Evidence.kind,
        Evidence.collected_on,
        Evidence.added_at,
        may_be_shown(work.today).label("public"),
        Evidence.alt,
        Evidence.source,
        Evidence.language,
        Evidence.valid_until,
        Evidence.accepted_version,
        Activity.number.label("activity"),
        Link.url,
        Link.seen_on,
        Link.copied_at,
    )
    rows = sa.select(*columns).outerjoin(Evidence.activity).outerjoin(Evidence.link).where(Evidence.counts)
    pieces = work.session.execute(rows.order_by(Evidence.number)).all()
    versions = _versions(work)
    return [
        {
            "exhibit": 0,
            "number": row.number,
            "title": row.title,
            "description": row.description,
            "kind": term(words, "evidence-kind", row.kind),
            "state": (State.SUBMITTED if row.accepted_version is None else State.ACCEPTED).value,
            "collected_on": day(row.collected_on),
            "added_on": day(row.added_at.astimezone(local).date()),
            "public": bool(row.public),
            "alt": row.alt,
            "source": row.source,
            "language": row.language,
            "valid_until": day(row.valid_until),
            "activity": row.activity,
            "requirements": _proved(ties.get(row.id, ()), versions[row.id]),
            "link": None
            if row.url is None
            else {
                "url": row.url,
                "seen_on": day(row.seen_on),
                "copied_on": day(row.copied_at.astimezone(local).date()),
            },
            **_file(work.blobs, versions[row.id]),
        }
        for row in pieces
    ]


def _ties(work: Work, cycle: Cycle) -> Mapping[int, list[Row]]:
    ticked = [getattr(Tie, tick) for tick in TICKS]
    proof = (Tie.proof, Tie.proof_sha256, Tie.proof_size)
    columns = (Tie.evidence_id, Tie.requirement_code, Tie.pages, Tie.strength, *proof, *ticked)
    rows = sa.select(*columns).where(Tie.cycle_id == cycle.id)
    found: dict[int, list[Row]] = defaultdict(list)
    for evidence_id, code, pages, strength, marked, sha256, size, *ticks in work.session.execute(
        rows.order_by(Tie.requirement_code)
    ):
        made = [tick for tick, ticked in zip(TICKS, ticks, strict=True) if ticked]
        tie = {"code": code, "pages": pages, "strength": strength or None, "ticks": made}
        if marked is not None:
            picture = {"sha256": sha256, "size": size, "media_type": proofs.MEDIA_TYPE}
            tie["proof"] = {"page": marked["page"], "of": marked["of"], **picture}
        found[evidence_id].append(tie)
    return found


def _proved(ties: Iterable[Row], version: Any) -> list[Row]:
    """Return the ties without marked pages of another version of the file, and without saying of which they are."""
    found = []
    for tie in ties:
        proof = tie.get("proof")
        kept = {key: value for key, value in tie.items() if key != "proof"}
        if proof is not None and proof["of"] == version.rendition_sha256:
            kept["proof"] = {key: value for key, value in proof.items() if key != "of"}
        found.append(kept)
    return found


def _versions(work: Work) -> Mapping[int, Any]:
    """Return the version of each piece that counts: the one accepted last, else the newest."""
    columns = (
        Version.evidence_id,
        Version.media_type,
        Version.original_sha256,
        Version.rendition_sha256,
        Version.rendition_size,
        Version.thumbnail_sha256,
        Version.thumbnail_size,
        Version.thumbnail_state,
        Fixity.checked_at,
        Fixity.result,
    )
    accepted = Evidence.accepted_version
    rows = work.session.execute(
        sa.select(*columns)
        .join(Version.evidence)
        .outerjoin(Fixity, Fixity.sha256 == Version.rendition_sha256)
        .where(sa.or_(accepted.is_(None), accepted == Version.ordinal))
        .order_by(Version.evidence_id, Version.ordinal)
    )
    return {row.evidence_id: row for row in rows}  # a later version takes the place of an earlier one


def _file(blobs: Blobs, version: Any) -> Row:
    drawn = version.thumbnail_state == ThumbnailState.DONE.value and version.thumbnail_sha256 is not None
    return {
        "media_type": version.media_type,
        "sha256": version.rendition_sha256,
        "size": version.rendition_size,
        "original_sha256": version.original_sha256,
        "fixity": _fixity(version.checked_at, version.result),
        "file": "",
        "thumbnail": _thumbnail(blobs, version.thumbnail_sha256, version.thumbnail_size or 0) if drawn else None,
    }


def _fixity(at: datetime | None, result: str | None) -> Row | None:
    """Return the last reading of a stored file as an event in the words of PREMIS, None where there was none."""
    if at is None:
        return None
    return {"event": "fixity check", "at": moment(at), "outcome": "pass" if result == Result.OK.value else "fail"}


def _thumbnail(blobs: Blobs, sha256: str, size: int) -> Row | None:
    """Return a thumbnail with its sides in pixels, None for one that is lost or damaged: it can be drawn again."""
    try:
        with blobs.open(sha256, size) as file, Image.open(file, formats=["JPEG"]) as picture:
            width, height = picture.size
    except (Problem, OSError):
        return None
    return {"sha256": sha256, "size": size, "media_type": THUMBNAIL, "width": width, "height": height}
