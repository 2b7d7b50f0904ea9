"""What a scheme asks of a library, and what hangs on each answer."""

from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes import asking, files
from sdg_tracker.schemes.asking import Question, Use

SEED = resource_dir("seed") / "certification"


def asked(slug: str, chosen: dict[str, object], facts: dict[str, object]) -> dict[str, Question]:
    """Return the questions of a scheme by key, in order."""
    found = asking.questions(files.read(SEED / f"{slug}.yaml"), chosen, facts)
    return {question.key: question for question in found}


def test_what_is_not_answered_comes_first_with_all_that_hangs_on_it() -> None:
    found = asked("db2030-biblioteker", {"pledges_min": 6}, {"renewal": False})
    assert list(found)[:3] == ["branch_count", "report_deadline", "renewal"]
    assert [question.answered for question in found.values()] == [False] * 2 + [True] * (len(found) - 2)
    assert found["report_deadline"].uses == (Use.TOLD,)
    assert (found["pledges_min"].start_value, found["outreach_per_year"].start_value) == (False, True)
    assert not found["plan_years"].start_value  # its owner gave it
    assert set(found["plan_years"].uses) == {Use.PLAN, Use.QUANTITY}
    assert found["outreach_per_year"].codes == ("B1.1",)
    assert len(found["evidence_max_age_months"].codes) > 20
    assert found["report_every_months"].uses[0] is Use.REPORT


def test_a_fact_names_the_requirements_that_it_decides() -> None:
    found = asked("points-example", {}, {"serves_food": False})
    assert list(found) == ["outdoor_area", "branch_count", "serves_food"]
    assert (found["outdoor_area"].uses, found["outdoor_area"].codes) == ((Use.APPLIES,), ("U1.1", "U1.2"))
    assert asked("ifla-green-library", {}, {})["country"].uses == (Use.TOLD,)
