"""The pages of measures: what is typed is kept, what can mean two things is asked, two people meet."""

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import Actor, Role
from sdg_tracker.measures import entering, queries, services, snapshot
from sdg_tracker.measures.details import Entry, MeasureDetails
from sdg_tracker.overview import queries as overview
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.statements import counted

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
Client = Callable[[Actor | None], FlaskClient]
VISITS = MeasureDetails("Besøg", "besøg", frequency="quarter", by_branch=True)


@pytest.fixture
def measured(workplace: Workplace, coordinator: Actor, library: Library, make: Factories) -> Workplace:
    """Two houses and a measure with a reading in one of them."""
    make.branch(library, "Nord")
    make.branch(library, "Syd")
    with workplace.writing(coordinator) as work:
        services.add(work, "visits", VISITS)
        entering.enter(work, [Entry("visits", "2025-Q3", Decimal(100), "nord")])
    return workplace


def values(workplace: Workplace, actor: Actor) -> list[tuple[str, str | None, int]]:
    with workplace.reading(actor) as work:
        return [(row.period, row.branch, int(row.value)) for row in queries.listed(work)]


def test_a_period_is_entered_for_all_branches_and_what_means_two_things_is_asked(
    measured: Workplace, coordinator: Actor, client_of: Client
) -> None:
    client = client_of(coordinator)
    page = client.get("/measures/1/enter").text  # the oldest that is due
    assert "3. kvartal 2025" in page
    typed = {"value_0": "1.234", "qualifier_0": "about", "note_0": "Skøn", "value_1": "x7", "qualifier_1": "exact"}
    address = "/measures/1/enter?period=2025-Q4"
    refused = client.post(address, data=typed)
    assert refused.status_code == 422
    assert 'value="1.234"' in refused.text
    assert "1 og 234 tusindedele" in refused.text
    assert "x7 er ikke et tal" in refused.text
    assert len(values(measured, coordinator)) == 1
    chosen = {**typed, "value_1": "55", "means_0": "whole 1.234"}
    assert client.post(address, data={**chosen, "means_0": "whole 9.999"}).status_code == 422  # said of another text
    assert client.post(address, data=chosen).status_code == 303
    assert values(measured, coordinator)[1:] == [("2025-Q4", "nord", 1234), ("2025-Q4", "syd", 55)]
    taken = client.post("/measures/1/enter?period=2025-Q3", data={"value_0": "", "qualifier_0": "exact"})
    assert "Skriv mindst ét tal" in taken.text


def test_a_reading_is_corrected_with_a_reason_by_one_person_at_a_time(
    measured: Workplace, coordinator: Actor, client_of: Client
) -> None:
    client = client_of(coordinator)
    sent = {
        "correct-value": "90",
        "correct-qualifier": "exact",
        "correct-revision": "1",
        "correct-reason": "Talt forkert",
    }
    address = "/measures/readings/1/correct"
    without = client.post(address, data={**sent, "correct-reason": ""})
    assert without.status_code == 422
    assert 'value="90"' in without.text
    assert client.post(address, data=sent).status_code == 303
    clash = client.post(address, data={**sent, "correct-value": "80"})
    assert clash.status_code == 409
    assert 'value="80"' in clash.text
    page = client.get("/measures/1").text
    assert "Talt forkert" in page
    assert "Rettet" in page
    described = {"describe-source": "Tæller", "describe-revision": "2", "describe-evidence": ""}
    assert client.post("/measures/readings/1/describe", data=described).status_code == 303
    gone = {"withdraw-reason": "Forkert hus", "withdraw-revision": "3"}
    assert client.post("/measures/readings/1/withdraw", data=gone).status_code == 303
    assert values(measured, coordinator) == []
    mark = "/measures/1/unknown?period=2025-Q4"
    assert "Mangler" not in client.get("/measures/1/unknown?period=2025-Q4").text
    nowhere = client.post(mark, data={"reason": "Tælleren var i stykker"})
    assert nowhere.status_code == 422
    assert "Tælleren var i stykker" in nowhere.text
    assert client.post(mark, data={"reason": "Tælleren var i stykker", "branches": ["syd"]}).status_code == 303
    for address in ("/measures/1", "/measures/1/enter?period=2025-Q4"):
        assert "Tælleren var i stykker" in client.get(address).text
    back = "/measures/unknown/1/withdraw"
    assert client.post(back, data={"reason": "Fundet", "revision": "3"}).status_code == 409
    assert client.post(back, data={"reason": "Fundet", "revision": "1"}).status_code == 303
    assert "Fundet" in client.get(back).text


def test_a_measure_is_added_from_the_standard_set_revised_and_defined_anew(
    measured: Workplace, coordinator: Actor, make: Factories, library: Library, client_of: Client
) -> None:
    client = client_of(coordinator)
    assert "Udlån af fysiske materialer" in client.get("/measures/new").text
    assert 'value="loans"' in client.get("/measures/new?standard=loans").text
    sent = {"name": "Udlån", "unit": "udlån", "decimals": "0", "frequency": "month", "aggregation": "sum"}
    sent |= {"direction": "none", "goals": "4", "target_period": "2027", "target_value": "1.234", "definition": "Lån"}
    refused = client.post("/measures/new", data=sent)
    assert refused.status_code == 422
    assert "tusindedele" in refused.text
    assert client.post("/measures/new", data={**sent, "target_value": "1.234,5", "decimals": "1"}).status_code == 303
    with measured.reading(coordinator) as work:
        row = snapshot.rows(work)[1]
    assert (row["code"], row["goals"], row["target"]) == ("udlaan", ["4"], {"period": "2027", "value": "1234.5"})
    again = {**sent, "target_value": "1234", "revision": "1", "goals": "4; 18"}
    assert "18 er hverken" in client.post("/measures/2/edit", data=again).text
    assert client.post("/measures/2/edit", data={**again, "goals": "4; 11"}).status_code == 303
    anew = {"definition": "Alle lån", "changes": "counts", "reason": "Fornyelser med", "revision": "2"}
    assert "fra hvilken periode" in client.post("/measures/2/define", data=anew).text
    assert client.post("/measures/2/define", data={**anew, "period": "2026-01"}).status_code == 303
    assert "Alle lån" in client.get("/measures/2").text
    assert client.post("/measures/2/withdraw", data={"reason": "Prøve", "revision": "3"}).status_code == 303
    assert "trukket tilbage" in client.get("/measures/2").text
    reader = client_of(make.member(library, Role.READER))
    assert "Besøg" in reader.get("/measures").text
    assert reader.get("/measures/new").status_code == 403


def test_a_file_is_looked_at_before_it_is_kept_and_a_counters_columns_are_asked(
    measured: Workplace, coordinator: Actor, client_of: Client
) -> None:
    client = client_of(coordinator)

    def upload(text: str) -> str:
        data = {"document": (io.BytesIO(text.encode()), "tæller.csv"), "decimal": ""}
        return client.post("/measures/import", data=data).text

    def ticket(page: str) -> str:
        return page.partition('name="ticket" type="hidden" value="')[2].partition('"')[0]

    assert "række 2, kolonne Tal" in upload("Måltal;Periode;Filial;Tal\nvisits;2025-Q4;nord;1.234\n")
    page = upload("Dato;Antal\n2025-10-01;1.100\n2025-11-01;5\n")
    assert "Kolonne med tallet" in page
    asked = {"step": "columns", "ticket": ticket(page), "measure": "visits", "period": "Dato", "value": "Antal"}
    assert "Vælg, hvilken filial" in client.post("/measures/import", data={**asked, "decimal": ","}).text
    looked = client.post("/measures/import", data={**asked, "decimal": ",", "branch": "nord"})
    assert "1.105" in looked.text
    assert len(values(measured, coordinator)) == 1
    kept = client.post("/measures/import", data={"step": "confirm", "ticket": ticket(looked.text)})
    assert kept.status_code == 303
    assert values(measured, coordinator)[1:] == [("2025-Q4", "nord", 1105)]
    spent = client.post("/measures/import", data={"step": "confirm", "ticket": "forged"})
    assert spent.status_code == 422
    assert client.get("/measures/export.xlsx").data.startswith(b"PK")


def test_what_is_due_waits_on_the_first_page_and_the_number_of_statements_is_constant(
    measured: Workplace, coordinator: Actor, client_of: Client
) -> None:
    client = client_of(coordinator)

    def statements() -> list[int]:
        found = []
        for address in ("/measures", "/measures/1"):
            client.get(address)
            with counted(measured.engine) as sent:
                assert client.get(address).status_code == 200
            found.append(len(sent))
        return found

    before = statements()
    with measured.reading(coordinator) as work:
        waiting = overview.waiting(work, overview.figures(work))
    assert [entry.count for entry in waiting if entry.endpoint == "measures.index"] == [2]  # two quarters lack a house
    with measured.writing(coordinator) as work:
        for number in range(6):
            services.add(work, f"more_{number}", replace(VISITS, by_branch=False))
            entering.enter(work, [Entry(f"more_{number}", "2025-Q4", Decimal(7))])
    assert statements() == before
