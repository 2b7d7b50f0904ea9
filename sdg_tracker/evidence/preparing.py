"""What a piece of evidence that came or changed is owed: its place in the search, its text, its small picture."""

from sdg_tracker.attempts import Attempts
from sdg_tracker.evidence import reading, searching
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.search_models import Searchable
from sdg_tracker.evidence.states import TextState, ThumbnailState
from sdg_tracker.foundation.text import search_text
from sdg_tracker.work import Work

THUMBNAIL_JOB = "evidence.thumbnail"
TEXT_JOB = "evidence.text"
THUMBNAILS = Attempts(
    Version,
    THUMBNAIL_JOB,
    owed=ThumbnailState.OWED.value,
    working=ThumbnailState.MAKING.value,
    failed=ThumbnailState.FAILED.value,
    prefix="thumbnail_",
    since="added_at",
)
TEXTS = Attempts(
    Searchable,
    TEXT_JOB,
    owed=TextState.OWED.value,
    working=TextState.READING.value,
    failed=TextState.FAILED.value,
    key="evidence_id",
)


def index(work: Work, evidence: Evidence, *, file: bool = False) -> None:
    """Let it be found by what is said of it; ``file``: its newest file is to be read too."""
    row = searching.index(work, evidence)
    if not file:
        return
    readable = evidence.current.media_type in reading.READABLE
    row.state, row.beat = (TextState.OWED if readable else TextState.NONE).value, work.at
    row.text = row.read = ""
    if readable:
        work.session.flush()
        TEXTS.owe(work, row)


def searched(evidence: Evidence) -> str:
    """Return the text that lists look into: what it is called, what is said of it, and the names of its files."""
    names = [version.file_name for version in evidence.versions]
    return search_text(evidence.title, evidence.description, *names)


def thumbnail_state(wanted: bool) -> str:
    """Return the state that a version begins with."""
    return (ThumbnailState.OWED if wanted else ThumbnailState.NONE).value


def owe_thumbnail(work: Work, version: Version) -> None:
    """Owe the small picture of a version that lacks it."""
    if version.thumbnail_state == ThumbnailState.OWED.value:
        THUMBNAILS.owe(work, version)
