"""What is said of people in pictures, and consents: given, taken back, and what follows."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.collecting import evidence_rows, vocabulary
from sdg_tracker.evidence import blurring, consents, listing, queries, reviewing, revising
from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import About, People
from sdg_tracker.evidence.states import Decision
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add, refuses
from tests.factories import Factories

TODAY = date(2026, 3, 2)
PHOTO = files.jpeg((300, 200))
WEB = frozenset({"website", "internal_report"})
Do = Callable[..., Any]


@pytest.fixture
def do(workplace: Workplace, coordinator: Actor) -> Do:
    """Do a step as the coordinator, or as somebody else."""

    def done(step: Callable[[Work], Any], actor: Actor = coordinator) -> Any:
        with workplace.writing(actor) as work:
            return step(work)

    return done


def look(workplace: Workplace, actor: Actor, number: int = 1) -> Evidence:
    with workplace.reading(actor) as work:
        return queries.get(work, number)


def last(workplace: Workplace, actor: Actor, number: int = 1) -> tuple[str, dict[str, Any]]:
    with workplace.reading(actor) as work:
        event = trail.of(work, "evidence", number)[-1]
        return event.action, event.facts


def frozen(workplace: Workplace, actor: Actor) -> list[tuple[int, bool]]:
    """Numbers of what a new edition would hold, and whether it may be shown outside."""
    with workplace.reading(actor) as work:
        return [(row["number"], row["public"]) for row in evidence_rows.evidence(work, vocabulary.terms(work), None)]


def test_the_question_is_answered_when_a_picture_is_added_and_changed(
    workplace: Workplace, add: Add, coordinator: Actor, do: Do
) -> None:
    assert add(PHOTO, "a.jpg").evidence.people == "unknown"
    assert add(PHOTO, "b.jpg", people="yes").evidence.people == "yes"
    assert add().evidence.people == ""
    details = EvidenceDetails(title="a", kind="photo", people="no")
    do(lambda work: revising.revise(work, 2, details))
    assert look(workplace, coordinator, 2).people == "no"
    do(lambda work: revising.revise(work, 2, EvidenceDetails(title="b", kind="photo")))
    assert look(workplace, coordinator, 2).people == "no"
    with refuses("people-unknown-answer"):
        add(PHOTO, "c.jpg", people="maybe")


def test_a_new_picture_is_asked_about_anew(
    workplace: Workplace, add: Add, coordinator: Actor, new_version: Callable[..., None]
) -> None:
    add(PHOTO, "a.jpg", people="no")
    new_version(coordinator, PHOTO, "b.jpg")
    assert look(workplace, coordinator).people == "no"  # the same picture under another name
    new_version(coordinator, files.jpeg((310, 200)), "c.jpg")
    assert look(workplace, coordinator).people == "unknown"


def test_the_list_is_narrowed_to_an_answer(workplace: Workplace, add: Add, coordinator: Actor, do: Do) -> None:
    for name, answer in (("a.jpg", "yes"), ("b.jpg", "no"), ("c.jpg", "")):
        add(files.jpeg((100 + ord(name[0]), 50)), name, people=answer)
    consent = ConsentDetails(WEB, TODAY, persons=1)
    do(lambda work: consents.add(work, 1, consent))
    do(lambda work: consents.withdraw(work, 1, 1, TODAY))
    with workplace.reading(coordinator) as work:
        found = {
            people: [row.number for row in listing.one_page(work, Filters(people=people), "number", 10, 0)[0]]
            for people in ("yes", "no", "unknown", "paused")
        }
    assert found == {"yes": [1], "no": [2], "unknown": [3], "paused": [1]}


def test_people_are_described(workplace: Workplace, add: Add, coordinator: Actor, do: Do) -> None:
    add(PHOTO, "a.jpg")
    about = About(People.YES, children=True, basis="public_task", reason="Set bagfra", informed="Skilt")
    do(lambda work: consents.describe(work, 1, about, 1))
    assert last(workplace, coordinator) == (
        "evidence.people_described",
        {"revision": 2, "people": "yes", "children": True, "sensitive": False, "basis": "public_task"},
    )
    with refuses("changed-meanwhile"):
        do(lambda work: consents.describe(work, 1, about, 1))
    do(lambda work: consents.describe(work, 1, About(People.NO, children=True, basis="consent", reason="x")))
    found = look(workplace, coordinator)
    assert (found.people, found.children, found.basis, found.basis_reason, found.informed) == ("no", False, "", "", "")


def test_a_description_is_refused(make: Factories, library: Library, do: Do) -> None:
    make.picture(library)
    for about, code in (
        (About(People.YES, basis="public_task"), "people-reason-missing"),
        (About(People.YES, basis="none_needed", reason=" "), "people-reason-missing"),
        (About(People.YES, basis="other"), "people-basis-unknown"),
        (About(People.YES, reason="x" * 501), "people-text-long"),
        (About(People.YES, informed="Ring til 010190-1234"), "personal-number-typed"),
    ):
        with refuses(code):
            do(partial(consents.describe, number=1, about=about))


def test_a_consent_is_kept_without_names(workplace: Workplace, add: Add, coordinator: Actor, do: Do) -> None:
    add(PHOTO, "a.jpg", people="yes")
    add(b"signed\n", "samtykke.txt")
    details = ConsentDetails(WEB, TODAY, date(2027, 1, 1), 3, "samtykke 3", form=2)
    do(lambda work: consents.add(work, 1, details))
    consent = look(workplace, coordinator).consents[0]
    assert (consent.website, consent.internal_report, consent.print, consent.social_media) == (True, True, False, False)
    assert (consent.persons, consent.reference, consent.form and consent.form.number) == (3, "samtykke 3", 2)
    told = {"consent": 1, "scopes": ["internal_report", "website"]}
    days = {"given_on": "2026-03-02", "expires_on": "2027-01-01"}
    assert last(workplace, coordinator) == ("evidence.consent_added", told | days)  # and not the reference


def test_a_consent_is_refused(make: Factories, library: Library, do: Do) -> None:
    make.picture(library)
    for details, code in (
        (ConsentDetails(frozenset(), TODAY, persons=1), "consent-scope-missing"),
        (ConsentDetails(WEB, date(2026, 3, 3), persons=1), "consent-day-ahead"),
        (ConsentDetails(WEB, TODAY, date(2026, 3, 1), persons=1), "consent-expires-before"),
        (ConsentDetails(WEB, TODAY), "consent-nothing-known"),
        (ConsentDetails(WEB, TODAY, persons=0), "consent-persons-wrong"),
        (ConsentDetails(WEB, TODAY, reference="x" * 101), "people-text-long"),
        (ConsentDetails(WEB, TODAY, reference="0101901234"), "personal-number-typed"),
        (ConsentDetails(WEB, TODAY, form=1), "consent-form-itself"),
        (ConsentDetails(WEB, TODAY, form=9), "consent-form-unknown"),
    ):
        with refuses(code):
            do(partial(consents.add, number=1, details=details))


def test_what_may_be_shown_goes_into_an_edition(workplace: Workplace, add: Add, coordinator: Actor, do: Do) -> None:
    add(PHOTO, "a.jpg", public=True)
    assert frozen(workplace, coordinator) == [(1, False)]  # it is in it, for the auditor, but never shown
    do(lambda work: consents.describe(work, 1, About(People.YES, basis="consent")))
    assert frozen(workplace, coordinator) == [(1, False)]
    do(lambda work: consents.add(work, 1, ConsentDetails(WEB, TODAY, persons=2)))
    assert frozen(workplace, coordinator) == [(1, True)]


def test_after_a_consent_is_taken_back_a_picture_is_in_no_new_edition_until_it_is_blurred(
    workplace: Workplace, add: Add, coordinator: Actor, do: Do
) -> None:
    add(PHOTO, "a.jpg", people="yes", public=True)
    do(lambda work: consents.describe(work, 1, About(People.YES, basis="consent")))
    for _person in range(2):
        do(lambda work: consents.add(work, 1, ConsentDetails(WEB, TODAY, persons=1)))
    with refuses("consent-day-ahead"):
        do(lambda work: consents.withdraw(work, 1, 1, date(2026, 3, 3)))
    with refuses("consent-withdrawn-before"):
        do(lambda work: consents.withdraw(work, 1, 1, date(2026, 3, 1)))
    with refuses("consent-none"):
        do(lambda work: consents.withdraw(work, 1, 3, TODAY))
    do(lambda work: consents.withdraw(work, 1, 1, TODAY))
    assert last(workplace, coordinator) == ("evidence.consent_withdrawn", {"consent": 1, "withdrawn_on": "2026-03-02"})
    with refuses("consent-withdrawn"):
        do(lambda work: consents.withdraw(work, 1, 1, TODAY))
    assert frozen(workplace, coordinator) == []
    with workplace.reading(coordinator) as work:
        blurred = blurring.make(work, queries.get(work, 1), [Box(10, 10, 50, 50)])
    do(lambda work: blurring.add(work, 1, blurred))
    assert frozen(workplace, coordinator) == [(1, True)]


def test_an_earlier_picture_stays_paused_while_it_is_the_accepted_one(
    workplace: Workplace, add: Add, coordinator: Actor, staff: Actor, do: Do, new_version: Callable[..., None]
) -> None:
    add(PHOTO, "a.jpg", people="yes", actor=staff)
    do(lambda work: reviewing.review(work, 1, Decision.ACCEPTED))
    do(lambda work: consents.add(work, 1, ConsentDetails(WEB, TODAY, persons=1)))
    do(lambda work: consents.withdraw(work, 1, 1, TODAY))
    new_version(staff, files.jpeg((310, 200)), "b.jpg")
    do(lambda work: consents.describe(work, 1, About(People.NO)))
    assert frozen(workplace, coordinator) == []  # the accepted one still shows them
    do(lambda work: reviewing.review(work, 1, Decision.ACCEPTED))
    assert frozen(workplace, coordinator) == [(1, False)]


def test_only_who_may_change_a_piece_may_say_who_is_in_it(
    staff: Actor, do: Do, make: Factories, library: Library
) -> None:
    make.picture(library)
    for actor in (staff, make.member(library, Role.READER)):
        for step in (
            lambda work: consents.describe(work, 1, About(People.NO)),
            lambda work: consents.add(work, 1, ConsentDetails(WEB, TODAY, persons=1)),
            lambda work: consents.withdraw(work, 1, 1, TODAY),
        ):
            with refuses("forbidden"):
                do(step, actor)
