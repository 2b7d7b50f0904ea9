"""The check before freezing: each kind of case as a rule, then found in a library, on the page and by the command."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.certification import check_wording, checking, preflight, queries, services, tasks
from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.preflight import Case, Claim, Deed, Exhibit, Facts, Figure, Kind, Subject, Weight
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.cli import acting, main
from sdg_tracker.evidence.models import Tie
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.schemes import queries as cycles
from sdg_tracker.schemes import services as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.certification.conftest import DAY
from tests.factories import Factories
from tests.statements import counted

BEGINS = date(2026, 1, 1)
SOUND = Claim(
    "K1",
    "Krav",
    AssessmentState.MET,
    "Sådan gør vi.",
    wanted=1,
    found=1,
    assessed_on=DAY,
    before="Sådan gjorde vi.",
    approved=True,
)


def kinds(*claims: Claim, **facts: Any) -> list[Kind]:
    return [case.kind for case in preflight.check(Facts(DAY, BEGINS, claims, **facts))]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"found": 0}, Kind.NO_EVIDENCE),
        ({"narrative": " \n", "describes": True}, Kind.NO_NARRATIVE),
        ({"narrative": ""}, Kind.EMPTY),
        ({"narrative": "Sådan\n gjorde vi."}, Kind.LEFT),
        ({"unaccepted": 1}, Kind.UNREVIEWED),
        ({"changed": True}, Kind.CHANGED),
        ({"approved": False}, Kind.NOT_APPROVED),
        ({"open_comments": 2}, Kind.COMMENTS),
        ({"assessed_on": date(2025, 3, 1)}, Kind.OLD),
        ({"narrative": "Siden 2025 og (2019)."}, Kind.EARLIER_YEAR),
    ],
)
def test_each_weakness_of_a_requirement_is_a_case(changes: dict[str, Any], kind: Kind) -> None:
    assert kinds(replace(SOUND, **changes)) == [kind]


def test_a_sound_requirement_has_no_case_and_an_honest_gap_is_none() -> None:
    assert kinds(SOUND) == []
    assert kinds(replace(SOUND, state=AssessmentState.MISSING, found=0, narrative="")) == []
    assert kinds(Claim("K1", "Krav", None, wanted=1)) == [Kind.NOT_ASSESSED]
    assert kinds(Claim("K1", "Krav", None, unconfirmed=True)) == [Kind.LEFT]
    assert kinds(SOUND, texts={"K1": "12 Bæredygtige byer"}) == [Kind.MISMATCH]
    years = "Fra 1999 til 2025, i 2026 og 2030; 2025,5 kr., nr. 12025 og 2019"
    assert preflight.earlier_years(years, BEGINS) == ["1999", "2025", "2019"]


def test_exhibits_and_activities_are_looked_at_too() -> None:
    piece = Exhibit(7, "Foto", ties=4, picture=True)
    assert kinds(exhibits=[piece, replace(piece, picture=False, ties=8)]) == []
    weak = replace(
        piece, ties=5, people_unknown=True, shows_objected=True, consent_lacks=True, expired_on=DAY, dead_link=True
    )
    assert kinds(exhibits=[weak]) == [
        Kind.SHOWS_OBJECTED,
        Kind.PEOPLE_UNKNOWN,
        Kind.CONSENT,
        Kind.EXPIRED,
        Kind.STRETCHED,
        Kind.DEAD_LINK,
    ]
    assert kinds(exhibits=[replace(piece, picture=False, ties=9)]) == [Kind.STRETCHED]
    assert kinds(exhibits=[replace(piece, expires_on=DAY)]) == [Kind.EXPIRES]
    (case,) = preflight.check(Facts(DAY, BEGINS, figures=[Figure(3, "Besøg", 2)]))
    assert (case.kind, case.subject, case.about, case.more) == (Kind.NO_SOURCE, Subject.MEASURE, "3", "2")
    assert kinds(deeds=[Deed(1, "Kor", "12 byer", unsourced=True)]) == [Kind.MISMATCH, Kind.NO_SOURCE]


def test_cases_stand_by_weight_and_are_all_counted_and_named() -> None:
    claims = [replace(SOUND, code=f"K{number}", approved=False, found=number % 2) for number in range(30)]
    cases = preflight.check(Facts(DAY, BEGINS, claims))
    assert [group.kind for group in preflight.groups(cases)] == [Kind.NO_EVIDENCE, Kind.NOT_APPROVED]
    assert preflight.counts(cases) == {Weight.STOPS: 15, Weight.WEAK: 0, Weight.LOOK: 30}
    assert set(preflight.WEIGHTS) == set(check_wording.KIND_NAMES) == set(check_wording.KIND_HINTS) == set(Kind)
    with use_locale("en"):
        texts = {kind: check_wording.more(Case(kind, Subject.REQUIREMENT, "K", "", "2")) for kind in (Kind.COMMENTS,)}
        assert texts == {Kind.COMMENTS: "2 comments"}


@pytest.fixture
def weak(workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: Cycle) -> Cycle:
    """A cycle with one case of most kinds."""
    expired = make.evidence(library, b"1", kind="minutes", valid_until=date(2026, 1, 31), collected_on=date(2025, 5, 1))
    fresh = make.evidence(library, b"2", kind="minutes", valid_until=date(2026, 5, 1), collected_on=date(2026, 2, 1))
    reading = make.reading(library)
    unknown = make.evidence(library, b"3", kind="photo", people="unknown", collected_on=date(2026, 2, 1))
    dead = make.evidence(library, b"4", kind="link", state="accepted", accepted_version=1)
    make.link(library, dead, standing="dead")
    unsure = make.picture(library, basis="consent")  # the consent is not for reports
    make.activity(library, "Mål 12 Bæredygtige byer", "12", attendance=30)
    proven = make.activity(library, "Læsning", "4", attendance=12)
    make.evidence(library, b"5", activity=proven)
    make.activity(library, "Planlagt 12 Bæredygtige byer", "12", status="planned", helped=1)
    ties = [(expired, "O1.1"), (fresh, "O1.2"), (dead, "O2.1"), (unsure, "O1.2")]
    ties += [(unknown, code) for code in ("O1.1", "O1.2", "O2.1", "B1.1", "B2.1")]
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.merge(reading).ends_on = date(2026, 1, 31)
        work.session.get_one(Cycle, cycle.id).audit_on = date(2026, 6, 1)
        for piece, code in ties:
            work.session.add(Tie(evidence_id=piece.id, cycle_id=cycle.id, requirement_code=code, added_at=work.at))
    with workplace.writing(coordinator) as work:
        before = schemes.open_cycle(work, cycle.scheme.slug, date(2022, 1, 1), date(2024, 12, 31))
        said = AssessmentDetails(AssessmentState.MET, "Som altid, også i 2019.")
        for number in (before.number, cycle.number):
            services.assess(work, number, "O1.2", said)
        services.assess(work, cycle.number, "O1.1", AssessmentDetails(AssessmentState.MET, "Vi samles."))
        tasks.approve(work, cycle.number, "O1.1")
        tasks.comment(work, cycle.number, "O1.1", "Til auditor", shown=True)
        services.assess(work, cycle.number, "O1.1", AssessmentDetails(AssessmentState.MET, "Mål 12 Bæredygtige byer"))
        services.assess(work, cycle.number, "D1.1", AssessmentDetails(AssessmentState.MET, "Ja."))
        old = work.session.query(Assessment).filter_by(cycle_id=cycle.id, requirement_code="D1.1").one()
        old.assessed_at = datetime(2025, 1, 2, tzinfo=UTC)
        return cycles.cycle(work, cycle.number)


def test_a_library_is_looked_through_in_a_number_of_statements_that_does_not_grow(
    workplace: Workplace, make: Factories, library: Library, weak: Cycle
) -> None:
    def look() -> tuple[set[tuple[str, str]], int]:
        with workplace.reading(SYSTEM, library.id) as work, counted(workplace.engine) as statements:
            readiness = queries.readiness(work, weak)
            cases = preflight.check(checking.facts(work, readiness))
            assert [case.more for case in cases if case.subject is Subject.MEASURE] == ["1"]
            return {(case.kind.value, case.about) for case in cases if case.kind is not Kind.NOT_ASSESSED}, len(
                statements
            )

    found, many = look()
    assert found == {
        ("people_unknown", "3"),
        ("no_evidence", "D1.1"),
        ("consent", "5"),
        ("left", "O1.2"),
        ("expired", "1"),
        ("expires", "2"),
        ("stretched", "3"),
        ("mismatch", "O1.1"),
        ("mismatch", "1"),
        ("no_source", "1"),
        ("changed", "O1.1"),
        ("not_approved", "O1.2"),
        ("not_approved", "D1.1"),
        ("comments", "O1.1"),
        ("dead_link", "4"),
        ("old", "D1.1"),
        ("earlier_year", "O1.2"),
        ("unreviewed", "O1.1"),
        ("unreviewed", "O1.2"),
        ("unreviewed", "B1.1"),
        ("unreviewed", "B2.1"),
    }
    for number in range(3):
        piece = make.evidence(library, f"more {number}".encode())
        make.activity(library, f"Nr. {number}", attendance=1)
        with workplace.writing(SYSTEM, library.id) as work:
            work.session.add(Tie(evidence_id=piece.id, cycle_id=weak.id, requirement_code="O1.2", added_at=work.at))
    assert look()[1] == many


def test_the_page_lists_twenty_and_hides_none(
    browser: FlaskClient, make: Factories, library: Library, weak: Cycle
) -> None:
    here = f"/certification/cycles/{weak.number}/check"
    for _number in range(24):
        make.activity(library, attendance=1)
    text = browser.get(here).text
    assert "26 cases." in text
    assert "20 of 26 are listed" in text
    assert len(re.findall(r"/evidence/new\?activity=", text)) == 20
    assert f'href="/certification/cycles/{weak.number}/O1.1#work"' in text
    assert 'href="/evidence/3/people"' in text
    one = browser.get(f"{here}?kind=no_source").text
    assert len(re.findall(r"/evidence/new\?activity=", one)) == 25
    assert 'href="/measures/1"' in one
    assert "See all kinds" in one
    assert "The check before freezing found" in browser.get(f"/editions/dossier/{weak.number}").text


def test_the_commands_tell_the_same(workplace: Workplace, monkeypatch: pytest.MonkeyPatch, weak: Cycle) -> None:
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, list(arguments))

    with use_locale("en"):
        plain = run("dossier", "check")
        assert plain.exit_code == 1
        assert "Weak: Nobody has said whether people can be recognised (1)" in plain.stdout
        told = json.loads(run("dossier", "check", "--cycle", "1", "--json").stdout)
        assert told["counts"]["stops"] == 1
        assert told["cases"][0] == {
            "weight": "stops",
            "kind": "no_evidence",
            "requirement": "D1.1",
            "title": told["cases"][0]["title"],
            "more": "",
        }
        assert sum(told["counts"].values()) == len(told["cases"])
        now = json.loads(run("certification", "readiness", "--json").stdout)
        later = json.loads(run("certification", "readiness", "--on", "2027-12-31", "--json").stdout)
        assert (now["day"], later["day"]) == (DAY.isoformat(), "2027-12-31")
        assert later["whole"]["gaps"] >= now["whole"]["gaps"]
        assert now["whole"]["total"] == len(now["requirements"]) == 28
        assert "assessed as met" in run("certification", "readiness").stdout
