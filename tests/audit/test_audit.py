"""An auditor sees one edition until a day, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Permission
from sdg_tracker.audit import queries, rules, services
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.mail import services as mail
from sdg_tracker.mail.models import Letter
from sdg_tracker.work import Library, Workplace
from tests.addresses import address, asked, shared_things, things
from tests.addresses import rules as routes
from tests.conftest import NOON
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
TODAY = NOON.date()


@pytest.fixture
def link(workplace: Workplace, library: Library, make: Factories, coordinator: Actor) -> str:
    """The address of an auditor's link to edition 1, valid for a week."""
    make.edition(library, b"%PDF-1.7 one")
    with workplace.writing(coordinator) as work:
        return services.link(work, services.invite(work, 1, "Auditor@Example.org", TODAY + timedelta(days=7)))


def path_of(link: str) -> str:
    """Return the link's path."""
    return link.removeprefix("http://127.0.0.1:8000")


def entered(client_of: Clients, link: str) -> FlaskClient:
    """Return a browser that has used the link."""
    browser = client_of(None)
    assert browser.post(path_of(link)).status_code == 303
    return browser


def test_the_link_opens_the_edition_and_its_files_in_one_browser(link: str, client_of: Clients) -> None:
    auditor = client_of(None)
    for _time in range(2):  # to look at it uses nothing up
        asked = auditor.get(path_of(link))
        assert (asked.status_code, asked.headers["Referrer-Policy"]) == (200, "no-referrer")
    answer = auditor.post(path_of(link))
    assert (answer.status_code, answer.location) == (303, "/audit")
    page = auditor.get("/audit")
    assert page.status_code == 200
    assert "report.pdf" in page.text
    assert auditor.get("/audit/editions/1/files/report.pdf", buffered=True).data == b"%PDF-1.7 one"
    other = client_of(None)
    for method in ("GET", "POST"):
        assert other.open(path_of(link), method=method).status_code == 409
    assert other.get("/audit").status_code == 303
    with auditor.session_transaction() as session:
        session.clear()
    assert auditor.get("/audit").status_code == 303
    assert auditor.get(path_of(link)).status_code == 303  # the browser is known again
    assert auditor.get("/audit").status_code == 200


def test_a_new_link_shuts_the_old_browser_out(
    workplace: Workplace, coordinator: Actor, link: str, client_of: Clients
) -> None:
    old = entered(client_of, link)
    with workplace.writing(coordinator) as work:
        fresh = services.link(work, services.new_link(work, 1))
    assert fresh != link
    assert old.get("/audit").status_code == 303
    assert old.get(path_of(link)).status_code == 404
    assert entered(client_of, fresh).get("/audit").status_code == 200


def test_the_code_is_asked_for_and_guessing_is_throttled(
    workplace: Workplace, library: Library, make: Factories, coordinator: Actor, client_of: Clients
) -> None:
    make.edition(library)
    with workplace.writing(coordinator) as work:
        access = services.invite(work, 1, "a@example.org", TODAY, with_code=True)
        path, code = path_of(services.link(work, access)), services.code(work, access)
    assert len(code) == 6
    browser = client_of(None)
    wrong = "000000" if code != "000000" else "111111"
    assert [browser.post(path, data={"code": wrong}).status_code for _ in range(6)] == [422] * 5 + [429]
    assert browser.post(path, data={"code": code}).headers["Retry-After"]
    workplace.clock = lambda: NOON + timedelta(minutes=2)
    assert browser.post(path, data={"code": f"{code[:3]} {code[3:]}"}).status_code == 303
    with workplace.reading(SYSTEM, library.id) as work:
        assert len([event for event in trail.latest(work, 1, 50)[0] if event.action == "auditor.refused"]) == 5


def test_the_invitation_is_mailed_and_then_forgotten(
    workplace: Workplace, library: Library, make: Factories, coordinator: Actor
) -> None:
    make.edition(library, title="Dossier 2026")
    workplace.settings = replace(workplace.settings, smtp="smtp://127.0.0.1:1")
    with workplace.writing(coordinator) as work:
        access = services.invite(work, 1, "a@example.org", TODAY, with_code=True)
        link, code = services.link(work, access), services.code(work, access)
    with workplace.writing(SYSTEM, library.id) as work:
        letter = work.session.scalars(sa.select(Letter)).one()
        assert link in letter.body
        assert code not in letter.body
        assert "Dossier 2026" in letter.subject
        claimed = mail.claim(work, letter.id, 0)
        assert claimed is not None
        assert (claimed.envelope.to, letter.language) == ("a@example.org", "da")
        assert mail.finish(work, claimed, None)
        assert (letter.body, letter.to_email) == ("", "")
        told = trail.of(work, "auditor_access", 1)
    assert [event.action for event in told] == ["auditor.invited", "mail.sent"]
    assert access.sent_at == NOON


def test_the_last_day_can_be_moved(workplace: Workplace, coordinator: Actor, link: str, client_of: Clients) -> None:
    auditor = entered(client_of, link)
    workplace.clock = lambda: NOON + timedelta(days=8)
    assert auditor.get("/audit").status_code == 303
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        services.new_link(work, 1)
    with workplace.writing(coordinator) as work:
        services.renew(work, 1, TODAY + timedelta(days=20))
    assert auditor.get(path_of(link)).status_code == 303
    assert auditor.get("/audit").status_code == 200


@pytest.mark.slow
def test_an_auditor_reaches_nothing_else(
    app: Flask, workplace: Workplace, library: Library, make: Factories, link: str, client_of: Clients
) -> None:
    found, shared = things(workplace, make, library, 2), shared_things(workplace)
    entered(client_of, link)
    seen = 0
    auditor = client_of(None)
    closed = [(method, rule) for method in ("GET", "POST") for rule in routes(app, method)]
    for method, rule in closed:
        if asked(app, rule) is Permission.PUBLIC_READ:
            continue
        with auditor.session_transaction() as session:
            session.update(audit=1, epoch=1, library=library.id)
        answer = auditor.open(address(app, rule, found, shared), method=method, buffered=True)
        if rule.endpoint.startswith("room.") and not rule.endpoint.startswith("room.preview_"):
            assert answer.status_code < 500, f"{method} {rule.rule}"
            seen += answer.status_code == 200
        else:
            assert answer.status_code in (403, 404), f"{method} {rule.rule}: {answer.status_code}"
    assert seen >= 7


def test_another_edition_stays_closed(library: Library, make: Factories, link: str, client_of: Clients) -> None:
    make.edition(library, b"%PDF-1.7 two")
    auditor = entered(client_of, link)
    assert auditor.get("/audit/editions/2/files/report.pdf", buffered=True).status_code == 404
    assert auditor.get("/editions/2/files/report.pdf", buffered=True).status_code == 403


def test_the_access_ends_with_its_day(workplace: Workplace, link: str, client_of: Clients) -> None:
    auditor = entered(client_of, link)
    workplace.clock = lambda: NOON + timedelta(days=7)
    assert auditor.get("/audit").status_code == 200
    workplace.clock = lambda: NOON + timedelta(days=8)
    assert auditor.get("/audit").status_code == 303
    assert client_of(None).get(path_of(link)).status_code == 404


def test_an_ended_access_opens_nothing(workplace: Workplace, coordinator: Actor, link: str, client_of: Clients) -> None:
    auditor = entered(client_of, link)
    with workplace.writing(coordinator) as work:
        services.end(work, 1)
    assert auditor.get("/audit").status_code == 303
    assert client_of(None).get(path_of(link)).status_code == 404
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        services.end(work, 1)


@pytest.mark.parametrize("change", [lambda t: t[:-1] + "0", lambda t: "2" + t[1:], lambda t: "x", lambda t: t + "a"])
def test_a_guessed_link_opens_nothing(link: str, client_of: Clients, change: Callable[[str], str]) -> None:
    token = link.rpartition("/")[2]
    changed = change(token)
    if changed != token:
        assert client_of(None).get(f"/audit/{changed}").status_code == 404


def test_the_link_can_be_printed_again(workplace: Workplace, coordinator: Actor, link: str) -> None:
    with workplace.reading(coordinator) as work:
        assert services.link(work, queries.get(work, 1)) == link


def test_an_invitation_needs_a_day_ahead_an_address_and_made_files(
    workplace: Workplace, library: Library, coordinator: Actor, staff: Actor, make: Factories
) -> None:
    make.edition(library)
    waiting = make.edition(library, state="queued")
    week = TODAY + timedelta(days=7)
    for edition, email, until, kind in (
        (1, "a@example.org", TODAY - timedelta(days=1), Invalid),
        (1, "a@example.org", TODAY + timedelta(days=400), Invalid),
        (1, "nobody", week, Invalid),
        (waiting.number, "a@example.org", week, Conflict),
    ):
        with pytest.raises(kind), workplace.writing(coordinator) as work:
            services.invite(work, edition, email, until)
    with pytest.raises(Forbidden), workplace.writing(staff) as work:
        services.invite(work, 1, "a@example.org", week)


def test_the_coordinator_invites_through_the_page(
    client_of: Clients, library: Library, make: Factories, coordinator: Actor
) -> None:
    make.edition(library)
    browser = client_of(coordinator)
    assert browser.get("/editions/1/auditors/new").status_code == 200
    assert browser.post("/editions/1/auditors/new", data={"email": "a@example.org", "until": ""}).status_code == 422
    sent = browser.post("/editions/1/auditors/new", data={"email": "a@example.org", "until": "2026-03-20"})
    assert sent.status_code == 303
    assert "/audit/1-" in browser.get(sent.location).text
    assert browser.post("/editions/auditors/1/link").status_code == 303
    assert browser.post("/editions/auditors/1/renew", data={"until": "2026-02-20"}).status_code == 422
    assert browser.post("/editions/auditors/1/renew", data={"until": "2026-04-20"}).status_code == 303
    assert browser.post("/editions/auditors/1/end").status_code == 303
    assert "/audit/1-" not in browser.get(sent.location).text
    assert browser.post("/editions/auditors/1/link").status_code == 409


def test_a_token_is_of_one_access_and_one_secret() -> None:
    token = rules.token("secret", 1, "n")
    assert rules.key_of(token) == 1
    assert rules.is_right(token, "secret", 1, "n")
    assert not rules.is_right(token, "another", 1, "n")
    assert not rules.is_right(token, "secret", 1, "m")
    assert rules.key_of("nonsense") is None
    assert rules.holds(date(2026, 1, 2), None, date(2026, 1, 2))
    assert not rules.holds(date(2026, 1, 2), None, date(2026, 1, 3))
