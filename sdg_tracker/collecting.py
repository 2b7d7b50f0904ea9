"""What a library has, as plain data for a snapshot: the same for a dossier and for a report, in a few statements each.

Days are text such as ``2026-11-20``, moments such as ``2026-11-20T13:42:08Z``, texts of both languages
``{"da", "en"}``. Names of persons are never among it: events and editions say a role and a number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from PIL import Image

from sdg_tracker import trail as trails
from sdg_tracker.access import ROLE_NAMES, Role
from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import (
    Activity,
    ActivityBranch,
    ActivityCampaign,
    ActivityPartner,
    Campaign,
    Partner,
    Strategy,
    StrategyAction,
)
from sdg_tracker.activities.models import Mapping as Mapped
from sdg_tracker.activities.states import Qualifier
from sdg_tracker.evidence import proofs
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.media import ENDINGS
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.showing import may_be_shown
from sdg_tracker.evidence.states import TICKS, State, ThumbnailState
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import LOCALES, Text, use_locale
from sdg_tracker.foundation.text import slug, sort_key
from sdg_tracker.goals import queries as goal_queries
from sdg_tracker.goals.models import FRAMEWORK, Target
from sdg_tracker.keeping.models import Fixity, Result
from sdg_tracker.measures import snapshot as measures
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.plans import told
from sdg_tracker.printing import served
from sdg_tracker.schemes.models import Cycle, Term
from sdg_tracker.work import Work

Row = dict[str, Any]
Terms = Mapping[str, Mapping[str, Row]]  # vocabulary -> code -> {code, da, en}
NAME_LENGTH, SHORTEST_NAME = 60, 20  # characters of an exhibit's own name
PATH_LIMIT = 259  # characters of a path that Windows can unpack
UNPACKED_IN = 50  # characters of the folder that people unpack into, with room for a long user name
AROUND_NAME = len("data/evidence/Bilag-0000-.xlsx")
THUMBNAIL = "image/jpeg"  # what evidence.pictures makes
_IN_ORDER = sa.select(Term).order_by(Term.vocabulary, Term.position, Term.code)


def both(text: Text) -> Row:
    """Return a text of the product in both languages."""
    found = {}
    for locale in LOCALES:
        with use_locale(locale):
            found[locale] = str(text)
    return found


def moment(at: datetime) -> str:
    """Return a moment in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date | None) -> str | None:
    """Return a day as text."""
    return value.isoformat() if value is not None else None


def zone(work: Work) -> ZoneInfo:
    """Return the time zone that tells which day a moment is of."""
    return ZoneInfo(work.library.timezone)


def head(work: Work) -> Row:
    """Return what every snapshot says of where and when it was taken, and of the seventeen goals. Five statements."""
    return {
        "site": work.settings.url.rstrip("/"),
        "frozen_at": moment(work.at),
        "frozen_by": {"role": work.actor.role.value},
        "library": library(work),
        "goals": goals(work),
        "strategy": strategy(work),
    }


def library(work: Work) -> Row:
    """Return the library with its houses in order: those in use, and closed ones that activities took place in."""
    used = sa.exists().where(ActivityBranch.branch_id == Branch.id)
    rows = sa.select(Branch.code, Branch.name, Branch.name_en).where(sa.or_(Branch.disabled_at.is_(None), used))
    found = work.library
    return {
        "slug": found.slug,
        "name": found.name,
        "name_en": found.name_en,
        "timezone": found.timezone,
        "branches": [dict(row._mapping) for row in work.session.execute(rows.order_by(Branch.position, Branch.code))],
    }


def goals(work: Work) -> list[Row]:
    """Return the seventeen goals in order."""
    return [
        {
            "code": goal.code,
            "title": {"da": goal.title_short_da, "en": goal.title_short_en},
            "title_full": {"da": goal.title_full_da, "en": goal.title_full_en},
            "color": goal.color,
        }
        for goal in goal_queries.goals(work)
    ]


def targets(work: Work, activities: Iterable[Mapping[str, Any]]) -> Row:
    """Return the short labels of the targets that activities are mapped to, by code."""
    used = {mapping["code"] for activity in activities for mapping in activity["mappings"]}
    rows = sa.select(Target.code, Target.short_da, Target.short_en).where(Target.framework == FRAMEWORK)
    return {code: {"da": da, "en": en} for code, da, en in work.session.execute(rows) if code in used}


def strategy(work: Work) -> Row | None:
    """Return the strategy that the library has chosen, with its actions in order; None when it has chosen none."""
    if work.library.strategy is None:
        return None
    titles = sa.select(Strategy.slug, Strategy.document).where(Strategy.slug == work.library.strategy)
    name, document = work.session.execute(titles).one()
    rows = work.session.scalars(sa.select(StrategyAction).where(StrategyAction.strategy == name))
    return {
        "slug": name,
        "title": {"da": document["title"]["da"], "en": document["title"]["en"]},
        "actions": [
            {
                "code": action.code,
                "objective": action.objective,
                "objective_title": {"da": action.objective_da, "en": action.objective_en},
                "title": {"da": action.da, "en": action.en},
            }
            for action in sorted(rows, key=lambda action: _parts(action.code))
        ],
    }


def _parts(code: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else 0, part) for part in code.split("."))


def plan(work: Work, on: date, known: Sequence[Row] | None = None) -> tuple[Row, list[Row]] | None:
    """Return the plan in force on a day, with the names of its partners, and the measures of its pledges.

    None where none is approved. ``known`` are the rows of the measures up to that day, read where they are not given.
    """
    rows = measures.rows(work, until=on) if known is None else known
    found = plans.row(work, on, measures=rows)
    if found is None or not found["approved"]:
        return None
    named = {code for row in found["initiatives"] for code in row["partners"]}
    columns = sa.select(Partner.code, Partner.name, Partner.name_en).order_by(Partner.code)
    partners = {
        code: {"da": name, "en": name_en or name}
        for code, name, name_en in work.session.execute(columns)
        if code in named
    }
    return {**found, "partners": partners}, told.measured(found, rows)


def terms(work: Work) -> Terms:
    """Return the shared words by vocabulary and code."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for term in work.session.scalars(_IN_ORDER):
        found[term.vocabulary][term.code] = {"code": term.code, "da": term.da, "en": term.en}
    return found


def _term(words: Terms, vocabulary: str, code: str) -> Row:
    return words[vocabulary].get(code) or {"code": code, "da": code, "en": code}


def activities(work: Work, words: Terms, first: date, last: date) -> list[Row]:
    """Return the activities that are not withdrawn, by first day, undated last; ``exhibits`` are filled in later.

    ``in_period`` says whether each touches the stretch from ``first`` to ``last``. Five statements, however many.
    """
    columns = (
        Activity.id,
        Activity.number,
        Activity.title,
        Activity.description,
        Activity.type,
        Activity.status,
        Activity.starts_on,
        Activity.ends_on,
        Activity.year,
        Activity.audiences,
        Activity.attendance,
        Activity.attendance_qualifier,
        Activity.signups,
        Activity.helped,
        Activity.strategy_actions,
        Activity.source_library,
    )
    mapped, houses = _mappings(work), _houses(work)
    campaigns = _named(work, ActivityCampaign, Campaign, ActivityCampaign.campaign)
    partners = _named(work, ActivityPartner, Partner, ActivityPartner.partner)
    found = []
    for row in work.session.execute(sa.select(*columns).where(Activity.withdrawn_at.is_(None))):
        activity = {
            "number": row.number,
            "title": row.title,
            "description": row.description,
            "type": _term(words, "activity-type", row.type),
            "status": row.status,
            "starts_on": day(row.starts_on),
            "ends_on": day(row.ends_on),
            "year": row.year,
            "branches": houses[row.id],
            "audiences": [_term(words, "audience", code) for code in row.audiences],
            "attendance": _attendance(row.attendance, row.attendance_qualifier),
            "signups": row.signups,
            "helped": row.helped,
            "partners": partners[row.id],
            "campaigns": campaigns[row.id],
            "strategy_actions": list(row.strategy_actions),
            "source_library": row.source_library,
            "mappings": mapped[row.id],
            "exhibits": [],
        }
        found.append({**activity, "in_period": served.touches(activity, first, last, work.today)})
    return sorted(found, key=lambda a: (a["starts_on"] is None, a["starts_on"] or "", a["number"]))


def _attendance(value: int | None, qualifier: str | None) -> Row | None:
    return None if value is None else {"value": value, "qualifier": qualifier or Qualifier.EXACT.value}


def _mappings(work: Work) -> Mapping[int, list[Row]]:
    columns = (
        Mapped.code,
        Mapped.goal,
        Mapped.main,
        Mapped.stance,
        Mapped.contribution,
        Mapped.reason,
        Mapped.confirmed,
    )
    rows = sa.select(Mapped.activity_id, *columns).order_by(Mapped.activity_id, Mapped.position)
    found: dict[int, list[Row]] = defaultdict(list)
    for activity_id, code, goal, main, stance, contribution, reason, confirmed in work.session.execute(rows):
        found[activity_id].append(
            {
                "code": code,
                "goal": goal,
                "main": main,
                "stance": stance,
                "contribution": contribution,
                "reason": reason,
                "confirmed": confirmed,
            }
        )
    return found


def _houses(work: Work) -> Mapping[int, list[str]]:
    rows = sa.select(ActivityBranch.activity_id, Branch.code).join(ActivityBranch.branch)
    found: dict[int, list[str]] = defaultdict(list)
    for activity_id, code in work.session.execute(rows.order_by(Branch.position, Branch.code)):
        found[activity_id].append(code)
    return found


def _named(
    work: Work, link: type[ActivityCampaign | ActivityPartner], named: type[Campaign | Partner], joint: Any
) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = work.session.execute(sa.select(link.activity_id, named.code, named.name, named.name_en).join(joint))
    for activity_id, _code, name, name_en in sorted(rows, key=lambda row: (sort_key(row.name), row.code)):
        found[activity_id].append({"name": name, "name_en": name_en})
    return found


def evidence(work: Work, words: Terms, cycle: Cycle | None) -> list[Row]:
    """Return the evidence that counts, by number, each with what it shows in the cycle; without one it shows nothing.

    Of what was accepted it is the version accepted last; what nobody has accepted is marked as submitted. Drafts, what
    was sent back, what is withdrawn, and pictures of those who took their consent back are not in it. ``public`` says
    what may be shown outside the library today, see evidence.people.

    Exhibits are numbered later. Three statements, however much; of thumbnails the first bytes are read.
    """
    ties = _ties(work, cycle) if cycle is not None else {}
    local = zone(work)
    columns = (
        Evidence.id,
        Evidence.number,
        Evidence.title,
        Evidence.description,
        Evidence.kind,
        Evidence.collected_on,
        Evidence.added_at,
        may_be_shown(work.today).label("public"),
        Evidence.alt,
        Evidence.source,
        Evidence.language,
        Evidence.valid_until,
        Evidence.accepted_version,
        Activity.number.label("activity"),
        Link.url,
        Link.seen_on,
        Link.copied_at,
    )
    rows = sa.select(*columns).outerjoin(Evidence.activity).outerjoin(Evidence.link).where(Evidence.counts)
    pieces = work.session.execute(rows.order_by(Evidence.number)).all()
    versions = _versions(work)
    return [
        {
            "exhibit": 0,
            "number": row.number,
            "title": row.title,
            "description": row.description,
            "kind": _term(words, "evidence-kind", row.kind),
            "state": (State.SUBMITTED if row.accepted_version is None else State.ACCEPTED).value,
            "collected_on": day(row.collected_on),
            "added_on": day(row.added_at.astimezone(local).date()),
            "public": bool(row.public),
            "alt": row.alt,
            "source": row.source,
            "language": row.language,
            "valid_until": day(row.valid_until),
            "activity": row.activity,
            "requirements": _proved(ties.get(row.id, ()), versions[row.id]),
            "link": None
            if row.url is None
            else {
                "url": row.url,
                "seen_on": day(row.seen_on),
                "copied_on": day(row.copied_at.astimezone(local).date()),
            },
            **_file(work.blobs, versions[row.id]),
        }
        for row in pieces
    ]


def _ties(work: Work, cycle: Cycle) -> Mapping[int, list[Row]]:
    ticked = [getattr(Tie, tick) for tick in TICKS]
    proof = (Tie.proof, Tie.proof_sha256, Tie.proof_size)
    columns = (Tie.evidence_id, Tie.requirement_code, Tie.pages, Tie.strength, *proof, *ticked)
    rows = sa.select(*columns).where(Tie.cycle_id == cycle.id)
    found: dict[int, list[Row]] = defaultdict(list)
    for evidence_id, code, pages, strength, marked, sha256, size, *ticks in work.session.execute(
        rows.order_by(Tie.requirement_code)
    ):
        made = [tick for tick, ticked in zip(TICKS, ticks, strict=True) if ticked]
        tie = {"code": code, "pages": pages, "strength": strength or None, "ticks": made}
        if marked is not None:
            picture = {"sha256": sha256, "size": size, "media_type": proofs.MEDIA_TYPE}
            tie["proof"] = {"page": marked["page"], "of": marked["of"], **picture}
        found[evidence_id].append(tie)
    return found


def _proved(ties: Iterable[Row], version: Any) -> list[Row]:
    """Return the ties without marked pages of another version of the file, and without saying of which they are."""
    found = []
    for tie in ties:
        proof = tie.get("proof")
        kept = {key: value for key, value in tie.items() if key != "proof"}
        if proof is not None and proof["of"] == version.rendition_sha256:
            kept["proof"] = {key: value for key, value in proof.items() if key != "of"}
        found.append(kept)
    return found


def _versions(work: Work) -> Mapping[int, Any]:
    """Return the version of each piece that counts: the one accepted last, else the newest."""
    columns = (
        Version.evidence_id,
        Version.media_type,
        Version.original_sha256,
        Version.rendition_sha256,
        Version.rendition_size,
        Version.thumbnail_sha256,
        Version.thumbnail_size,
        Version.thumbnail_state,
        Fixity.checked_at,
        Fixity.result,
    )
    accepted = Evidence.accepted_version
    rows = work.session.execute(
        sa.select(*columns)
        .join(Version.evidence)
        .outerjoin(Fixity, Fixity.sha256 == Version.rendition_sha256)
        .where(sa.or_(accepted.is_(None), accepted == Version.ordinal))
        .order_by(Version.evidence_id, Version.ordinal)
    )
    return {row.evidence_id: row for row in rows}  # a later version takes the place of an earlier one


def _file(blobs: Blobs, version: Any) -> Row:
    drawn = version.thumbnail_state == ThumbnailState.DONE.value and version.thumbnail_sha256 is not None
    return {
        "media_type": version.media_type,
        "sha256": version.rendition_sha256,
        "size": version.rendition_size,
        "original_sha256": version.original_sha256,
        "fixity": _fixity(version.checked_at, version.result),
        "file": "",
        "thumbnail": _thumbnail(blobs, version.thumbnail_sha256, version.thumbnail_size or 0) if drawn else None,
    }


def _fixity(at: datetime | None, result: str | None) -> Row | None:
    """Return the last reading of a stored file as an event in the words of PREMIS, None where there was none."""
    if at is None:
        return None
    return {"event": "fixity check", "at": moment(at), "outcome": "pass" if result == Result.OK.value else "fail"}


def _thumbnail(blobs: Blobs, sha256: str, size: int) -> Row | None:
    """Return a thumbnail with its sides in pixels, None for one that is lost or damaged: it can be drawn again."""
    try:
        with blobs.open(sha256, size) as file, Image.open(file, formats=["JPEG"]) as picture:
            width, height = picture.size
    except (Problem, OSError):
        return None
    return {"sha256": sha256, "size": size, "media_type": THUMBNAIL, "width": width, "height": height}


def number_exhibits(
    activities: Sequence[Row], pieces: Iterable[Row], order: Sequence[str] = (), *, longest: int = NAME_LENGTH
) -> list[Row]:
    """Return the evidence as exhibits, counted from 1, each with its file name; activities get the numbers of theirs.

    They stand in the order of the first requirement that each shows something for, in the scheme's ``order``, then of
    their numbers; what shows nothing for a requirement comes last. What requirements the scheme lacks is left out.
    """
    place = {code: position for position, code in enumerate(order)}
    known = {activity["number"]: activity for activity in activities}
    for activity in activities:
        activity["exhibits"] = []
    kept = []
    for piece in pieces:
        shown = sorted(
            (tie for tie in piece["requirements"] if tie["code"] in place), key=lambda tie: place[tie["code"]]
        )
        kept.append({**piece, "requirements": shown})
    kept.sort(key=lambda piece: (_first(piece, place), piece["number"]))
    for exhibit, piece in enumerate(kept, 1):
        piece["exhibit"] = exhibit
        piece["file"] = file_name(exhibit, piece["title"], piece["kind"]["code"], piece["media_type"], longest)
        if piece["activity"] in known:
            known[piece["activity"]]["exhibits"].append(exhibit)
        else:
            piece["activity"] = None  # it is withdrawn, or not of this edition
    return kept


def _first(piece: Row, place: Mapping[str, int]) -> int:
    return min((place[tie["code"]] for tie in piece["requirements"]), default=len(place))


def name_length(library: str) -> int:
    """Return how long an exhibit's own name may be so that Windows can unpack the bag of a library by its short name.

    Windows puts the bag's folder into another of the same name.
    """
    folder = len(f"{library}-supplement-0000/")
    return max(SHORTEST_NAME, min(NAME_LENGTH, PATH_LIMIT - UNPACKED_IN - 2 * folder - AROUND_NAME))


def file_name(exhibit: int, title: str, kind: str, media_type: str, longest: int = NAME_LENGTH) -> str:
    """Return an exhibit's path in the bag: the number makes it unique, and no system refuses how it begins."""
    name = slug(title)[:longest].strip("-") or slug(kind)[:longest].strip("-") or "dokument"
    return f"evidence/Bilag-{exhibit:03d}-{name}.{ENDINGS.get(media_type, 'bin')}"


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
