"""What the check before freezing looks at, collected from the database in a number of statements that does not grow."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity, Mapping
from sdg_tracker.certification import preflight, queries, task_queries
from sdg_tracker.certification.needs import What
from sdg_tracker.certification.preflight import Case, Claim, Deed, Exhibit, Facts, Figure
from sdg_tracker.certification.queries import CARRIED_OUT, Readiness
from sdg_tracker.certification.readiness import Result, Status
from sdg_tracker.certification.stretches import oldest_day
from sdg_tracker.evidence import people
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.people import People, Reason, Scope
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.evidence.states import Standing as LinkStanding
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals.rules import Names, mismatches
from sdg_tracker.measures.models import Measure, Reading
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

LACKS = (Reason.EXPIRED, Reason.NO_CONSENT)
ASKED = (  # columns, and not whole rows: there may be many pieces
    Evidence.id,
    Evidence.number,
    Evidence.title,
    Evidence.kind,
    Evidence.people,
    Evidence.children,
    Evidence.sensitive,
    Evidence.basis,
    Evidence.public,
    Evidence.withdrawn_at,
    Evidence.paused_at,
    Evidence.valid_until,
    Evidence.collected_on,
    Evidence.added_at,
)
_HAS_NUMBER = re.compile(r"\d")


def check(work: Work, cycle: Cycle, readiness: Readiness | None = None) -> list[Case]:
    """Return what is wrong or weak in a cycle today, the heaviest first."""
    work.require(Permission.ASSESSMENT_READ, cycle)
    return preflight.check(facts(work, readiness or queries.readiness(work, cycle)))


def facts(work: Work, found: Readiness) -> Facts:
    """Return all that is looked at."""
    names = goals.names(work)
    claims = list(_claims(work, found))
    said = {claim.code: _mismatch(claim.narrative, names) for claim in claims}
    return Facts(
        day=found.day,
        begins=found.cycle.starts_on,
        claims=claims,
        exhibits=list(_exhibits(work, found)),
        deeds=list(_deeds(work, found.cycle, names)),
        figures=list(_figures(work, found.cycle)),
        texts={code: quote for code, quote in said.items() if quote},
    )


def _claims(work: Work, found: Readiness) -> Iterator[Claim]:
    standings, zone = task_queries.standings(work, found), ZoneInfo(work.library.timezone)
    former = queries.former_cycle(work, found.cycle)
    said = queries.assessments(work, former) if former else {}
    codes = queries.codes_before(found.cycle, former) if former else {}
    before = {code: said[old].narrative for code, old in codes.items() if old in said}
    for result in found.results:
        if result.status is Status.NOT_APPLICABLE:
            continue
        made, standing = found.assessments.get(result.code), standings.get(result.code, task_queries.NOTHING)
        wanted, there, unaccepted = _evidence(result)
        yield Claim(
            code=result.code,
            title=found.requirements[result.code].title,
            state=result.state,
            narrative=made.narrative if made and not made.unconfirmed else "",
            describes=any(need.what is What.NARRATIVE for need in result.needs),
            wanted=wanted,
            found=there,
            unaccepted=unaccepted,
            assessed_on=made.assessed_at.astimezone(zone).date() if made and not made.unconfirmed else None,
            before=before.get(result.code, ""),
            unconfirmed=bool(made and made.unconfirmed),
            approved=standing.approved is not None,
            changed=standing.changed,
            open_comments=sum(comment.shown for comment in standing.open_comments),
        )


def _evidence(result: Result) -> tuple[int, int, int]:
    """Return how many pieces are needed, found, and found without being accepted, in all years and houses."""
    needs = [need for need in result.needs if need.what is What.EVIDENCE]
    return sum(n.needed for n in needs), sum(n.found for n in needs), sum(n.unaccepted for n in needs)


def _exhibits(work: Work, found: Readiness) -> Iterator[Exhibit]:
    cycle, day = found.cycle, found.day
    newest = sa.select(sa.func.max(Version.ordinal)).where(Version.evidence_id == Evidence.id).correlate(Evidence)
    dead = sa.exists().where(Link.evidence_id == Evidence.id, Link.standing == LinkStanding.DEAD.value)
    rows = (
        sa.select(*ASKED, Version.closed_at, dead.label("dead"))
        .join(Version, sa.and_(Version.evidence_id == Evidence.id, Version.library_id == Evidence.library_id))
        .where(
            Evidence.id.in_(sa.select(Tie.evidence_id).where(Tie.cycle_id == cycle.id)),
            Evidence.stands,
            Version.ordinal == sa.func.coalesce(Evidence.accepted_version, newest.scalar_subquery()),
        )
        .order_by(Evidence.number)
    )
    codes, consents = _codes(work, cycle), _consents(work, cycle)
    zone, oldest = ZoneInfo(work.library.timezone), _oldest(work, found, day)
    audit = cycle.audit_on if cycle.audit_on and cycle.audit_on > day else None
    then = _oldest(work, found, audit) if audit else {}
    for piece in work.session.execute(rows):
        shown = [code for code in codes[piece.id] if code in oldest]
        if not shown:
            continue
        made = piece.collected_on or piece.added_at.astimezone(zone).date()
        status = people.status(piece)
        expired = _expired(piece.valid_until, made, [oldest[code] for code in shown], day)
        later = _expired(piece.valid_until, made, [then[code] for code in shown], audit) if audit else None
        reasons = people.publication(piece, consents.get(piece.id, ()), Scope.INTERNAL_REPORT, day)
        yield Exhibit(
            number=piece.number,
            title=piece.title,
            ties=len(shown),
            picture=status is not None,
            people_unknown=status is People.UNKNOWN,
            shows_objected=piece.closed_at is not None,
            consent_lacks=piece.paused_at is not None or any(reason in LACKS for reason in reasons),
            expired_on=expired,
            expires_on=None if expired else later,
            dead_link=bool(piece.dead),
        )


def _oldest(work: Work, found: Readiness, day: date) -> dict[str, date | None]:
    """Return the day before which evidence is too old on a day, for each requirement."""
    frame = queries.frame_of(work, found.cycle)
    return {code: oldest_day(row.definition, frame, day) for code, row in found.requirements.items()}


def _expired(until: date | None, made: date, limits: list[date | None], day: date) -> date | None:
    """Return the last day on which a piece held; its own day when it is too old for all that it shows."""
    if until is not None and until < day:
        return until
    return made if all(limit is not None and made < limit for limit in limits) else None


def _codes(work: Work, cycle: Cycle) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, code in work.session.execute(
        sa.select(Tie.evidence_id, Tie.requirement_code).where(Tie.cycle_id == cycle.id)
    ):
        found[key].append(code)
    return found


def _consents(work: Work, cycle: Cycle) -> dict[int, list[Consent]]:
    found: dict[int, list[Consent]] = defaultdict(list)
    tied = sa.select(Tie.evidence_id).where(Tie.cycle_id == cycle.id)
    for consent in work.session.scalars(sa.select(Consent).where(Consent.evidence_id.in_(tied))):
        found[consent.evidence_id].append(consent)
    return found


def _deeds(work: Work, cycle: Cycle, names: Names) -> Iterator[Deed]:
    """Yield the activities of the cycle with something to say about them."""
    figure = sa.or_(Activity.attendance.is_not(None), Activity.helped.is_not(None))
    shown = Activity.id.in_(sa.select(Evidence.activity_id).where(Evidence.activity_id.is_not(None), Evidence.counts))
    within = sa.or_(
        sa.and_(
            Activity.starts_on <= cycle.ends_on,
            sa.func.coalesce(Activity.ends_on, Activity.starts_on) >= cycle.starts_on,
        ),
        sa.and_(Activity.starts_on.is_(None), Activity.year.between(cycle.starts_on.year, cycle.ends_on.year)),
    )
    own = (
        Activity.withdrawn_at.is_(None),
        Activity.status.in_(CARRIED_OUT),
        Activity.source_library.in_(("", work.library.name)),
        within,
    )
    reasons: dict[int, list[str]] = defaultdict(list)
    given = sa.select(Mapping.activity_id, Mapping.reason).join(Activity, Activity.id == Mapping.activity_id)
    for key, reason in work.session.execute(given.where(*own, Mapping.reason != "")):
        reasons[key].append(reason)
    rows = sa.select(
        Activity.id, Activity.number, Activity.title, Activity.description, sa.and_(figure, ~shown).label("unsourced")
    )
    for key, number, title, description, unsourced in work.session.execute(rows.where(*own).order_by(Activity.number)):
        quote = next(filter(None, (_mismatch(text, names) for text in (title, description, *reasons[key]))), "")
        if quote or unsourced:
            yield Deed(number, title, quote, bool(unsourced))


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    """Yield the measures with readings in the cycle's days that nothing says the source of."""
    unsourced = (
        Reading.withdrawn_at.is_(None),
        Reading.source == "",
        Reading.evidence_number.is_(None),
        Reading.starts_on <= cycle.ends_on,
        Reading.ends_on >= cycle.starts_on,
    )
    rows = (
        sa.select(Measure, sa.func.count(Reading.id))
        .join(Reading, sa.and_(Reading.measure_id == Measure.id, Reading.library_id == Measure.library_id))
        .where(Measure.withdrawn_at.is_(None), Measure.source == "", *unsourced)
        .group_by(Measure.id)
        .order_by(Measure.number)
    )
    for measure, count in work.session.execute(rows):
        yield Figure(measure.number, measure.title, count)


def _mismatch(text: str, names: Names) -> str:
    """Return the first words that pair a number with the name of another goal; empty where there are none."""
    found = mismatches(text, names) if _HAS_NUMBER.search(text) else []
    return found[0].quote if found else ""
