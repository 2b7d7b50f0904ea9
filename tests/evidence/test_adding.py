"""Evidence is added, and what that leaves in the trail."""

import io
from datetime import date

import pytest

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import adding, counting, file_queries, intake, queries, revising
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add, events, faults
from tests.factories import Factories


def test_evidence_is_added_with_what_the_file_tells(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, add: Add
) -> None:
    activity = make.activity(library, "Byttemarked")
    content = files.jpeg(exif=files.exif())
    added = add(content, "Høst_marked.jpg", activity=activity.number, collected_on=date(2026, 1, 15))
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, added.evidence.number)
        assert (evidence.number, evidence.title, evidence.kind) == (1, "Høst marked", "photo")
        assert evidence.activity is not None
        assert evidence.activity.number == activity.number
        assert (evidence.added_by, evidence.added_at) == (coordinator.number, work.at)
        version = evidence.current
        assert (version.ordinal, version.file_name, version.media_type) == (1, "Høst_marked.jpg", "image/jpeg")
        assert version.original_size == len(content)
        assert version.original_sha256 != version.rendition_sha256
    [(action, facts)] = events(workplace, library, 1)
    assert action == "evidence.added"
    assert facts == {
        "version": 1,
        "kind": "photo",
        "media_type": "image/jpeg",
        "original": version.original_sha256,
        "rendition": version.rendition_sha256,
    }
    assert faults(workplace, library) == []


@pytest.mark.parametrize(
    ("details", "code", "field"),
    [
        ({"kind": "rumour"}, "evidence-kind-unknown", "kind"),
        ({"title": "x" * 301}, "evidence-title-long", "title"),
        ({"collected_on": date(2026, 3, 3)}, "evidence-day-ahead", "collected_on"),
        ({"activity": 99}, "evidence-activity-unknown", "activity"),
    ],
)
def test_what_is_said_has_to_hold(
    workplace: Workplace, library: Library, add: Add, details: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as error:
        add(**details)
    assert (error.value.code, error.value.field) == (code, field)
    with workplace.reading(SYSTEM, library.id) as work:
        assert counting.counts(work).evidence == 0
        assert work.library.numbers == {}


def test_several_files_of_one_form_are_one_step(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    with workplace.reading(coordinator) as work:
        received, _refused = intake.receive_all(
            work, [(io.BytesIO(b"one"), "en.txt"), (io.BytesIO(b"two"), "to.txt"), (io.BytesIO(b"three"), "tre.txt")]
        )
    with workplace.writing(coordinator) as work:
        added = adding.add_all(work, received, EvidenceDetails(title="Møder"))
        assert [one.evidence.title for one in added] == ["Møder (1)", "Møder (2)", "Møder (3)"]
    with workplace.writing(coordinator) as work:
        added = adding.add_all(work, received[:1], EvidenceDetails(title="Møde"))
        assert [one.evidence.title for one in added] == ["Møde"]
        assert added[0].held_by == (1,)
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        adding.add_all(work, received, EvidenceDetails(), [Wanted(1, "X9")])
    with workplace.reading(coordinator) as work:
        assert counting.counts(work).evidence == 4


def test_the_same_bytes_are_taken_and_said_to_be_known(add: Add) -> None:
    assert add(b"the same\n").held_by == ()
    assert add(b"the same\n").held_by == (1,)
    assert add(b"the same\n").held_by == (1, 2)


def test_a_new_version_supersedes_and_the_old_one_stays(
    workplace: Workplace, library: Library, coordinator: Actor, add: Add
) -> None:
    first = add(b"first\n", "udkast.txt").evidence
    with workplace.reading(coordinator) as work:
        received = intake.receive(work, io.BytesIO(files.pdf()), "endelig.pdf")
    with workplace.writing(coordinator) as work:
        adding.add_version(work, 1, received, first.revision)
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, 1)
        assert [version.ordinal for version in evidence.versions] == [1, 2]
        assert evidence.current.media_type == "application/pdf"
        assert evidence.revision == 2
        assert "endelig" in evidence.search_text
        assert "udkast" in evidence.search_text
    assert [action for action, _facts in events(workplace, library, 1)] == ["evidence.added", "evidence.version_added"]
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        adding.add_version(work, 1, received, first.revision)


def test_another_librarys_evidence_is_not_there(workplace: Workplace, make: Factories, library: Library) -> None:
    other = make.library("Nabobyen")
    make.evidence(other)
    neighbour = make.member(library, Role.COORDINATOR)
    with pytest.raises(NotFound), workplace.writing(neighbour) as work:
        revising.withdraw(work, 1, "x")
    with workplace.reading(neighbour) as work:
        assert list(file_queries.digests(work)) == []
