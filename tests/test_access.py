"""Who may what: the table itself, and over all addresses every role and the neighbour library."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker import access
from sdg_tracker.access import (
    ANYONE,
    CONDITION_NAMES,
    MEMBER_ROLES,
    PERMISSION_NAMES,
    ROLE_NAMES,
    SYSTEM,
    TABLE,
    Actor,
    Permission,
    Role,
)
from sdg_tracker.foundation.errors import Forbidden
from sdg_tracker.work import Library, Workplace
from tests.addresses import address, asked, is_owned, rules, shared_things, things
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]


class _Record:
    def __init__(self, added_by: int | None, row: int = 0) -> None:
        self.added_by, self.id = added_by, row


def test_every_permission_has_a_line_and_words() -> None:
    assert set(TABLE) == set(PERMISSION_NAMES) == set(Permission)
    assert set(ROLE_NAMES) == set(Role)
    assert {condition for lines in TABLE.values() for condition in lines.values()} <= set(CONDITION_NAMES)
    assert all(TABLE.values())


def test_a_missing_line_means_no() -> None:
    for permission in Permission:
        for role in Role:
            if role not in TABLE[permission]:
                assert not access.allowed(Actor(1, role, 1), permission, _Record(1))
                with pytest.raises(Forbidden):
                    access.require(Actor(1, role, 1), permission, _Record(1))


def test_own_means_entered_by_oneself() -> None:
    staff = Actor(7, Role.STAFF, 1)
    assert access.allowed(staff, Permission.EVIDENCE_REVISE, _Record(7))
    assert not access.allowed(staff, Permission.EVIDENCE_REVISE, _Record(8))
    assert not access.allowed(staff, Permission.EVIDENCE_REVISE, _Record(None))
    assert not access.allowed(staff, Permission.EVIDENCE_REVISE)
    assert not access.allowed(Actor(None, Role.STAFF, 1), Permission.EVIDENCE_REVISE, _Record(None))


def test_who_has_not_signed_in_sees_only_what_is_public() -> None:
    assert [permission for permission in Permission if access.may_ever(ANYONE, permission)] == [Permission.PUBLIC_READ]


def test_readers_change_nothing_and_auditors_only_their_audit() -> None:
    kept = {"read", "own", "export", "room", "list"}
    own = {Permission.AUDIT_WRITE, Permission.AUDIT_IMPORT}
    for role, more in ((Role.READER, set()), (Role.AUDITOR, own)):
        allowed = {permission for permission in Permission if role in TABLE[permission]}
        assert {permission.value.partition(".")[2] for permission in allowed - more} <= kept
    auditor = Actor(None, Role.AUDITOR, 1, edition_id=7)
    for permission in own:
        assert access.allowed(auditor, permission, _Record(None, 7))
        assert not access.allowed(auditor, permission, _Record(None, 8))
        assert not access.allowed(Actor(1, Role.AUDITOR, 1), permission, _Record(None, 7))


def test_nobody_sets_up_an_installation_through_a_page(one_app: Flask) -> None:
    used = {getattr(view, "permission", None) for view in one_app.view_functions.values()}
    assert Permission.INSTALLATION_SET_UP not in used
    assert access.allowed(SYSTEM, Permission.INSTALLATION_SET_UP)


@pytest.mark.slow
def test_nobody_reaches_what_is_not_theirs(
    app: Flask, workplace: Workplace, make: Factories, library: Library, client_of: Clients
) -> None:
    """Over all addresses, with numbers that exist only in the neighbour library."""
    other = make.library("Nabobyen")
    theirs, shared = things(workplace, make, other, several=2), shared_things(workplace)
    secrets = (f"Aktivitet i {other.id}", f"Bilag i {other.id}", f"Filial {other.id}")
    addresses = [
        (method, rule, address(app, rule, theirs, shared))
        for method in ("GET", "POST")
        for rule in rules(app, method)
        if rule.endpoint != "accounts.end_sessions"  # it would sign this person out of all that comes after
    ]
    assert len(addresses) > 40
    for role in (None, *reversed(MEMBER_ROLES)):  # those who may do most come last
        actor = make.member(library, role) if role else None
        ask = _asking(app, client_of(actor))
        for method, rule, where in addresses:
            answer = ask(where, method=method, data={"role": "reader"} if method == "POST" else None)
            permission = asked(app, rule)
            told = f"{method} {where} as {role}: {answer.status_code}"
            if actor is None and permission is not Permission.PUBLIC_READ:
                assert answer.status_code == 303, told
                assert answer.location.startswith("/sign-in"), told
            elif not access.may_ever(actor or ANYONE, permission):
                assert answer.status_code == 403, told
            elif is_owned(rule):
                assert answer.status_code in (403, 404), told
            else:
                assert answer.status_code < 500, told
            if answer.mimetype == "text/html" and permission is not Permission.PUBLIC_READ:
                assert not [secret for secret in secrets if secret in answer.text], f"{told} shows it"


@pytest.mark.slow
def test_each_role_opens_exactly_the_pages_of_its_lines(
    app: Flask, workplace: Workplace, make: Factories, library: Library, client_of: Clients
) -> None:
    found, shared = things(workplace, make, library), shared_things(workplace)
    addresses = [(rule, address(app, rule, found, shared)) for rule in rules(app, "GET")]
    for role in MEMBER_ROLES:
        ask = _asking(app, client_of(make.member(library, role)))
        for rule, where in addresses:
            permission = asked(app, rule)
            told = f"{where} as {role}"
            answer = ask(where)
            if not access.may_ever(Actor(1, role, library.id), permission):
                assert answer.status_code == 403, told
            elif set(TABLE[permission].values()) == {access.always}:
                assert answer.status_code != 403, told


def _asking(app: Flask, client: FlaskClient) -> Callable[..., TestResponse]:
    """Return what asks as this person each time: an auditor's link makes an auditor of whoever opens it."""
    cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
    headers = {"Cookie": f"{cookie.key}={cookie.value}"} if cookie else {}
    return partial(app.test_client(use_cookies=False).open, headers=headers, buffered=True)
