"""What every route keeps: a permission, no write on a GET, the security headers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from sdg_tracker.access import MEMBER_ROLES, TABLE, Actor, Permission, Role
from sdg_tracker.foundation.db import Base
from sdg_tracker.web.lifecycle import HEADERS
from sdg_tracker.work import Library, Workplace
from tests.addresses import STATIC, address, asked, is_logged, rules, shared_things, things
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
Rows = dict[str, list[tuple[object, ...]]]
WRITTEN = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"}
NO_ROUTES = ("/no-such-page", "/static/css/app.css", "/static/none", "/activities/99999", "/admin/users/99999")


@dataclass(frozen=True)
class Visit:
    """What a GET was answered with, and the tables that it changed."""

    rule: Rule | None  # none when no route is meant
    where: str
    known: bool  # the coordinator asked, else somebody who has not signed in
    status: int
    mimetype: str
    headers: Headers
    changed: set[str]


_visits: dict[str, list[Visit]] = {}


@pytest.fixture
def visits(request: pytest.FixtureRequest, engine_name: str) -> list[Visit]:
    """Every address, asked for by the coordinator and by somebody who has not signed in; once on each database."""
    if engine_name not in _visits:
        names = ("app", "workplace", "make", "library", "coordinator", "client_of")
        _visits[engine_name] = list(_visited(*map(request.getfixturevalue, names)))
    return _visits[engine_name]


def _visited(
    app: Flask, workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client_of: Clients
) -> Iterator[Visit]:
    found, shared = things(workplace, make, library), shared_things(workplace)
    addresses: list[tuple[Rule | None, str]] = [(rule, address(app, rule, found, shared)) for rule in rules(app, "GET")]
    with workplace.engine.connect() as watching:
        before, mark = _rows(watching), _mark(watching)
        for rule, where in [*addresses, *((None, where) for where in NO_ROUTES)]:
            for actor in (coordinator, None):
                # anew: an auditor's link makes an auditor of whoever opens it
                answer = client_of(actor).get(where, buffered=True)
                now, changed = _mark(watching), set()
                if now != mark or (rule and is_logged(app, rule)):
                    after = _rows(watching)
                    changed = {name for name in before if after[name] != before[name]}
                    assert now != mark or not changed, "the database does not say that it was written"
                    before, mark = after, now
                yield Visit(
                    rule, where, actor is not None, answer.status_code, answer.mimetype or "", answer.headers, changed
                )


def _mark(connection: sa.Connection) -> object:
    """Return what is another whenever somebody else has written to the database."""
    connection.rollback()  # what was read until now was of one moment
    return connection.scalar(sa.text(WRITTEN[connection.dialect.name]))


def _rows(connection: sa.Connection) -> Rows:
    return {
        table.name: sorted((tuple(map(repr, row)) for row in connection.execute(sa.select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def test_every_route_has_a_permission(one_app: Flask) -> None:
    views = {name: view for name, view in one_app.view_functions.items() if name != STATIC}
    assert len(views) > 30
    assert {
        name for name, view in views.items() if not isinstance(getattr(view, "permission", None), Permission)
    } == set()


def test_every_route_is_open_to_somebody(one_app: Flask) -> None:
    people = {*MEMBER_ROLES, Role.ANYONE}
    for method in ("GET", "POST"):
        for rule in rules(one_app, method):
            assert people & set(TABLE[asked(one_app, rule)]), rule.rule


def test_no_get_writes(one_app: Flask, visits: list[Visit]) -> None:
    assert sum(visit.status == 200 for visit in visits) > 15
    for visit in visits:
        assert visit.status < 500, f"{visit.where}: {visit.status}"
        may = {"event", "library"} if visit.rule and is_logged(one_app, visit.rule) else set()
        assert visit.changed <= may, f"{visit.where} changes {visit.changed}"
    assert any(visit.changed for visit in visits)  # the trail, so that a change is seen


def test_every_answer_has_the_security_headers(visits: list[Visit]) -> None:
    for visit in visits:
        where, headers = visit.where, visit.headers
        for name, value in HEADERS.items():
            if name in ("Referrer-Policy", "Content-Security-Policy"):
                assert headers[name], where
            else:
                assert headers[name] == value, where
        assert headers["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer"), where
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy or "sandbox" in policy, where
        assert "unsafe" not in policy, where


def test_a_refusal_has_the_security_headers(coordinator: Actor, client_of: Clients) -> None:
    refused = client_of(coordinator).post("/account/language", data={"language": "xx"})
    assert refused.status_code == 422
    assert refused.headers["Content-Security-Policy"]


def test_pages_of_a_person_are_kept_by_no_shared_cache(visits: list[Visit]) -> None:
    for visit in visits:
        if not visit.known or visit.rule is None:
            continue
        where, control = visit.where, visit.headers.get("Cache-Control", "")
        if visit.rule.endpoint.startswith("public.") and visit.status == 200:
            assert control == "public, no-cache", where  # the same for everybody: it knows nobody and sends no cookie
            assert "Set-Cookie" not in visit.headers, where
            assert "Cookie" not in visit.headers.get("Vary", ""), where
        elif visit.mimetype == "text/html":
            assert "private" in control or "no-store" in control, where
            assert "Cookie" in visit.headers.get("Vary", "") or "no-store" in control, where
