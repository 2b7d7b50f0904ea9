"""The five schemes from a first cycle to a frozen dossier: what is asked is done, and the scheme's rule turns."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.activities.models import Activity, ActivityBranch, ActivityPartner, Mapping, Partner
from sdg_tracker.certification import leaving, queries, services
from sdg_tracker.certification.needs import What
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.dossier import page, pdf, workbook
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions.build import snapshot_of
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.printing.edition import compose
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes import services as cycles
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories

ANSWERS: dict[str, Any] = {
    "branch_count": 2,
    "renewal": False,
    "serves_food": True,
    "outdoor_area": False,
    "statement_of_use": "Vi bruger GRI",
    "claim": "with_reference",
    "entry": "project",
    "country": "Danmark",
    "may_be_published": True,
}
SCORED = "best-n-example"
LEFT_OUT = {"gri-content-index": "302-1", "ifla-green-library": "3.1", "points-example": "U1.4"}  # with a reason
LAST = {SCORED: "17.1", "db2030-biblioteker": "O1.1", "gri-content-index": "2-1", "ifla-green-library": "7.1",
        "points-example": "L1.1"}  # fmt: skip
CHOSEN = {
    "gri-content-index": "udarbejdet med henvisning til GRI&#39;s standarder",
    "ifla-green-library": "et projekt",
}
REASON = "Uden for det, vi råder over."


def test_the_five_schemes_work_from_end_to_end(
    workplace: Workplace, coordinator: Actor, library: Library, make: Factories
) -> None:
    _do(workplace, library, make)
    for slug, last in LAST.items():
        with workplace.writing(coordinator) as work:
            cycle = cycles.open_cycle(work, slug, date(2026, 1, 1), date(2026, 12, 31))
            _tie(work, cycle)
            before = queries.readiness(work, cycle)
            assert not before.decision.reached
            conditional = any("applies_if" in row.definition for row in before.requirements.values())
            assert any(need.what is What.FACT for one in before.results for need in one.gaps) == conditional
            asked = {row["key"] for row in cycle.scheme.document.get("facts", [])}
            cycles.set_cycle(work, cycle.number, facts={key: ANSWERS[key] for key in asked & set(ANSWERS)})
            for code in before.requirements:
                if code != last:
                    _assess(work, cycle, code, left_out=code == LEFT_OUT.get(slug))
            nearly = queries.readiness(work, cycle).decision
            assert nearly.reached is (None if slug == SCORED else False)
            assert nearly.lacking == (() if slug == SCORED else (last,)), slug
            _assess(work, cycle, last)
            decided = queries.readiness(work, cycle).decision
            assert decided.reached is (None if slug == SCORED else True)
            if slug == SCORED:
                assert (decided.score or 0) > (nearly.score or 0)
            edition = dossier.freeze(work, cycle.number, "da")
        snapshot = snapshot_of(workplace.blobs, edition)
        _head, html = compose(pdf.TEMPLATE, snapshot, edition.fingerprint)
        assert cycle.scheme.document["label"]["da"].replace("'", "&#39;") in html
        assert all(f'id="requirement-{code}"' in html for code in before.requirements)
        assert (REASON in html) == (slug in LEFT_OUT)
        _check_what_the_scheme_asks(cycle, html, snapshot)
        assert not {">with_reference<", ">project<"} & set(re.findall(">[a-z_]+<", html))
        if slug in CHOSEN:
            assert f">{CHOSEN[slug]}<" in html
        assert ("Point pr. område" in html) == (slug in (SCORED, "points-example"))
        if slug == SCORED:
            assert [row["counted"] for row in snapshot["decision"]["areas"]].count(True) == 4
        for output in (page, workbook):
            target = io.BytesIO()
            output.build(snapshot, edition.fingerprint, workplace.blobs, target)
            assert target.tell()


def _assess(work: Work, cycle: Cycle, code: str, *, left_out: bool = False) -> None:
    """Assess as the scheme wants it: with one of its own reasons where it has some, and an answer to what it asks."""
    decision = cycle.scheme.document["decision"]
    state = AssessmentState.NOT_PURSUING if left_out else AssessmentState.MET
    reasons = [*leaving.reasons(decision), ""] if left_out else [""]
    answers = {key: f"{key} {code}" for key in leaving.fields(decision)}
    details = AssessmentDetails(state, f"Sådan: {code}.", REASON if left_out else "", reasons[0], answers)
    services.assess(work, cycle.number, code, details)


def _check_what_the_scheme_asks(cycle: Cycle, html: str, snapshot: Snapshot) -> None:
    """Find the scheme's own reason and its answers on paper and in the workbook; nothing of it under other schemes."""
    decision, target = cycle.scheme.document["decision"], io.BytesIO()
    workbook.build(snapshot, "0" * 64, None, target)  # type: ignore[arg-type] # it reads no blobs
    (sheet,) = (rows for rows in openpyxl.load_workbook(target, read_only=True) if rows.title == "Krav")
    heads = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    for text in [*list(leaving.reasons(decision).values())[:1], *leaving.fields(decision).values()]:
        assert text["da"] in html
        assert text["da"] in heads
    assert ("Færdig grund" in heads) == bool(leaving.fields(decision))


def _do(workplace: Workplace, library: Library, make: Factories) -> None:
    """Hold six activities of every type in each of two houses, with partners, and keep three pieces of every kind."""
    houses = [make.branch(library, name).id for name in ("Hovedbiblioteket", "Stationen")]
    with workplace.writing(SYSTEM, library.id) as work:
        words = schemes.vocabularies(work)
        partners = [Partner(code=f"p{number}", name=f"P {number}") for number in range(3)]
        held = [
            Activity(
                number=number, title="A", sort_key="a", search_text="a", type=kind, status="held", year=2026,
                starts_on=date(2026, 1, 15), audiences=list(words["audience"]), added_at=work.at,
            )
            for number, kind in enumerate(list(words["activity-type"]) * 6, 1)
        ]  # fmt: skip
        work.session.add_all([*partners, *held])
        work.session.flush()
        for activity in held:
            goal = {
                "framework": FRAMEWORK,
                "code": "4",
                "goal": "4",
                "main": True,
                "origin": "person",
                "confirmed": True,
            }
            work.session.add(Mapping(activity_id=activity.id, position=0, **goal))
            work.session.add_all(ActivityBranch(activity_id=activity.id, branch_id=house) for house in houses)
            work.session.add_all(ActivityPartner(activity_id=activity.id, partner_id=one.id) for one in partners)
    shown: dict[str, Any] = {
        "collected_on": date(2026, 2, 1),
        "public": True,
        "people": "no",
        "state": "accepted",
        "accepted_version": 1,
    }
    for number, kind in enumerate(list(words["evidence-kind"]) * 3):
        make.evidence(library, activity=held[number], kind=kind, **shown)


def _tie(work: Work, cycle: Cycle) -> None:
    """Tie three pieces of the first kind that it takes to each requirement."""
    pieces: dict[str, list[int]] = {}
    for key, kind in work.session.execute(sa.select(Evidence.id, Evidence.kind).order_by(Evidence.number)):
        pieces.setdefault(kind, []).append(key)
    for code, row in schemes.requirements(work, cycle.scheme).items():
        work.session.add_all(
            Tie(cycle_id=cycle.id, evidence_id=key, requirement_code=code, added_at=work.at)
            for key in pieces[row.kinds[0]]
        )
    work.session.flush()
