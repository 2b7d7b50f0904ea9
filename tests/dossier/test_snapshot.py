"""What a dossier freezes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_tracker.access import Actor, Role
from sdg_tracker.activities.models import Activity, Mapping
from sdg_tracker.activities.states import Status
from sdg_tracker.certification import services as assessments
from sdg_tracker.certification.readiness import STATES
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.collecting import exhibits
from sdg_tracker.dossier import outputs, services, snapshot
from sdg_tracker.evidence import queries
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Forbidden, NotFound
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.keeping import services as keeping
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Work, Workplace
from tests import demo_library
from tests.factories import Factories
from tests.printing import snapshots
from tests.statements import counted

REFUSED = {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10))}
assert outputs.KIND.name == "dossier"


def take(workplace: Workplace, actor: Actor, number: int = 1) -> dict[str, Any]:
    """Take the snapshot of the library's first cycle."""
    with workplace.reading(actor) as work:
        cycle = schemes.cycle(work, number)
        return snapshot.take(work, cycle, 1, "da")


def tie(workplace: Workplace, actor: Actor, piece: Evidence, cycle: Any, code: str, pages: str = "") -> None:
    """Tie a piece of evidence to a requirement."""
    with workplace.writing(actor) as work:
        work.session.add(
            Tie(evidence_id=piece.id, cycle_id=cycle.id, requirement_code=code, pages=pages, added_at=work.at)
        )


def test_the_demo_dossier_is_of_format_1(dossier: dict[str, Any]) -> None:
    assert demo_library.faults(dossier) == []


def test_a_dossier_holds_every_activity_and_all_evidence_of_the_demo(dossier: dict[str, Any]) -> None:
    activities, plan = demo_library.rows("activities"), demo_library.rows("evidence-plan")

    assert len(dossier["activities"]) == len(activities)
    assert len(dossier["evidence"]) == len(plan)
    assert sum(len(row["exhibits"]) for row in dossier["activities"]) == len(plan)
    ties = sum(len(demo_library.parts(row["requirement"])) for row in plan)
    assert sum(len(row["requirements"]) for row in dossier["evidence"]) == ties
    assert sum(len(row["exhibits"]) for row in dossier["requirements"]) == ties


def test_exhibits_follow_the_scheme_and_point_both_ways(dossier: dict[str, Any]) -> None:
    order = [row["code"] for row in dossier["requirements"]]
    firsts = [order.index(row["requirements"][0]["code"]) for row in dossier["evidence"]]
    assert firsts == sorted(firsts)
    assert [row["exhibit"] for row in dossier["evidence"]] == list(range(1, len(firsts) + 1))
    of = {row["number"]: row for row in dossier["activities"]}
    assert all(row["exhibit"] in of[row["activity"]]["exhibits"] for row in dossier["evidence"])
    shown = {(tie["exhibit"], row["code"]) for row in dossier["requirements"] for tie in row["exhibits"]}
    assert shown == {(row["exhibit"], tie["code"]) for row in dossier["evidence"] for tie in row["requirements"]}


def test_the_counts_of_readiness_are_those_of_the_requirements(dossier: dict[str, Any]) -> None:
    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        states = [row["assessment"]["state"] or "unassessed" if row["applies"] else "not_applicable" for row in rows]
        found = {state: states.count(state) for state in STATES}
        gaps = sum(any(not need["met"] for need in row["readiness"]["needs"]) for row in rows)
        return {"total": len(rows), **found, "gaps": gaps}

    requirements, readiness = dossier["requirements"], dossier["readiness"]
    assert readiness["whole"] == count(requirements)
    for area in readiness["areas"]:
        mine = count([row for row in requirements if row["area"] == area["code"]])
        assert {key: area[key] for key in mine} == mine
    for role in readiness["roles"]:
        mine = count([row for row in requirements if role["code"] in row["roles"]])
        assert {key: role[key] for key in mine} == mine


def test_the_trail_is_whole_and_its_chain_holds(dossier: dict[str, Any]) -> None:
    trail, previous = dossier["trail"], ""
    for number, event in enumerate(trail["events"], 1):
        content = {key: value for key, value in event.items() if key != "digest"}
        assert (event["number"], event["previous"], digest(content)) == (number, previous, event["digest"])
        previous = event["digest"]
    assert (trail["length"], trail["head"]) == (len(trail["events"]), previous)
    assert {event["action"] for event in trail["events"]} == set(dossier["names"]["actions"])


def test_no_person_is_named(workplace: Workplace, make: Factories, library: Library) -> None:
    actor = make.member(library, Role.COORDINATOR, name="Zenobia Quist", email="zenobia@example.org")
    make.cycle(library)
    make.activity(library, "Læsekreds", "4.6", added_by=actor.number, owner_number=actor.number)
    with workplace.writing(actor) as work:
        assessments.assess(work, 1, "O1.1", AssessmentDetails(AssessmentState.MET, "Vi har gjort det."))

    text = json.dumps(take(workplace, actor), ensure_ascii=False)

    assert "Zenobia" not in text
    assert "zenobia" not in text


def test_what_is_withdrawn_is_not_in_it(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    cycle = make.cycle(library)
    kept, gone = make.activity(library, "Bliver"), make.activity(library, "Trækkes tilbage")
    of_gone = make.evidence(library, b"1", title="Foto", activity=gone)
    withdrawn = make.evidence(library, b"2", title="Fejl", activity=kept)
    tie(workplace, coordinator, of_gone, cycle, "O1.1", "s. 2")
    with workplace.writing(coordinator) as work:
        work.session.get_one(Activity, gone.id).withdrawn_at = work.at
        work.session.get_one(Evidence, withdrawn.id).withdrawn_at = work.at

    found = take(workplace, coordinator)

    assert demo_library.faults(found) == []
    assert [row["title"] for row in found["activities"]] == ["Bliver"]
    assert [(row["title"], row["activity"]) for row in found["evidence"]] == [("Foto", None)]
    shown = {row["code"]: row["exhibits"] for row in found["requirements"]}
    assert shown["O1.1"] == [{"exhibit": 1, "pages": "s. 2", "strength": None, "ticks": []}]


def test_what_nobody_may_rely_on_is_not_in_it_and_what_is_says_how_far_it_is(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    cycle = make.cycle(library)
    told = {
        "alt": "To børn bytter bøger",
        "source": "Ungdomsskolen",
        "language": "ar",
        "valid_until": date(2027, 1, 31),
    }
    accepted = make.evidence(library, b"1", title="Godkendt", state="accepted", accepted_version=1, **told)
    for state in ("submitted", "draft", "returned"):
        make.evidence(library, state.encode(), title=state, state=state)
    tie(workplace, coordinator, accepted, cycle, "O1.1")
    with workplace.writing(coordinator) as work:
        made = work.session.merge(accepted, load=False)
        shown = work.session.scalars(sa.select(Tie).where(Tie.evidence_id == made.id)).one()
        shown.strength, shown.relevant, shown.public = "observed", True, True

    found = take(workplace, coordinator)

    assert demo_library.faults(found) == []
    assert [(row["title"], row["state"]) for row in found["evidence"]] == [
        ("Godkendt", "accepted"),
        ("submitted", "submitted"),
    ]
    row = found["evidence"][0]
    assert {name: row[name] for name in told} == {**told, "valid_until": "2027-01-31"}
    judged = {"pages": "", "strength": "observed", "ticks": ["relevant", "public"]}
    assert row["requirements"] == [{"code": "O1.1", **judged}]
    requirement = next(row for row in found["requirements"] if row["code"] == "O1.1")
    assert requirement["exhibits"] == [{"exhibit": 1, **judged}]


def test_the_accepted_version_is_what_an_edition_shows(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    piece = make.evidence(library, b"the first\n", state="submitted", accepted_version=1)
    with workplace.writing(coordinator) as work:
        first = queries.get(work, piece.number).current
        newer = {name: getattr(first, name) for name in ("file_name", "media_type", "thumbnail_state", "added_at")}
        digests = {
            f"{role}_{what}": value
            for role in ("original", "rendition")
            for what, value in (("sha256", "f" * 64), ("size", 1))
        }
        work.session.add(Version(evidence_id=piece.id, ordinal=2, **newer, **digests))

    [row] = take(workplace, coordinator)["evidence"]

    assert (row["sha256"], row["state"]) == (first.rendition_sha256, "accepted")


def test_the_page_that_an_exhibit_is_a_copy_of_is_in_it_and_a_link_without_a_copy_is_not(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    make.evidence(library, b"1", title="Foto")
    make.link(library, make.evidence(library, b"2", title="Artikel"), url="https://avisen.example/å")
    make.link(library)

    found = take(workplace, coordinator)

    assert demo_library.faults(found) == []
    page = {"url": "https://avisen.example/å", "seen_on": "2026-02-27", "copied_on": "2026-03-02"}
    assert [(row["title"], row["link"]) for row in found["evidence"]] == [("Foto", None), ("Artikel", page)]


def test_an_edition_of_before_there_were_reviews_still_fits_the_format(tmp_path: Path) -> None:
    old = snapshots.dossier(FolderBlobs(tmp_path))
    assert "alt" not in old["evidence"][0]
    assert "strength" not in old["evidence"][0]["requirements"][0]
    assert demo_library.faults(old) == []


def test_the_period_takes_what_touches_it(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library, starts_on=date(2026, 1, 1), ends_on=date(2028, 12, 31))
    before = date(2025, 5, 1)
    make.activity(library, "Før", starts_on=before, ends_on=None, year=2025)
    make.activity(library, "Fortsætter", starts_on=before, ends_on=None, year=2025, status=Status.ONGOING.value)
    make.activity(library, "Over nytår", starts_on=before, ends_on=date(2026, 1, 1), year=2025)
    make.activity(library, "Kun år", starts_on=None, year=2027)
    make.activity(library, "Uden tid", starts_on=None, year=None)

    found = {row["title"]: row["in_period"] for row in take(workplace, coordinator)["activities"]}

    assert found == {"Før": False, "Fortsætter": True, "Over nytår": True, "Kun år": True, "Uden tid": False}


def test_settings_and_facts_of_the_cycle_are_in_it(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    with workplace.writing(coordinator) as work:
        cycle = schemes.cycle(work, 1)
        cycle.settings, cycle.facts = {"pledges_min": 6}, {"branch_count": 3}

    found = take(workplace, coordinator)

    settings = {row["key"]: row["value"] for row in found["cycle"]["settings"]}
    assert settings["pledges_min"] == 6
    assert {row["key"]: row["value"] for row in found["cycle"]["facts"]}["branch_count"] == 3
    assert {row["code"]: row["quantity"] for row in found["requirements"]}["O3.1"]["min"] == 6


def test_the_number_of_statements_does_not_grow(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    cycle = make.cycle(library)
    first = make.activity(library, "Nummer 1", "4.6")
    tie(workplace, coordinator, make.evidence(library, b"1", activity=first), cycle, "O1.1")
    with counted(workplace.engine) as few:
        take(workplace, coordinator)
    with workplace.writing(coordinator) as work:
        for number in range(1200):
            activity = Activity(
                number=work.next_number("activity"),
                title=f"Aktivitet {number}",
                sort_key=f"{number:05}",
                search_text="",
                type="arrangement",
                status="held",
                starts_on=date(2026, 1, 15),
                year=2026,
                added_at=work.at,
            )
            activity.mappings.append(
                Mapping(position=0, framework=FRAMEWORK, code="4", goal="4", main=True, origin="person", confirmed=True)
            )
            work.session.add(activity)

    with counted(workplace.engine) as many:
        found = take(workplace, coordinator)

    assert len(found["activities"]) == 1201
    assert len(many) == len(few) < 35


def test_an_edition_keeps_what_was_frozen(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    activity = make.activity(library, "Repair Café", "12.5")
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, 1)
    with workplace.writing(coordinator) as work:
        work.session.get_one(Activity, activity.id).title = "Noget andet"

    with workplace.blobs.open(edition.fingerprint, edition.snapshot_size) as file:
        kept = json.loads(file.read())

    assert demo_library.faults(kept) == []
    assert digest(kept) == edition.fingerprint
    assert [row["title"] for row in kept["activities"]] == ["Repair Café"]
    assert (edition.number, edition.kind, kept["number"], kept["language"]) == (1, "dossier", 1, "da")
    assert all(event["action"] != "edition.frozen" for event in kept["trail"]["events"])


def test_two_freezes_get_two_numbers_and_the_second_tells_of_the_first(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    editions = []
    for _turn in range(2):
        with workplace.writing(coordinator) as work:
            editions.append(services.freeze(work, 1, "en"))

    assert [edition.number for edition in editions] == [1, 2]
    assert editions[0].fingerprint != editions[1].fingerprint
    with workplace.blobs.open(editions[1].fingerprint) as file:
        events = json.loads(file.read())["trail"]["events"]
    assert [event["facts"]["fingerprint"] for event in events if event["action"] == "edition.frozen"] == [
        editions[0].fingerprint
    ]


def test_an_unknown_cycle_is_named(work: Work) -> None:
    with pytest.raises(NotFound) as refused:
        services.freeze(work, 7)
    assert refused.value.facts == {"cycle": 7}


def test_staff_do_not_freeze(workplace: Workplace, make: Factories, library: Library, staff: Actor) -> None:
    make.cycle(library)
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        services.freeze(work, 1)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Referat: Fælles dag om dogmer på Ærø", "evidence/Bilag-007-referat-faelles-dag-om-dogmer-paa-aeroe.pdf"),
        ("../../etc/passwd", "evidence/Bilag-007-etc-passwd.pdf"),
        ("CON", "evidence/Bilag-007-con.pdf"),
        ("صورة", "evidence/Bilag-007-minutes.pdf"),
        ("x" * 200, f"evidence/Bilag-007-{'x' * 60}.pdf"),
        (f"{'a' * 59} {'b' * 20}", f"evidence/Bilag-007-{'a' * 59}.pdf"),
        ("a. ", "evidence/Bilag-007-a.pdf"),
    ],
)
def test_an_exhibit_gets_a_name_that_every_system_takes(title: str, expected: str) -> None:
    name = exhibits.file_name(7, title, "minutes", "application/pdf")

    assert name == expected
    assert name.isascii()
    assert name.rpartition("/")[2].partition(".")[0].casefold() not in REFUSED


@pytest.mark.parametrize("length", [3, 21, 45, 60])
def test_windows_can_unpack_the_bag_of_a_library_with_a_long_name(length: int) -> None:
    library = "x" * length
    longest = exhibits.name_length(library)
    name = exhibits.file_name(1234, "y" * 200, "minutes", "application/vnd.oasis.opendocument.text", longest)
    folder = f"{library}-supplement-1234"
    whole = rf"C:\Users\fornavn.mellemnavn.efternavn\Downloads\{folder}\{folder}\data\{name}"
    assert len(whole) < 260
    assert longest == 60 or length > 21


def test_files_differ_whatever_the_case_of_their_letters(dossier: dict[str, Any]) -> None:
    names = [row["file"].casefold() for row in dossier["evidence"]]
    assert len(set(names)) == len(names)


def test_evidence_of_the_same_requirement_goes_by_number() -> None:
    def piece(number: int, *codes: str) -> dict[str, Any]:
        ties = [{"code": code, "pages": ""} for code in codes]
        kind = {"code": "document", "da": "dokument", "en": "document"}
        return {
            "number": number,
            "title": f"Nr. {number}",
            "kind": kind,
            "media_type": "text/plain",
            "requirements": ties,
            "activity": None,
        }

    pieces = [piece(1), piece(2, "B"), piece(3, "Gone", "A"), piece(4, "B", "A"), piece(5, "A")]

    found = exhibits.number_exhibits([], pieces, ["A", "B"])

    assert [row["number"] for row in found] == [3, 4, 5, 2, 1]
    assert [tie["code"] for tie in found[1]["requirements"]] == ["A", "B"]
    assert [tie["code"] for tie in found[0]["requirements"]] == ["A"]


def test_a_lost_thumbnail_is_left_out(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    piece = make.evidence(library, b"picture", thumbnail_state="done", media_type="image/png")
    with workplace.writing(coordinator) as work:
        row = work.session.scalars(sa.select(Evidence).where(Evidence.id == piece.id)).one()
        row.versions[0].thumbnail_sha256, row.versions[0].thumbnail_size = "a" * 64, 10

    assert [row["thumbnail"] for row in take(workplace, coordinator)["evidence"]] == [None]


def test_an_exhibit_says_when_its_file_was_read_again(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    digests = [make.evidence(library, content).current.rendition_sha256 for content in (b"read", b"damaged", b"new")]
    workplace.blobs.path(digests[1]).chmod(0o600)  # type: ignore[attr-defined]
    workplace.blobs.path(digests[1]).write_bytes(b"another")  # type: ignore[attr-defined]
    list(keeping.check(workplace, [(digests[0], 4), (digests[1], 7)]))
    found = [row["fixity"] for row in take(workplace, coordinator)["evidence"]]
    assert [event and (event["event"], event["outcome"]) for event in found] == [
        ("fixity check", "pass"),
        ("fixity check", "fail"),
        None,
    ]


def test_days_are_those_of_the_library(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    make.evidence(library)
    with workplace.writing(coordinator) as work:
        work.session.scalars(sa.select(Evidence)).one().added_at = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    assert [row["added_on"] for row in take(workplace, coordinator)["evidence"]] == ["2026-02-01"]
