"""The text of files: read in a child, by a job whose row is the truth, so that it can be searched."""

import io
from collections.abc import Callable

import pytest

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import fulltext, reading, searching
from sdg_tracker.evidence.search_models import Searchable
from sdg_tracker.evidence.states import TextState
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.work import Job, Library, Workplace
from tests.evidence import documents, files
from tests.evidence.conftest import Add

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        (documents.docx("Første", "Anden æøå", header1="Hoved"), WORD, "Første Anden æøå Hoved"),
        (documents.xlsx(), EXCEL, "Delte ord Egne ord 4711"),
        (documents.pptx(), POWERPOINT, "Et lysbillede"),
        (documents.odt(), ODT, "Overskrift Et fedt ord"),
        (documents.pdf("Side et: møde", "Side to"), "application/pdf", "Side et: møde Side to"),
        ("\ufeffHej, æbler\n".encode(), "text/plain", "Hej, æbler"),
        ("Æbler;3\n".encode("cp1252"), "text/csv", "Æbler;3"),
        (files.pdf(2), "application/pdf", ""),
    ],
)
def test_the_text_of_a_file_is_read(content: bytes, media_type: str, words: str) -> None:
    assert " ".join(reading.text_of(io.BytesIO(content), media_type).split()) == words


def test_a_text_is_cut_to_its_limit() -> None:
    for content, media_type in (
        (documents.docx(*["ord " * 1000] * 100), WORD),
        (b"ord " * 100_000, "text/plain"),
        ("æ".encode() * 900_000, "text/plain"),
    ):
        assert len(reading.text_of(io.BytesIO(content), media_type)) == reading.LIMIT


def test_what_could_make_much_of_little_is_not_opened() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "boom">]><w:document xmlns:w="%s"><w:t>&b;</w:t></w:document>'
    part = bomb % documents.WORD.encode()
    assert reading.text_of(io.BytesIO(files.docx({"word/document.xml": part})), WORD) == ""


@pytest.fixture
def queued(workplace: Workplace) -> list[Job]:
    """The readings that were queued."""
    found: list[Job] = []
    workplace.enqueue = lambda owed: found.extend(job for job in owed if job[0] == "evidence.text")
    return found


def entry(workplace: Workplace, library: Library, evidence_id: int = 1) -> Searchable:
    with workplace.reading(SYSTEM, library.id) as work:
        found = searching.entry(work, evidence_id)
    assert found is not None
    return found


def test_the_worker_reads_what_was_added(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    added = add(documents.pdf("Referat af mødet"), "referat.pdf", title="Maj").evidence
    assert queued == [("evidence.text", (library.id, added.id, 0))]
    assert entry(workplace, library, added.id).state == TextState.OWED
    perform(workplace, queued[0])
    row = entry(workplace, library, added.id)
    assert (row.state, row.attempt, row.text.strip()) == (TextState.DONE, 1, "Referat af mødet")
    assert row.read.split() == ["referat", "af", "moed"]
    perform(workplace, queued[0])  # a job that comes twice works once
    assert entry(workplace, library, added.id).attempt == 1


def perform(workplace: Workplace, job: Job) -> None:
    jobs.Queue(workplace).perform(job[0], *job[1])


def test_pictures_have_no_text(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    added = add(files.jpeg(), "foto.jpg").evidence
    assert queued == []
    assert entry(workplace, library, added.id).state == TextState.NONE


def test_what_can_not_be_read_is_tried_three_times(
    workplace: Workplace, library: Library, add: Add, queued: list[Job]
) -> None:
    added = add(documents.docx("x"), "a.docx").evidence
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(added.current.rendition_sha256)
    path.chmod(0o600)
    path.write_bytes(b"PK\x03\x04" + b"\x00" * (added.current.rendition_size - 4))
    for attempt in range(3):
        assert entry(workplace, library, added.id).state == TextState.OWED
        fulltext.read(workplace, library.id, added.id, attempt)
    assert entry(workplace, library, added.id).state == TextState.FAILED
    fulltext.read(workplace, library.id, added.id, 3)
    assert entry(workplace, library, added.id).attempt == 3


def test_a_new_version_that_comes_while_an_old_one_is_read_wins(
    workplace: Workplace, library: Library, add: Add, coordinator: Actor, new_version: Callable[..., None]
) -> None:
    added = add(documents.docx("gammel"), "a.docx").evidence
    with workplace.writing(SYSTEM, library.id) as work:
        claimed = fulltext.claim(work, added.id, 0)
    assert claimed is not None
    new_version(coordinator, documents.docx("ny"), "b.docx")
    with workplace.writing(SYSTEM, library.id) as work:
        assert fulltext.finish(work, claimed, "gammel", {"gammel": "gammel"}) is False
    fulltext.read_owed(workplace, library.id)
    assert entry(workplace, library, added.id).text.strip() == "ny"


def test_a_sweep_owes_again_what_was_lost(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    added = add(documents.docx("x"), "a.docx").evidence
    with workplace.writing(SYSTEM, library.id) as work:
        assert fulltext.claim(work, added.id, 0)
    queued.clear()
    kept = workplace.enqueue
    queue = jobs.Queue(workplace)
    queue.put = kept  # type: ignore[method-assign,assignment]
    queue.sweep(at_start=False)
    assert queued == []  # it may still be read
    queue.sweep(at_start=True)
    assert queued == [("evidence.text", (library.id, added.id, 1))]


def test_what_was_here_before_there_was_a_search_becomes_searchable(
    workplace: Workplace, library: Library, add: Add
) -> None:
    ids = [add(documents.docx("x"), "a.docx", title="Haven").evidence.id, add(files.png(), "b.png").evidence.id]
    with workplace.writing(SYSTEM, library.id) as work:
        for evidence_id in ids:  # as the migration leaves it
            row = searching.entry(work, evidence_id)
            assert row is not None
            row.said, row.state = "", TextState.OWED.value
    fulltext.read_owed(workplace, library.id)
    rows = [entry(workplace, library, evidence_id) for evidence_id in ids]
    assert [row.state for row in rows] == [TextState.DONE, TextState.NONE]
    assert "hav" in rows[0].said.split()
    assert "b" in rows[1].said.split()
