"""Which evidence there is, and what it can be tied to."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.models import Disposal, Evidence, Tie, Version
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.evidence.validity import SOON
from sdg_tracker.foundation.errors import Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes.models import Area, Criterion, Cycle, Requirement, Scheme, Term
from sdg_tracker.work import Work

words(
    {
        "evidence-not-found": lazy("There is no evidence %(number)s in this library."),
        "evidence-disposed": lazy(
            "Evidence %(number)s was withdrawn, and disposed of on %(day)s by the library's rule."
        ),
        "version-not-found": lazy("Evidence %(number)s has no version %(ordinal)s."),
        "cycle-not-found": lazy("There is no certification cycle %(number)s in this library."),
        "requirement-not-found": lazy("There is no requirement %(requirement)s in %(cycle)s."),
    }
)


def get(work: Work, number: int, *, lock: bool = False) -> Evidence:
    """Return a piece of evidence with versions, ties and activity, a withdrawn one too. Raises NotFound.

    ``lock``: hold its row until the end of the step.
    """
    wanted = sa.select(Evidence).where(Evidence.number == number)
    if lock:
        wanted = wanted.with_for_update()
    whole = wanted.options(
        selectinload(Evidence.versions),
        selectinload(Evidence.ties).selectinload(Tie.cycle).selectinload(Cycle.scheme),
        selectinload(Evidence.activity),
        selectinload(Evidence.reviews),
        selectinload(Evidence.consents).selectinload(Consent.form),
        selectinload(Evidence.link),
    )
    return _one(work, number, whole)


def with_versions(work: Work, number: int) -> Evidence:
    """Return a piece of evidence with its versions only, which is what sending its files takes. Raises NotFound."""
    wanted = sa.select(Evidence).where(Evidence.number == number)
    return _one(work, number, wanted.options(selectinload(Evidence.versions)))


def _one(work: Work, number: int, wanted: sa.Select[Evidence]) -> Evidence:
    found = work.session.scalars(wanted).one_or_none()
    if found is None:
        gone = work.session.scalars(sa.select(Disposal).where(Disposal.number == number)).one_or_none()
        if gone is not None:
            raise NotFound("evidence-disposed", number=number, day=gone.disposed_at.date())
        raise NotFound("evidence-not-found", number=number)
    return found


def version(evidence: Evidence, ordinal: int) -> Version:
    """Return one of the versions. Raises NotFound."""
    for found in evidence.versions:
        if found.ordinal == ordinal:
            return found
    raise NotFound("version-not-found", number=evidence.number, ordinal=ordinal)


def of_activity(work: Work, activity: Activity) -> list[Evidence]:
    """Return the evidence that stands for an activity, by number; versions and ties are loaded."""
    rows = sa.select(Evidence).where(Evidence.activity_id == activity.id, Evidence.stands)
    loaded = rows.options(selectinload(Evidence.versions), selectinload(Evidence.ties), selectinload(Evidence.link))
    return list(work.session.scalars(loaded.order_by(Evidence.number)))


def expiring(work: Work) -> list[Evidence]:
    """Return the standing evidence that has expired or will within 60 days, the oldest first."""
    where = (Evidence.stands, Evidence.valid_until <= work.today + SOON)
    rows = sa.select(Evidence).where(*where).order_by(Evidence.valid_until, Evidence.number)
    return list(work.session.scalars(rows.options(defer(Evidence.description), defer(Evidence.search_text))))


def quarantined(work: Work) -> list[Evidence]:
    """Return what waits in quarantine, the oldest first; versions and activity are loaded."""
    work.require(Permission.EVIDENCE_QUARANTINE)
    rows = sa.select(Evidence).where(Evidence.withdrawn_at.is_(None), Evidence.quarantined_at.is_not(None))
    loaded = rows.options(
        defer(Evidence.description),
        defer(Evidence.search_text),
        selectinload(Evidence.versions),
        selectinload(Evidence.activity).load_only(Activity.number, Activity.title),
    )
    return list(work.session.scalars(loaded.order_by(Evidence.number)))


def titles(work: Work) -> set[str]:
    """Return the title of every piece of evidence, withdrawn ones too."""
    return set(work.session.scalars(sa.select(Evidence.title)))


def activity(work: Work, number: int) -> Activity | None:
    """Return an activity by itself, None when there is none of that number."""
    return work.session.scalars(sa.select(Activity).where(Activity.number == number)).one_or_none()


def kinds(work: Work) -> dict[str, Term]:
    """Return the kinds of evidence by code, in order."""
    rows = sa.select(Term).where(Term.vocabulary == "evidence-kind").order_by(Term.position, Term.code)
    return {term.code: term for term in work.session.scalars(rows)}


def cycles(work: Work) -> list[Cycle]:
    """Return the library's cycles with all that their schemes ask, in five statements; the latest cycle first."""
    whole = (
        selectinload(Cycle.scheme)
        .selectinload(Scheme.areas)
        .selectinload(Area.criteria)
        .selectinload(Criterion.requirements)
    )
    return list(work.session.scalars(sa.select(Cycle).order_by(Cycle.number.desc()).options(whole)))


def requirement(work: Work, cycle_number: int, code: str) -> tuple[Cycle, Requirement]:
    """Return a requirement in a cycle. Raises NotFound for the cycle, Invalid for the code."""
    cycle = work.session.scalars(
        sa.select(Cycle).where(Cycle.number == cycle_number).options(joinedload(Cycle.scheme))
    ).one_or_none()
    if cycle is None:
        raise NotFound("cycle-not-found", number=cycle_number)
    found = work.session.scalars(
        sa.select(Requirement).where(Requirement.scheme_id == cycle.scheme_id, Requirement.code == code)
    ).one_or_none()
    if found is None:
        raise Invalid("requirement-not-found", field="requirements", requirement=code, cycle=cycle.title)
    return cycle, found


def requirements_of(work: Work, ties: Sequence[Tie]) -> dict[tuple[int, str], Requirement]:
    """Return the requirements that ties name, by key of the cycle and code, in one statement."""
    schemes = {tie.cycle.scheme_id for tie in ties}
    codes = {tie.requirement_code for tie in ties}
    rows = sa.select(Requirement).where(Requirement.scheme_id.in_(schemes), Requirement.code.in_(codes))
    found = {(row.scheme_id, row.code): row for row in work.session.scalars(rows)} if ties else {}
    wanted = ((tie, (tie.cycle.scheme_id, tie.requirement_code)) for tie in ties)
    return {(tie.cycle_id, tie.requirement_code): found[key] for tie, key in wanted if key in found}


def recent_activities(work: Work, limit: int = 200) -> list[Activity]:
    """Return the activities to choose among, the latest first; others are chosen by number."""
    rows = sa.select(Activity).where(Activity.withdrawn_at.is_(None)).order_by(Activity.number.desc()).limit(limit)
    return list(work.session.scalars(rows.options(defer(Activity.description), defer(Activity.search_text))))
