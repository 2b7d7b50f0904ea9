"""Schemes, requirements, cycles and shared words as pages and other parts ask for them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes.models import Area, Criterion, Cycle, Requirement, Scheme, Term
from sdg_tracker.schemes.rules import version_order
from sdg_tracker.work import Work

words(
    {
        "scheme-unknown": lazy("There is no scheme %(scheme)s."),
        "scheme-version-unknown": lazy("The scheme %(scheme)s has no version %(version)s."),
        "requirement-unknown": lazy("There is no requirement %(requirement)s in this scheme."),
        "cycle-unknown": lazy("There is no certification period %(cycle)s in this library."),
    }
)


def newest(work: Work) -> list[Scheme]:
    """Return the newest version of every scheme, by slug; one statement."""
    found: dict[str, Scheme] = {}
    for scheme in work.session.scalars(sa.select(Scheme).order_by(Scheme.slug)):
        kept = found.setdefault(scheme.slug, scheme)
        if version_order(scheme.version) > version_order(kept.version):
            found[scheme.slug] = scheme
    return list(found.values())


def versions(work: Work, slug: str) -> list[str]:
    """Return the versions of a scheme that are loaded, the newest first; empty for an unknown scheme."""
    found = work.session.scalars(sa.select(Scheme.version).where(Scheme.slug == slug))
    return sorted(found, key=version_order, reverse=True)


def get(work: Work, slug: str, version: str | None = None) -> Scheme:
    """Return a scheme with all its requirements, without ``version`` the newest. Raises NotFound."""
    known = versions(work, slug)
    if not known:
        raise NotFound("scheme-unknown", scheme=slug)
    if version is not None and version not in known:
        raise NotFound("scheme-version-unknown", scheme=slug, version=version)
    asked = sa.select(Scheme).where(Scheme.slug == slug, Scheme.version == (version or known[0]))
    whole = selectinload(Scheme.areas).selectinload(Area.criteria).selectinload(Criterion.requirements)
    return work.session.scalars(asked.options(whole)).one()


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
