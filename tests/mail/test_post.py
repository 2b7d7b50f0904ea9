"""The way to the mail server."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.mail import post
from sdg_tracker.mail.post import Envelope, NotSent, Server
from tests.mail import server
from tests.mail.server import Postbox

LETTER = Envelope(
    "letter-1-demoby",
    "soeren@example.org",
    "Rød\ngrød",
    "Kære Søren\n\n.\nBlåbær\n",
    "da",
    datetime(2026, 3, 2, 11, tzinfo=UTC),
)


@pytest.fixture
def box() -> Iterator[Postbox]:
    with server.serving() as found:
        yield found


def to(box: Postbox, user: str = "") -> Server:
    return Server("127.0.0.1", box.port, "verdensmaal@demoby.example", user, "hemmelig")


def test_a_setting_names_a_server() -> None:
    assert post.server("") is None
    assert post.server("smtp://post.example?from=a@b.example") == Server("post.example", 587, "a@b.example")
    whole = post.server("smtps://me%40x:p%2Fw@post.example?from=a@b.example")
    assert whole == Server("post.example", 465, "a@b.example", "me@x", "p/w", encrypted=True)
    assert "p/w" not in repr(whole)


@pytest.mark.parametrize(
    "setting",
    [
        "post.example",
        "http://post.example?from=a@b",
        "smtp://?from=a@b",
        "smtp://post.example",
        "smtp://h?from=nobody",
        "smtp://h:99999?from=a@b",
        "smtp://h?from=a@b%0aBcc:c@d",
    ],
)
def test_a_setting_that_names_none_is_refused(setting: str) -> None:
    with pytest.raises(Invalid, match="SDG_TRACKER_SMTP"):
        post.server(setting)


def test_a_letter_comes_as_it_was_written(box: Postbox) -> None:
    post.send(to(box), LETTER)
    [found] = box.letters
    assert (found["From"], found["To"]) == ("verdensmaal@demoby.example", "soeren@example.org")
    assert (found["Subject"], found["Message-ID"]) == ("Rød grød", "<letter-1-demoby@demoby.example>")
    assert (found["Auto-Submitted"], found["Content-Language"]) == ("auto-generated", "da")
    assert found["Date"] == "Mon, 02 Mar 2026 11:00:00 +0000"
    assert found.get_content().replace("\r\n", "\n") == LETTER.body


@pytest.mark.parametrize(
    ("recipient", "end", "final"),
    [("550 no such user", "250 taken", True), ("450 later", "250 taken", False), ("250 fine", "451 full", False)],
)
def test_a_refusal_is_told_with_what_the_server_said(box: Postbox, recipient: str, end: str, final: bool) -> None:
    box.recipient, box.end = recipient, end
    with pytest.raises(NotSent, match=recipient if end.startswith("250") else end) as refused:
        post.send(to(box), LETTER)
    assert refused.value.final is final


def test_a_server_that_is_not_there(box: Postbox) -> None:
    post.ping(to(box))
    away = Server("127.0.0.1", 1, "a@b.example")
    with pytest.raises(NotSent):
        post.ping(away)
    with pytest.raises(NotSent) as refused:
        post.send(away, LETTER)
    assert not refused.value.final


def test_a_password_goes_over_no_open_line(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    post.send(to(box, "me"), LETTER)  # nobody listens on loopback
    assert any(line.startswith("AUTH PLAIN ") for line in box.said)
    box.said.clear()
    monkeypatch.setattr(post, "NEAR", frozenset())
    with pytest.raises(NotSent, match="no encryption"):
        post.send(to(box, "me"), LETTER)
    assert not any(line.startswith("AUTH") for line in box.said)
