"""Signing in and choosing passwords, as steps."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import entrance, passwords, queries, rules, services
from sdg_tracker.accounts.models import Attempt, Membership, User
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.trail import Event
from sdg_tracker.work import Library, Workplace
from tests.accounts.conftest import PASSWORD, coded
from tests.factories import Factories

HERE = "192.0.2.1"


def _events(workplace: Workplace, library_id: int) -> list[Event]:
    with workplace.reading(SYSTEM, library_id) as work:
        return list(work.session.scalars(sa.select(Event).order_by(Event.number)))


def _attempts(workplace: Workplace) -> int:
    with workplace.reading(SYSTEM) as work:
        return work.session.scalar(sa.select(sa.func.count(Attempt.id))) or 0


def _refused(workplace: Workplace, email: str, address: str = HERE, password: str = "wrong") -> Invalid:
    with pytest.raises(Invalid) as refused:
        entrance.sign_in(workplace, email, password, address)
    return refused.value


def test_the_right_password_opens_a_session_and_stands_in_the_trail(
    workplace: Workplace, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(staff)
    begun = entrance.sign_in(workplace, f" {email.upper()}", PASSWORD, HERE)
    assert (begun.number, begun.epoch, begun.library_id) == (staff.number, 1, staff.library_id)
    (event,) = _events(workplace, staff.library_id or 0)
    assert (event.action, event.actor_number, event.actor_role) == ("session.opened", staff.number, "staff")
    assert _attempts(workplace) == 0


def test_wrong_unknown_and_disabled_are_refused_alike(
    workplace: Workplace, coordinator: Actor, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(staff)
    assert _refused(workplace, email).code == "sign-in-wrong"
    assert _refused(workplace, "nobody@example.org").code == "sign-in-wrong"
    assert _refused(workplace, "", password="").code == "sign-in-wrong"
    with workplace.writing(coordinator) as work:
        services.disable_user(work, staff.number or 0)
    assert _refused(workplace, email, password=PASSWORD).code == "sign-in-wrong"
    events = [event for event in _events(workplace, staff.library_id or 0) if event.action == "session.refused"]
    assert [(event.actor_number, event.actor_role, event.subject_number) for event in events] == [
        (None, "anyone", staff.number),
        (None, "anyone", staff.number),
    ]
    assert all(event.facts == {} for event in events)


def test_who_has_no_password_yet_cannot_sign_in(workplace: Workplace, staff: Actor) -> None:
    with workplace.reading(SYSTEM) as work:
        email = work.session.get_one(User, staff.number).email
    assert _refused(workplace, email, password="").code == "sign-in-wrong"


def test_too_many_attempts_at_one_account_have_to_wait(
    workplace: Workplace, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(staff)
    for count in range(rules.ACCOUNT_LIMIT.free):
        assert _refused(workplace, email, f"192.0.2.{count}").code == "sign-in-wrong"
    stopped = _refused(workplace, email.upper(), "198.51.100.1", PASSWORD)
    assert (stopped.code, stopped.facts) == ("sign-in-wait", {"seconds": 30})
    refusals = len(_events(workplace, staff.library_id or 0))
    assert refusals == rules.ACCOUNT_LIMIT.free
    start = workplace.clock()
    workplace.clock = lambda: start + timedelta(seconds=30)
    assert entrance.sign_in(workplace, email, PASSWORD, HERE).number == staff.number
    assert _refused(workplace, email).code == "sign-in-wrong"


def test_unknown_accounts_are_throttled_like_known_ones_and_stand_in_no_trail(
    workplace: Workplace, library: Library
) -> None:
    for _ in range(rules.ACCOUNT_LIMIT.free):
        assert _refused(workplace, "nobody@example.org").code == "sign-in-wrong"
    assert _refused(workplace, "nobody@example.org").facts == {"seconds": 30}
    assert _events(workplace, library.id) == []


def test_too_many_attempts_from_one_address_have_to_wait(workplace: Workplace) -> None:
    with workplace.writing(SYSTEM) as work:
        key = entrance._key(workplace.settings, f"address {HERE}")
        work.session.add_all([Attempt(key=key, at=work.at) for _ in range(rules.ADDRESS_LIMIT.free)])
    assert _refused(workplace, "somebody@example.org").code == "sign-in-wait"
    assert _refused(workplace, "somebody@example.org", "198.51.100.1").code == "sign-in-wrong"


def test_old_attempts_are_cleaned_away_and_keys_tell_nothing(workplace: Workplace) -> None:
    _refused(workplace, "nobody@example.org")
    with workplace.reading(SYSTEM) as work:
        keys = set(work.session.scalars(sa.select(Attempt.key)))
    assert len(keys) == 2
    assert not [key for key in keys if "@" in key or HERE in key or len(key) != 64]
    start = workplace.clock()
    workplace.clock = lambda: start + rules.WINDOW
    _refused(workplace, "another@example.org", "198.51.100.1")
    assert _attempts(workplace) == 2


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(workplace: Workplace, staff: Actor) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with workplace.writing(SYSTEM) as work:
        user = work.session.get_one(User, staff.number)
        user.password_hash = old
        email = user.email
    entrance.sign_in(workplace, email, PASSWORD, HERE)
    with workplace.reading(SYSTEM) as work:
        kept = work.session.get_one(User, staff.number).password_hash or ""
    assert kept != old
    assert not passwords.outdated(kept)
    assert passwords.holds(kept, PASSWORD)


def test_signing_in_is_told_to_every_library_of_the_person(
    workplace: Workplace, make: Factories, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    other = make.library("Aaby")
    with workplace.writing(SYSTEM) as work:
        work.session.add(Membership(user_number=staff.number, library_id=other.id, role="reader"))
    begun = entrance.sign_in(workplace, with_password(staff), PASSWORD, HERE)
    assert begun.library_id == staff.library_id  # aa is å, so Aaby comes last
    assert [event.actor_role for event in _events(workplace, other.id)] == ["reader"]
    assert [event.actor_role for event in _events(workplace, staff.library_id or 0)] == ["staff"]


def test_a_link_sets_the_password_once(workplace: Workplace, coordinator: Actor, staff: Actor) -> None:
    with workplace.writing(coordinator) as work:
        user = queries.member(work, staff.number or 0).user
        first, second = (services.password_link(work, user).rpartition("/")[2] for _ in range(2))
    with pytest.raises(Invalid) as refused:
        entrance.set_password(workplace, first, "too short")
    assert (refused.value.code, refused.value.field) == ("password-short", "password")
    entrance.set_password(workplace, first, "a sentence to remember")
    for token in (first, second):
        with pytest.raises(Invalid) as refused:
            entrance.set_password(workplace, token, "another sentence here")
        assert refused.value.code == "link-used"
    begun = entrance.sign_in(workplace, user.email, "a sentence to remember", HERE)
    assert begun.epoch == 2
    assert "user.password_chosen" in [event.action for event in _events(workplace, staff.library_id or 0)]


def test_disabling_kills_a_link(workplace: Workplace, coordinator: Actor, staff: Actor) -> None:
    with workplace.writing(coordinator) as work:
        token = services.password_link(work, queries.member(work, staff.number or 0).user).rpartition("/")[2]
        services.disable_user(work, staff.number or 0)
        services.enable_user(work, staff.number or 0)
    with pytest.raises(Invalid) as refused:
        entrance.set_password(workplace, token, "a sentence to remember")
    assert refused.value.code == "link-used"


def test_joining_another_library_kills_a_link_of_the_first(
    workplace: Workplace, make: Factories, coordinator: Actor, staff: Actor
) -> None:
    other = make.member(make.library("Nabobyen"), Role.COORDINATOR)
    with workplace.writing(coordinator) as work:
        user = queries.member(work, staff.number or 0).user
        token = services.password_link(work, user).rpartition("/")[2]
    with workplace.writing(other) as work:
        services.add_user(work, user.email, "", Role.COORDINATOR)
    with pytest.raises(Invalid), workplace.reading(SYSTEM) as work:
        entrance.invited(work, token)


def test_changing_the_password_ends_all_other_sessions(
    workplace: Workplace, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    email = with_password(staff)
    for present, new, code in (
        ("wrong", "a sentence to remember", "password-wrong"),
        (PASSWORD, email, "password-is-email"),
    ):
        with pytest.raises(Invalid) as refused:
            entrance.change_password(workplace, staff, present, new, HERE)
        assert refused.value.code == code
    begun = entrance.change_password(workplace, staff, PASSWORD, "a sentence to remember", HERE)
    assert begun.epoch == 2
    assert queries.person(workplace, begun.number, 1, begun.library_id) is None
    assert queries.person(workplace, begun.number, 2, begun.library_id) is not None
    assert _refused(workplace, email, password=PASSWORD).code == "sign-in-wrong"
    told = json.dumps([event.content() for event in _events(workplace, begun.library_id)])
    assert "@" not in told


def test_guessing_the_present_password_is_throttled(
    workplace: Workplace, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    with_password(staff)
    for _ in range(rules.ACCOUNT_LIMIT.free):
        with pytest.raises(Invalid, check=coded("password-wrong")):
            entrance.change_password(workplace, staff, "wrong", "a sentence to remember", HERE)
    with pytest.raises(Invalid) as refused:
        entrance.change_password(workplace, staff, PASSWORD, "a sentence to remember", HERE)
    assert refused.value.code == "sign-in-wait"
