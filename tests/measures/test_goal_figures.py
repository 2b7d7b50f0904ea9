"""Figures that are tied to a goal, on its page."""

from datetime import date
from decimal import Decimal

from sdg_tracker.access import Actor
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.measures import entering, services
from sdg_tracker.measures.details import Definition, Entry, MeasureDetails
from sdg_tracker.measures.goal_figures import of_goal
from sdg_tracker.printing.series import Point
from sdg_tracker.work import Workplace
from tests.measures.test_rules import measure, reading


def test_a_year_that_lacks_a_part_is_a_gap_and_only_the_goals_own_measures_are_there() -> None:
    names = {"title": {"da": "Besøg", "en": "Visits"}, "unit": {"da": "besøg", "en": "visits"}, "number": 1}
    read = [reading(n, f"{2024 + n // 4}-Q{n % 4 + 1}", "", 10 + n) for n in range(11)]
    mine = measure(read, goals=[], targets=["7.3"], **names, by_branch=False)
    other = measure([], code="other", goals=["8"], targets=["17.7"], **names)
    [found] = of_goal([mine, other], "7", date(2027, 1, 1))
    assert found.points == [
        Point("2024", Decimal(46), "exact"),
        Point("2025", Decimal(62), "exact"),
        Point("2026", None, None),
    ]
    with use_locale("da"):
        assert found.told.startswith("16\u00a0besøg mere end i 2024 (+35\u00a0%); for få målinger")
    assert of_goal([mine, other], "7", date(2026, 12, 31))[0].points == found.points[:2]  # the year is not over
    assert of_goal([mine, other], "1", date(2027, 1, 1)) == []


def test_the_page_of_a_goal_shows_them(workplace: Workplace, coordinator: Actor, client_of: object) -> None:
    with workplace.writing(coordinator) as work:
        details = MeasureDetails(name="Elforbrug", unit="kWh", goals=("7",))
        added = services.add(work, "el", details)
        entering.enter(work, [Entry("el", str(year), Decimal(9000 + year)) for year in (2023, 2024, 2025)])
        said = {"reason": "Solceller tælles med", "period": "2025"}
        services.define(work, added.number, None, Definition(definition="Al strøm"), **said)
        number = added.number
    client = client_of(coordinator)  # type: ignore[operator]
    with client.session_transaction() as session:
        session["language"] = "da"
    text = client.get("/goals/7").text
    assert f'href="/measures/{number}"' in text
    assert "Kan ikke sammenlignes: definitionen er ændret i 2025" in text
    assert '<td class="number">11.025 <span class="chart-mark-new">ny definition</span></td>' in text
    assert "Elforbrug" not in client.get("/goals/8").text
