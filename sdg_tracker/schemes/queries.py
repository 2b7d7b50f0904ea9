"""Schemes, requirements, cycles and shared words as pages and other parts ask for them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes.difference import places
from sdg_tracker.schemes.editing import Former
from sdg_tracker.schemes.models import (
    Area,
    Criterion,
    Cycle,
    CycleMove,
    Draft,
    DraftStep,
    Requirement,
    Scheme,
    Term,
)
from sdg_tracker.schemes.rules import version_order
from sdg_tracker.work import Work

words(
    {
        "scheme-unknown": lazy("There is no scheme %(scheme)s."),
        "scheme-version-unknown": lazy("The scheme %(scheme)s has no version %(version)s."),
        "requirement-unknown": lazy("There is no requirement %(requirement)s in this scheme."),
        "draft-unknown": lazy("There is no draft %(draft)s in this library."),
        "cycle-unknown": lazy("There is no certification period %(cycle)s in this library."),
    }
)


def newest(work: Work) -> list[Scheme]:
    """Return the newest version of every scheme, by slug; one statement."""
    found: dict[str, Scheme] = {}
    own_first = sa.select(Scheme).order_by(Scheme.slug, Scheme.library_id.is_(None))
    for scheme in work.session.scalars(own_first):
        kept = found.setdefault(scheme.slug, scheme)
        if version_order(scheme.version) > version_order(kept.version):
            found[scheme.slug] = scheme
    return list(found.values())


def versions(work: Work, slug: str) -> list[str]:
    """Return the versions of a scheme that are loaded, the newest first; empty for an unknown scheme."""
    found = work.session.scalars(sa.select(Scheme.version).where(Scheme.slug == slug))
    return sorted(set(found), key=version_order, reverse=True)


def documents(work: Work, slug: str) -> list[Scheme]:
    """Return every version of a scheme without its requirements' rows, the newest first; one statement."""
    found = work.session.scalars(sa.select(Scheme).where(Scheme.slug == slug))
    return sorted(found, key=lambda scheme: version_order(scheme.version), reverse=True)


def earlier(work: Work, slug: str) -> dict[str, Former]:
    """Return every code that a requirement of the scheme has or had, with what the newest version of it asks."""
    found: dict[str, Former] = {}
    for scheme in documents(work, slug):
        for place in places(scheme.document):
            found.setdefault(place.code, Former(scheme.version, place.text))
    return found


def known_words(work: Work) -> dict[str, list[str]]:
    """Return the codes of the shared vocabularies, which scheme files may name."""
    known: dict[str, list[str]] = {}
    for vocabulary, code in work.session.execute(sa.select(Term.vocabulary, Term.code).order_by(Term.position)):
        known.setdefault(vocabulary, []).append(code)
    return known


def drafts(work: Work) -> list[tuple[Draft, DraftStep]]:
    """Return the library's open drafts with what they say, the latest first; one statement."""
    asked = _with_step().where(Draft.state == "open").order_by(Draft.number.desc())
    return [(row[0], row[1]) for row in work.session.execute(asked)]


def draft(work: Work, number: int) -> tuple[Draft, DraftStep]:
    """Return a draft with its step. Raises NotFound."""
    found = work.session.execute(_with_step().where(Draft.number == number)).one_or_none()
    if found is None:
        raise NotFound("draft-unknown", draft=number)
    return found[0], found[1]


def steps_beside(work: Work, draft: Draft) -> tuple[DraftStep | None, DraftStep | None]:
    """Return the step that would be undone and the one that would be done again; their documents are not loaded."""
    near = sa.select(DraftStep).where(
        DraftStep.draft_id == draft.id, DraftStep.ordinal.in_([draft.step - 1, draft.step, draft.step + 1])
    )
    found = {step.ordinal: step for step in work.session.scalars(near.options(defer(DraftStep.document)))}
    return found.get(draft.step) if draft.step - 1 in found else None, found.get(draft.step + 1)


def _with_step() -> sa.Select[Draft, DraftStep]:
    return sa.select(Draft, DraftStep).join(
        DraftStep, sa.and_(DraftStep.draft_id == Draft.id, DraftStep.ordinal == Draft.step)
    )


def moves(work: Work, cycle: Cycle) -> list[CycleMove]:
    """Return the moves of a cycle that were not taken back, the latest first, each with both versions."""
    asked = sa.select(CycleMove).where(CycleMove.cycle_id == cycle.id, CycleMove.undone_at.is_(None))
    both = asked.options(joinedload(CycleMove.before), joinedload(CycleMove.after))
    return list(work.session.scalars(both.order_by(CycleMove.id.desc())))


def get(work: Work, slug: str, version: str | None = None) -> Scheme:
    """Return a scheme with all its requirements, without ``version`` the newest. Raises NotFound."""
    known = versions(work, slug)
    if not known:
        raise NotFound("scheme-unknown", scheme=slug)
    if version is not None and version not in known:
        raise NotFound("scheme-version-unknown", scheme=slug, version=version)
    asked = sa.select(Scheme).where(Scheme.slug == slug, Scheme.version == (version or known[0]))
    whole = selectinload(Scheme.areas).selectinload(Area.criteria).selectinload(Criterion.requirements)
    own_first = asked.order_by(Scheme.library_id.is_(None)).options(whole).limit(1)
    return work.session.scalars(own_first).one()


def requirements(work: Work, scheme: Scheme) -> dict[str, Requirement]:
    """Return a scheme's requirements by code, in the scheme's order, each with criterion and area; one statement."""
    asked = (
        sa.select(Requirement)
        .join(Requirement.criterion)
        .join(Criterion.area)
        .where(Requirement.scheme_id == scheme.id)
        .order_by(Area.position, Criterion.position, Requirement.position)
        .options(joinedload(Requirement.criterion).joinedload(Criterion.area))
    )
    return {requirement.code: requirement for requirement in work.session.scalars(asked)}


def requirement(work: Work, scheme: Scheme, code: str) -> Requirement:
    """Return one requirement of a scheme, with criterion and area. Raises NotFound."""
    asked = sa.select(Requirement).where(Requirement.scheme_id == scheme.id, Requirement.code == code)
    whole = asked.options(joinedload(Requirement.criterion).joinedload(Criterion.area))
    found = work.session.scalars(whole).one_or_none()
    if found is None:
        raise NotFound("requirement-unknown", requirement=code)
    return found


def cycles(work: Work) -> list[Cycle]:
    """Return the library's cycles, each with its scheme, the latest first."""
    asked = sa.select(Cycle).options(joinedload(Cycle.scheme)).order_by(Cycle.starts_on.desc(), Cycle.number)
    return list(work.session.scalars(asked))


def cycle(work: Work, number: int) -> Cycle:
    """Return a cycle of the library, with its scheme. Raises NotFound."""
    asked = sa.select(Cycle).where(Cycle.number == number).options(joinedload(Cycle.scheme))
    found = work.session.scalars(asked).one_or_none()
    if found is None:
        raise NotFound("cycle-unknown", cycle=number)
    return found


def current_cycle(work: Work, slug: str | None = None) -> Cycle | None:
    """Return the cycle that is running today, of several the one opened first; of one scheme with ``slug``.

    When none is running it is the one that began last, else the one that begins next; None without any.
    """
    found = [cycle for cycle in cycles(work) if slug is None or cycle.scheme.slug == slug]
    running = [cycle for cycle in found if cycle.starts_on <= work.today <= cycle.ends_on]
    if running:
        return min(running, key=lambda cycle: cycle.number)
    begun = [cycle for cycle in found if cycle.starts_on <= work.today]
    return begun[0] if begun else (found[-1] if found else None)


def terms(work: Work, vocabulary: str) -> list[Term]:
    """Return the words of a vocabulary (``activity-type``, ``audience``, ``evidence-kind``) in their order."""
    asked = sa.select(Term).where(Term.vocabulary == vocabulary).order_by(Term.position)
    return list(work.session.scalars(asked))


def vocabularies(work: Work) -> Mapping[str, Mapping[str, str]]:
    """Return all vocabularies: code and word in the current language, in order; one statement."""
    found: dict[str, dict[str, str]] = {}
    for term in work.session.scalars(sa.select(Term).order_by(Term.vocabulary, Term.position)):
        found.setdefault(term.vocabulary, {})[term.code] = term.title
    return found
