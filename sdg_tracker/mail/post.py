"""The way to the mail server of a setting such as ``smtp://user:password@host:587?from=address``."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy

SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}
NEAR = frozenset({"localhost", "127.0.0.1", "::1"})

words(
    {
        "setting-smtp": lazy(
            "SDG_TRACKER_SMTP must look like smtp://user:password@host:587?from=address, or smtps:// for port 465."
        )
    }
)


class NotSent(Exception):
    """A letter was not sent. ``final``: trying again would not help."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


@dataclass(frozen=True)
class Server:
    """Where letters are handed in, and who they are from."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False  # from the first byte; else as soon as the server offers it


@dataclass(frozen=True)
class Envelope:
    """A letter as it is sent. The identity is the same at each attempt."""

    identity: str
    to: str
    subject: str
    body: str
    language: str
    at: datetime


def server(setting: str) -> Server | None:
    """Return the server of a setting, None where there is none. Raises Invalid for a setting that names none."""
    if not setting:
        return None
    try:
        parts = urlsplit(setting)
        port = parts.port
    except ValueError:
        raise Invalid("setting-smtp") from None
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in PORTS or not parts.hostname or "@" not in sender or not sender.isprintable():
        raise Invalid("setting-smtp")
    return Server(
        parts.hostname,
        port or PORTS[parts.scheme],
        sender,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
    )


def send(by: Server, letter: Envelope) -> None:
    """Hand a letter in. Raises NotSent. A password never goes over an open line."""
    message = composed(by, letter)
    try:
        with _connected(by) as line:
            if by.user:
                line.login(by.user, by.password)
            line.send_message(message, by.sender, [letter.to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise NotSent(_said(code, text), final=code >= 500) from refused
    except smtplib.SMTPResponseException as refused:
        raise NotSent(_said(refused.smtp_code, refused.smtp_error)) from refused
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(f"{type(error).__name__}: {error}"[:300]) from error


def ping(by: Server) -> None:
    """Find out whether the server answers. Raises NotSent."""
    try:
        with _connected(by) as line:
            line.noop()
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"{type(error).__name__}: {error}"[:300]) from error


def composed(by: Server, letter: Envelope) -> EmailMessage:
    """Return the message: plain text, marked as sent by a program so that nobody's program answers it."""
    message = EmailMessage()
    message["From"], message["To"] = by.sender, letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.identity}@{by.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message


def _connected(by: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if by.encrypted:
        return smtplib.SMTP_SSL(by.host, by.port, timeout=SECONDS, context=context)
    line = smtplib.SMTP(by.host, by.port, timeout=SECONDS)
    try:
        _secure(line, by, context)
    except BaseException:
        line.close()
        raise
    return line


def _secure(line: smtplib.SMTP, by: Server, context: ssl.SSLContext) -> None:
    """Encrypt the line if the server can. Raises NotSent when a password would go over an open one."""
    line.ehlo()
    if line.has_extn("starttls"):
        line.starttls(context=context)
        line.ehlo()
    elif by.user and by.host not in NEAR:
        raise NotSent("the server offers no encryption, so no password is sent to it")


def _said(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {said}"[:300]
