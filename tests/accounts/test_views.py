"""The pages of signing in, choosing a password and one's own account."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import queries, rules, services
from sdg_tracker.accounts.models import Membership, User
from sdg_tracker.app import create_app
from sdg_tracker.trail import Event
from sdg_tracker.work import Library, Workplace
from tests.accounts.conftest import PASSWORD
from tests.factories import Factories

NEW = "a sentence to remember"


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser of somebody who has not signed in and reads English."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


def _link(workplace: Workplace, coordinator: Actor, actor: Actor) -> str:
    with workplace.writing(coordinator) as work:
        address = services.password_link(work, queries.member(work, actor.number or 0).user)
    return address.removeprefix("http://127.0.0.1:8000")


def test_signing_in_opens_the_page_that_was_asked_for(
    browser: FlaskClient, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    sent = browser.get("/account?x=1")
    assert (sent.status_code, sent.location) == (303, "/sign-in?next=/account?x%3D1")
    shown = browser.get(sent.location)
    assert 'value="/account?x=1"' in shown.text
    assert "Demoby Bibliotekerne" in shown.text
    signed_in = browser.post(
        "/sign-in", data={"email": with_password(staff), "password": PASSWORD, "next": "/account?x=1"}
    )
    assert (signed_in.status_code, signed_in.location) == (303, "/account?x=1")
    cookie = signed_in.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/account").status_code == 200
    assert browser.get("/sign-in?next=/goals").location == "/goals"


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example"),
        *("javascript:1", "/\n/evil.example", " //evil.example", "evil.example", ""),
    ],
)
def test_signing_in_never_leads_away(
    app: Flask, staff: Actor, with_password: Callable[[Actor], str], elsewhere: str
) -> None:
    client = app.test_client()
    email = with_password(staff)
    signed_in = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": elsewhere})
    assert (signed_in.status_code, signed_in.location) == (303, "/")
    assert client.get("/sign-in", query_string={"next": elsewhere}).location == "/"


def test_a_page_does_not_tell_whether_an_account_exists(
    browser: FlaskClient, staff: Actor, with_password: Callable[[Actor], str]
) -> None:
    known = browser.post("/sign-in", data={"email": with_password(staff), "password": "wrong"})
    unknown = browser.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
    assert known.status_code == unknown.status_code == 422

    def without(text: str, email: str) -> str:
        return re.sub(r"I[jm][\w.-]{40,}", "token", text).replace(email, "…")

    assert without(known.text, with_password(staff)) == without(unknown.text, "nobody@example.org")
    assert "not right" in known.text
    assert "wrong" not in known.text.replace("error-wrong", "")


def test_too_many_attempts_are_told_in_the_reader_s_language(browser: FlaskClient) -> None:
    for _ in range(rules.ACCOUNT_LIMIT.free):
        assert browser.post("/sign-in", data={"email": "a@example.org", "password": "x"}).status_code == 422
    stopped = browser.post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "30")
    assert "Wait 30 seconds" in stopped.text


def test_missing_fields_are_told_at_the_field(browser: FlaskClient) -> None:
    answer = browser.post("/sign-in", data={"email": "", "password": ""})
    assert answer.status_code == 422
    assert "Write your e-mail." in answer.text
    assert 'aria-describedby="password-error"' in answer.text


def test_signing_out_ends_the_session(client_of: Callable[[Actor | None], FlaskClient], staff: Actor) -> None:
    client = client_of(staff)
    assert client.get("/account").status_code == 200
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/account").status_code == 303


def test_a_disabled_user_is_out_at_once(
    workplace: Workplace, client_of: Callable[[Actor | None], FlaskClient], coordinator: Actor, staff: Actor
) -> None:
    client = client_of(staff)
    assert client.get("/account").status_code == 200
    with workplace.writing(coordinator) as work:
        services.disable_user(work, staff.number or 0)
    assert client.get("/account").status_code == 303


def test_a_cookie_of_an_older_epoch_is_nobody_s(
    client_of: Callable[[Actor | None], FlaskClient], workplace: Workplace, staff: Actor
) -> None:
    first, second = client_of(staff), client_of(staff)
    assert first.post("/account/sessions").location == "/sign-in"
    assert second.get("/account").status_code == 303


def test_a_cookie_for_a_library_that_is_not_theirs_is_nobody_s(
    client_of: Callable[[Actor | None], FlaskClient], make: Factories, staff: Actor
) -> None:
    other = make.library("Nabobyen")
    client = client_of(Actor(staff.number, Role.STAFF, other.id))
    assert client.get("/account").status_code == 303


def test_a_link_is_used_once(
    workplace: Workplace, browser: FlaskClient, app: Flask, coordinator: Actor, staff: Actor
) -> None:
    address = _link(workplace, coordinator, staff)
    shown = browser.get(address)
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "strict-origin"
    assert shown.headers["Cache-Control"] == "no-store"
    assert browser.post(address, data={"password": "short", "again": "short"}).status_code == 422
    assert "not the same" in browser.post(address, data={"password": NEW, "again": "other"}).text
    done = browser.post(address, data={"password": NEW, "again": NEW})
    assert (done.status_code, done.location) == (303, "/sign-in")
    assert "password is saved" in browser.get("/sign-in").text
    for again in (browser.get(address), browser.post(address, data={"password": NEW, "again": NEW})):
        assert again.status_code == 410
        assert "has been used" in again.text
        assert "ask your library" in again.text


def test_a_link_that_is_not_whole_says_so(browser: FlaskClient) -> None:
    answer = browser.get("/password/WzEsMSwxXQ.abc")
    assert answer.status_code == 410
    assert "not whole" in answer.text


def test_the_own_account_changes_password_and_language(
    workplace: Workplace,
    client_of: Callable[[Actor | None], FlaskClient],
    staff: Actor,
    with_password: Callable[[Actor], str],
) -> None:
    client, other = client_of(staff), client_of(staff)
    email = with_password(staff)
    assert client.post("/account/language", data={"language": "en"}).status_code == 303
    assert email in client.get("/account").text
    assert client.post("/account/language", data={"language": "xx"}).status_code == 422
    wrong = client.post("/account/password", data={"present": "wrong", "password": NEW, "again": NEW})
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    assert NEW not in wrong.text
    changed = client.post("/account/password", data={"present": PASSWORD, "password": NEW, "again": NEW})
    assert changed.status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    with workplace.reading(SYSTEM) as work:
        assert work.session.get_one(User, staff.number).language == "en"


def test_somebody_of_two_libraries_chooses_where_to_work(
    workplace: Workplace,
    client_of: Callable[[Actor | None], FlaskClient],
    make: Factories,
    library: Library,
    staff: Actor,
) -> None:
    client = client_of(staff)
    assert "/account/library" not in client.get("/account").text
    second, third = make.library("Nabobyen"), make.library("Fjernbyen")
    with workplace.writing(SYSTEM) as work:
        work.session.add(Membership(user_number=staff.number, library_id=second.id, role="reader"))
    page = client.get("/account").text
    assert "Nabobyen" in page
    assert "Fjernbyen" not in page
    assert client.post("/account/library", data={"library": str(third.id)}).status_code == 404
    assert client.post("/account/library", data={"library": "x"}).status_code == 404
    assert client.post("/account/library", data={"library": str(second.id)}).status_code == 303
    assert client.get("/account").text.count("Nabobyen") > page.count("Nabobyen")
    assert library.id != second.id


def _some(converter: BaseConverter) -> int | str:
    """Return a value that a part of an address can have."""
    if isinstance(converter, AnyConverter):
        return str(min(converter.items))
    return 1 if isinstance(converter, IntegerConverter) else "x"


def test_forged_forms_are_refused(
    workplace: Workplace, staff: Actor, coordinator: Actor, with_password: Callable[[Actor], str]
) -> None:
    app = create_app(workplace)
    app.config.update(TESTING=True)
    assert app.config.get("WTF_CSRF_ENABLED", True)
    client = app.test_client()
    email = with_password(coordinator)
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 400
    page = client.get("/sign-in").text
    token = page.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    data = {"email": email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=data).status_code == 303
    events = _events(workplace, coordinator)
    rules_ = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    assert len(rules_) > 15
    for rule in rules_:
        values = {name: _some(rule._converters[name]) for name in rule.arguments}
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **values)  # type: ignore[arg-type]
        answer = client.post(address, data={"email": "new@example.org", "name": "New", "role": "staff"})
        assert answer.status_code in (400, 403), f"{rule.rule}: {answer.status_code}"
    assert _events(workplace, coordinator) == events


def test_a_link_works_over_https_where_the_referrer_is_only_the_origin(
    workplace: Workplace, coordinator: Actor, staff: Actor
) -> None:
    app = create_app(workplace)
    address = _link(workplace, coordinator, staff)
    client = app.test_client()
    page = client.get(address, base_url="https://sdg.example.org").text
    token = page.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    data = {"password": NEW, "again": NEW, "csrf_token": token}
    headers = {"Referer": "https://sdg.example.org/"}
    assert client.post(address, data=data, base_url="https://sdg.example.org", headers=headers).status_code == 303


def _events(workplace: Workplace, actor: Actor) -> int:
    with workplace.reading(actor) as work:
        return work.session.scalar(sa.select(sa.func.count(Event.id))) or 0
