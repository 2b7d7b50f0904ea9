"""Letters: written in a step, sent by the worker once, tried again, given up."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import services as accounts
from sdg_tracker.foundation.i18n import current_locale
from sdg_tracker.mail import services
from sdg_tracker.mail.models import Letter
from sdg_tracker.mail.services import Said
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories
from tests.mail.server import Postbox


def said() -> Said:
    return Said(f"Hej på {current_locale()}", "Et brev.\n")


def write(workplace: Workplace, library: Library, to: Actor) -> int:
    with workplace.writing(SYSTEM, library.id) as work:
        letter = services.write(work, to.number or 0, "request", said)
        assert letter is not None
        assert work.owed == [(services.JOB, (library.id, letter.id, 0))]
    return letter.id


def state(workplace: Workplace, library: Library) -> tuple[str, int, str]:
    with workplace.reading(SYSTEM, library.id) as work:
        letter = work.session.scalars(sa.select(Letter)).one()
        return letter.state, letter.attempt, letter.body


def events(workplace: Workplace, library: Library) -> list[tuple[str, int | None, dict[str, object]]]:
    with workplace.reading(SYSTEM, library.id) as work:
        found = trail.latest(work, 1, 9)[0]
        return [(event.action, event.subject_number, event.facts) for event in found if event.action[:4] == "mail"]


def test_a_letter_is_sent_once_in_the_language_of_its_receiver(
    workplace: Workplace, make: Factories, library: Library, box: Postbox
) -> None:
    person = make.member(library, Role.STAFF, language="en", email="anna@example.org")
    letter = write(workplace, library, person)
    assert box.letters == []
    for attempt in (0, 0, 1):
        services.deliver(workplace, library.id, letter, attempt)
    [found] = box.letters
    assert (found["To"], found["Subject"], found.get_content()) == ("anna@example.org", "Hej på en", "Et brev.\r\n")
    assert state(workplace, library) == ("sent", 1, "")
    assert events(workplace, library) == [("mail.sent", person.number, {"kind": "request"})]


def test_without_a_server_no_letter_is_written(workplace: Workplace, library: Library, staff: Actor) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        assert services.write(work, staff.number or 0, "request", said) is None
        assert work.owed == []
    services.deliver(workplace, library.id, 1, 0)


def test_who_is_gone_gets_no_letter(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, box: Postbox
) -> None:
    letter = write(workplace, library, staff)
    elsewhere = make.member(make.library(), Role.STAFF)
    make.member(library, Role.COORDINATOR)
    with workplace.writing(SYSTEM, library.id) as work:
        accounts.disable_user(work, staff.number or 0)
        for actor in (staff, elsewhere):
            assert services.write(work, actor.number or 0, "request", said) is None
    services.deliver(workplace, library.id, letter, 0)
    assert (box.letters, state(workplace, library)) == ([], ("failed", 1, ""))
    assert events(workplace, library)[0][2] == {"kind": "request", "reason": "gone"}


def test_a_refused_address_is_given_up_at_once(
    workplace: Workplace, library: Library, staff: Actor, box: Postbox
) -> None:
    box.recipient = "550 no such user"
    services.deliver(workplace, library.id, write(workplace, library, staff), 0)
    assert state(workplace, library) == ("failed", 1, "")
    with workplace.reading(SYSTEM, library.id) as work:
        assert services.failed(work) == 1
        assert work.session.scalars(sa.select(Letter.failure)).one() == "550 no such user"


def test_a_server_that_is_away_is_tried_ever_more_seldom_and_then_no_more(
    workplace: Workplace, library: Library, staff: Actor, box: Postbox
) -> None:
    box.end = "451 full"
    letter = write(workplace, library, staff)
    services.deliver(workplace, library.id, letter, 0)
    services.deliver(workplace, library.id, letter, 1)
    for minutes, owed in ((9, []), (11, [(services.JOB, (library.id, letter, 2))])):
        with workplace.reading(SYSTEM, library.id) as work:
            work.at = NOON + timedelta(minutes=minutes)
            services.owe_again(work, False)  # noqa: FBT003
            assert work.owed == owed
    for attempt in range(2, services.ATTEMPTS):
        assert state(workplace, library)[0] == "owed"
        services.deliver(workplace, library.id, letter, attempt)
    assert state(workplace, library) == ("failed", services.ATTEMPTS, "")
    assert events(workplace, library)[0][2] == {"kind": "request", "reason": "unreachable"}


@pytest.mark.parametrize(("minutes", "at_start", "owed"), [(1, False, 0), (1, True, 1), (3, False, 1)])
def test_what_a_killed_worker_left_is_owed_again(
    workplace: Workplace, library: Library, staff: Actor, box: Postbox, minutes: int, at_start: bool, owed: int
) -> None:
    letter = write(workplace, library, staff)
    with workplace.writing(SYSTEM, library.id) as work:
        assert services.claim(work, letter, 0) is not None
    with workplace.reading(SYSTEM, library.id) as work:
        work.at = NOON + timedelta(minutes=minutes)
        services.owe_again(work, at_start)
        assert len(work.owed) == owed
