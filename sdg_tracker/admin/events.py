"""The trail as people read it: words for the things it is about and for the facts that it tells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from sdg_tracker import trail
from sdg_tracker.access import ROLE_NAMES, Role
from sdg_tracker.audit import wording as audit
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.effects import wording as effects
from sdg_tracker.evidence import wording
from sdg_tracker.evidence.findings import RULES, Finding
from sdg_tracker.foundation.i18n import LOCALES, Text, _, format_number, format_size, lazy
from sdg_tracker.measures.states import QUALIFIER_NAMES
from sdg_tracker.schemes.words import CHANGES
from sdg_tracker.trail import Event

SUBJECTS: Mapping[str, Text] = {
    "library": lazy("The library"),
    "branch": lazy("Branch"),
    "user": lazy("User"),
    "activity": lazy("Activity"),
    "evidence": lazy("Evidence"),
    "effect": lazy("Effect"),
    "quote": lazy("Quote"),
    "story": lazy("Story"),
    "campaign": lazy("Campaign"),
    "partner": lazy("Partner"),
    "assessment": lazy("Assessment"),
    "cycle": lazy("Certification period"),
    "scheme_draft": lazy("Draft of a scheme"),
    "edition": lazy("Edition"),
    "report_composition": lazy("Yearly report that is composed"),
    "plan_composition": lazy("Printed plan that is composed"),
    "link": lazy("Link"),
    "request": lazy("Request"),
    "measure": lazy("Measure"),
    "reading": lazy("Reading"),
    "unknown_reading": lazy("Gap of a measure"),
    "auditor_access": lazy("Auditor's access"),
    "audit": lazy("Audit"),
    "plan": lazy("Action plan"),
    "focus_goal": lazy("Focus goal"),
    "pledge": lazy("Pledge"),
    "initiative": lazy("Initiative"),
    "occurrence": lazy("Note about a pledge"),
    "self_check": lazy("Check of a pledge"),
}
FACTS: Mapping[str, Text] = {
    "about": lazy("about"),
    "day": lazy("day"),
    "access": lazy("access"),
    "activity": lazy("activity"),
    "after": lazy("after"),
    "answers": lazy("answers"),
    "before": lazy("before"),
    "audit_on": lazy("day of the audit"),
    "basis": lazy("right to use it"),
    "branch": lazy("branch"),
    "by": lazy("by"),
    "certificate": lazy("digest of the certificate"),
    "changed": lazy("changed"),
    "changes": lazy("changes"),
    "children": lazy("children"),
    "code": lazy("code"),
    "codes": lazy("goals and targets"),
    "comment": lazy("comment"),
    "consent": lazy("consent"),
    "content": lazy("digest of what was approved"),
    "cycle": lazy("certification period"),
    "edition": lazy("edition"),
    "editions": lazy("editions"),
    "essence": lazy("digest of what was approved"),
    "event": lazy("event"),
    "evidence": lazy("evidence"),
    "expected": lazy("digest expected"),
    "found": lazy("digest found"),
    "outcome": lazy("outcome"),
    "outside": lazy("for the public"),
    "owners": lazy("owners"),
    "owner": lazy("owner"),
    "file": lazy("file"),
    "files": lazy("files"),
    "fingerprint": lazy("fingerprint"),
    "until": lazy("until"),
    "seen_how": lazy("how it was seen"),
    "seen_on": lazy("seen on"),
    "state": lazy("state"),
    "taken_on": lazy("on the day"),
    "why": lazy("why"),
    "year": lazy("year"),
    "since": lazy("since"),
    "url": lazy("address"),
    "ends_on": lazy("last day"),
    "expires_on": lazy("holds until"),
    "facts": lazy("facts"),
    "findings": lazy("findings of the check"),
    "quarantined": lazy("kept apart"),
    "fields": lazy("changed"),
    "gone": lazy("requirements gone"),
    "given_on": lazy("given on"),
    "finding": lazy("finding"),
    "decision": lazy("decision"),
    "deadline": lazy("deadline"),
    "exhibits": lazy("exhibits"),
    "marks": lazy("marks"),
    "method": lazy("method"),
    "page": lazy("page"),
    "publication": lazy("publication"),
    "question": lazy("question"),
    "seed": lazy("seed"),
    "count": lazy("number"),
    "kind": lazy("kind"),
    "key": lazy("which"),
    "new": lazy("after"),
    "old": lazy("before"),
    "ordinal": lazy("number"),
    "language": lazy("language"),
    "level": lazy("form of the seal"),
    "licence": lazy("terms of use"),
    "link": lazy("link"),
    "giver": lazy("who was asked"),
    "due_on": lazy("by the day"),
    "made_at": lazy("made"),
    "manifest": lazy("digest of the backup"),
    "measure": lazy("what was done"),
    "media_type": lazy("type of file"),
    "months": lazy("months"),
    "objection": lazy("objection"),
    "original": lazy("digest of the original"),
    "pages": lazy("pages"),
    "people": lazy("people"),
    "period": lazy("period"),
    "places": lazy("places"),
    "qualifier": lazy("how it is to be read"),
    "reason": lazy("reason"),
    "received_on": lazy("received on"),
    "renamed": lazy("with another code"),
    "rendition": lazy("digest of what is shown"),
    "requirement": lazy("requirement"),
    "revision": lazy("revision"),
    "role": lazy("role"),
    "row": lazy("row"),
    "rows": lazy("rows"),
    "settings": lazy("settings"),
    "scheme": lazy("scheme"),
    "scopes": lazy("agreed to"),
    "sensitive": lazy("sensitive"),
    "sha256": lazy("digest"),
    "sheet": lazy("sheet"),
    "shown": lazy("shown to the auditor"),
    "slug": lazy("short name"),
    "starts_on": lazy("first day"),
    "status": lazy("status"),
    "strength": lazy("strength"),
    "small_numbers": lazy("headcounts below 5"),
    "tables": lazy("tables"),
    "texts": lazy("texts"),
    "ticks": lazy("checked"),
    "type": lazy("type"),
    "value": lazy("value"),
    "variant": lazy("form of the document"),
    "version": lazy("version"),
    "versions": lazy("versions"),
    "week_on": lazy("week from"),
    "what": lazy("what"),
    "withdrawn_on": lazy("taken back on"),
}
_WORDS: Mapping[str, Mapping[str, Text]] = {  # of values, by fact
    "basis": wording.BASIS_NAMES,
    "measure": wording.MEASURES_DONE,
    "people": wording.PEOPLE_NAMES,
    "decision": audit.DECISION_NAMES,
    "kind": audit.FINDING_KINDS,
    "method": audit.METHOD_NAMES,
    "marks": audit.MARK_NAMES,
    "qualifier": QUALIFIER_NAMES,
    "scopes": wording.SCOPE_NAMES,
    "what": CHANGES,
    "seen_how": effects.BASIS_NAMES,
    "state": effects.STATE_NAMES,
    "why": effects.TAKEN_NAMES,
}
_PAGES = {
    "activity": "activities.show",
    "evidence": "evidence.show",
    "quote": "effects.quote",
    "story": "stories.show",
    "link": "links.show",
    "measure": "measures.show",
    "reading": "readings.show",
    "unknown_reading": "unknowns.take_back",
    "auditor_access": "audit.access",
    "request": "requests.show",
    "edition": "editions.show",
    "user": "admin.user",
    "library": "admin.library",
    "cycle": "schemes.index",
    "scheme_draft": "drafting.show",
    "plan": "plans.show",
    "pledge": "pledges.show",
    "initiative": "pledges.initiative",
}
_ANYONE = ROLE_NAMES[Role.ANYONE]
_DIGEST = re.compile("[0-9a-f]{64}")
DIGEST_SHOWN = 12  # of 64 digits


@dataclass(frozen=True)
class Line:
    """One event, ready to be shown."""

    number: int
    at: datetime
    who: str
    role: str
    action: str
    subject: str
    href: str | None
    facts: list[tuple[str, str, str]]  # name, value, the whole value where only its beginning is shown
    digest: str


def line(event: Event, names: Mapping[int, str]) -> Line:
    """Return an event in the current language; ``names`` are those of the people by number."""
    number = event.actor_number
    role = ROLE_NAMES[Role(event.actor_role)] if event.actor_role in set(Role) else event.actor_role
    return Line(
        number=event.number,
        at=event.at,
        who=names[number] if number is not None else _("not signed in") if role is _ANYONE else str(role),
        role="" if number is None else str(role),
        action=action_name(event.action),
        subject=_subject(event, names),
        href=_href(event),
        facts=[_fact(name, value) for name, value in event.facts.items()],
        digest=event.digest,
    )


def people(events: list[Event]) -> set[int]:
    """Return the numbers of all people whom the events name."""
    actors = {event.actor_number for event in events}
    subjects = {event.subject_number for event in events if event.subject == "user"}
    return {number for number in actors | subjects if number is not None}


def action_name(action: str) -> str:
    """Return the words for an action; the action itself when this program does not know it."""
    return str(trail.NAMES.get(action, action))


def subject_name(subject: str) -> str:
    """Return the word for a kind of thing."""
    return str(SUBJECTS.get(subject, subject))


def _subject(event: Event, names: Mapping[int, str]) -> str:
    number = event.subject_number
    if number is None:
        return subject_name(event.subject)
    if event.subject == "user":
        return names[number]
    return f"{subject_name(event.subject)} {number}"


def _href(event: Event) -> str | None:
    endpoint = _PAGES.get(event.subject)
    if endpoint not in current_app.view_functions:
        return None
    takes_number = current_app.url_map.is_endpoint_expecting(endpoint, "number")
    if takes_number and event.subject_number is None:
        return None
    return url_for(endpoint, number=event.subject_number) if takes_number else url_for(endpoint)


def _fact(name: str, value: object) -> tuple[str, str, str]:
    label = str(FACTS.get(name, name.replace("_", " ")))
    text = _value(name, value)
    if _DIGEST.fullmatch(text):
        return label, text[:DIGEST_SHOWN] + "…", text
    return label, text, ""


def _value(name: str, value: object) -> str:  # noqa: PLR0911 - one line for each kind of value
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _word(name, value)
    if name == "findings" and isinstance(value, list):
        return " ".join(Finding(code).text if code in RULES else str(code) for code in value)
    if isinstance(value, int):
        return format_size(value) if name.endswith("size") else format_number(value)
    if isinstance(value, list):
        return ", ".join(_value(name if name in _WORDS else "", part) for part in value) or "–"
    if isinstance(value, dict):
        named = name if name in _WORDS else ""
        return "; ".join(f"{key}: {_value(named, part)}" for key, part in sorted(value.items())) or "–"
    return str(value)


def _word(name: str, value: str) -> str:
    """Return the word for a value of a closed set, else the value."""
    if name in ("role", "before", "after") and value in set(Role):
        return str(ROLE_NAMES[Role(value)])
    if name in ("before", "after") and value in set(AssessmentState):
        return str(STATE_NAMES[value])
    if name == "language":
        return LOCALES.get(value, value)
    return str(_WORDS.get(name, {}).get(value, value))
