"""What every route keeps: a permission, no write on a GET, the security headers."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sdg_tracker.access import MEMBER_ROLES, TABLE, Actor, Permission, Role
from sdg_tracker.foundation.db import Base
from sdg_tracker.web.lifecycle import HEADERS
from sdg_tracker.work import Library, Workplace
from tests.addresses import STATIC, address, asked, is_logged, rules, shared_things, things
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
Rows = dict[str, list[tuple[object, ...]]]


def test_every_route_has_a_permission(app: Flask) -> None:
    views = {name: view for name, view in app.view_functions.items() if name != STATIC}
    assert len(views) > 30
    assert {
        name for name, view in views.items() if not isinstance(getattr(view, "permission", None), Permission)
    } == set()


def test_every_route_is_open_to_somebody(app: Flask) -> None:
    people = {*MEMBER_ROLES, Role.ANYONE}
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            assert people & set(TABLE[asked(app, rule)]), rule.rule


def _rows(workplace: Workplace) -> Rows:
    with workplace.engine.connect() as connection:
        return {
            table.name: sorted((tuple(map(repr, row)) for row in connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.slow
def test_no_get_writes(
    app: Flask, workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: Clients
) -> None:
    found, shared = things(workplace, make, library), shared_things(workplace)
    client, anyone = client_of(coordinator), client_of(None)
    before = _rows(workplace)
    answered = 0
    for rule in rules(app, "GET"):
        for browser in (client, anyone):
            where = address(app, rule, found, shared)
            answer = browser.get(where, buffered=True)
            assert answer.status_code < 500, f"{where}: {answer.status_code}"
            answered += answer.status_code == 200
            if not is_logged(app, rule):
                assert _rows(workplace) == before, where
        if is_logged(app, rule):
            after = _rows(workplace)
            changed = {name for name in before if after[name] != before[name]}
            assert changed <= {"event", "library"}, f"{rule.rule} changes {changed}"
            before = after
    assert answered > 15


@pytest.mark.slow
def test_every_answer_has_the_security_headers(
    app: Flask, workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: Clients
) -> None:
    found, shared = things(workplace, make, library), shared_things(workplace)
    addresses = [address(app, rule, found, shared) for rule in rules(app, "GET")]
    addresses += ["/no-such-page", "/static/css/app.css", "/static/none", "/activities/99999", "/admin/users/99999"]
    for where in addresses:
        for browser in (client_of(coordinator), client_of(None)):
            headers = browser.get(where, buffered=True).headers
            for name, value in HEADERS.items():
                if name in ("Referrer-Policy", "Content-Security-Policy"):
                    assert headers[name], where
                else:
                    assert headers[name] == value, where
            assert headers["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer"), where
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy or "sandbox" in policy, where
            assert "unsafe" not in policy, where
    refused = client_of(coordinator).post("/account/language", data={"language": "xx"})
    assert refused.status_code == 422
    assert refused.headers["Content-Security-Policy"]


def test_pages_of_a_person_are_kept_by_no_shared_cache(
    app: Flask, workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: Clients
) -> None:
    found, shared = things(workplace, make, library), shared_things(workplace)
    for rule in rules(app, "GET"):
        client = client_of(coordinator)  # anew: an auditor's link makes an auditor of whoever opens it
        where = address(app, rule, found, shared)
        answer = client.get(where, buffered=True)
        control = answer.headers.get("Cache-Control", "")
        if rule.endpoint.startswith("public.") and answer.status_code == 200:
            assert control == "public, no-cache", where  # the same for everybody: it knows nobody and sends no cookie
            assert "Set-Cookie" not in answer.headers, where
            assert "Cookie" not in answer.headers.get("Vary", ""), where
        elif answer.mimetype == "text/html":
            assert "private" in control or "no-store" in control, where
            assert "Cookie" in answer.headers.get("Vary", "") or "no-store" in control, where
