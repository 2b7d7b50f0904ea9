"""The way out for the files of evidence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import media, queries, rules, thumbnails
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.views import blueprint, reached
from sdg_tracker.foundation.errors import Conflict, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web import lifecycle
from sdg_tracker.web.files import download as download_of
from sdg_tracker.web.files import file_answer, was_sent
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import reading

log = logging.getLogger(__name__)
words(
    {
        "evidence-damaged": lazy(
            "The stored file of evidence %(number)s is missing or was changed. Tell whoever runs the program: "
            "sdg-tracker verify names it."
        ),
    }
)


@blueprint.get("/evidence/<int:number>/versions/<int:ordinal>/file")
@allow(Permission.EVIDENCE_READ, logged=True)
def download(number: int, ordinal: int) -> ResponseReturnValue:
    """Send a version as others see it."""
    evidence = reached(number, queries.with_versions)
    version = queries.version(evidence, ordinal)
    if version.quarantined:  # an earlier one that a later one has superseded
        reading().require(Permission.EVIDENCE_QUARANTINE, evidence)
    if version.closed_at is not None:  # it shows what is blurred now, or whom somebody objected for
        reading().require(Permission.EVIDENCE_ORIGINAL, evidence)
    return _sent(evidence, version, "rendition")


@blueprint.get("/evidence/<int:number>/versions/<int:ordinal>/original")
@allow(Permission.EVIDENCE_ORIGINAL, logged=True)
def original(number: int, ordinal: int) -> ResponseReturnValue:
    """Send a version as it was received, to those who may."""
    evidence = queries.with_versions(reading(), number)
    reading().require(Permission.EVIDENCE_ORIGINAL, evidence)
    version = queries.version(evidence, ordinal)
    return _sent(evidence, version, "original")


@blueprint.get("/evidence/<int:number>/thumbnail")
@allow(Permission.EVIDENCE_READ)
def thumbnail(number: int) -> ResponseReturnValue:
    """Send the small picture of the current version."""
    evidence = reached(number, queries.with_versions)
    kept = thumbnails.kept(evidence.current)
    response = file_of(number, kept.sha256, kept.size, media.JPEG)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=86400"  # its address names the version
    return response


def _sent(evidence: Evidence, version: Version, role: str) -> Response:
    name = version.file_name
    if role == "original":
        media_type = version.original_type or version.media_type
        name = rules.name_of_rendition(name, media_type)
        shown_as = "application/octet-stream" if media_type == media.HTML else media_type  # never a page of ours
        kept = (version.original_sha256, version.original_size, shown_as)
    else:
        kept = (version.rendition_sha256, version.rendition_size, version.media_type)
    with told_damaged(evidence.number):
        response = download_of(reading(), *kept, name)
    if was_sent(response):
        lifecycle.note_access("evidence.downloaded", evidence, version=version.ordinal, role=role)
    return response


def file_of(number: int, sha256: str, size: int, media_type: str) -> Response:
    """Return an answer that streams a blob, whole or in part, and can do nothing in a browser."""
    with told_damaged(number):
        return file_answer(reading().blobs.open(sha256, size), sha256, size, media_type)


@contextmanager
def told_damaged(number: int) -> Iterator[None]:
    """Say of a file that is missing or changed which evidence it belongs to."""
    try:
        yield
    except Problem as problem:
        log.error("evidence %s: %s", number, problem)
        raise Conflict("evidence-damaged", number=number) from problem
