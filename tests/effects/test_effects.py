"""What an activity was meant to do and what was seen: who may say so, what is refused, what is kept."""

from datetime import date

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.digest import queries as digest
from sdg_tracker.effects import queries, services, snapshot
from sdg_tracker.effects.services import SeenDetails
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence.conftest import refuses
from tests.factories import Factories

MEANT = {"frirum": 4, "perspektiv": None, "kreativitet": 3, "faellesskab": 5}
SEEN = {"frirum": 3, "perspektiv": 2, "kreativitet": None, "faellesskab": 5}


def test_an_effect_is_meant_seen_and_kept_with_the_reason_of_a_late_change(
    work: Work, make: Factories, library: Library, coordinator: Actor
) -> None:
    work.session.rollback()
    make.activity(library, "Repair Café")
    source = make.evidence(library, title="Svar", accepted_version=1, state="accepted").number
    services.intend(work, 1, MEANT, 0)
    details = SeenDetails(SEEN, "survey", 12, "Seddel", source)
    assert [row.number for row in queries.unseen(work)] == [1]
    effect = services.see(work, 1, details)
    assert queries.unseen(work) == []
    with refuses("effect-reason-missing"):
        services.intend(work, 1, {**MEANT, "frirum": 2})
    with refuses("changed-meanwhile"):
        services.see(work, 1, details, 1)
    services.intend(work, 1, {**MEANT, "frirum": 2}, effect.revision, "Skrevet forkert af")
    [row] = snapshot.effects(work)
    assert (row["activity"], row["seen"], row["answers"], row["basis"]) == (1, SEEN, 12, "survey")
    assert row["source"] == source
    assert row["intended"]["frirum"] == 2
    [change] = row["changes"]
    assert (change["before"]["frirum"], change["reason"], change["role"]) == (4, "Skrevet forkert af", "coordinator")
    events = trail.of(work, "effect", 1)
    assert [event.action for event in events] == ["effect.intended", "effect.seen", "effect.intended"]
    assert events[1].facts["after"] == SEEN


def test_what_does_not_hold_of_an_effect_is_refused(work: Work, make: Factories, library: Library) -> None:
    work.session.rollback()
    make.activity(library)
    make.activity(library, status="cancelled")
    make.activity(library, starts_on=date(2026, 3, 28), status="planned")
    seen = SeenDetails(SEEN, "observation")
    with refuses("effect-score-outside"):
        services.intend(work, 1, {**MEANT, "frirum": 6})
    with refuses("effect-score-missing"):
        services.intend(work, 1, {})
    with refuses("effect-basis-missing"):
        services.see(work, 1, SeenDetails(SEEN, ""))
    with refuses("effect-answers-missing"):
        services.see(work, 1, SeenDetails(SEEN, "interviews"))
    with refuses("effect-source-unknown"):
        services.see(work, 1, SeenDetails(SEEN, "survey", 3, source=99))
    with refuses("personal-number-typed"):
        services.see(work, 1, SeenDetails(SEEN, "survey", 3, "ring til 010190-1234"))
    with refuses("effect-activity-cancelled"):
        services.see(work, 2, seen)
    with refuses("effect-too-early"):
        services.see(work, 3, seen)


def test_staff_tell_of_their_own_activities_only(
    workplace: Workplace, make: Factories, library: Library, staff: Actor
) -> None:
    make.activity(library)
    make.activity(library, owner_number=staff.number)
    reader = make.member(library, Role.READER)
    with workplace.writing(staff) as work:
        with refuses("forbidden"):
            services.intend(work, 1, MEANT)
        services.intend(work, 2, MEANT)
    with workplace.reading(staff) as work:
        [section] = digest.sections(work, staff)
        assert (section.total, section.lines[0].path) == (1, "/activities/2/effect/seen")
        assert (queries.count_unseen(work, staff.number), queries.count_unseen(work, reader.number)) == (1, 0)
    with workplace.writing(reader) as work, refuses("forbidden"):
        services.see(work, 2, SeenDetails(SEEN, "observation"))
