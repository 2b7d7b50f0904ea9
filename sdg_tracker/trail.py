"""The trail: who did what, when. One chain per library, each event holding the digest of the one before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.access import Actor
from sdg_tracker.foundation.db import Base
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.i18n import Text
from sdg_tracker.work import LibraryOwned, Work, Workplace

FORMAT = 1
NONE = "none"
ACTIONS: dict[str, frozenset[str]] = {}  # action -> exactly the facts that it tells
NAMES: dict[str, Text] = {}  # action -> words for people


class Event(LibraryOwned, Base):
    """One link of the chain. ``digest`` covers every other column; nothing is ever changed or taken away."""

    __tablename__ = "event"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_event_subject", "library_id", "subject", "subject_number"),
        sa.CheckConstraint("length(digest) = 64", name="digest_length"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    number: Mapped[int]  # counted from 1 in the library, without a gap
    at: Mapped[datetime]
    actor_number: Mapped[int | None]  # None: the program, or somebody who has not signed in
    actor_role: Mapped[str] = mapped_column(sa.String(20))
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(40))  # kind of thing, such as "evidence"
    subject_number: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(sa.String(64))  # empty for the first
    digest: Mapped[str] = mapped_column(sa.String(64))

    def content(self) -> dict[str, object]:
        """Return what the digest is taken of: fixed keys, the time in UTC to the microsecond."""
        return {
            "format": FORMAT,
            "number": self.number,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor_number,
            "role": self.actor_role,
            "action": self.action,
            "subject": self.subject,
            "subject_number": self.subject_number,
            "facts": self.facts,
            "previous": self.previous,
        }


@dataclass(frozen=True)
class Subject:
    """A thing that an event is about, where its row is not at hand."""

    kind: str
    number: int


def declare(actions: Mapping[str, tuple[Text, frozenset[str] | set[str]]]) -> None:
    """Say which actions a part has, in words for people, and which facts each tells."""
    for action, (name, facts) in actions.items():
        if action in ACTIONS:
            raise ValueError(f"the action {action!r} is declared twice")
        ACTIONS[action], NAMES[action] = frozenset(facts), name


def record(work: Work, action: str, subject: object, **facts: object) -> Event:
    """Add an event about a row with a ``number``, or a kind of thing. Raises ValueError for facts not declared."""
    if frozenset(facts) != ACTIONS[action]:
        raise ValueError(f"{action} tells {sorted(ACTIONS[action])}, not {sorted(facts)}")
    library = work.lock_library()
    kind = subject.kind if isinstance(subject, Subject) else getattr(type(subject), "__tablename__", subject)
    event = Event(
        number=library.trail_length + 1,
        at=work.at,
        actor_number=work.actor.number,
        actor_role=work.actor.role.value,
        action=action,
        subject=str(kind),
        subject_number=getattr(subject, "number", None),
        facts=facts,
        previous=library.trail_head,
    )
    event.digest = digest(event.content())
    library.trail_length, library.trail_head = event.number, event.digest
    work.session.add(event)
    work.session.flush()
    return event


def access(workplace: Workplace, actor: Actor, library_id: int, action: str, subject: object, **facts: object) -> None:
    """Note, in a short step of its own, that something was read."""
    with workplace.writing(actor, library_id) as work:
        record(work, action, subject, **facts)


def faults(work: Work) -> Iterator[str]:
    """Walk the library's chain and yield each fault: ``trail of <library>: event <n>: expected … found …``."""
    library, previous, number = work.library, "", 0
    where = f"trail of {library.slug}"
    rows = work.session.scalars(sa.select(Event).order_by(Event.number).execution_options(yield_per=1000))
    for event in rows:
        number += 1
        if event.number != number:
            yield f"{where}: event {number}: expected number {number}, found {event.number}"
            number = event.number
        if event.previous != previous:
            yield f"{where}: event {event.number}: expected previous {previous or NONE}, found {event.previous or NONE}"
        found = digest(event.content())
        if event.digest != found:
            yield f"{where}: event {event.number}: expected digest {event.digest}, found {found}"
        previous = event.digest
        work.session.expunge(event)
    if (library.trail_length, library.trail_head) != (number, previous):
        expected = f"{library.trail_length} events ending in {library.trail_head or NONE}"
        yield f"{where}: end: expected {expected}, found {number} ending in {previous or NONE}"


def latest(work: Work, page: int, size: int) -> tuple[list[Event], int]:
    """Return one page of events, the newest first, and how many there are in all."""
    total = work.library.trail_length
    rows = sa.select(Event).order_by(Event.number.desc()).limit(size).offset((page - 1) * size)
    return list(work.session.scalars(rows)), total


def by_action(work: Work, action: str) -> list[Event]:
    """Return all events of one action, the oldest first."""
    return list(work.session.scalars(sa.select(Event).where(Event.action == action).order_by(Event.number)))


def of(work: Work, subject: str, number: int) -> list[Event]:
    """Return all events about one thing, the oldest first."""
    about = sa.select(Event).where(Event.subject == subject, Event.subject_number == number)
    return list(work.session.scalars(about.order_by(Event.number)))
