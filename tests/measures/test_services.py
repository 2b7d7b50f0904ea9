"""Measures and readings in the database: what each step keeps, tells and refuses."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from sdg_tracker import trail
from sdg_tracker.access import Actor, Permission, Role, allowed
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.measures import entering, outputs, queries, rules, services, showing, snapshot, unknowns
from sdg_tracker.measures.details import Definition, Entry, MeasureDetails
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories

VISITS = MeasureDetails("Besøg", "besøg", frequency="quarter", by_branch=True, goals=("11",), targets=("11.7",))
COUNTED = Definition(definition="Hver gang nogen går ind.")


def read(period: str, branch: str, value: object, **more: object) -> Entry:
    return Entry("visits", period, Decimal(str(value)), branch, **more)  # type: ignore[arg-type]


@pytest.fixture
def houses(library: Library, make: Factories) -> int:
    """Two houses, and a piece of evidence: its number."""
    make.branch(library, "Nord")
    make.branch(library, "Syd")
    return make.evidence(library).number


@pytest.fixture
def programme(library: Library, make: Factories) -> None:
    """Four activities of 2025, one of them cancelled."""
    make.activity(library, "Kor", starts_on=date(2025, 2, 1), year=2025, attendance=20, signups=30, type="koncert")
    make.activity(library, "Kor", starts_on=date(2025, 9, 1), year=2025, attendance=5, attendance_qualifier="more_than")
    make.activity(library, "Café", starts_on=date(2025, 9, 2), year=2025, helped=7)
    make.activity(library, "Aflyst", starts_on=date(2025, 9, 3), year=2025, attendance=99, status="cancelled")


def code(problem: pytest.ExceptionInfo[Invalid] | pytest.ExceptionInfo[Conflict]) -> tuple[str, str | None]:
    return problem.value.code, problem.value.field


def test_a_measure_is_read_corrected_and_defined_anew(houses: int, work: Work) -> None:
    visits = services.add(work, "", replace(VISITS, name="  Besøg "), COUNTED)
    assert (visits.number, visits.code) == (1, "besoeg")
    visits = services.add(work, "visits", VISITS, COUNTED)
    north, south = entering.enter(work, [read("2025-Q4", "nord", "100.0", evidence=houses), read("2025-Q4", "syd", 50)])
    entering.correct(work, south.number, 1, Decimal(80), qualifier="about", reason="Tælleren stod stille", note="Skøn")
    entering.describe(work, south.number, 2, read_on=date(2026, 1, 3), source="Tæller", note="Skøn", evidence=None)
    services.define(
        work, visits.number, 1, replace(COUNTED, excludes="Personale"), reason="Ny tæller", period="2026-Q1"
    )
    (_first, row) = snapshot.rows(work)
    figure = rules.figure(row, "2025-Q4")
    assert (figure.value, figure.qualifier, figure.readings) == (Decimal(180), "about", (1, 2))
    assert [r["evidence"] for r in row["readings"]] == [houses, None]
    assert [(c["old"], c["reason"]) for c in row["readings"][1]["corrections"]] == [("50", "Tælleren stod stille")]
    assert [(c["from"], c["before"]["da"]) for c in row["changes"]] == [("2026-Q1", COUNTED.definition)]
    entering.withdraw(work, north.number, "Talt to gange", 1)
    assert rules.figure(snapshot.rows(work)[1], "2025-Q4", branches=("nord", "syd")).missing == (("2025-Q4", "nord"),)
    (again,) = entering.enter(work, [read("2025-Q4", "nord", 90)])
    assert again.number == 3
    told = [event.action for event in trail.of(work, "reading", south.number)]
    assert told == ["reading.entered", "reading.corrected", "reading.described"]
    with pytest.raises(Invalid) as refused:
        services.revise(work, visits.number, None, replace(VISITS, frequency="month"))
    assert code(refused) == ("measure-has-readings", "frequency")
    services.revise(
        work, visits.number, 2, replace(VISITS, direction="up", target_period="2027", target_value=Decimal(9))
    )
    with pytest.raises(Conflict):
        services.revise(work, visits.number, 2, VISITS)
    services.withdraw(work, visits.number, "Tælles ikke mere")
    assert [row["code"] for row in snapshot.rows(work)] == ["besoeg"]
    with pytest.raises(Conflict):
        entering.correct(work, south.number, None, Decimal(1), qualifier="exact", reason="For sent")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_does_not_hold_is_refused_with_its_field(houses: int, work: Work) -> None:
    services.add(work, "visits", VISITS)
    (kept,) = entering.enter(work, [read("2025-Q4", "nord", 100)])
    refused = {
        ("reading-there", "value"): read("2025-Q4", "nord", 100),
        ("reading-branch-missing", "branch"): read("2025-Q3", "", 1),
        ("reading-branch-unknown", "branch"): read("2025-Q3", "øst", 1),
        ("reading-frequency", "period"): read("2025", "nord", 1),
        ("reading-future", "period"): read("2026-Q2", "nord", 1),
        ("value-decimals", "value"): read("2025-Q3", "nord", "1.5"),
        ("value-out-of-range", "value"): read("2025-Q3", "nord", -1),
        ("reading-note-missing", "note"): read("2025-Q3", "nord", 1, qualifier="more_than"),
        ("reading-evidence-unknown", "evidence"): read("2025-Q3", "nord", 1, evidence=77),
        ("reading-read-before", "read_on"): read("2025-Q3", "nord", 1, read_on=date(2025, 6, 30)),
        ("measure-code-unknown", "measure"): replace(read("2025-Q3", "nord", 1), measure="loans"),
    }
    for expected, entry in refused.items():
        with pytest.raises(Invalid) as problem:
            entering.enter(work, [read("2025-Q2", "nord", 5), entry])
        assert code(problem) == expected
    assert queries.listed(work)[-1].number == kept.number  # nothing half done
    for reason, value, because in (("", 1, "reading-correction-reason"), ("x", 100, "reading-correction-same")):
        with pytest.raises(Invalid) as problem:
            entering.correct(work, kept.number, None, Decimal(value), qualifier="exact", reason=reason)
        assert problem.value.code == because
    wrong = {
        "measure-rate-parts": replace(VISITS, aggregation="rate", numerator="visits", factor=Decimal(100)),
        "measure-not-a-rate": replace(VISITS, numerator="visits"),
        "measure-counted-sum": replace(VISITS, counted="attendance"),
        "measure-goal-unknown": replace(VISITS, targets=("4",)),
        "measure-indicator-unknown": replace(VISITS, indicator="1.9.9"),
        "measure-pair": replace(VISITS, baseline_period="2024"),
    }
    for name, details in wrong.items():
        with pytest.raises(Invalid) as problem:
            services.add(work, name.replace("-", "_"), details)
        assert problem.value.code == name
    with pytest.raises(Invalid) as problem:
        services.add(work, "visits", VISITS)
    assert code(problem) == ("measure-code-used", "code")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_activities_have_is_counted_and_the_three_headcounts_stay_apart(programme: None, work: Work) -> None:
    base = MeasureDetails("Talt", "stk.", frequency="quarter")
    for counted in ("events", "attendance", "signups", "helped"):
        services.add(work, counted, replace(base, counted=counted))
    services.add(work, "concerts", replace(base, counted="events", counted_types=("koncert",)))
    found = {row["code"]: row for row in snapshot.rows(work)}
    figures = {name: rules.figure(row, "2025") for name, row in found.items()}
    assert {name: str(figure.value) for name, figure in figures.items()} == {
        "events": "3",
        "attendance": "25",
        "signups": "30",
        "helped": "7",
        "concerts": "1",
    }
    assert figures["attendance"].qualifier == "more_than"
    assert figures["helped"].activities == (3,)
    assert rules.figure(found["events"], "2025-Q2").value == 0
    assert found["attendance"]["readings"][2]["without"] == 1
    with pytest.raises(Invalid) as problem:
        entering.enter(work, [Entry("events", "2025-Q1", Decimal(1))])
    assert problem.value.code == "reading-not-entered"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_staff_enter_and_correct_their_own_and_readers_only_look(
    workplace: Workplace, coordinator: Actor, staff: Actor, library: Library, make: Factories
) -> None:
    make.branch(library, "Nord")
    with workplace.writing(coordinator) as work:
        services.add(work, "visits", VISITS)
        entering.enter(work, [read("2025-Q3", "nord", 1)])
    with workplace.writing(staff) as work:
        (own,) = entering.enter(work, [read("2025-Q4", "nord", 1)])
        entering.correct(work, own.number, None, Decimal(2), qualifier="exact", reason="Tastefejl")
        with pytest.raises(Forbidden):
            entering.correct(work, 1, None, Decimal(2), qualifier="exact", reason="Tastefejl")
        with pytest.raises(Forbidden):
            services.add(work, "loans", VISITS)
    with workplace.writing(make.member(library, Role.READER)) as work, pytest.raises(Forbidden):
        entering.enter(work, [read("2025-Q2", "nord", 1)])


def test_a_gap_that_will_never_be_known_stays_a_gap_and_nobody_is_asked_for_it(
    houses: int, staff: Actor, work: Work
) -> None:
    services.add(work, "visits", VISITS, COUNTED)
    entering.enter(work, [read("2025-Q3", "nord", 100), read("2025-Q3", "syd", 50), read("2025-Q4", "nord", 7)])
    assert rules.due(snapshot.rows(work)[0], work.today, ["nord", "syd"]) == [("2025-Q4", "syd")]
    (gap,) = unknowns.mark(work, 1, "2025-Q4", ["syd"], " Tælleren var i  stykker. ")
    (row,) = snapshot.rows(work)
    assert (row["unknown"][0]["reason"], row["unknown"][0]["branch"]) == ("Tælleren var i stykker.", "syd")
    assert rules.due(row, work.today, ["nord", "syd"]) == []
    figure = rules.figure(row, "2025-Q4")
    assert (figure.value, figure.missing) == (Decimal(7), (("2025-Q4", "syd"),))
    assert showing.gaps(figure.missing, {"syd": "Syd"}, rules.reasons(row)).endswith(
        "(Syd; bliver aldrig kendt: Tælleren var i stykker)"
    )
    assert "unknown" not in snapshot.rows(work, until=date(2025, 9, 30))[0]
    stream = io.BytesIO()
    outputs.write_workbook(work, stream)
    sheet = openpyxl.load_workbook(stream).worksheets[0]
    lines = [row for row in sheet.iter_rows(values_only=True) if row[3] == "2025-Q4"]
    assert [(line[4], line[5], line[-1]) for line in lines] == [
        ("nord", 7, None),
        ("syd", None, "Tælleren var i stykker."),
    ]
    for step, wanted in (
        (lambda: entering.enter(work, [read("2025-Q4", "syd", 1)]), ("reading-never-known", "value")),
        (lambda: unknowns.mark(work, 1, "2025-Q4", ["syd"], "Igen"), ("unknown-there", "branches")),
        (lambda: unknowns.mark(work, 1, "2025-Q4", ["nord"], "Nej"), ("unknown-read", "branches")),
        (lambda: unknowns.mark(work, 1, "2025-Q3", [], "Nej"), ("unknown-nowhere", "branches")),
        (lambda: unknowns.mark(work, 1, "2025-Q3", ["syd"], " "), ("unknown-reason", "reason")),
        (lambda: unknowns.mark(work, 1, "2027-Q1", ["syd"], "Nej"), ("reading-future", "period")),
    ):
        with pytest.raises(Invalid) as refused:
            step()
        assert code(refused) == wanted
    with pytest.raises(Conflict):
        unknowns.take_back(work, gap.number, "Fundet", 7)
    unknowns.take_back(work, gap.number, "Fundet", 1)
    with pytest.raises(Conflict):
        unknowns.take_back(work, gap.number, "Fundet")
    entering.enter(work, [read("2025-Q4", "syd", 1)])
    assert "unknown" not in snapshot.rows(work)[0]
    assert [event.action for event in trail.of(work, "unknown_reading", gap.number)] == [
        "unknown_reading.added",
        "unknown_reading.withdrawn",
    ]
    assert not allowed(staff, Permission.READING_CORRECT, gap)  # somebody else marked it
