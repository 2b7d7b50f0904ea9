"""Activities in words: their values, what was changed in them, and what happened to them, as pages show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sdg_tracker import trail
from sdg_tracker.access import ROLE_NAMES, Role
from sdg_tracker.activities.forms import ActivityForm
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import QUALIFIER_NAMES, STATUS_NAMES, ActivityDetails, Figure
from sdg_tracker.activities.states import Qualifier
from sdg_tracker.foundation.i18n import LOCALES, _, format_date, format_number
from sdg_tracker.goals.rules import Mismatch, Names, mismatches
from sdg_tracker.trail import Event


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed: what is saved now, and what was typed."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True)
class Happening:
    """One event of an activity, ready to be shown."""

    at: datetime
    who: str
    what: str
    more: str


def period(starts_on: date | None, ends_on: date | None, year: int | None) -> str:
    """Return when an activity is: a day, days, a year, or nothing."""
    if starts_on is None:
        return str(year) if year is not None else ""
    if ends_on is None or ends_on == starts_on:
        return format_date(starts_on)
    return f"{format_date(starts_on)} – {format_date(ends_on)}"


def figure(value: Figure | None) -> str:
    """Return a figure with its qualifier: ``more than 2,000``."""
    if value is None:
        return ""
    number = format_number(value.value)
    return number if value.qualifier is Qualifier.EXACT else f"{QUALIFIER_NAMES[value.qualifier]} {number}"


def words(details: ActivityDetails, known: Vocabulary, names: Mapping[int, str]) -> dict[str, str]:
    """Return the fields of an activity as text, by the name of the field."""

    def of_codes(codes: Iterable[str], rows: Mapping[str, object]) -> str:
        found = [rows.get(code) for code in codes]
        texts = [str(getattr(row, "title", "") or getattr(row, "name", "")) for row in found]
        return ", ".join(text or code for text, code in zip(texts, codes, strict=True))

    owner = details.owner_number
    return {
        "title": details.title,
        "type": of_codes([details.type], known.types),
        "status": str(STATUS_NAMES[details.status]),
        "description": details.description,
        "language": LOCALES.get(details.language, details.language),
        "starts_on": format_date(details.starts_on) if details.starts_on else "",
        "ends_on": format_date(details.ends_on) if details.ends_on else "",
        "year": str(details.year or ""),
        "branches": of_codes(details.branches, known.branches),
        "audiences": of_codes(details.audiences, known.audiences),
        "campaigns": of_codes(details.campaigns, known.campaigns),
        "partners": of_codes(details.partners, known.partners),
        "strategy_actions": ", ".join(
            f"{code} {known.strategy_actions[code].title}" if code in known.strategy_actions else code
            for code in details.strategy_actions
        ),
        "owner_number": names.get(owner, "") if owner is not None else "",
        "source_library": details.source_library,
        "source_url": details.source_url,
        "attendance": figure(details.attendance),
        "signups": "" if details.signups is None else format_number(details.signups),
        "helped": "" if details.helped is None else format_number(details.helped),
    }


def differences(
    changed: Iterable[str],
    saved: ActivityDetails,
    typed: ActivityDetails,
    known: Vocabulary,
    names: Mapping[int, str],
) -> list[Difference]:
    """Return the changed fields in which what is saved is not what was typed."""
    one, other = words(saved, known, names), words(typed, known, names)
    wanted = set(changed)
    return [
        Difference(str(label), one[name], other[name])
        for name, label in labels().items()
        if name in wanted and one[name] != other[name]
    ]


def labels() -> dict[str, str]:
    """Return the labels of the fields by their names, in the order of the form."""
    form = ActivityForm(meta={"csrf": False}, formdata=None)
    return {field.name: str(field.label.text) for field in form}


def happenings(events: Sequence[Event], names: Mapping[int, str]) -> list[Happening]:
    """Return what happened to an activity in words, the latest first."""
    of_field = labels()
    return [
        Happening(
            at=event.at,
            who=_who(event, names),
            what=str(trail.NAMES.get(event.action, event.action)),
            more=_more(event, of_field),
        )
        for event in reversed(events)
    ]


def _who(event: Event, names: Mapping[int, str]) -> str:
    if event.actor_number is not None:
        return names.get(event.actor_number, "")
    return str(ROLE_NAMES[Role(event.actor_role)]) if event.actor_role in set(Role) else event.actor_role


def _more(event: Event, of_field: Mapping[str, str]) -> str:
    facts = event.facts
    if event.action == "activity.revised":
        return ", ".join(of_field.get(name, name) for name in facts["fields"])
    if event.action == "activity.mapped":
        before, after = (", ".join(facts[name]) or "–" for name in ("before", "after"))
        return f"{before} → {after}"
    if event.action == "activity.imported":
        return _("sheet %(name)s", name=facts["sheet"]) + ", " + _("row %(number)s", number=facts["row"])
    return str(facts.get("reason", ""))


def wrong_pairs(activity: Activity, names: Names) -> list[Mismatch]:
    """Return where title, description and reasons pair a number with the name of another goal."""
    texts = (activity.title, activity.description, *(mapping.reason for mapping in activity.mappings))
    return [found for text in texts for found in mismatches(text, names)]
