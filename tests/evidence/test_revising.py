"""What is said of evidence is changed, and evidence is withdrawn."""

from collections.abc import Callable

import pytest

from sdg_tracker.access import Actor, Role
from sdg_tracker.evidence import counting, listing, queries, revising, tying
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence.conftest import Add, events, faults
from tests.factories import Factories


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
