"""Composing the report of a year, looking at it, approving and freezing it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker import drafts
from sdg_tracker.access import Actor, Role
from sdg_tracker.attempts import Progress
from sdg_tracker.editions import build
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.impact import composing, previewing, queries, sections, services, snapshot, suggestions
from sdg_tracker.impact.composing import Choices
from sdg_tracker.impact.sections import Chosen, Composed, Section
from sdg_tracker.work import Library, Workplace
from tests import demo_library
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
SHORT = (
    Chosen(Section.METHOD),
    Chosen(Section.FOREWORD, text="Kære læser", text_also="Dear reader"),
    Chosen(Section.GOALS, on=False),
)


def test_a_section_that_is_given_a_place_ends_up_there() -> None:
    chosen = tuple(Chosen(section) for section in list(Section)[:5])

    def places(section: Section, place: int) -> list[Section]:
        return [one.section for one in sections.ordered(chosen, {section: place})]

    first, second, third, fourth, fifth = list(Section)[:5]
    assert places(fourth, 2) == [first, fourth, second, third, fifth]
    assert places(second, 4) == [first, third, fourth, second, fifth]
    assert places(first, 99) == [second, third, fourth, fifth, first]
    kept = sections.read([{"name": "method", "on": True, "text": "", "text_also": ""}])
    assert (kept[0].section, len(kept), kept[1].on) == (Section.METHOD, len(Section), False)
    assert not any(one.on for one in sections.read([]))


def test_what_is_composed_is_frozen_as_it_was_approved(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.activity(library, "Vandets dag", "6.1", starts_on=date(2025, 3, 22), year=2025)
    make.activity(library, "Fjor", "6.1", starts_on=date(2024, 3, 22), year=2024)
    make.cycle(library, starts_on=date(2025, 1, 1), ends_on=date(2027, 12, 31))
    make.cycle(library, starts_on=date(2026, 1, 1))
    with workplace.writing(coordinator) as work:
        composing.save(
            work, 2024, Choices("da", sections=(Chosen(Section.YEAR), Chosen(Section.NEXT, text="Mere vand")))
        )
        row = composing.save(work, 2025, Choices("da", "en", "Vores år", sections=SHORT, foreword_by=" Lederen  "))
        assert queries.said_before(work, 2025) == {"next": "Mere vand"}
        assert (row.number, row.revision, queries.composed_years(work)) == (2, 1, [2025, 2024])
        with pytest.raises(Conflict):
            composing.approve(work, 2025, "Leder", "0" * 64)
        preview = previewing.ask(work, 2025)
        assert work.owed.pop() == (previewing.JOB, (library.id, preview.id, 0))
        preview.state = Progress.READY.value
    with workplace.writing(make.member(library, Role.ADMINISTRATOR)) as work:
        composing.approve(work, 2025, " Bibliotekschef ", preview.essence)
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, 2025)
        taken: dict[str, Any] = dict(build.snapshot_of(workplace.blobs, edition))
        assert demo_library.faults(taken) == []
        assert (edition.title, edition.language, edition.also, taken["title"]) == ("Vores år", "da", "en", "Vores år")
        assert [(row["first"], row["label"]["en"][:5]) for row in taken["schemes"]] == [("2025-01-01", "draft")]
        told = taken["composition"]
        assert told["sections"] == [
            {"name": "method", "text": ""},
            {"name": "foreword", "text": "Kære læser", "text_also": "Dear reader"},
        ]
        assert (told["approved"]["role"], told["foreword_by"]) == ("Bibliotekschef", "Lederen")
        assert [(row["year"], row["figures"]["totals"]["activities"]) for row in taken["years"]] == [(2024, 1)]
        again = build.snapshot_of(workplace.blobs, services.freeze(work, 2025, "en"))
        assert (again["composition"]["approved"], again["composition"]["languages"]) == (None, ["en", "da"])
        assert again["composition"]["sections"][1] == {
            "name": "foreword",
            "text": "Dear reader",
            "text_also": "Kære læser",
        }
        previewing.ask(work, 2025).state = Progress.READY.value
        found = queries.composition(work, 2025)
        assert found is not None
        assert found.preview is not None
        composing.approve(work, 2025, "Leder", found.preview.essence)
        composing.save(work, 2025, Choices("da", title="Et andet navn", sections=SHORT, seen=found.revision))
        with pytest.raises(Conflict) as refused:
            services.freeze(work, 2025)
        assert refused.value.code == "report-changed-since-approved"
        assert drafts.essence(previewing.draft(work, found)) != found.preview.essence
        services.freeze(work, 2025, unapproved=True)


def test_what_does_not_fit_is_refused(workplace: Workplace, coordinator: Actor, staff: Actor) -> None:
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"also": "da"}, "report-languages"),
        ({"sections": (Chosen(Section.FOREWORD, text="Kun det"),)}, "report-empty"),
        ({"sections": (Chosen(Section.YEAR, text="x" * 20_001),)}, "report-too-long"),
    ]
    with workplace.writing(coordinator) as work:
        for chosen, code in refusals:
            with pytest.raises(Invalid) as refused:
                composing.save(work, 2025, Choices("da", **chosen))
            assert refused.value.code == code
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        composing.save(work, 2025, Choices("da"))


def test_the_page_moves_sections_keeps_what_was_typed_and_freezes(
    client_of: Clients, workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    client = client_of(coordinator)
    assert client.post("/editions/impact", data={"year": "2025"}).location == "/editions/impact/2025"
    order = " ".join(Section)
    sent = {f"on_{section.value}": "y" for section in Section} | {
        "language": "da",
        "also": "",
        "order": order,
        "revision": "",
    }
    moved = {**sent, "place_stories": "2", "text_stories": "Året i to historier"}
    assert client.post("/editions/impact/2025", data=moved).status_code == 303
    with workplace.reading(coordinator) as work:
        row = queries.composition(work, 2025)
        assert row is not None
        assert [one.section for one in row.composed.sections][:3] == [Section.FOREWORD, Section.STORIES, Section.YEAR]
    late = client.post("/editions/impact/2025", data={**moved, "text_stories": "Skrevet samtidig", "revision": "9"})
    assert late.status_code == 409
    assert "Skrevet samtidig" in late.text
    assert "Året i to historier" in client.get("/editions/impact/2026").text
    assert client.get("/editions/impact/2025/pages").status_code == 200
    assert client.post("/editions/impact/2025/approve", data={"acting_as": "Leder"}).status_code == 422
    assert client.post("/editions/impact/2025/freeze").status_code == 303
    assert client.get("/editions/impact/2999").status_code >= 400


def test_suggestions_say_what_stands_out_with_both_numbers(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    with workplace.reading(coordinator) as work:
        taken = snapshot.take(work, 2025, 1, "da", Composed())
    zero = taken["figures"]
    assert suggestions.changed_most(taken) == []

    def year(activities: int, goal: int) -> dict[str, Any]:
        goals = [{**row, "all": goal if row["code"] == "13" else 0} for row in zero["by_goal"]]
        return {**zero, "totals": {**zero["totals"], "activities": activities}, "by_goal": goals}

    of = [{"year": 2023, "figures": year(100, 2)}, {"year": 2024, "figures": year(100, 2)}]
    found = suggestions.changed_most({**taken, "years": of, "figures": year(110, 20)})
    assert [(one.name, int(one.before), int(one.after), one.percent, one.observations) for one in found] == [
        ("goal:13:activities", 2, 20, 900, 3),
        ("total:activities", 100, 110, 10, 3),
    ]
    assert suggestions.changed_most({**taken, "years": of[:1], "figures": year(110, 20)}) == []
    came = [{"value": 40, "qualifier": "exact"}, {"value": 90, "qualifier": "more_than"}]
    figures = [{**zero, "totals": {**zero["totals"], "attendance": one}} for one in came]
    [more] = suggestions.changed_most(
        {**taken, "years": [{"year": 2024, "figures": figures[0]}], "figures": figures[1]}
    )
    assert more.apart.value == 50
    assert more.apart.qualifier == "more_than"
    hidden = {**taken, "years": [{"year": 2024, "figures": figures[1]}], "figures": figures[0]}
    assert suggestions.changed_most(hidden) == []
