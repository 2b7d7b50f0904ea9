"""The trail, as a snapshot has it, with the words for it."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail as trails
from sdg_tracker.access import ROLE_NAMES, Role
from sdg_tracker.collecting.plain import Row, both
from sdg_tracker.work import Work


def trail(work: Work) -> Row:
    """Return the library's whole trail up to now, with its head. Its events are what their digests were taken of."""
    rows = sa.select(trails.Event).order_by(trails.Event.number).execution_options(yield_per=1000)
    events = []
    for event in work.session.scalars(rows):
        events.append({**event.content(), "digest": event.digest})
        work.session.expunge(event)
    return {"length": work.library.trail_length, "head": work.library.trail_head, "events": events}


def names(told: Mapping[str, Any], *roles: str) -> Row:
    """Return the words for the actions and roles of a trail, and for other roles that are named."""
    actions = sorted({event["action"] for event in told["events"]})
    acting = sorted({event["role"] for event in told["events"]} | set(roles))
    return {
        "actions": {code: _words_of_action(code) for code in actions},
        "roles": {r: _words_of_role(r) for r in acting},
    }


def _words_of_action(code: str) -> Row:
    name = trails.NAMES.get(code)
    return both(name) if name is not None else {"da": code, "en": code}  # one that the product no longer knows


def _words_of_role(code: str) -> Row:
    known: Collection[str] = set(Role)
    return both(ROLE_NAMES[Role(code)]) if code in known else {"da": code, "en": code}
