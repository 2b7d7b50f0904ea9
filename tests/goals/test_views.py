"""Pages of goals and targets: both languages, marks, who may see them."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sdg_tracker.access import MEMBER_ROLES, Actor, Role
from sdg_tracker.goals.models import Target
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]
OWN = "danish-own-translation"
UNVERIFIED = "danish-official-unverified"


@pytest.fixture
def reader(client_of: Clients, coordinator: Actor) -> Callable[..., str]:
    """Give the text of a page in a language."""

    def read(path: str, language: str = "da") -> str:
        client = client_of(coordinator)
        with client.session_transaction() as session:
            session["language"] = language
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.text

    return read


def test_the_goals_are_seventeen_tiles_with_links(reader: Callable[..., str]) -> None:
    for language, title in (("da", "Klimaindsats"), ("en", "Climate action")):
        text = reader("/goals", language)
        assert title in text
        for number in range(1, 18):
            assert f'href="/goals/{number}"' in text


def test_a_goal_shows_its_wording_and_all_targets(reader: Callable[..., str], workplace: Workplace) -> None:
    text = reader("/goals/4", "en")
    assert "Ensure inclusive and equitable quality education" in text
    assert "/activities?goal=4" in text
    for code in ("4.1", "4.7", "4.a", "4.c"):
        assert f'href="/goals/targets/{code}"' in text
    assert "Sikre alle lige adgang" in reader("/goals/4", "da")


def test_unofficial_danish_is_marked_where_danish_is_shown(reader: Callable[..., str], workplace: Workplace) -> None:
    with workplace.engine.connect() as connection:
        rows = connection.execute(sa.select(Target.__table__.c.code, Target.__table__.c.title_da_status))
        by_status = {status: code for code, status in rows}
    assert set(by_status) == {"official", "official_unverified", "own_translation"}
    marks = {status: reader(f"/goals/targets/{code}").split("<section")[0] for status, code in by_status.items()}
    assert OWN in marks["own_translation"]
    assert UNVERIFIED not in marks["own_translation"]
    assert UNVERIFIED in marks["official_unverified"]
    assert OWN not in marks["official_unverified"]
    assert OWN not in marks["official"]
    assert UNVERIFIED not in marks["official"]
    for code in by_status.values():
        text = reader(f"/goals/targets/{code}", "en")
        assert OWN not in text
        assert UNVERIFIED not in text


def test_a_target_shows_its_indicators_and_where_they_stand_again(reader: Callable[..., str]) -> None:
    text = reader("/goals/targets/13.1", "en")
    assert "13.1.1" in text
    assert "Number of deaths, missing persons" in text
    assert '<a href="/goals/targets/1.5">1.5.1</a>' in text
    assert '<a href="/goals/targets/11.5">11.5.1</a>' in text
    assert "Added in 2025" in reader("/goals/targets/2.2", "en")


@pytest.mark.parametrize("path", ["/goals/18", "/goals/4.7", "/goals/targets/4", "/goals/targets/4.99", "/goals/x"])
def test_an_unknown_code_is_not_found(client_of: Clients, coordinator: Actor, path: str) -> None:
    assert client_of(coordinator).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/goals", "/goals/4", "/goals/targets/4.7"])
def test_every_member_may_see_goals_and_nobody_else(
    client_of: Clients, make: Factories, library: Library, path: str
) -> None:
    for role in MEMBER_ROLES:
        assert client_of(make.member(library, role)).get(path).status_code == 200
    answer = client_of(None).get(path)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_one_who_may_not_see_activities_gets_no_link_to_them(
    client_of: Clients, make: Factories, library: Library
) -> None:
    text = client_of(make.member(library, Role.AUDITOR)).get("/goals/4").text
    assert "/activities?goal=4" not in text


@pytest.mark.parametrize(("path", "most"), [("/goals", 1), ("/goals/4", 8), ("/goals/targets/17.18", 4)])
def test_pages_ask_the_database_a_few_times(
    client_of: Clients, coordinator: Actor, workplace: Workplace, path: str, most: int
) -> None:
    client = client_of(coordinator)
    client.get("/account")
    with counted(workplace.engine) as bare:
        client.get("/goals/none-such")
    with counted(workplace.engine) as statements:
        assert client.get(path).status_code == 200
    assert len(_selects(statements)) <= len(_selects(bare)) + most


def _selects(statements: list[str]) -> list[str]:
    return [statement for statement in statements if statement.lstrip().upper().startswith("SELECT")]


def test_a_goal_shows_its_years_and_says_when_nothing_serves_it(
    client_of: Clients, coordinator: Actor, make: Factories, library: Library, workplace: Workplace
) -> None:
    figures = {"attendance": 40, "attendance_qualifier": "more_than", "signups": 12}
    make.activity(library, "Klimacafé", "13", starts_on=date(2024, 5, 2), year=2024, status="held", **figures)
    make.activity(library, "Klimavalg", "4", "13.3", starts_on=date(2024, 9, 1), year=2024, status="ongoing")
    make.activity(library, "Aflyst", "13", starts_on=date(2025, 5, 2), year=2025, status="cancelled")
    client = client_of(coordinator)
    with client.session_transaction() as session:
        session["language"] = "da"
    text = client.get("/goals/13").text
    [table] = re.findall(r'<table class="chart-data.*?</table>', text, re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in table.split("<tr>")[2:]]
    with workplace.reading(coordinator) as work:
        this_year = work.today.year
    assert found[0] == ["2024", "1", "1", "&gt;&nbsp;40", "12", "–"]
    assert found[1] == ["2025", "0", "1", "–", "–", "–"]
    assert found[-1][0] == f"{this_year} indtil nu"
    assert "1 færre end i 2024" in text
    assert "for få målinger til at sige noget om en udvikling" in text
    empty = client.get("/goals/1").text
    assert "Ingen aktivitet støtter dette verdensmål" in empty
    assert "/activities?without_mapping=y" in empty
