"""The rules of readiness, case by case and as properties, without a database."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdg_tracker.certification import decisions
from sdg_tracker.certification import readiness as rules
from sdg_tracker.certification.material import Done, Found, Judged, Shown
from sdg_tracker.certification.needs import What
from sdg_tracker.certification.readiness import Result, Status, Tally
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.stretches import months_before
from tests.certification.conftest import DAY, DOCUMENTS, SLUGS, definition, definitions, frame

MET = Judged(AssessmentState.MET, "Sådan gør vi.")


def done(type_: str = "arrangement", day: date = date(2025, 5, 1), **values: Any) -> Done:
    return Done(type_, day, values.pop("last", day), mapped=values.pop("mapped", True), **values)


def held(code: str, found: Found, slug: str = "db2030-biblioteker", day: date = DAY, **values: Any) -> Result:
    return rules.result(definition(code, slug), frame(slug, **values), found, day)


def lacking(result: Result, what: What) -> list[tuple[str, str, int]]:
    return [(need.year, need.branch, need.lacking) for need in result.gaps if need.what is what]


# Evidence


def test_evidence_counts_when_it_is_of_an_accepted_kind_made_by_then_and_not_too_old() -> None:
    def pieces(*shown: Shown) -> int:
        found = Found(evidence={"O1.2": shown})
        return next(need.found for need in held("O1.2", found).needs if need.what is What.EVIDENCE)

    assert pieces(Shown("minutes", date(2026, 3, 2)), Shown("document", date(2023, 3, 2))) == 2
    assert pieces(Shown("photo", DAY)) == 0
    assert pieces(Shown("minutes", date(2026, 3, 3))) == 0
    assert pieces(Shown("minutes", date(2023, 3, 1))) == 0
    assert pieces(Shown("minutes", DAY, count=4)) == 4


def test_evidence_that_has_expired_is_missing() -> None:
    def pieces(until: date, day: date = DAY) -> int:
        found = Found(evidence={"O1.2": [Shown("minutes", date(2025, 6, 1), valid_until=until)]})
        return next(need.found for need in held("O1.2", found, day=day).needs if need.what is What.EVIDENCE)

    assert [pieces(until) for until in (date(2026, 3, 1), DAY, date(2026, 3, 3))] == [0, 1, 1]
    assert pieces(date(2027, 12, 31), date(2031, 1, 1)) == 1  # it held until the cycle was over
    assert pieces(date(2027, 12, 30), date(2031, 1, 1)) == 0


def test_evidence_of_a_year_has_to_hold_until_that_is_over() -> None:
    shown = [
        Shown("document", date(2025, 2, 1), valid_until=until) for until in (date(2025, 12, 31), date(2025, 12, 30))
    ]
    assert lacking(held("T2.2", Found(evidence={"T2.2": shown[:1]})), What.EVIDENCE) == [("2026", "", 1)]
    assert lacking(held("T2.2", Found(evidence={"T2.2": shown[1:]})), What.EVIDENCE) == [
        ("2025", "", 1),
        ("2026", "", 1),
    ]


def test_evidence_that_nobody_has_accepted_counts_and_is_marked() -> None:
    shown = [Shown("minutes", DAY, count=2), Shown("minutes", DAY, count=3, accepted=False)]
    needs = held("O1.2", Found(evidence={"O1.2": shown})).needs
    assert [(need.found, need.unaccepted) for need in needs if need.what is What.EVIDENCE] == [(5, 3)]


def test_evidence_does_not_grow_older_after_the_cycle() -> None:
    found = Found(evidence={"O1.2": [Shown("minutes", date(2025, 6, 1))]}, assessments={"O1.2": MET})
    assert held("O1.2", found, day=date(2031, 1, 1)).status is Status.MET


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0, date(2028, 3, 31)),
        (1, date(2028, 2, 29)),
        (12, date(2027, 3, 31)),
        (13, date(2027, 2, 28)),
        (99_999, date.min),
    ],
)
def test_so_many_months_before(months: int, expected: date) -> None:
    assert months_before(date(2028, 3, 31), months) == expected


def test_public_evidence_is_asked_for_where_the_scheme_says_so() -> None:
    inside, outside = Shown("link", DAY), Shown("link", DAY, public=True)
    assert lacking(held("B1.3", Found(evidence={"B1.3": [inside]})), What.EVIDENCE) == [("", "", 1)]
    assert lacking(held("B1.3", Found(evidence={"B1.3": [outside]})), What.EVIDENCE) == []


def test_documents_are_counted_in_each_year_that_has_begun() -> None:
    one = Found(evidence={"T2.2": [Shown("document", date(2025, 12, 10))]})
    assert lacking(held("T2.2", one), What.EVIDENCE) == [("2026", "", 1)]
    assert lacking(held("T2.2", one, day=date(2027, 6, 1)), What.EVIDENCE) == [("2026", "", 1), ("2027", "", 1)]
    assert [need.running for need in held("T2.2", one).gaps if need.what is What.EVIDENCE] == [True]
    assert lacking(held("T2.2", Found(), day=date(2024, 6, 1)), What.EVIDENCE) == [("2025", "", 1)]


def test_more_evidence_in_all_than_in_each_year_is_asked_for_too() -> None:
    asked = {**definition("T2.2"), "evidence": {**definition("T2.2")["evidence"], "min": 3}}
    found = Found(evidence={"T2.2": [Shown("document", date(2026, 1, 5), count=2), Shown("minutes", date(2025, 9, 1))]})
    needs = rules.result(asked, frame(), found, DAY).needs
    assert [(n.year, n.needed, n.found) for n in needs if n.what is What.EVIDENCE] == [
        ("2025", 1, 1),
        ("2026", 1, 2),
        ("", 3, 3),
    ]


def test_a_scheme_that_asks_for_no_evidence_needs_none() -> None:
    result = held("2-1", Found(assessments={"2-1": MET}), "gri-content-index")
    assert result.status is Status.MET
    assert {need.what for need in result.needs} == {What.NARRATIVE, What.ASSESSMENT}


def test_evidence_of_each_house_is_asked_for_where_the_scope_is_the_house() -> None:
    whole = {"V1.2": [Shown("photo", DAY)]}
    found = Found(evidence=whole, evidence_by_branch={("syd", "V1.2"): [Shown("photo", DAY)]})
    assert lacking(held("V1.2", found, "points-example"), What.EVIDENCE) == [("", "hoved", 1), ("", "nord", 1)]
    assert lacking(held("V1.2", found, "points-example", branches=("syd",)), What.EVIDENCE) == []
    assert lacking(held("V1.2", found, "points-example", branches=()), What.EVIDENCE) == []


# Counts


def test_activities_are_counted_by_role_mapping_and_year() -> None:
    found = Found(
        activities=[
            done(count=4),
            done("udstilling", date(2025, 12, 30), last=date(2026, 1, 5)),
            done(mapped=False, count=9),
            done("driftstiltag", count=9),
            done(day=date(2026, 3, 3), count=9),
            Done("arrangement", None, None, year=2025, mapped=True),
        ]
    )
    counts = {n.year: n.found for n in held("B1.1", found).needs if n.what is What.COUNT}
    assert counts == {"2025": 6, "2026": 1}
    assert lacking(held("B1.1", found), What.COUNT) == [("2026", "", 5)]
    assert lacking(held("B1.1", found, chosen={"outreach_per_year": 1}), What.COUNT) == []


def test_what_goes_on_counts_in_each_year_since_it_began() -> None:
    found = Found(activities=[done("fællesskab", date(2025, 9, 1), last=None, count=2)])
    assert {n.year: n.found for n in held("B2.2", found).needs if n.what is What.COUNT} == {"2025": 2, "2026": 2}


def test_audience_types_and_evidence_are_conditions() -> None:
    staff = done("undervisning", audiences=frozenset({"personale", "unge"}))
    assert [n.found for n in held("O4.1", Found(activities=[staff, done()])).needs if n.what is What.COUNT] == [1, 0]
    community, measure = done("fællesskab"), done("driftstiltag", with_evidence=True)
    assert [n.found for n in held("B2.1", Found(activities=[community, measure])).needs if n.what is What.COUNT] == [1]
    assert [n.found for n in held("T1.1", Found(activities=[community, measure])).needs if n.what is What.COUNT] == [
        1,
        0,
    ]


def test_where_each_activity_is_shown_only_those_with_evidence_count() -> None:
    asked = {**definition("T1.2"), "counts": {"of": "activity", "where": {"roles": ["formidler"]}}}
    found = Found(activities=[done(), done(with_evidence=True)])
    assert [n.found for n in rules.result(asked, frame(), found, DAY).needs if n.what is What.COUNT] == [1, 0]


def test_different_partners_and_goals_are_counted_once() -> None:
    rows = [done(with_partner=True, count=3), done(day=date(2026, 1, 1), with_partner=True)]
    found = Found(activities=rows, by_partner={"kor": rows, "skole": [rows[0]], "gammel": [done(day=date(2024, 1, 1))]})
    assert lacking(held("B2.3", found), What.COUNT) == [("", "", 1)]
    goals = {**definition("B2.3"), "counts": {"of": "goal"}}
    counted = rules.result(goals, frame(), replace(found, by_goal={"4": rows, "13": rows, "1": []}), DAY)
    assert [n.found for n in counted.needs if n.what is What.COUNT] == [2]


def test_each_house_has_its_own_count() -> None:
    own = done("driftstiltag")
    found = Found(activities=[own, own], by_branch={"syd": [own], "nord": [done()]})
    assert lacking(held("D1.4", found), What.COUNT) == [("", "hoved", 1), ("", "nord", 1)]
    assert lacking(held("D1.4", found, branches=("hoved",)), What.COUNT) == []


def test_each_house_and_year_has_its_own_count() -> None:
    found = Found(by_branch={"syd": [done(count=4)]})
    facts = {"branch_count": 3, "outdoor_area": True, "serves_food": True}
    result = held("U1.4", found, "points-example", branches=("syd", "nord"), facts=facts)
    assert lacking(result, What.COUNT) == [("2026", "syd", 4), ("2025", "nord", 4), ("2026", "nord", 4)]


def test_partners_of_each_house_are_left_to_the_library() -> None:
    asked = {**definition("B2.3"), "scope": "branch"}
    found = Found(evidence_by_branch={(b, "B2.3"): [Shown("photo", DAY)] for b in ("hoved", "syd", "nord")})
    result = rules.result(asked, frame(), replace(found, assessments={"B2.3": MET}), DAY)
    assert result.status is Status.OWN_JUDGEMENT


def test_years_are_those_of_the_cycle() -> None:
    found = Found(activities=[done(day=date(2026, 6, 1), count=6)])
    result = held("B1.1", found, starts_on=date(2025, 7, 1), ends_on=date(2028, 6, 30), day=date(2026, 8, 1))
    counts = [(n.year, n.found, n.running) for n in result.needs if n.what is What.COUNT]
    assert counts == [("2025/2026", 6, False), ("2026/2027", 0, True)]
    leap = held("B1.1", found, starts_on=date(2024, 2, 29), ends_on=date(2027, 2, 28), day=date(2026, 8, 1))
    assert [n.year for n in leap.needs if n.what is What.COUNT] == ["2024/2025", "2025/2026", "2026/2027"]


# Whether it applies, and what the library says


def test_what_does_not_apply_is_neither_met_nor_missing() -> None:
    result = held("D1.4", Found(), facts={"branch_count": 1})
    assert (result.status, result.needs, result.gaps) == (Status.NOT_APPLICABLE, (), ())
    assert rules.tally([result]) == Tally(1, {"not_applicable": 1}, 0)
    judged = Found(assessments={"D1.4": MET})
    assert held("D1.4", judged, facts={"branch_count": 1}).judgement == "not_applicable"


def test_a_fact_that_nobody_has_answered_is_what_is_lacking() -> None:
    result = held("D1.4", Found(assessments={"D1.4": MET}), facts={})
    assert result.status is Status.GAP
    assert [(need.what, need.key) for need in result.gaps] == [(What.FACT, "branch_count")]
    both = {**definition("D1.4"), "applies_if": {"all": [{"fact": "a", "is": True}, {"any": [{"fact": "b", "is": 1}]}]}}
    assert [need.key for need in rules.result(both, frame(facts={}), Found(), DAY).gaps] == ["a", "b"]


def test_a_number_that_nobody_has_set_is_what_is_lacking() -> None:
    values = {**frame().settings, "outreach_per_year": None}
    result = held("B1.1", Found(), settings=values)
    assert (What.SETTING, "outreach_per_year") in [(need.what, need.key) for need in result.gaps]
    assert not lacking(result, What.COUNT)
    unlimited = Found(evidence={"O1.2": [Shown("minutes", date(1999, 1, 1))]}, assessments={"O1.2": MET})
    unset = held("O1.2", unlimited, settings={**frame().settings, "evidence_max_age_months": None})
    assert [(need.what, need.key) for need in unset.gaps] == [(What.SETTING, "evidence_max_age_months")]


# Every form that the schema allows


def asked(**changes: Any) -> dict[str, Any]:
    """Return a requirement that asks for documents, after changes."""
    return {**definition("O1.2"), **changes}


def needs_of(row: dict[str, Any], found: Found, what: What, **values: Any) -> list[tuple[str, str, int, int]]:
    """Return year, house, needed and found of what a requirement needs."""
    outcome = rules.result(row, frame(**values), found, values.pop("day", DAY))
    return [(need.year, need.branch, need.needed, need.found) for need in outcome.needs if need.what is what]


def test_a_plan_shorter_than_the_period_is_asked_for_again() -> None:
    row = asked(quantity={"min": 1, "unit": "documents", "per": "plan"})
    found = Found(evidence={"O1.2": [Shown("document", date(2025, 5, 1))]})
    whole = [("", "", 1, 1)]
    assert needs_of(row, found, What.EVIDENCE) == whole
    assert needs_of(row, found, What.EVIDENCE, plan_years=3) == whole
    assert needs_of(row, found, What.EVIDENCE, plan_years=7) == whole
    assert needs_of(row, found, What.EVIDENCE, plan_years=1)[:2] == [("2025", "", 1, 1), ("2026", "", 1, 0)]
    longer: dict[str, Any] = {"ends_on": date(2030, 12, 31), "plan_years": 2}
    assert [need[0] for need in needs_of(row, found, What.EVIDENCE, **longer)] == ["2025-2026"]
    later = rules.result(row, frame(**longer), found, date(2029, 6, 1))
    assert [(n.year, n.running) for n in later.needs if n.what is What.EVIDENCE] == [
        ("2025-2026", False), ("2027-2028", False), ("2029-2030", True)
    ]  # fmt: skip


def test_documents_are_asked_of_each_house_by_scope_or_by_quantity() -> None:
    shown = {("hoved", "O1.2"): [Shown("document", DAY)]}
    found = Found(evidence={"O1.2": [Shown("document", DAY)]}, evidence_by_branch=shown)
    houses = [("", "hoved", 1, 1), ("", "syd", 1, 0), ("", "nord", 1, 0)]
    assert needs_of(asked(scope="branch"), found, What.EVIDENCE) == houses
    per = {"min": 1, "unit": "documents", "per": "branch"}
    assert needs_of(asked(quantity=per), found, What.EVIDENCE) == houses
    yearly = needs_of(asked(quantity={**per, "per": "branch_and_year"}), found, What.EVIDENCE)
    assert [need[:2] for need in yearly] == [
        (year, house) for house in ("hoved", "syd", "nord") for year in ("2025", "2026")
    ]
    assert rules.groupings([asked(quantity=per)]) == {"branch"}


def test_half_of_something_asks_for_the_whole() -> None:
    row = asked(quantity={"min": 1.5, "unit": "documents", "per": "period"})
    assert needs_of(row, Found(), What.EVIDENCE) == [("", "", 2, 0)]


def test_each_activity_that_is_counted_needs_its_own_evidence() -> None:
    row = {
        **definition("B1.1"),
        "code": "X",
        "scope": "organisation",
        "counts": {"of": "activity", "where": {"types": ["projekt"]}},
        "quantity": {"min": 2, "unit": "pictures", "per": "activity"},
    }
    activities = [done("projekt", count=4), done("arrangement", count=9), done("projekt", date(2024, 1, 1))]
    each = [done("projekt", count=2, pieces=2), done("projekt", pieces=1), done("arrangement", count=5, pieces=3)]
    found = Found(activities=activities, each={"X": each})
    assert needs_of(row, found, What.COUNT) == [("", "", 4, 2)]
    assert needs_of(row, Found(), What.COUNT) == [("", "", 1, 0)]  # at least one is counted
    assert rules.groupings([row]) == {"each"}


def test_what_is_shown_for_an_activity_needs_as_much_from_each_that_shows_it() -> None:
    row = asked(scope="activity", evidence={**definition("O1.2")["evidence"], "min": 2})
    found = Found(each={"O1.2": [done(pieces=2, count=3), done(pieces=1)]})
    assert needs_of(row, found, What.COUNT) == [("", "", 4, 3)]
    assert needs_of(row, found, What.EVIDENCE) == []
    assert needs_of(row, Found(), What.COUNT) == [("", "", 1, 0)]
    quantity = {"min": 1, "unit": "documents", "per": "activity"}
    assert needs_of(asked(quantity=quantity), found, What.COUNT) == [("", "", 4, 4)]


def test_the_areas_tell_what_they_bring_and_which_of_them_count() -> None:
    slug = "best-n-example"
    found = full(slug)
    met = {code: made for code, made in found.assessments.items() if code not in ("11.1", "12.1", "12.2")}
    outcome = rules.results(definitions(slug), frame(slug), replace(found, assessments=met), DAY)
    decision = decisions.decision(DOCUMENTS[slug], found, outcome)
    told = [(area.code, area.got, area.of, area.counted, area.weight) for area in decision.areas]
    assert told == [
        ("4", 100, 100, True, 0.26), ("11", 40, 100, True, 0.26), ("12", 0, 100, False, 0),
        ("13", 100, 100, True, 0.26), ("17", 100, 100, True, 0.22),
    ]  # fmt: skip
    assert decision.score == pytest.approx(100 * (0.22 + 0.26 + 0.26 + 0.26 * 0.4))
    points = decisions.decision(DOCUMENTS["points-example"], full("points-example"), rules.results(
        definitions("points-example"), frame("points-example", facts=FACTS), full("points-example"), DAY
    ))  # fmt: skip
    assert sum(area.of for area in points.areas) == points.points
    assert decisions.decision(DOCUMENTS["gri-content-index"], found, ()).areas == ()


@pytest.mark.parametrize("code", ["O2.2", "O3.3", "D1.3", "O1.1", "O2.1", "O4.2"])
def test_lists_measures_and_other_quantities_are_own_judgement(code: str) -> None:
    kind = definition(code)["evidence"]["kinds"][0]
    found = Found(evidence={code: [Shown(kind, DAY)]}, assessments={code: MET})
    assert held(code, found).status is Status.OWN_JUDGEMENT
    assert held(code, replace(found, evidence={})).status is Status.GAP
    assert held(code, replace(found, assessments={})).status is Status.GAP


def test_a_narrative_needs_a_text() -> None:
    found = Found(evidence={"O3.2": [Shown("minutes", DAY)]}, assessments={"O3.2": Judged(AssessmentState.MET, " \n")})
    assert [need.what for need in held("O3.2", found).gaps] == [What.NARRATIVE]
    assert held("O3.2", replace(found, assessments={"O3.2": MET})).status is Status.MET


def test_only_what_is_recommended_can_be_left_out() -> None:
    no = Judged(AssessmentState.NOT_PURSUING, reason="Ikke nu.")
    assert held("B1.2", Found(assessments={"B1.2": no})).status is Status.NOT_PURSUING
    assert held("B1.2", Found(assessments={"B1.2": no})).gaps == ()
    assert What.ASSESSMENT in {need.what for need in held("B1.1", Found(assessments={"B1.1": no})).gaps}


def test_where_each_requirement_is_answered_some_can_be_left_out_with_a_reason() -> None:
    for state in (AssessmentState.NOT_PURSUING, AssessmentState.NOT_APPLICABLE):
        no = Judged(state, reason="Fortroligt.")
        found = Found(assessments={"2-6": no, "2-1": no})
        assert not held("2-6", found, "gri-content-index").gaps
        assert held("2-1", found, "gri-content-index").status is Status.GAP


# All five schemes


@pytest.mark.parametrize("slug", SLUGS)
def test_with_nothing_at_all_everything_that_may_apply_lacks_something(slug: str) -> None:
    found = rules.results(definitions(slug), frame(slug, facts={}), Found(), DAY)
    assert {one.status for one in found} == {Status.GAP}
    assert all(need.lacking > 0 for one in found for need in one.gaps)


def full(slug: str) -> Found:
    """Return enough of everything."""
    rows = [
        done(type_, day, audiences=frozenset({"personale"}), with_partner=True, with_evidence=True, count=99)
        for type_ in DOCUMENTS[slug].get("type_roles", {"arrangement": []})
        for day in (date(2025, 5, 1), date(2026, 2, 1))
    ]
    evidence = {
        row["code"]: [
            Shown(kind, day, public=True) for kind in row["evidence"]["kinds"] for day in (date(2025, 5, 1), DAY)
        ]
        for row in definitions(slug)
    }
    houses = ("hoved", "syd", "nord")
    return Found(
        activities=rows,
        by_branch=dict.fromkeys(houses, rows),
        by_partner=dict.fromkeys("abc", rows),
        by_goal=dict.fromkeys("123", rows),
        evidence=evidence,
        evidence_by_branch={(house, code): shown for house in houses for code, shown in evidence.items()},
        assessments={row["code"]: MET for row in definitions(slug)},
    )


FACTS = {"branch_count": 3, "renewal": True, "serves_food": True, "outdoor_area": True, "entry": "whole_library"}


@pytest.mark.parametrize("slug", SLUGS)
def test_with_enough_of_everything_nothing_is_lacking_and_the_rule_is_fulfilled(slug: str) -> None:
    found = full(slug)
    outcome = rules.results(definitions(slug), frame(slug, facts=FACTS), found, DAY)
    assert [(one.code, one.gaps) for one in outcome if not one.reached] == []
    decision = decisions.decision(DOCUMENTS[slug], found, outcome)
    assert decision.reached is (None if slug == "best-n-example" else True)
    if slug == "best-n-example":
        assert decision.score == pytest.approx(100)


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "best-n-example"])
def test_one_mandatory_requirement_without_assessment_is_enough_to_fail(slug: str) -> None:
    found = full(slug)
    code = next(row["code"] for row in definitions(slug) if row["mandatory"])
    found = replace(found, assessments={key: value for key, value in found.assessments.items() if key != code})
    outcome = rules.results(definitions(slug), frame(slug, facts=FACTS), found, DAY)
    decision = decisions.decision(DOCUMENTS[slug], found, outcome)
    assert (decision.reached, decision.lacking) == (False, (code,))


def test_points_that_do_not_apply_do_not_count() -> None:
    slug = "points-example"
    found = full(slug)
    optional = {row["code"] for row in definitions(slug) if not row["mandatory"]}
    found = replace(found, assessments={key: MET for key in found.assessments if key not in optional})
    outcome = rules.results(definitions(slug), frame(slug, facts=FACTS), found, DAY)
    decision = decisions.decision(DOCUMENTS[slug], found, outcome)
    every = sum(row.get("points", 0) for row in definitions(slug))
    assert (decision.reached, decision.lacking, decision.points) == (False, (), 0)
    assert decision.wanted == pytest.approx(0.4 * every)
    fewer = rules.results(definitions(slug), frame(slug, facts={**FACTS, "serves_food": False}), found, DAY)
    assert decisions.decision(DOCUMENTS[slug], found, fewer).wanted == pytest.approx(0.4 * (every - 5))


# Properties

many = settings(  # on a busy machine
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

STATES = st.sampled_from(AssessmentState)
DAYS = st.dates(date(2024, 1, 1), date(2029, 1, 1))
KINDS = st.sampled_from(["document", "minutes", "photo", "programme", "statistics", "survey", "press", "link"])
TYPES = st.sampled_from(sorted(DOCUMENTS["db2030-biblioteker"]["type_roles"]))
HOUSES = ("hoved", "syd", "nord")


@st.composite
def some_done(draw: st.DrawFn) -> Done:
    first = draw(st.none() | DAYS)
    last = None if first is None or draw(st.booleans()) else first + timedelta(days=draw(st.integers(0, 500)))
    flags = {name: draw(st.booleans()) for name in ("mapped", "with_partner", "with_evidence")}
    audiences = frozenset(draw(st.sets(st.sampled_from(["personale", "alle"]))))
    year = draw(st.integers(2024, 2028)) if first is None else None
    return Done(draw(TYPES), first, last, year, audiences, count=draw(st.integers(1, 3)), **flags)


@st.composite
def some_found(draw: st.DrawFn, slug: str) -> Found:
    codes = [row["code"] for row in definitions(slug)]
    rows = st.lists(some_done(), max_size=4)
    shown = st.builds(Shown, KINDS, DAYS, st.booleans(), st.integers(1, 2))
    judged = st.builds(Judged, STATES, st.sampled_from(["", "Sådan."]))
    pieces = st.lists(shown, max_size=3)
    return Found(
        activities=draw(rows),
        by_branch=draw(st.dictionaries(st.sampled_from(HOUSES), rows)),
        by_partner=draw(st.dictionaries(st.sampled_from("abcd"), rows)),
        by_goal=draw(st.dictionaries(st.sampled_from("1234"), rows)),
        evidence=draw(st.dictionaries(st.sampled_from(codes), pieces, max_size=6)),
        evidence_by_branch=draw(
            st.dictionaries(st.tuples(st.sampled_from(HOUSES), st.sampled_from(codes)), pieces, max_size=6)
        ),
        assessments=draw(st.dictionaries(st.sampled_from(codes), judged, max_size=8)),
    )


CASES = st.sampled_from(SLUGS).flatmap(lambda slug: st.tuples(st.just(slug), some_found(slug), DAYS))


def gaps(outcome: list[Result]) -> dict[tuple[object, ...], int]:
    return {
        (one.code, need.what, need.year, need.branch, need.needed): need.lacking for one in outcome for need in one.gaps
    }


@many
@given(CASES, st.data())
def test_more_evidence_and_more_activities_never_make_a_new_gap(
    case: tuple[str, Found, date], data: st.DataObject
) -> None:
    slug, found, day = case
    more = data.draw(some_found(slug))

    def both(one: Any, other: Any) -> Any:
        return {key: [*one.get(key, ()), *other.get(key, ())] for key in {*one, *other}}

    richer = Found(
        activities=[*found.activities, *more.activities],
        by_branch=both(found.by_branch, more.by_branch),
        by_partner=both(found.by_partner, more.by_partner),
        by_goal=both(found.by_goal, more.by_goal),
        evidence=both(found.evidence, more.evidence),
        evidence_by_branch=both(found.evidence_by_branch, more.evidence_by_branch),
        assessments=found.assessments,
    )
    before = gaps(rules.results(definitions(slug), frame(slug, facts=FACTS), found, day))
    after = gaps(rules.results(definitions(slug), frame(slug, facts=FACTS), richer, day))
    assert set(after) <= set(before)
    assert all(after[key] <= before[key] for key in after)


@many
@given(CASES, st.randoms(use_true_random=False))
def test_order_never_matters(case: tuple[str, Found, date], chance: random.Random) -> None:
    slug, found, day = case

    def mixed(rows: Any) -> list[Any]:
        return chance.sample(list(rows), len(rows))

    other = Found(
        activities=mixed(found.activities),
        **{
            name: {key: mixed(getattr(found, name)[key]) for key in mixed(getattr(found, name))}
            for name in ("by_branch", "by_partner", "by_goal", "evidence", "evidence_by_branch")
        },
        assessments={key: found.assessments[key] for key in mixed(found.assessments)},
    )
    asked = definitions(slug)
    first = rules.results(asked, frame(slug), found, day)
    second = rules.results(mixed(asked), frame(slug), other, day)
    assert sorted(first, key=lambda one: one.code) == sorted(second, key=lambda one: one.code)
    assert rules.tally(first) == rules.tally(second)


@many
@given(CASES)
def test_a_result_is_one_thing_only_and_tallies_add_up(case: tuple[str, Found, date]) -> None:
    slug, found, day = case
    outcome = rules.results(definitions(slug), frame(slug, facts={"branch_count": 1}), found, day)
    for one in outcome:
        assert bool(one.gaps) == (one.status is Status.GAP)
        assert not (one.reached and any(not need.met for need in one.needs))
        if one.status is Status.NOT_APPLICABLE:
            assert one.needs == ()
    whole = rules.tally(outcome)
    assert sum(whole.of(state) for state in rules.STATES) == whole.total == len(outcome)
    decisions.decision(DOCUMENTS[slug], found, outcome)


@many
@given(CASES)
def test_days_may_stand_as_the_boundary_before_them(case: tuple[str, Found, date]) -> None:
    slug, found, day = case
    marks = rules.boundaries(definitions(slug), frame(slug, facts=FACTS), day)

    def down(value: date | None) -> Any:
        return value and max((mark for mark in marks if mark <= value), default=date.min)

    def coarse(rows: Any) -> Any:
        if isinstance(rows, dict):
            return {key: coarse(inner) for key, inner in rows.items()}
        return [
            replace(row, day=down(row.day))
            if isinstance(row, Shown)
            else replace(row, first=down(row.first), last=down(row.last))
            for row in rows
        ]

    names = ("activities", "by_branch", "by_partner", "by_goal", "evidence", "evidence_by_branch")
    bundled = replace(found, **{name: coarse(getattr(found, name)) for name in names})
    exact = rules.results(definitions(slug), frame(slug, facts=FACTS), found, day)
    assert rules.results(definitions(slug), frame(slug, facts=FACTS), bundled, day) == exact
