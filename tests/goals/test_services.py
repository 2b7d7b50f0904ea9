"""The framework as loaded from the seed files."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.foundation.errors import Forbidden, NotFound
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.goals import queries, rules, services
from sdg_tracker.goals.models import FRAMEWORK, Goal, Indicator, Target
from sdg_tracker.work import Work, Workplace
from tests.statements import counted


@pytest.fixture
def system(workplace: Workplace) -> Iterator[Work]:
    """The program's writing step, undone at the end."""
    step = workplace.begin(SYSTEM, None, writes=True)
    services.load(step)
    yield step
    step.session.rollback()
    step.session.close()


def _count(work: Work, model: type) -> int | None:
    return work.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_whole_framework_is_loaded(system: Work) -> None:
    assert [_count(system, model) for model in (Goal, Target, Indicator)] == [17, 169, 251]


def test_loading_again_changes_nothing(system: Work) -> None:
    assert services.load(system) is False
    with counted(system.session.get_bind()) as statements:  # type: ignore[arg-type]
        assert services.load(system) is False
    assert [statement for statement in statements if not statement.lstrip().startswith("SELECT")] == []


def test_a_corrected_wording_is_taken_over(system: Work, tmp_path: Path) -> None:
    folder = shutil.copytree(resource_dir("seed") / "sdg", tmp_path / "sdg")
    text = (folder / "goals.csv").read_text("utf-8")
    (folder / "goals.csv").write_text(text.replace("Afskaf fattigdom", "Udryd fattigdom"), "utf-8")
    assert services.load(system, folder) is True
    assert queries.goal(system, "1").title_short_da == "Udryd fattigdom"
    with use_locale("da"):
        assert queries.titles(system)["1"] == "Udryd fattigdom"
    assert services.load(system, folder) is False


def test_only_the_program_loads_it(workplace: Workplace, coordinator: Actor) -> None:
    with pytest.raises(Forbidden), workplace.writing(coordinator) as work:
        services.load(work)


def test_rows_say_what_the_files_say(system: Work) -> None:
    folder = resource_dir("seed") / "sdg"
    with (folder / "targets.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = system.session.get_one(Target, (FRAMEWORK, row["code"]))
            assert (found.goal_code, found.title_da, found.title_en) == (row["goal"], row["title_da"], row["title_en"])
            assert (found.title_da_status, found.short_da, found.kind) == (
                row["title_da_status"], row["short_da"], row["kind"],
            )  # fmt: skip
    listed = queries.target(system, "13.1").indicators
    assert next((indicator.code, indicator.same_as) for indicator in listed) == ("13.1.1", "1.5.1 11.5.1")


def test_goals_and_targets_stand_in_their_order(system: Work) -> None:
    goals = queries.goals_with_targets(system)
    assert [goal.code for goal in goals] == list(rules.GOALS)
    codes = [target.code for goal in goals for target in goal.targets]
    assert codes == sorted(codes, key=rules.code_order)
    assert [target.code for target in goals[3].targets][-4:] == ["4.7", "4.a", "4.b", "4.c"]


def test_known_codes_are_goals_and_targets_and_are_asked_for_once(system: Work) -> None:
    with counted(system.session.get_bind()) as statements:  # type: ignore[arg-type]
        known = queries.known_codes(system)
        assert queries.known_codes(system) is not None
        queries.titles(system)
        queries.names(system)
    assert len(statements) == 1
    assert len(known) == 186
    assert {"4", "4.7", "4.a"} <= known
    assert "4.7.1" not in known
    assert queries.known_codes(system, "1999") == frozenset()


def test_short_names_follow_the_language(system: Work) -> None:
    with use_locale("da"):
        assert queries.titles(system)["11"] == "Bæredygtige byer og lokalsamfund"
    with use_locale("en"):
        titles = queries.titles(system)
    assert titles["11"] == "Sustainable cities and communities"
    assert list(titles) == sorted(titles, key=rules.code_order)


def test_names_find_a_wrong_pair(system: Work) -> None:
    (found,) = rules.mismatches("12 Bæredygtige byer", queries.names(system))
    assert found.goal == "11"


@pytest.mark.parametrize("code", ["18", "4.7", "x", ""])
def test_an_unknown_goal_is_not_found(system: Work, code: str) -> None:
    with pytest.raises(NotFound):
        queries.goal(system, code)


@pytest.mark.parametrize("code", ["4", "4.99", "4.7.1"])
def test_an_unknown_target_is_not_found(system: Work, code: str) -> None:
    with pytest.raises(NotFound):
        queries.target(system, code)
