"""The steps that change evidence, what they leave in the trail, and the proof that bytes are what they were."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import adding, counting, file_queries, intake, integrity, listing, queries, revising, tying
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.models import Version
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.schemes.models import Requirement
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add
from tests.factories import Factories


def events(workplace: Workplace, library: Library, number: int) -> list[tuple[str, dict[str, object]]]:
    with workplace.reading(SYSTEM, library.id) as work:
        return [(event.action, event.facts) for event in trail.of(work, "evidence", number)]


def faults(workplace: Workplace, library: Library) -> list[str]:
    with workplace.reading(SYSTEM, library.id) as work:
        return list(integrity.faults(work))


def path_of(workplace: Workplace, sha256: str) -> Path:
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(sha256)
    path.chmod(0o644)
    return path


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


def test_a_change_is_told_by_the_names_of_what_changed(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, add: Add
) -> None:
    make.activity(library)
    add(title="Før")
    details = EvidenceDetails(title="Efter", kind="document", public=True, activity=1)
    with workplace.writing(coordinator) as work:
        assert revising.revise(work, 1, details, 1).revision == 2
    with workplace.writing(coordinator) as work:
        assert revising.revise(work, 1, details, 2).revision == 2
    assert events(workplace, library, 1)[1:] == [
        ("evidence.revised", {"revision": 2, "changed": ["activity_id", "public", "title"]})
    ]
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        revising.revise(work, 1, EvidenceDetails(title="Andet", kind="document"), 1)
    with pytest.raises(Invalid) as error, workplace.writing(coordinator) as work:
        revising.revise(work, 1, EvidenceDetails(title=" ", kind="document"), 2)
    assert error.value.field == "title"


def test_withdrawn_evidence_stays_with_its_reason_and_is_no_longer_changed(
    workplace: Workplace, library: Library, coordinator: Actor, add: Add
) -> None:
    add()
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        revising.withdraw(work, 1, "  ")
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 1, "Forkert fil", 1)
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, 1)
        assert (evidence.withdrawn_by, evidence.withdrawn_reason) == (coordinator.number, "Forkert fil")
        assert counting.counts(work).evidence == 0
        assert listing.one_page(work, listing.Filters(), "number", 10, 0) == ([], 0)
        assert listing.one_page(work, listing.Filters(withdrawn=True), "number", 10, 0)[1] == 1
    details = EvidenceDetails(title="x", kind="document")
    for step in (
        lambda work: revising.withdraw(work, 1, "igen"),
        lambda work: revising.revise(work, 1, details),
        lambda work: tying.tie(work, 1, Wanted(1, "O1.1")),
    ):
        with pytest.raises(Conflict) as error, workplace.writing(coordinator) as work:
            step(work)
        assert error.value.code == "evidence-withdrawn"
    assert faults(workplace, library) == []


def test_evidence_is_tied_to_requirements_of_a_cycle(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, add: Add
) -> None:
    cycle = make.cycle(library)
    codes = [requirement.code for requirement in _requirements(workplace, library)]
    added = add(ties=[Wanted(cycle.number, codes[0], "2-3")])
    assert added.unaccepted == ()
    with workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, codes[0], "4"))
        tying.tie(work, 1, Wanted(cycle.number, codes[1]))
        tying.tie(work, 1, Wanted(cycle.number, codes[1]))
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, 1)
        assert [(tie.requirement_code, tie.pages) for tie in evidence.ties] == [(codes[0], "4"), (codes[1], "")]
        assert [found.code for found in queries.requirements_of(work, evidence.ties).values()] == codes[:2]
    with workplace.writing(coordinator) as work:
        tying.untie(work, 1, cycle.number, codes[0])
    with pytest.raises(NotFound), workplace.writing(coordinator) as work:
        tying.untie(work, 1, cycle.number, codes[0])
    with pytest.raises(Invalid) as error, workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, codes[2], "side 4"))
    assert error.value.field == "pages"
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(cycle.number, "X9.9"))
    with pytest.raises(NotFound), workplace.writing(coordinator) as work:
        tying.tie(work, 1, Wanted(9, codes[0]))
    assert [(action, facts.get("requirement")) for action, facts in events(workplace, library, 1)[1:]] == [
        ("evidence.tied", codes[0]),
        ("evidence.tied", codes[0]),
        ("evidence.tied", codes[1]),
        ("evidence.untied", codes[0]),
    ]


def test_a_kind_that_a_requirement_does_not_ask_for_is_said_and_not_refused(
    workplace: Workplace, make: Factories, library: Library, add: Add
) -> None:
    make.cycle(library)
    strict = next(found for found in _requirements(workplace, library) if "invoice" not in found.kinds)
    added = add(kind="invoice", ties=[Wanted(1, strict.code)])
    assert added.unaccepted == (strict.code,)
    with workplace.reading(SYSTEM, library.id) as work:
        assert [tie.requirement_code for tie in queries.get(work, 1).ties] == [strict.code]


def _requirements(workplace: Workplace, library: Library) -> list[Requirement]:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.cycles(work)[0].scheme.requirements()


def test_staff_change_only_what_they_added(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, add: Add
) -> None:
    make.cycle(library)
    add()
    own = add(actor=staff).evidence.number
    details = EvidenceDetails(title="x", kind="document")
    steps: list[Callable[[Work, int], object]] = [
        lambda work, number: revising.revise(work, number, details),
        lambda work, number: revising.withdraw(work, number, "Forkert"),
    ]
    for step in steps:
        with pytest.raises(Forbidden), workplace.writing(staff) as work:
            step(work, 1)
        with workplace.writing(staff) as work:
            step(work, own)
    for role in (Role.READER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(Forbidden):
            add(actor=make.member(library, role))


def test_another_librarys_evidence_is_not_there(workplace: Workplace, make: Factories, library: Library) -> None:
    other = make.library("Nabobyen")
    make.evidence(other)
    neighbour = make.member(library, Role.COORDINATOR)
    with pytest.raises(NotFound), workplace.writing(neighbour) as work:
        revising.withdraw(work, 1, "x")
    with workplace.reading(neighbour) as work:
        assert list(file_queries.digests(work)) == []


def test_every_wrong_byte_is_named(workplace: Workplace, library: Library, add: Add) -> None:
    versions = [add(b"%d first\n" % count).evidence.current for count in range(3)]
    versions.append(add(files.jpeg(exif=files.exif()), "foto.jpg").evidence.current)
    assert faults(workplace, library) == []
    changed, cut, missing, picture = versions
    path_of(workplace, changed.original_sha256).write_bytes(b"0 Xirst\n")
    path_of(workplace, cut.original_sha256).write_bytes(b"1 fir")
    path_of(workplace, missing.original_sha256).unlink()
    path_of(workplace, picture.rendition_sha256).unlink()
    lines = faults(workplace, library)
    assert [line.partition(":")[0] for line in lines] == [
        "evidence 1 version 1 original",
        "evidence 2 version 1 original",
        "evidence 3 version 1 original",
        "evidence 4 version 1 rendition",
    ]
    assert lines[0].startswith(f"evidence 1 version 1 original: expected {changed.original_sha256} (8 bytes), found ")
    assert lines[0].endswith("(8 bytes)")
    assert lines[1].endswith("(5 bytes)")
    assert lines[2].endswith("found nothing: the file is missing")


def test_a_row_that_names_other_bytes_than_the_trail_is_found(workplace: Workplace, library: Library, add: Add) -> None:
    first, second = add(b"first\n").evidence.current, add(b"other\n").evidence.current
    with workplace.writing(SYSTEM, library.id) as work:
        row = work.session.scalars(sa.select(Version).where(Version.id == first.id)).one()
        row.original_sha256 = row.rendition_sha256 = second.original_sha256
    [line] = faults(workplace, library)
    assert line == (
        f"evidence 1 version 1 original: expected {first.original_sha256} as in the trail, "
        f"found {second.original_sha256} in the row"
    )
