"""Quotes and stories: written, agreed to, shown, and gone at once when somebody says no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import Actor
from sdg_tracker.effects import agreements, queries, services, snapshot, stories
from sdg_tracker.effects.agreements import Kind, TakenBack
from sdg_tracker.effects.rules import StoryState
from sdg_tracker.effects.services import QuoteDetails
from sdg_tracker.effects.stories import StoryDetails
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.people import About, People
from sdg_tracker.work import Library, Workplace
from tests.evidence.conftest import refuses
from tests.factories import Factories
from tests.statements import counted

TODAY = date(2026, 3, 2)
WEB = ConsentDetails(frozenset({"internal_report", "website"}), TODAY, None, 1)
INSIDE = ConsentDetails(frozenset({"internal_report"}), TODAY, None, 1)
SAID = QuoteDetails("Jeg gik hjem med tre nye bekendte.", "deltager, 70'erne")
NOBODY = About(People.NO)
Do = Callable[..., Any]


@pytest.fixture
def do(workplace: Workplace, coordinator: Actor) -> Do:
    """Do a step as the coordinator, or as somebody else."""

    def done(step: Callable[..., Any], *arguments: Any, actor: Actor = coordinator, **more: Any) -> Any:
        with workplace.writing(actor) as work:
            return step(work, *arguments, **more)

    return done


@pytest.fixture
def details(make: Factories, library: Library, do: Do) -> StoryDetails:
    """A whole story of an activity with an accepted picture and a quote."""
    activity = make.activity(library, "Repair Café", "12.5")
    shown = {"public": True, "basis": "consent", "accepted_version": 1, "state": "accepted", "alt": "Et bord"}
    picture = make.picture(library, activity=activity, **shown)
    do(services.add_quote, 1, SAID, WEB)
    do(agreements.show_outside, Kind.QUOTE, 1, public=True)
    return StoryDetails(
        "Brødristeren",
        2026,
        "Ting bliver smidt ud.",
        "Vi reparerer.",
        "Færre køber nyt.",
        targets=("12.5",),
        activities=(1,),
        picture=picture.number,
        quote=1,
        about=NOBODY,
    )


def told(workplace: Workplace, actor: Actor) -> list[dict[str, Any]]:
    with workplace.reading(actor) as work:
        return snapshot.stories(work)


def test_a_story_is_in_a_report_once_it_is_ready_and_public_once_that_is_said(
    workplace: Workplace, coordinator: Actor, staff: Actor, details: StoryDetails, do: Do
) -> None:
    do(stories.add, details, actor=staff)
    assert told(workplace, coordinator) == []
    do(stories.set_state, 1, StoryState.READY, 1, actor=staff)
    [row] = told(workplace, coordinator)
    assert (row["public"], row["goals"], row["activities"]) == (False, ["12"], [1])
    assert row["picture"] == {"evidence": 1, "alt": "Et bord", "source": "", "public": True}
    assert (row["quote"]["text"], row["quote"]["public"]) == (SAID.text, True)
    with refuses("forbidden"):
        do(agreements.show_outside, Kind.STORY, 1, public=True, actor=staff)
    do(agreements.show_outside, Kind.STORY, 1, public=True)
    assert [row["public"] for row in told(workplace, coordinator)] == [True]
    do(stories.revise, 1, replace(details, need="Noget andet."), actor=staff)
    assert [row["public"] for row in told(workplace, coordinator)] == [False]  # the coordinator looks at it anew
    with refuses("story-unfinished"):
        do(stories.revise, 1, replace(details, need=""))
    do(stories.add, details)
    do(stories.set_state, 2, StoryState.READY)
    with refuses("forbidden"):
        do(stories.revise, 2, details, actor=staff)
    with workplace.reading(coordinator) as work, counted(workplace.engine) as statements:
        assert len(snapshot.stories(work)) == 2
        assert len(snapshot.effects(work)) == 1
    assert len(statements) <= 13


def test_what_does_not_hold_of_a_story_or_a_quote_is_refused(
    make: Factories, library: Library, details: StoryDetails, do: Do
) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "told-text-long": {"need": "x" * 501},
        "story-title-missing": {"title": " "},
        "story-activity-unknown": {"activities": (9,)},
        "story-goal-unknown": {"goals": ("18",)},
        "story-partner-unknown": {"partners": ("x",)},
        "story-picture-unknown": {"picture": make.picture(library).number},
        "story-quote-unknown": {"quote": 7},
        "story-year-wrong": {"year": 26},
        "people-reason-missing": {"about": About(People.YES, basis="public_task")},
        "personal-number-typed": {"done": "Hun er 010190-1234"},
    }
    for code, values in wrong.items():
        with refuses(code):
            do(stories.add, replace(details, **values))
    do(stories.add, replace(details, goals=(), targets=()))
    with refuses("story-without-goals"):
        do(stories.set_state, 1, StoryState.READY)
    for code, quote in {
        "quote-who-missing": replace(SAID, who=""),
        "personal-number-typed": replace(SAID, text="010190-1234"),
    }.items():
        with refuses(code):
            do(services.add_quote, 1, quote, WEB)


def test_people_told_about_agree_and_a_no_takes_the_story_out_until_it_is_told_without_them(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, details: StoryDetails, do: Do
) -> None:
    of_somebody = replace(details, about=About(People.YES, basis="consent"))
    do(stories.add, of_somebody)
    do(stories.set_state, 1, StoryState.READY)
    do(agreements.show_outside, Kind.STORY, 1, public=True)
    assert told(workplace, coordinator) == []  # nobody has agreed
    do(agreements.add, Kind.STORY, 1, INSIDE)
    assert [row["public"] for row in told(workplace, coordinator)] == [False]
    do(agreements.add, Kind.STORY, 1, WEB)
    rows = told(workplace, coordinator)
    assert [row["public"] for row in rows] == [True]
    edition = make.edition(library, snapshot={"library": library.slug, "evidence": [], "stories": rows})
    do(agreements.take_back, Kind.STORY, 1, TakenBack("consent", TODAY, 2))
    assert told(workplace, coordinator) == []
    with workplace.reading(coordinator) as work:
        story = queries.story(work, 1)
        assert (story.public, story.taken_back[0]["editions"]) == (False, [edition.number])
        assert trail.of(work, "story", 1)[-1].facts["editions"] == [edition.number]
    with refuses("told-paused"):
        do(agreements.show_outside, Kind.STORY, 1, public=True)
    do(stories.revise, 1, replace(details, cleared=True))
    assert [row["public"] for row in told(workplace, coordinator)] == [False]


def test_a_quote_that_somebody_objects_to_is_gone_also_from_stories_but_frozen_editions_keep_it(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, details: StoryDetails, do: Do
) -> None:
    do(stories.add, details)
    do(stories.set_state, 1, StoryState.READY)
    with workplace.reading(coordinator) as work:
        frozen = {"evidence": [], "effects": snapshot.effects(work)}
    edition = make.edition(library, snapshot=frozen)
    quote = do(agreements.take_back, Kind.QUOTE, 1, TakenBack("objection", TODAY, reference="sag 7"))
    assert (quote.public, quote.withdrawn_at is not None) == (False, True)
    assert quote.taken_back[0]["editions"] == [edition.number]
    assert [row["quote"] for row in told(workplace, coordinator)] == [None]
    with workplace.reading(coordinator) as work:
        assert snapshot.effects(work) == []
    with refuses("told-withdrawn"):
        do(services.revise_quote, 1, SAID)


def test_a_withdrawn_picture_leaves_its_story(workplace: Workplace, coordinator: Actor, details: StoryDetails) -> None:
    with workplace.writing(coordinator) as work:
        stories.add(work, details)
        story = stories.set_state(work, 1, StoryState.READY)
        assert story.picture is not None
        assert snapshot.stories(work)[0]["picture"]["evidence"] == 1
        story.picture.withdrawn_at = work.at
        work.session.flush()
        assert snapshot.stories(work)[0]["picture"] is None
        agreements.withdraw(work, Kind.STORY, 1, "Fortalt to gange")
        assert snapshot.stories(work) == []
