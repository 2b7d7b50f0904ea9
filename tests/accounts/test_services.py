"""Libraries, branches, people and their roles; no name and no e-mail in the trail."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import entrance, queries, services
from sdg_tracker.accounts.models import Membership, User
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.trail import Event
from sdg_tracker.work import Library, Work, Workplace
from tests.accounts.conftest import coded
from tests.factories import Factories
from tests.statements import counted


def test_a_library_is_added_and_the_step_goes_on_in_it(workplace: Workplace) -> None:
    with workplace.writing(SYSTEM) as work:
        library = services.add_library(work, "Ålby Bibliotekerne", name_en="Ålby Libraries")
        services.add_branch(work, "Hovedbiblioteket")
        user = services.add_user(work, "First@Example.org", "Første", Role.COORDINATOR)
    assert library.slug == "aalby-bibliotekerne"
    with workplace.reading(SYSTEM, library.id) as work:
        assert queries.first_coordinator(work) == Actor(user.number, Role.COORDINATOR, library.id)
        assert [event.action for event in trail.latest(work, 1, 9)[0]] == [
            "user.added",
            "branch.added",
            "library.added",
        ]
        assert list(trail.faults(work)) == []


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("  ", {}, "name-missing"),
        ("Nyby", {"slug": "Ny By"}, "slug-wrong"),
        ("!!!", {}, "slug-wrong"),
        ("Demoby Bibliotekerne", {}, "library-known"),
        ("Nyby", {"timezone": "Europe/Nyby"}, "timezone-unknown"),
    ],
)
def test_a_library_that_does_not_hold_is_refused(
    workplace: Workplace, library: Library, name: str, values: dict[str, str], code: str
) -> None:
    assert library.slug == "demoby-bibliotekerne"
    with pytest.raises(Invalid) as refused, workplace.writing(SYSTEM) as work:
        services.add_library(work, name, **values)
    assert refused.value.code == code


def test_only_the_program_adds_libraries(work: Work) -> None:
    with pytest.raises(Forbidden):
        services.add_library(work, "Nyby")


def test_a_library_is_changed_by_one_person_at_a_time(work: Work) -> None:
    seen = work.library.revision
    revise = partial(services.revise_library, name_en="", timezone="Europe/Copenhagen", strategy=None)
    revise(work, seen, name="Nyt navn")
    with pytest.raises(Conflict) as refused:
        revise(work, seen, name="Et andet navn")
    assert refused.value.facts["revision"] == work.library.revision
    assert work.library.name == "Nyt navn"
    assert trail.latest(work, 1, 1)[0][0].facts == {"fields": ["name"]}


def test_branches_are_added_changed_and_taken_out_of_use(work: Work) -> None:
    services.add_branch(work, "Ågården", name_en="The Stream House")
    services.add_branch(work, "Biblioteket i nord")
    with pytest.raises(Invalid) as refused:
        services.add_branch(work, "ågården")
    assert (refused.value.code, refused.value.field) == ("branch-known", "name")
    branch = queries.branch(work, "aagaarden")
    services.revise_branch(work, branch.code, branch.revision, name="Ågården", name_en="Stream House", position=5)
    with pytest.raises(Conflict):
        services.revise_branch(work, branch.code, 1, name="Noget andet")
    assert [row.code for row in queries.branches(work)] == ["biblioteket-i-nord", "aagaarden"]
    services.disable_branch(work, "aagaarden")
    services.disable_branch(work, "aagaarden")
    assert [row.code for row in queries.branches(work)] == ["biblioteket-i-nord"]
    services.enable_branch(work, "aagaarden")
    assert len(queries.branches(work)) == len(queries.branches(work, disabled=True)) == 2
    actions = [event.action for event in trail.latest(work, 1, 9)[0]]
    assert actions == ["branch.enabled", "branch.disabled", "branch.revised", "branch.added", "branch.added"]


def test_a_branch_of_another_library_is_not_found(workplace: Workplace, make: Factories, coordinator: Actor) -> None:
    branch = make.branch(make.library("Nabobyen"))
    with workplace.writing(coordinator) as work:
        for step in (services.disable_branch, services.enable_branch, queries.branch):
            with pytest.raises(NotFound):
                step(work, branch.code)
        assert queries.branches(work, disabled=True) == []
        services.add_branch(work, branch.name)


def test_staff_manage_nothing(workplace: Workplace, staff: Actor, coordinator: Actor) -> None:
    assert coordinator.number
    with workplace.writing(staff) as work:
        for step in (
            lambda: services.add_user(work, "x@example.org", "X", Role.READER),
            lambda: services.set_role(work, staff.number or 0, Role.COORDINATOR),
            lambda: services.disable_user(work, coordinator.number or 0),
            lambda: services.add_branch(work, "X"),
            lambda: services.password_link(work, work.session.get_one(User, coordinator.number)),
            lambda: services.revise_library(work, None, name="X", name_en="", timezone="Europe/Oslo", strategy=None),
        ):
            with pytest.raises(Forbidden):
                step()


def test_an_email_names_one_person(work: Work) -> None:
    first = services.add_user(work, "Nina@Example.org ", "Nina", Role.STAFF)
    assert services.add_user(work, "nina@example.org", "Nina", Role.STAFF) is first
    with pytest.raises(Invalid) as refused:
        services.add_user(work, "NINA@example.org", "Nina", Role.READER)
    assert (refused.value.code, refused.value.field) == ("user-known", "email")
    with pytest.raises(Invalid) as refused:
        services.add_user(work, "nina", "Nina", Role.STAFF)
    assert refused.value.code == "email-wrong"
    with pytest.raises(Invalid):
        services.add_user(work, "ny@example.org", "Ny", Role.SYSTEM)
    assert [row.user.email for row in queries.members(work) if row.role == "staff"] == ["nina@example.org"]


def test_somebody_from_another_library_gets_a_membership_and_their_sessions_end(
    workplace: Workplace, make: Factories, coordinator: Actor
) -> None:
    other = make.library("Nabobyen")
    theirs = make.member(other, Role.COORDINATOR, email="nabo@example.org")
    with workplace.writing(coordinator) as work:
        user = services.add_user(work, "nabo@example.org", "Another name", Role.READER)
        assert user.number == theirs.number
        assert user.session_epoch == 2
        assert {home.role for home in queries.homes(user)} == {Role.COORDINATOR, Role.READER}
        assert user.name != "Another name"


def test_no_library_makes_a_link_for_somebody_of_another_one(
    workplace: Workplace, make: Factories, coordinator: Actor
) -> None:
    other = make.library("Nabobyen")
    theirs = make.member(other, Role.COORDINATOR, email="nabo@example.org")
    with workplace.writing(coordinator) as work:
        user = services.add_user(work, "nabo@example.org", "", Role.READER)
        with pytest.raises(Conflict, check=coded("user-elsewhere")):
            services.password_link(work, user)
    with workplace.writing(SYSTEM, other.id) as work:
        assert services.password_link(work, user).startswith("http://127.0.0.1:8000/password/")
    assert theirs.number == user.number


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_the_last_who_manages_users_stays(workplace: Workplace, make: Factories, library: Library, role: Role) -> None:
    last = make.member(library, role)
    make.member(library, Role.STAFF)
    steps: list[Callable[[Work], None]] = [
        lambda work: services.disable_user(work, last.number or 0),
        lambda work: services.set_role(work, last.number or 0, Role.STAFF),
    ]
    for step in steps:
        with pytest.raises(Conflict, check=coded("user-last")), workplace.writing(last) as work:
            step(work)
    second = make.member(library, Role.ADMINISTRATOR)
    with workplace.writing(second) as work:
        services.disable_user(work, last.number or 0)
    with pytest.raises(Conflict), workplace.writing(second) as work:
        services.disable_user(work, second.number or 0)


def test_disabling_ends_sessions_and_enabling_brings_the_role_back(
    workplace: Workplace, coordinator: Actor, staff: Actor
) -> None:
    number, library_id = staff.number or 0, staff.library_id or 0
    assert queries.person(workplace, number, 1, library_id) is not None
    with workplace.writing(coordinator) as work:
        services.disable_user(work, number)
        services.disable_user(work, number)
    assert queries.person(workplace, number, 1, library_id) is None
    assert queries.person(workplace, number, 2, library_id) is None
    with workplace.writing(coordinator) as work:
        with pytest.raises(Conflict, check=coded("user-disabled")):
            services.password_link(work, queries.member(work, number).user)
        services.enable_user(work, number)
    assert queries.person(workplace, number, 1, library_id) is None
    found = queries.person(workplace, number, 2, library_id)
    assert found is not None
    assert found.actor == staff


def test_a_role_that_was_changed_meanwhile_is_told(workplace: Workplace, coordinator: Actor, staff: Actor) -> None:
    number = staff.number or 0
    with workplace.writing(coordinator) as work:
        services.set_role(work, number, Role.READER, seen=1)
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        services.set_role(work, number, Role.AUDITOR, seen=1)
    with workplace.reading(coordinator) as work:
        assert queries.member(work, number).role == "reader"
        assert trail.of(work, "user", number)[-1].facts == {"before": "staff", "after": "reader"}


def test_a_user_of_another_library_is_not_found(workplace: Workplace, make: Factories, coordinator: Actor) -> None:
    stranger = make.member(make.library("Nabobyen"), Role.STAFF, email="fremmed@example.org", name="Fremmed")
    number = stranger.number or 0
    with workplace.writing(coordinator) as work:
        for step in (
            lambda: services.disable_user(work, number),
            lambda: services.enable_user(work, number),
            lambda: services.set_role(work, number, Role.READER),
            lambda: services.password_link(work, work.session.get_one(User, number)),
            lambda: queries.actor_for(work, "fremmed@example.org"),
            lambda: queries.user_by_email(work, "fremmed@example.org"),
        ):
            with pytest.raises(NotFound):
                step()
        assert "Fremmed" not in queries.names(work, [number])[number]


def test_names_are_joined_when_shown_and_can_be_erased(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    erased = make.member(library, Role.STAFF, name="")
    with workplace.reading(coordinator) as work, counted(workplace.engine) as statements:
        names = queries.names(work, [coordinator.number, erased.number, None, 999])
    assert len([line for line in statements if line.startswith("SELECT")]) == 1
    assert names[coordinator.number or 0].startswith("Coordinator")
    assert {names[erased.number or 0].split()[-1], names[999].split()[-1]} == {str(erased.number), "999"}


def test_the_person_of_a_cookie_is_found_in_one_statement(workplace: Workplace, make: Factories) -> None:
    home = make.library("Demoby")
    actor = make.member(home, Role.STAFF)
    with workplace.writing(SYSTEM) as work:
        for count in range(3):
            other = Library(slug=f"by-{count}", name=f"By {count}", numbers={})
            work.session.add(other)
            work.session.flush()
            work.session.add(Membership(user_number=actor.number, library_id=other.id, role="reader"))
    queries.person(workplace, actor.number or 0, 1, home.id)
    with counted(workplace.engine) as statements:
        found = queries.person(workplace, actor.number or 0, 1, home.id)
    assert len([line for line in statements if line.startswith("SELECT")]) == 1
    assert found is not None
    assert [name for _key, name in found.libraries] == ["By 0", "By 1", "By 2", "Demoby"]
    assert queries.person(workplace, actor.number or 0, 1, 4711) is None
    assert queries.person(workplace, actor.number or 0, 2, home.id) is None


def test_the_trail_holds_neither_names_nor_emails(workplace: Workplace, library: Library, coordinator: Actor) -> None:
    with workplace.writing(coordinator) as work:
        user = services.add_user(work, "hemmelig.person@example.org", "Hemmelig Person", Role.STAFF)
        services.password_link(work, user)
        services.set_role(work, user.number, Role.READER)
        services.disable_user(work, user.number)
        services.enable_user(work, user.number)
    with workplace.writing(Actor(user.number, Role.READER, library.id)) as work:
        services.choose_language(work, "en")
        services.end_sessions(work)
    with workplace.reading(coordinator) as work:
        rows = list(work.session.scalars(sa.select(Event)))
    assert len(rows) == 7
    told = json.dumps([row.content() for row in rows], ensure_ascii=False).lower()
    assert "hemmelig" not in told
    assert "@" not in told


def test_a_link_lives_seven_days(workplace: Workplace, coordinator: Actor, staff: Actor) -> None:
    with workplace.writing(coordinator) as work:
        address = services.password_link(work, queries.member(work, staff.number or 0).user)
    token = address.rpartition("/")[2]
    made = workplace.clock()
    workplace.clock = lambda: made + timedelta(days=7, seconds=-1)
    with workplace.reading(SYSTEM) as work:
        assert entrance.invited(work, token).number == staff.number
    workplace.clock = lambda: made + timedelta(days=7)
    for wrong, code in ((token, "link-old"), (token[:-1], "link-broken"), ("x", "link-broken"), ("", "link-broken")):
        with pytest.raises(Invalid) as refused, workplace.reading(SYSTEM) as work:
            entrance.invited(work, wrong)
        assert refused.value.code == code
