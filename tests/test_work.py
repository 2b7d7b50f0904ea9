"""One step of work: numbers, tenancy, revisions, the trail."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.statements import counted

if "test.done" not in trail.ACTIONS:
    trail.declare({"test.done": (lazy("Tested"), {"what"})})


def test_a_library_sees_only_its_own_rows(workplace: Workplace, make: Factories, library: Library) -> None:
    make.activity(library, "vores")
    other = make.library("Nabobyen")
    make.activity(other, "deres")
    with workplace.reading(SYSTEM, library.id) as work:
        assert [row.title for row in work.session.scalars(sa.select(Activity))] == ["vores"]
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 1
    with workplace.reading(SYSTEM, None) as work:
        assert list(work.session.scalars(sa.select(Activity))) == []


def test_a_row_cannot_be_put_into_another_library(workplace: Workplace, make: Factories, library: Library) -> None:
    other = make.library("Nabobyen")
    with pytest.raises(ValueError, match="in the work of library"), workplace.writing(SYSTEM, library.id) as work:
        work.session.add(Activity(number=9, title="x", type="x", status="held", library_id=other.id))


def test_numbers_are_counted_per_library_and_kind(workplace: Workplace, make: Factories, library: Library) -> None:
    other = make.library("Nabobyen")
    with workplace.writing(SYSTEM, library.id) as work:
        assert [work.next_number("activity"), work.next_number("activity"), work.next_number("evidence")] == [1, 2, 1]
    with workplace.writing(SYSTEM, library.id) as work:
        assert work.next_number("activity") == 3
    with workplace.writing(SYSTEM, other.id) as work:
        assert work.next_number("activity") == 1


def test_the_row_of_the_library_is_taken_once_in_a_step_and_again_in_the_next(
    workplace: Workplace, library: Library
) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        for what in ("one", "two"):
            with counted(workplace.engine) as sent:
                trail.record(work, "test.done", library, what=what)
            assert sum(statement.startswith("SELECT") for statement in sent) == (what == "one")
        work.session.rollback()
        with counted(workplace.engine) as sent:
            assert work.lock_library().trail_length == 0
        assert sent


def test_a_reading_step_cannot_write(workplace: Workplace, library: Library) -> None:
    with pytest.raises(sa.exc.DBAPIError), workplace.reading(SYSTEM, library.id) as work:
        work.library.name = "changed"
        work.session.flush()


def test_an_error_undoes_the_whole_step(workplace: Workplace, library: Library) -> None:
    with pytest.raises(ZeroDivisionError), workplace.writing(SYSTEM, library.id) as work:
        work.next_number("activity")
        trail.record(work, "test.done", library, what="half")
        raise ZeroDivisionError
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.library.numbers == {}
        assert work.library.trail_length == 0


def test_two_people_who_change_one_row_are_told(workplace: Workplace, make: Factories, library: Library) -> None:
    made = make.activity(library)
    with workplace.reading(SYSTEM, library.id) as stale:
        seen = stale.session.get_one(Activity, made.id)
        stale.session.expunge(seen)
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.get_one(Activity, made.id).title = "first"
    with pytest.raises(Conflict) as caught, workplace.writing(SYSTEM, library.id) as work:
        work.session.add(seen)
        seen.title = "second"
    assert caught.value.code == "changed-meanwhile"


def test_the_trail_is_a_chain_and_names_what_was_changed(
    workplace: Workplace, library: Library, coordinator: Actor
) -> None:
    with workplace.writing(coordinator) as work:
        for what in ("a", "b", "c"):
            trail.record(work, "test.done", library, what=what)
    with workplace.reading(SYSTEM, library.id) as work:
        assert list(trail.faults(work)) == []
        assert coordinator.role is Role.COORDINATOR
    with workplace.writing(SYSTEM, library.id) as work:
        event = work.session.scalars(sa.select(trail.Event).where(trail.Event.number == 2)).one()
        event.facts = {"what": "z"}
    with workplace.reading(SYSTEM, library.id) as work:
        assert [fault.split(": expected")[0] for fault in trail.faults(work)] == [
            "trail of demoby-bibliotekerne: event 2"
        ]


def test_an_event_taken_from_the_end_is_missed(workplace: Workplace, library: Library) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        trail.record(work, "test.done", library, what="a")
        trail.record(work, "test.done", library, what="b")
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.execute(sa.delete(trail.Event).where(trail.Event.number == 2))
    with workplace.reading(SYSTEM, library.id) as work:
        assert any("end: expected 2 events" in fault for fault in trail.faults(work))


def test_facts_have_to_be_the_declared_ones(workplace: Workplace, library: Library) -> None:
    with pytest.raises(ValueError, match="tells"), workplace.writing(SYSTEM, library.id) as work:
        trail.record(work, "test.done", library, other=1)


def test_owed_jobs_are_queued_only_after_the_commit(workplace: Workplace, library: Library) -> None:
    queued: list[tuple[str, tuple[int, ...]]] = []
    take: Callable[..., None] = queued.extend
    workplace.enqueue = take
    with pytest.raises(ZeroDivisionError), workplace.writing(SYSTEM, library.id) as work:
        work.owe("lost", 1)
        raise ZeroDivisionError
    with workplace.writing(SYSTEM, library.id) as work:
        work.owe("kept", library.id, 2)
        assert queued == []
    assert queued == [("kept", (library.id, 2))]


def test_a_sum_is_kept_until_the_trail_grows_whoever_makes_it_grow(
    workplace: Workplace, make: Factories, library: Library
) -> None:
    other, elsewhere = make.library("Nabobyen"), Workplace.open(workplace.settings)
    counted: list[str] = []

    def look(of: Library) -> int:
        with workplace.reading(SYSTEM, of.id) as work:
            return work.summed("test", lambda: counted.append(of.slug) or len(counted))  # type: ignore[func-returns-value]

    assert [look(library), look(library), look(other), look(other)] == [1, 1, 2, 2]
    with elsewhere.writing(SYSTEM, library.id) as work:  # as another process does
        trail.record(work, "test.done", work.library, what="a change")
    assert [look(library), look(other)] == [3, 2]
    with workplace.writing(SYSTEM, other.id) as work:
        assert work.summed("test", lambda: 9) == 9
    assert look(other) == 4
    elsewhere.engine.dispose()
