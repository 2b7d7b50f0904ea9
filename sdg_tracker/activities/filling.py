"""The row of an activity: made, filled with what is said of it, mapped, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from sdg_tracker.activities import models, queries, rules
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import ActivityDetails, MappingChoice
from sdg_tracker.activities.states import Status
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.goals.rules import goal_of
from sdg_tracker.work import Work

PERSON, IMPORT = "person", "import"  # where a mapping comes from


def details_of(activity: Activity) -> ActivityDetails:
    """Return an activity as the values that a person enters."""
    return ActivityDetails(
        title=activity.title,
        type=activity.type,
        status=Status(activity.status),
        description=activity.description,
        language=activity.language,
        starts_on=activity.starts_on,
        ends_on=activity.ends_on,
        year=activity.year,
        branches=tuple(branch.code for branch in activity.branches),
        audiences=tuple(activity.audiences),
        campaigns=tuple(campaign.code for campaign in activity.campaigns),
        partners=tuple(partner.code for partner in activity.partners),
        strategy_actions=tuple(activity.strategy_actions),
        owner_number=activity.owner_number,
        source_library=activity.source_library,
        source_url=activity.source_url,
        attendance=queries.as_figure(activity.attendance, activity.attendance_qualifier),
        signups=activity.signups,
        helped=activity.helped,
    )


def differences(one: ActivityDetails, other: ActivityDetails) -> list[str]:
    """Return the names of the fields in which two activities differ; the order of several values does not count."""

    def comparable(value: object) -> object:
        return sorted(value) if isinstance(value, tuple) else value

    return [
        field.name
        for field in fields(ActivityDetails)
        if comparable(getattr(one, field.name)) != comparable(getattr(other, field.name))
    ]


def made(work: Work) -> Activity:
    """Return a row with the library's next number."""
    activity = Activity(number=work.next_number("activity"), added_by=work.actor.number, added_at=work.at)
    activity.library_id = work.library.id
    return activity


def apply(activity: Activity, details: ActivityDetails, known: Vocabulary) -> None:
    """Put what is said of an activity into its row."""
    activity.title, activity.description, activity.language = details.title, details.description, details.language
    activity.type, activity.status = details.type, details.status.value
    activity.starts_on, activity.ends_on = details.starts_on, details.ends_on
    activity.year = rules.year_of(details.starts_on, details.year)
    activity.audiences, activity.strategy_actions = list(details.audiences), list(details.strategy_actions)
    activity.owner_number = details.owner_number
    activity.source_library, activity.source_url = details.source_library, details.source_url
    activity.attendance = details.attendance.value if details.attendance else None
    activity.attendance_qualifier = details.attendance.qualifier.value if details.attendance else None
    activity.signups, activity.helped = details.signups, details.helped
    activity.sort_key = sort_key(details.title)[: rules.TITLE_LIMIT]
    activity.search_text = search_text(details.title, details.description, details.source_library)
    _put_links(activity.branches, [known.branches[code] for code in details.branches])
    _put_links(activity.campaigns, [known.campaigns[code] for code in details.campaigns])
    _put_links(activity.partners, [known.partners[code] for code in details.partners])


def _put_links(linked: Any, wanted: Iterable[Any]) -> None:
    """Make the list hold the wanted rows, touching only what differs."""
    chosen = list(dict.fromkeys(wanted))
    for row in [row for row in linked if row not in chosen]:
        linked.remove(row)
    for row in [row for row in chosen if row not in linked]:
        linked.append(row)


def put_mappings(work: Work, activity: Activity, choices: Sequence[MappingChoice], origin: str) -> None:
    """Replace the mappings; ``origin`` says where they come from."""
    if activity.mappings:
        activity.mappings.clear()
        flush(work)  # the old main mapping has to be gone before the new one comes
    activity.mappings.extend(
        models.Mapping(
            library_id=work.library.id,
            position=position,
            framework=FRAMEWORK,
            code=choice.code,
            goal=goal_of(choice.code),
            main=choice.main,
            stance=choice.stance.value,
            contribution=choice.contribution.value if choice.contribution else None,
            reason=choice.reason,
            origin=origin,
            confirmed=bool(choice.reason),
        )
        for position, choice in enumerate(choices)
    )


def flush(work: Work) -> None:
    """Write what was changed. Raises Conflict when somebody else changed it meanwhile."""
    try:
        work.session.flush()
    except StaleDataError as error:
        raise Conflict("changed-meanwhile") from error


def check_words(known: Vocabulary, details: ActivityDetails, before: ActivityDetails | None = None) -> None:
    """Raise Invalid for a word that the library doesn't have; what the activity had already may stay."""
    checks: tuple[tuple[str, str, tuple[str, ...], Mapping[str, object]], ...] = (
        ("activity-type-unknown", "type", (details.type,), known.types),
        ("audience-unknown", "audiences", details.audiences, known.audiences),
        ("activity-branch-unknown", "branches", details.branches, known.branches),
        ("campaign-unknown", "campaigns", details.campaigns, known.campaigns),
        ("partner-unknown", "partners", details.partners, known.partners),
        ("strategy-action-unknown", "strategy_actions", details.strategy_actions, known.strategy_actions),
    )
    for problem, field, values, names in checks:
        kept = getattr(before, field) if before is not None else ()
        for value in values:
            if value not in names and value not in (kept if isinstance(kept, tuple) else (kept,)):
                raise Invalid(problem, field=field, value=value or "–", known=", ".join(names))
    owner = details.owner_number
    if owner is not None and owner not in known.owners and (before is None or owner != before.owner_number):
        raise Invalid("activity-owner-unknown", field="owner_number")
