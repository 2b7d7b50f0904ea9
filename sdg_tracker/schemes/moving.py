"""Moving a cycle to another version of its scheme and back: answers follow their codes, and none is ever lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.schemes import difference, following, queries
from sdg_tracker.schemes.difference import Comparison
from sdg_tracker.schemes.following import Renames
from sdg_tracker.schemes.models import Cycle, CycleMove, Scheme
from sdg_tracker.schemes.rules import version_order
from sdg_tracker.work import Work, check_revision

AT_ONCE = 200  # codes in one statement

trail.declare(
    {
        "cycle.moved": (lazy("Certification period moved to another version"), {"before", "after", "renamed", "gone"}),
        "cycle.moved_back": (lazy("Certification period moved back to its former version"), {"before", "after"}),
    }
)
errors.words(
    {
        "cycle-version-same": lazy("The period is on version %(version)s already."),
        "cycle-version-older": lazy("Version %(version)s is older than the period's own. Undo a move instead."),
        "cycle-code-held": lazy(
            "%(before)s is called %(after)s in the new version, but answers are stored under %(after)s already, from a "
            "requirement that an earlier version had. Give the requirement another code."
        ),
        "cycle-not-moved": lazy("The period was never moved to this version, so there is nothing to undo."),
    }
)
Answers = Mapping[str, Mapping[str, int]]  # code -> kind of row -> how many


@dataclass(frozen=True)
class Preview:
    """What a version would do to a cycle."""

    comparison: Comparison
    answers: Answers
    names: Mapping[str, Text]  # kind of row -> what it is called
    values_lost: tuple[str, ...]  # keys of settings and facts that were said and can't be carried over
    stored: tuple[str, ...]  # codes with answers that the present version does not have

    def said(self, code: str) -> list[tuple[Text, int]]:
        """Return what hangs on a code: a name and how many, only what there is."""
        return [(self.names[kind], count) for kind, count in self.answers.get(code, {}).items()]


def preview(work: Work, cycle: Cycle, document: Mapping[str, Any]) -> Preview:
    """Return what moving a cycle to a version, or to a draft of one, would do; the number of statements is fixed."""
    old = cycle.scheme.document
    comparison = difference.compare(old, document)
    lost = [*_lost(cycle.settings, document.get("settings", [])), *_lost(cycle.facts, document.get("facts", []))]
    found = answers(work, cycle)
    known = {place.code for place in difference.places(old)}
    return Preview(
        comparison,
        found,
        {one.model.__name__: one.name for one in following.followers()},
        tuple(lost),
        tuple(sorted(code for code in found if code not in known)),
    )


def answers(work: Work, cycle: Cycle) -> Answers:
    """Return how many rows of each kind hang on each code of a cycle; one statement for each kind."""
    found: dict[str, dict[str, int]] = {}
    for follower in following.followers():
        model = follower.model
        rows = sa.select(model.requirement_code, sa.func.count()).where(
            model.cycle_id == cycle.id, model.requirement_code != ""
        )
        for code, count in work.session.execute(rows.group_by(model.requirement_code)):
            found.setdefault(code, {})[model.__name__] = count
    return found


def move(work: Work, number: int, version: str, seen: int | None = None) -> CycleMove:
    """Move a cycle to a later version of its scheme; assessments, ties and the rest follow their codes.

    What a gone requirement had stays stored under its code. Raises NotFound; Conflict for an older version or the
    same one, for another revision of the cycle, and for a new code under which answers lie already.
    """
    cycle, before = _held(work, number, seen)
    after = queries.get(work, before.slug, version)
    if after.id == before.id:
        raise Conflict("cycle-version-same", version=version)
    if version_order(after.version) < version_order(before.version):
        raise Conflict("cycle-version-older", version=version)
    comparison = difference.compare(before.document, after.document)
    _check_free(work, cycle, comparison.renamed)
    made = CycleMove(
        cycle_id=cycle.id,
        from_scheme_id=before.id,
        to_scheme_id=after.id,
        renamed=comparison.renamed,
        settings=cycle.settings,
        facts=cycle.facts,
        moved_by=work.actor.number,
        moved_at=work.at,
    )
    work.session.add(made)
    _rename(work, cycle, comparison.renamed)
    _put_on(work, cycle, after, cycle.settings, cycle.facts)
    facts = {"before": before.version, "after": after.version, "renamed": len(comparison.renamed)}
    trail.record(work, "cycle.moved", cycle, **facts, gone=len(comparison.gone))
    return made


def move_back(work: Work, number: int, seen: int | None = None) -> Cycle:
    """Move a cycle back to the version that it was on before: codes and answers as they were, later ones beside them.

    Raises Conflict when it was never moved to the version that it is on.
    """
    cycle, after = _held(work, number, seen)
    last = next(iter(queries.moves(work, cycle)), None)
    if last is None or last.to_scheme_id != after.id:
        raise Conflict("cycle-not-moved")
    before = last.before
    backwards = {new: old for old, new in last.renamed.items()}
    _check_free(work, cycle, backwards)
    _rename(work, cycle, backwards)
    kept = (_unknown(last.settings, after, "settings"), _unknown(last.facts, after, "facts"))
    _put_on(work, cycle, before, {**kept[0], **cycle.settings}, {**kept[1], **cycle.facts})
    last.undone_at = work.at
    work.session.flush()
    trail.record(work, "cycle.moved_back", cycle, before=after.version, after=before.version)
    return cycle


def _held(work: Work, number: int, seen: int | None) -> tuple[Cycle, Scheme]:
    cycle = queries.cycle(work, number)
    work.require(Permission.CYCLE_MANAGE, cycle)
    work.lock_library()
    work.session.refresh(cycle)
    check_revision(cycle, seen)
    return cycle, cycle.scheme


def _put_on(work: Work, cycle: Cycle, scheme: Scheme, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    document = scheme.document
    own = {row["key"]: row["value"] for row in document.get("settings", [])}
    chosen = difference.carried(document.get("settings", []), settings)
    cycle.scheme = scheme
    cycle.settings = {key: value for key, value in chosen.items() if value != own[key]}
    cycle.facts = difference.carried(document.get("facts", []), facts)
    work.session.flush()


def _unknown(values: Mapping[str, Any], scheme: Scheme, key: str) -> dict[str, Any]:
    """Return what was said before and what the version that is left could not hold."""
    held = difference.carried(scheme.document.get(key, []), values)
    return {name: value for name, value in values.items() if name not in held}


def _lost(values: Mapping[str, Any], definitions: list[Mapping[str, Any]]) -> list[str]:
    held = difference.carried(definitions, values)
    return [key for key in values if key not in held]


def _check_free(work: Work, cycle: Cycle, renames: Renames) -> None:
    """Refuse a new code under which something lies already: two sets of answers can't be one."""
    if not renames:
        return
    found = answers(work, cycle)
    for old, new in renames.items():
        if set(found.get(old, {})) & set(found.get(new, {})):
            raise Conflict("cycle-code-held", before=old, after=new)


def _rename(work: Work, cycle: Cycle, renames: Renames) -> None:
    if not renames:
        return
    work.session.flush()
    for some in _portions(renames):
        for follower in following.followers():
            code, cycle_id = follower.model.requirement_code, follower.model.cycle_id
            work.session.execute(
                sa.update(follower.model)
                .where(cycle_id == cycle.id, code.in_(some))
                .values(requirement_code=sa.case(some, value=code, else_=code))
            )
    for hook in following.hooks():
        hook(work, cycle, renames)


def _portions(renames: Renames) -> Iterator[dict[str, str]]:
    codes = list(renames)
    for first in range(0, len(codes), AT_ONCE):
        yield {code: renames[code] for code in codes[first : first + AT_ONCE]}
