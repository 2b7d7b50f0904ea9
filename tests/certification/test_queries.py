"""What the database says to the requirements of a cycle: what counts, what does not, and in how many statements."""

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.activities.models import Activity, ActivityBranch, ActivityPartner, Mapping, Partner
from sdg_tracker.certification import queries
from sdg_tracker.certification.needs import What
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import Result, Status
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.schemes import document as schemes_document
from sdg_tracker.schemes import services as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.certification.conftest import DAY
from tests.factories import Factories
from tests.statements import counted


@pytest.fixture
def place(workplace: Workplace, make: Factories, library: Library, cycle: Cycle) -> "Place":
    return Place(workplace, make, library, cycle)


class Place:
    """A library to fill."""

    def __init__(self, workplace: Workplace, make: Factories, library: Library, cycle: Cycle) -> None:
        self.workplace, self.make, self.library, self.cycle = workplace, make, library, cycle
        self.branches = [make.branch(library, name) for name in ("Hoved", "Syd")]
        with workplace.writing(SYSTEM, library.id) as work:
            self.partners = [Partner(code=name, name=name) for name in ("kor", "skole")]
            work.session.add_all(self.partners)

    def activity(self, *codes: str, branches: Any = (), partners: Any = (), **values: Any) -> Activity:
        activity = self.make.activity(self.library, "", *codes, **values)
        with self.workplace.writing(SYSTEM, self.library.id) as work:
            for index in branches:
                work.session.add(ActivityBranch(activity_id=activity.id, branch_id=self.branches[index].id))
            for index in partners:
                work.session.add(ActivityPartner(activity_id=activity.id, partner_id=self.partners[index].id))
        return activity

    def evidence(self, *codes: str, cycle: Cycle | None = None, **values: Any) -> Evidence:
        evidence = self.make.evidence(self.library, **values)
        with self.workplace.writing(SYSTEM, self.library.id) as work:
            for code in codes:
                tie = Tie(evidence_id=evidence.id, cycle_id=(cycle or self.cycle).id, requirement_code=code)
                tie.added_at = work.at
                work.session.add(tie)
        return evidence

    def ready(self, day: date = DAY) -> Readiness:
        with self.workplace.reading(SYSTEM, self.library.id) as work:
            return queries.readiness(work, self.cycle, day)

    def found(self, code: str, what: What = What.COUNT) -> dict[str, int]:
        return found_in(self.ready().result(code), what)


def found_in(result: Result, what: What) -> dict[str, int]:
    return {f"{need.branch} {need.year}".strip(): need.found for need in result.needs if need.what is what}


def test_what_was_carried_out_counts_and_nothing_else(place: Place) -> None:
    place.activity("4", starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", "13.1", type="udstilling", starts_on=date(2025, 12, 1), ends_on=date(2026, 1, 9), year=2025)
    place.activity("4", starts_on=None, year=2025)
    place.activity("4", status="ongoing", starts_on=date(2025, 6, 1), year=2025)
    assert place.found("B1.1") == {"2025": 4, "2026": 2}
    place.activity(starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", type="driftstiltag", starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", status="planned", starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", status="cancelled", starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC), starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", source_library="Koldingbibliotekerne", starts_on=date(2025, 3, 1), year=2025)
    place.activity("4", starts_on=date(2026, 3, 3), year=2026)
    place.activity("4", starts_on=date(2024, 12, 31), year=2024)
    place.activity("4", starts_on=None, year=None)
    assert place.found("B1.1") == {"2025": 4, "2026": 2}
    place.activity("4", source_library="Demoby Bibliotekerne", starts_on=date(2025, 3, 1), year=2025)
    assert place.found("B1.1") == {"2025": 5, "2026": 2}


def test_a_mapping_that_does_not_support_is_none(place: Place, workplace: Workplace, library: Library) -> None:
    activity = place.activity(starts_on=date(2025, 3, 1), year=2025)
    with workplace.writing(SYSTEM, library.id) as work:
        mapping = Mapping(activity_id=activity.id, position=0, framework="x", code="4", goal="4", main=False)
        mapping.stance, mapping.origin, mapping.confirmed = "against", "person", True
        work.session.add(mapping)
    assert place.found("B1.1")["2025"] == 0


def test_audiences_with_danish_letters_are_read(place: Place) -> None:
    place.activity(type="driftstiltag", audiences=["børn", "personale"], starts_on=date(2025, 3, 1), year=2025)
    place.activity(type="driftstiltag", audiences=["børn"], starts_on=date(2025, 3, 1), year=2025)
    assert place.found("O4.1") == {"2025": 1, "2026": 0}


def test_partners_are_counted_once_and_houses_each_by_itself(place: Place) -> None:
    day = {"starts_on": date(2025, 3, 1), "year": 2025}
    for _ in range(3):
        place.activity(partners=[0], **day)
    place.activity(partners=[0, 1], **day)
    place.activity(type="driftstiltag", branches=[0], **day)
    assert place.found("B2.3") == {"": 2}
    assert place.found("D1.4") == {"hoved": 1, "syd": 0}
    place.activity(type="driftstiltag", branches=[0, 1], **day)
    assert place.found("D1.4") == {"hoved": 2, "syd": 1}
    assert place.found("D1.1") == {"": 2}


def test_evidence_counts_while_it_stands_and_is_tied_in_this_cycle(
    place: Place, make: Factories, library: Library
) -> None:
    other = make.cycle(library, "ifla-green-library")
    place.evidence("O1.2", kind="minutes", collected_on=date(2025, 3, 1))
    place.evidence("O1.2", kind="document")
    assert place.found("O1.2", What.EVIDENCE) == {"": 2}
    place.evidence("O1.2", kind="photo", collected_on=date(2025, 3, 1))
    place.evidence("O1.2", kind="minutes", collected_on=date(2022, 3, 1))
    place.evidence("O1.2", kind="minutes", cycle=other)
    place.evidence("O1.2", kind="minutes", withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert place.found("O1.2", What.EVIDENCE) == {"": 2}


def test_drafts_what_was_sent_back_and_what_has_expired_do_not_count(place: Place) -> None:
    made: dict[str, Any] = {"kind": "minutes", "collected_on": date(2025, 3, 1)}
    place.evidence("O1.2", state="accepted", accepted_version=1, **made)
    place.evidence("O1.2", state="submitted", **made)
    place.evidence("O1.2", state="submitted", accepted_version=1, valid_until=date(2026, 3, 2), **made)
    place.evidence("O1.2", state="returned", accepted_version=1, **made)  # an older version is accepted
    place.evidence("O1.2", state="returned", **made)
    place.evidence("O1.2", state="draft", **made)
    place.evidence("O1.2", valid_until=date(2026, 3, 1), **made)
    [need] = [need for need in place.ready().result("O1.2").needs if need.what is What.EVIDENCE]
    assert (need.found, need.unaccepted) == (4, 1)
    assert place.ready(date(2026, 3, 3)).result("O1.2").needs[0].found == 3


def test_an_activity_is_shown_by_evidence_that_counts(place: Place) -> None:
    for state in ("draft", "returned", "submitted"):
        activity = place.activity("4", type="driftstiltag", starts_on=date(2025, 3, 1), year=2025)
        place.evidence(activity=activity, state=state)
    with_evidence = place.found("T1.1")
    assert with_evidence == {"2025": 1, "2026": 0}


def test_evidence_without_a_day_counts_from_the_local_day_on_which_it_was_added(place: Place) -> None:
    place.evidence("T2.2", kind="document")  # added on 2 March 2026
    assert place.found("T2.2", What.EVIDENCE) == {"2025": 0, "2026": 1}
    number = place.evidence("T2.2", kind="document").id
    with place.workplace.writing(SYSTEM, place.library.id) as work:
        late = work.session.get(Evidence, number)
        assert late is not None
        late.added_at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Copenhagen
    assert place.found("T2.2", What.EVIDENCE) == {"2025": 0, "2026": 2}


def test_evidence_belongs_to_the_house_of_its_activity(place: Place) -> None:
    activity = place.activity(type="driftstiltag", branches=[1], starts_on=date(2025, 3, 1), year=2025)
    place.evidence("D1.4", kind="photo", activity=activity, collected_on=date(2025, 3, 1))
    place.evidence("D1.4", kind="photo", collected_on=date(2025, 3, 1))
    assert place.found("D1.4", What.EVIDENCE) == {"hoved": 0, "syd": 1}
    with_evidence = place.found("T1.1")
    assert with_evidence == {"2025": 1, "2026": 0}


def test_another_librarys_things_are_not_seen(place: Place, make: Factories) -> None:
    other = make.library("Tomby Bibliotek")
    make.branch(other, "Filialen")
    cycle = make.cycle(other, starts_on=date(2025, 1, 1), ends_on=date(2027, 12, 31))
    there = Place.__new__(Place)
    there.workplace, there.make, there.library, there.cycle = place.workplace, make, other, cycle
    place.evidence("O1.2", kind="minutes", activity=place.activity("4", branches=[0], partners=[0]))
    for result in there.ready().results:
        assert [need for need in result.needs if need.found] == []
    assert place.found("O1.2", What.EVIDENCE) == {"": 1}


def test_two_readings_of_the_same_results(place: Place) -> None:
    ready = place.ready()
    assert [area.code for area, _tally in ready.areas] == ["O", "D", "B", "T"]
    assert [tally.total for _area, tally in ready.areas] == [13, 4, 6, 5]
    assert [role for role, _tally in ready.roles] == ["formidler", "facilitator", "aktør"]
    assert sum(tally.total for _role, tally in ready.roles) > ready.whole.total == 28
    assert {one.code for one in ready.in_area("D")} == {"D1.1", "D1.2", "D1.3", "D1.4"}
    assert all("formidler" in one.roles for one in ready.in_role("formidler"))
    assert ready.decision.reached is False
    assert ready.result("O1.1").status is Status.GAP


def test_the_number_of_statements_does_not_depend_on_how_much_there_is(place: Place, workplace: Workplace) -> None:
    def statements() -> int:
        with counted(workplace.engine) as found:
            place.ready()
        return len([one for one in found if one.startswith("SELECT")])

    before = statements()
    for number in range(12):
        activity = place.activity("4", "13", branches=[0, 1], partners=[0, 1], starts_on=date(2025, 1, 1 + number))
        place.evidence("B1.1", "T1.2", "D1.4", kind="photo", activity=activity)
    assert statements() == before <= 10


def test_candidates_are_of_accepted_kinds_standing_and_not_tied(place: Place, coordinator: Actor) -> None:
    wanted = place.evidence("O1.1", kind="minutes")
    place.evidence("O1.2", kind="minutes")
    place.evidence(kind="photo")
    place.evidence(kind="minutes", withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC))
    with place.workplace.reading(coordinator) as work:
        requirement = queries.readiness(work, place.cycle).requirements["O1.2"]
        assert [piece.number for piece in queries.candidates(work, place.cycle, requirement)] == [wanted.number]


def test_a_day_in_the_past_asks_for_less(place: Place) -> None:
    place.activity("4", starts_on=date(2025, 3, 1), year=2025)
    ready = place.ready(date(2025, 2, 1))
    assert found_in(ready.result("B1.1"), What.COUNT) == {"2025": 0}


def test_evidence_is_counted_for_each_activity_and_for_each_house(place: Place) -> None:
    """Forms that no seed scheme has: so much for each activity, documents in each house of what the library owes."""
    document = deepcopy(place.cycle.scheme.document)
    rows = {row["code"]: row for _path, row in schemes_document.requirements(document)}
    rows["B1.1"].update(quantity={"min": 2, "unit": "pictures", "per": "activity"})
    rows["B1.1"]["counts"] = {"of": "activity", "where": {"types": ["projekt"]}}
    rows["O1.2"].update(quantity={"min": 1, "unit": "documents", "per": "branch"})
    with place.workplace.writing(SYSTEM, place.library.id) as work:
        scheme = schemes.add_version(work, {**document, "version": "7"}, place.library.id)
        work.session.merge(place.cycle).scheme = scheme
        place.cycle.scheme = scheme
    first, second = (place.activity("4", branches=[0], type="projekt") for _number in range(2))
    place.activity("4", type="arrangement")
    kind = rows["B1.1"]["evidence"]["kinds"][0]
    for activity, count in ((first, 2), (second, 1)):
        for _piece in range(count):
            place.evidence("B1.1", activity=activity, kind=kind)
    place.evidence("B1.1", activity=second, kind="invoice")  # of a kind that it does not take
    place.evidence("B1.1", activity=second, kind=kind, valid_until=date(2026, 3, 1))  # expired
    place.evidence("O1.2", activity=first, kind="minutes")
    found = place.ready()
    counts = [(need.needed, need.found) for need in found.result("B1.1").needs if need.what is What.COUNT]
    assert counts == [(2, 1)]
    houses = {need.branch: need.found for need in found.result("O1.2").needs if need.what is What.EVIDENCE}
    assert houses == {"hoved": 1, "syd": 0}
