"""Steps of the work with activities: add, revise, withdraw, map, import; the strategy, campaigns and partners."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
import yaml
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import columns, importing, models, queries, rules
from sdg_tracker.activities.importing import ImportRow
from sdg_tracker.activities.models import Activity, Campaign, Partner, Strategy, StrategyAction
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.rules import ActivityDetails, MappingChoice
from sdg_tracker.activities.states import Status
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.goals.rules import goal_of
from sdg_tracker.work import Work, check_revision

PERSON, IMPORT = "person", "import"  # where a mapping comes from

words(
    {
        "activity-withdrawn": lazy("Activity %(number)s is withdrawn and can't be changed."),
        "withdrawal-without-reason": lazy("Say why the activity is withdrawn."),
        "campaign-code-used": lazy("There is already a campaign with the code %(value)s."),
        "partner-code-used": lazy("There is already a partner with the code %(value)s."),
        "code-and-name-missing": lazy("Give a code and a name."),
    }
)

trail.declare(
    {
        "activity.added": (lazy("Activity added"), {"revision", "type", "status"}),
        "activity.imported": (lazy("Activity imported"), {"revision", "sha256", "sheet", "row", "codes"}),
        "activity.revised": (lazy("Activity changed"), {"revision", "fields"}),
        "activity.mapped": (lazy("Activity mapped"), {"revision", "before", "after"}),
        "activity.withdrawn": (lazy("Activity withdrawn"), {"revision", "reason"}),
        "campaign.added": (lazy("Campaign added"), {"code"}),
        "partner.added": (lazy("Partner added"), {"code"}),
    }
)


@dataclass(frozen=True)
class ImportReport:
    """What an import found, and the numbers of what it added: none after a dry run."""

    name: str
    sha256: str
    rows: tuple[ImportRow, ...]
    warnings: tuple[tables.Note, ...]
    numbers: tuple[int, ...] = ()

    @property
    def found(self) -> int:
        """Return how many activities the file holds."""
        return len(self.rows)

    @property
    def mapped(self) -> int:
        """Return how many of them have goals."""
        return sum(bool(row.choices) for row in self.rows)

    @property
    def undated(self) -> int:
        """Return how many of them have neither day nor year."""
        return sum(row.when == (None, None) for row in self.rows)

    @property
    def added(self) -> int:
        """Return how many activities were added."""
        return len(self.numbers)


def add(work: Work, details: ActivityDetails) -> Activity:
    """Add an activity. Raises Invalid for a field that does not hold."""
    work.require(Permission.ACTIVITY_ADD)
    details = rules.checked(details)
    known = queries.vocabulary(work)
    _check_words(known, details)
    activity = _made(work)
    _apply(activity, details, known)
    work.session.add(activity)
    _flush(work)
    trail.record(
        work, "activity.added", activity, revision=activity.revision, type=activity.type, status=activity.status
    )
    return activity


def revise(work: Work, number: int, revision: int | None, details: ActivityDetails) -> Activity:
    """Change an activity to what ``details`` say. Raises Conflict when it was changed since ``revision`` was shown."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_REVISE)
    details = rules.checked(details)
    known = queries.vocabulary(work)
    before = details_of(activity)
    _check_words(known, details, before)
    changed = differences(before, replace(details, year=rules.year_of(details.starts_on, details.year)))
    if not changed:
        return activity
    _apply(activity, details, known)
    _changed(work, activity)
    trail.record(work, "activity.revised", activity, revision=activity.revision, fields=changed)
    return activity


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Activity:
    """Take an activity out of lists and counts. It stays, with the reason; evidence that shows it stays too."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_REVISE)
    reason = rules.one_line(reason)
    if not reason:
        raise Invalid("withdrawal-without-reason", field="reason")
    if len(reason) > rules.REASON_LIMIT:
        raise Invalid("text-too-long", field="reason", limit=rules.REASON_LIMIT, found=len(reason))
    activity.withdrawn_at, activity.withdrawn_by, activity.withdrawn_reason = work.at, work.actor.number, reason
    _changed(work, activity)
    trail.record(work, "activity.withdrawn", activity, revision=activity.revision, reason=reason)
    return activity


def map_activity(work: Work, number: int, choices: Sequence[MappingChoice], revision: int | None = None) -> Activity:
    """Replace the mappings of an activity. Those without a reason stay unconfirmed."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_MAP)
    kept = rules.arranged(choices, queries.vocabulary(work).codes)
    before = [mapping.code for mapping in activity.mappings]
    _put_mappings(work, activity, kept, PERSON)
    _changed(work, activity)
    after = [choice.code for choice in kept]
    trail.record(work, "activity.mapped", activity, revision=activity.revision, before=before, after=after)
    return activity


def map_codes(work: Work, number: int, codes: Sequence[str], reason: str = "") -> Activity:
    """Map an activity to codes, the first as the main one, all for the same reason."""
    choices = [MappingChoice(code, main=position == 0, reason=reason) for position, code in enumerate(codes)]
    return map_activity(work, number, choices)


def import_file(work: Work, source: Path | str | BinaryIO, name: str = "", *, dry_run: bool = False) -> ImportReport:
    """Add every activity of a .csv or .xlsx file, or none of them.

    Raises ImportRefused with all that is wrong. ``dry_run`` reads and checks the same and writes nothing.
    """
    work.require(Permission.ACTIVITY_IMPORT)
    if isinstance(source, (str, Path)):
        name = name or Path(source).name
        with Path(source).open("rb") as stream:
            content = tables.read_bytes(stream, name)
    else:
        content = tables.read_bytes(source, name)
    known = queries.vocabulary(work)
    rows, notes = importing.parse(tables.read(content, name, columns.KNOWN.knows), known)
    importing.refuse_twins(rows, queries.twins(work, {row.key for row in rows}))
    report = ImportReport(name, hashlib.sha256(content).hexdigest(), tuple(rows), tuple(notes))
    if dry_run:
        return report
    return replace(report, numbers=tuple(import_rows(work, rows, report.sha256, known)))


def import_rows(work: Work, rows: Sequence[ImportRow], sha256: str = "", known: Vocabulary | None = None) -> list[int]:
    """Add an activity for each row, in order, and return their numbers. ``sha256`` is that of the file."""
    work.require(Permission.ACTIVITY_IMPORT)
    known = known or queries.vocabulary(work)
    added: list[Activity] = []
    for row in rows:
        details = rules.checked(row.details)
        _check_words(known, details)
        activity = _made(work)
        _apply(activity, details, known)
        _put_mappings(work, activity, rules.arranged(row.choices, known.codes), IMPORT)
        added.append(activity)
    work.session.add_all(added)
    _flush(work)
    for row, activity in zip(rows, added, strict=True):
        codes = [mapping.code for mapping in activity.mappings]
        trail.record(
            work,
            "activity.imported",
            activity,
            revision=activity.revision,
            sha256=sha256,
            sheet=row.sheet,
            row=row.row,
            codes=codes,
        )
    return [activity.number for activity in added]


def add_campaign(
    work: Work, code: str, name: str, name_en: str = "", *, starts_on: date | None = None, ends_on: date | None = None
) -> Campaign:
    """Add a campaign that activities can belong to."""
    work.require(Permission.LIBRARY_MANAGE)
    _check_new(work, Campaign, "campaign-code-used", code, name)
    campaign = Campaign(code=code, name=name.strip(), name_en=name_en.strip(), starts_on=starts_on, ends_on=ends_on)
    work.session.add(campaign)
    _flush(work)
    trail.record(work, "campaign.added", campaign, code=code)
    return campaign


def add_partner(work: Work, code: str, name: str, name_en: str = "", kind: str = "") -> Partner:
    """Add somebody the library works with. ``kind`` is such as association, business, education or public."""
    work.require(Permission.LIBRARY_MANAGE)
    _check_new(work, Partner, "partner-code-used", code, name)
    partner = Partner(code=code, name=name.strip(), name_en=name_en.strip(), kind=kind)
    work.session.add(partner)
    _flush(work)
    trail.record(work, "partner.added", partner, code=code)
    return partner


def load_strategies(work: Work, folder: Path | None = None) -> list[str]:
    """Load the strategies of the seed folder; return the slugs of those that were new or had changed.

    An action that a newer file no longer has stays, as activities may name it.
    """
    work.require(Permission.SCHEME_LOAD)
    changed = []
    for path in sorted((folder or resource_dir("seed") / "strategy").glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        slug, found = str(document["id"]), digest(document)
        strategy = work.session.get(Strategy, slug)
        if strategy is not None and strategy.digest == found:
            continue
        if strategy is None:
            strategy = Strategy(slug=slug)
            work.session.add(strategy)
        strategy.organisation, strategy.digest, strategy.document = document["organisation"], found, document
        work.session.flush()
        for action in _actions(slug, document):
            work.session.merge(action)
        changed.append(slug)
    work.session.flush()
    return changed


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


def _to_change(work: Work, number: int, revision: int | None, permission: Permission) -> Activity:
    activity = queries.get(work, number)
    work.require(permission, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("activity-withdrawn", number=number)
    check_revision(activity, revision)
    return activity


def _made(work: Work) -> Activity:
    activity = Activity(number=work.next_number("activity"), added_by=work.actor.number, added_at=work.at)
    activity.library_id = work.library.id
    return activity


def _apply(activity: Activity, details: ActivityDetails, known: Vocabulary) -> None:
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


def _put_mappings(work: Work, activity: Activity, choices: Sequence[MappingChoice], origin: str) -> None:
    if activity.mappings:
        activity.mappings.clear()
        _flush(work)  # the old main mapping has to be gone before the new one comes
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


def _changed(work: Work, activity: Activity) -> None:
    """Write the change; the revision rises also when only houses, partners or mappings differ."""
    flag_modified(activity, "search_text")
    _flush(work)


def _flush(work: Work) -> None:
    try:
        work.session.flush()
    except StaleDataError as error:
        raise Conflict("changed-meanwhile") from error


def _check_words(known: Vocabulary, details: ActivityDetails, before: ActivityDetails | None = None) -> None:
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


def _check_new(work: Work, model: type[Campaign] | type[Partner], problem: str, code: str, name: str) -> None:
    if not code.strip() or not name.strip():
        raise Invalid("code-and-name-missing", field="name")
    if work.session.scalar(sa.select(sa.func.count()).select_from(model).where(model.code == code)):
        raise Invalid(problem, field="code", value=code)


def _actions(slug: str, document: Mapping[str, Any]) -> Iterable[StrategyAction]:
    for objective in document["objectives"]:
        for action in objective["actions"]:
            yield StrategyAction(
                strategy=slug,
                code=action["code"],
                objective=objective["code"],
                objective_da=objective["title"]["da"],
                objective_en=objective["title"]["en"],
                da=action["title"]["da"],
                en=action["title"]["en"],
            )
