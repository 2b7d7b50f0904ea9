"""Pages of effects, quotes and stories, without scripts."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.effects import queries, snapshot
from sdg_tracker.work import Library, Workplace
from tests.evidence.test_views import english
from tests.factories import Factories
from tests.statements import counted

ClientOf = Callable[[Actor | None], FlaskClient]
MEANT = {"frirum": "4", "perspektiv": "", "kreativitet": "", "faellesskab": "5", "revision": "0"}


def text(page: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_effect_is_said_before_and_after_and_a_late_change_asks_for_a_reason(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: ClientOf
) -> None:
    make.activity(library, "Repair Café", "12")
    client = english(client_of(coordinator))
    assert "Say what it is meant to do" in client.get("/activities/1").text
    assert "Nothing is said of effects yet" in client.get("/effects").text
    assert client.post("/activities/1/effect/intended", data=MEANT).location == "/activities/1#effect"
    assert client.post("/activities/1/effect/intended", data=MEANT).status_code == 409
    assert "1 held activity waits for what was seen" in text(client.get("/").text)
    seen = {**MEANT, "frirum": "3", "revision": "2", "basis": "survey", "note": "Seddel"}
    refused = client.post("/activities/1/effect/seen", data=seen)
    assert (refused.status_code, 'value="Seddel"' in refused.text) == (422, True)
    assert "Write how many people answered" in refused.text
    assert client.post("/activities/1/effect/seen", data={**seen, "answers": "12"}).status_code == 303
    again = {**MEANT, "frirum": "2", "revision": "3"}
    refused = client.post("/activities/1/effect/intended", data=again)
    assert "Write why you change the score" in refused.text
    assert client.post("/activities/1/effect/intended", data={**again, "reason": "Tastefejl"}).status_code == 303
    page = text(client.get("/activities/1").text)
    assert "Haven 2 3 +1" in page
    assert "People answered a few questions, 12 answers" in page
    assert "Tastefejl" in page
    with counted(workplace.engine) as once:
        assert "too few" in client.get("/effects?year=2026").text
    for _ in range(3):
        make.activity(library, "", "12")
    for number in (2, 3, 4):
        client.post(f"/activities/{number}/effect/intended", data=MEANT)
        client.post(f"/activities/{number}/effect/seen", data={**seen, "revision": "2", "answers": "3"})
    with counted(workplace.engine) as later:
        assert "as meant" in client.get("/effects").text
    assert len(later) == len(once)


def test_a_story_is_written_shown_and_taken_out_again(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: ClientOf
) -> None:
    make.activity(library, "Repair Café", "12.5")
    client = english(client_of(coordinator))
    said = {"text": "Jeg kom med en brødrister.", "who": "deltager, 70'erne", "language": "da"}
    agreed = {"scopes": ["internal_report", "website"], "given_on": "2026-03-01", "persons": "1", "reference": "ja"}
    assert client.post("/activities/1/quotes/new", data={**said, **agreed}).location == "/quotes/1"
    assert "The coordinator has not said" in client.get("/quotes/1").text
    client.post("/quotes/1/public", data={"public": "yes", "revision": "1"})
    assert "The public sees it" in client.get("/quotes/1").text
    begun = client.get("/stories/new?activity=1").text
    assert re.search(r'value="12"[^>]*checked|checked[^>]*value="12"', begun)
    story = {"title": "Brødristeren", "activities": "1, x", "year": "2026", "need": "Ting smides ud.", "language": "da"}
    story = {**story, "people": "no", "targets": "12.5", "quote": "1", "basis": ""}
    refused = client.post("/stories/new", data=story)
    assert (refused.status_code, "Ting smides ud." in refused.text) == (422, True)
    assert client.post("/stories/new", data={**story, "activities": "1"}).location == "/stories/1"
    page = text(client.get("/stories/1").text)
    assert "One of the three parts is empty." in page
    whole = {**story, "activities": "1", "done": "Vi reparerer.", "changed": "Færre køber nyt.", "revision": "1"}
    assert client.post("/stories/1/edit", data=whole).status_code == 303
    assert client.post("/stories/1/edit", data=whole).status_code == 409
    client.post("/stories/1/state", data={"state": "ready", "revision": "2"})
    client.post("/stories/1/public", data={"public": "yes", "revision": "3"})
    page = text(client.get("/stories/1").text)
    assert "The public sees it" in page
    assert "“ Jeg kom" in page or "“Jeg kom" in page
    assert "Brødristeren" in text(client.get("/stories?year=2026&state=ready").text)
    with workplace.reading(coordinator) as work:
        frozen = {"evidence": [], "stories": snapshot.stories(work)}
    edition = make.edition(library, snapshot=frozen)
    sent = {"why": "objection", "day": "2026-03-01", "consent": "", "reference": "sag 7"}
    assert client.post("/stories/1/no", data=sent).location == "/stories/1"
    page = text(client.get("/stories/1").text)
    assert "Frozen editions keep it:" in page
    assert f"Edition {edition.number}" in page
    assert "The public does not see it" in page
    assert client.post("/stories/1/withdraw", data={"reason": "Fortalt", "revision": "5"}).status_code == 303
    with workplace.reading(coordinator) as work:
        assert queries.stories(work) == []
