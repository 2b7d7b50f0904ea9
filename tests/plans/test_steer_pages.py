"""The pages to steer by: by role, goal and year, and by the strategy."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.activities.states import Status
from sdg_tracker.plans import proving, services
from sdg_tracker.plans.services import Approval
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories
from tests.plans import conftest
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]


def test_both_pages_say_how_to_begin_and_then_show_everything_in_as_many_statements(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, staff: Actor, client_of: Clients
) -> None:
    reader = client_of(staff)
    assert "Der er ingen plan endnu" in reader.get("/plan/steer").text
    assert "Biblioteket har ikke valgt en strategi" in reader.get("/plan/strategy").text
    with workplace.writing(coordinator) as work:
        conftest.add_measure(work, "paper", "1100")
        plan = conftest.written(work)
        work.library.strategy = "ballerup-2025-2029"
        _initiative(work, plan.number, "I2", ("5.3",), ("D1",))
        services.approve(work, plan.number, Approval("Ledelsen", date(2025, 1, 20), "", ""))
    few = [_statements(workplace, reader, address) for address in ("/plan/steer", "/plan/strategy")]
    activities = [
        make.activity(
            library, title=f"Aften {n}", status=Status.HELD, starts_on=date(2025, 3, n), strategy_actions=["5.3"]
        )
        for n in range(1, 9)
    ]
    with workplace.writing(coordinator) as work:
        for n in range(3, 9):
            _initiative(work, plan.number, f"I{n}", ("5.3",), ())
        services.approve(work, plan.number, Approval("Ledelsen", date(2026, 1, 20), "", "Flere."))
        for activity in activities:
            proving.tie(work, activity.number, [], [2])
    assert [_statements(workplace, reader, address) for address in ("/plan/steer", "/plan/strategy")] == few
    steer = reader.get("/plan/steer").text
    for text in (
        "Gjort 1",
        "Bortfaldet 7",
        "I2 Indsats I2",
        "Planen har ingen indsats, hvor biblioteket har denne rolle.",
    ):
        assert text in steer
    narrowed = reader.get("/plan/steer?role=aktør&goal=12&year=2025&state=nonsense").text
    assert "Intet her med det, du har valgt." in narrowed
    by_strategy = reader.get("/plan/strategy").text
    for text in ("5.3", "I2 Indsats I2", "Mindre papir", "<strong>8</strong>", "Vis de 5 nyeste", "Ark"):
        assert text in by_strategy
    assert "Intet i planen og ingen aktivitet." in by_strategy
    for kept in ("carried-out", "not-cancelled"):
        assert f"/activities?action=5.3&amp;status={kept}" in by_strategy
    counted_there = reader.get("/activities?action=5.3&status=carried-out").text
    assert counted_there.count('href="/activities/') >= 8
    assert "Aften" not in reader.get("/activities?action=5.2").text


def _initiative(work: Work, plan: int, code: str, actions: tuple[str, ...], pledges: tuple[str, ...]) -> None:
    details = {**vars(conftest.REPAIR), "code": code, "title": f"Indsats {code}"}
    details |= {"strategy_actions": actions, "pledges": pledges}
    services.add_initiative(work, plan, conftest.REPAIR.__class__(**details))


def _statements(workplace: Workplace, browser: FlaskClient, address: str) -> int:
    with counted(workplace.engine) as statements:
        assert browser.get(address).status_code == 200
    return len(statements)
