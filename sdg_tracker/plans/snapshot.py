"""The plan in force on a day as plain data: its text as approved, and how each pledge and initiative stands."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from sdg_tracker.foundation.documents import digest
from sdg_tracker.measures import rules as measures
from sdg_tracker.measures import snapshot as measured
from sdg_tracker.plans import queries, rules
from sdg_tracker.plans.document import Row, difference
from sdg_tracker.plans.models import Plan, PlanVersion, StatusOverrule
from sdg_tracker.plans.queries import Proof
from sdg_tracker.plans.rules import Check, Happened, Progress
from sdg_tracker.plans.states import Answer, Kind
from sdg_tracker.work import Work

Rows = Sequence[Mapping[str, Any]]


def row(
    work: Work, on: date, measures: Rows | None = None, *, plan: Plan | None = None, draft: bool = False
) -> Row | None:
    """Return the plan of a day, None where the library has none.

    Its text is that of the last version approved by then, before the first one that of the first; a plan that nobody
    has approved, or with ``draft`` any, is shown as it is worked on, as version 0. ``measures`` are the rows of the
    measures, read where they are not given. The number of statements does not depend on how much there is.
    """
    plan = plan or queries.of_day(work, on)
    if plan is None:
        return None
    approved = queries.versions(work, plan)
    version = None if draft or not approved else in_force(approved, on)
    text = version.document if version else queries.draft(work, plan)
    known = {one["code"]: one for one in (measured.rows(work) if measures is None else measures)}
    proof = queries.proof(work, plan, on)
    return {
        **text,
        "number": plan.number,
        "version": version.version if version else 0,
        "approved": approval(version) if version else None,
        "versions": told([one for one in approved if version is None or one.version <= version.version]),
        "pledges": [_pledge(one, text, known, proof, on) for one in text["pledges"]],
        "initiatives": [_initiative(one, text, proof, on) for one in text["initiatives"]],
    }


def proposal(work: Work, on: date) -> Row | None:
    """Return what differs from the version in force on a day: the draft, else the version approved last.

    ``approved_on`` is None for a draft. None where nothing differs, or no version is approved.
    """
    plan = queries.of_day(work, on)
    approved = queries.versions(work, plan) if plan is not None else []
    if plan is None or not approved:
        return None
    base, newest, draft = in_force(approved, on), approved[-1], queries.draft(work, plan)
    proposed = digest(draft) != newest.sha256
    if not proposed and newest is base:
        return None
    changes = difference(base.document, draft if proposed else newest.document)
    return {
        "version": newest.version + 1 if proposed else newest.version,
        "based_on": base.version,
        "approved_on": None if proposed else newest.approved_on.isoformat(),
        "reason": "" if proposed else newest.reason,
        "changes": [asdict(change) for change in changes],
    }


def in_force(approved: Sequence[PlanVersion], day: date) -> PlanVersion:
    """Return the version that held on a day, the first one before it."""
    return next((one for one in reversed(approved) if one.approved_on <= day), approved[0])


def approval(version: PlanVersion) -> Row:
    """Return who approved a version, and when."""
    return {
        "by": version.approved_by,
        "on": version.approved_on.isoformat(),
        "case": version.case_number,
        "sha256": version.sha256,
    }


def told(approved: Sequence[PlanVersion]) -> list[Row]:
    """Return the versions with what each changed of the one before."""
    found = []
    for before, one in zip([None, *approved], approved, strict=False):
        changes = difference(before.document, one.document) if before else []
        found.append(
            {
                "version": one.version,
                "approved_on": one.approved_on.isoformat(),
                "by": one.approved_by,
                "case": one.case_number,
                "reason": one.reason,
                "changes": [asdict(change) for change in changes],
            }
        )
    return found


def _pledge(pledge: Row, plan: Row, known: Mapping[str, Mapping[str, Any]], proof: Proof, on: date) -> Row:
    number = pledge["number"]
    done, noted = proof.of_pledge.get(number, ()), proof.noted.get(number, ())
    progress = _progress(pledge, plan, known, proof, on)
    overruled = overrule(proof.overrules.get(number, ()))
    pieces = {piece for one in done for piece in proof.evidence[one.number]} | {piece for _row, piece in noted if piece}
    return {
        **pledge,
        "status": {
            "computed": progress.status.value,
            "shown": overruled["status"] if overruled else progress.status.value,
            "overruled": overruled,
            "numbers": progress.numbers,
        },
        "activities": [one.number for one in done],
        "evidence": sorted(pieces),
    }


def _progress(pledge: Row, plan: Row, known: Mapping[str, Mapping[str, Any]], proof: Proof, on: date) -> Progress:
    first, last, number = date.fromisoformat(plan["first"]), date.fromisoformat(plan["last"]), pledge["number"]
    if pledge["kind"] == Kind.MEASURABLE:
        measure = known.get(pledge["measure"] or "")
        return rules.measurable(pledge, measure, partial(measures.figure, measure or {}, measures=known), on)
    if pledge["kind"] == Kind.RECURRING:
        happened = [Happened(one.first) for one in proof.of_pledge.get(number, ()) if one.carried_out]
        happened += [Happened(row.day, row.count, row.period) for row, _piece in proof.noted.get(number, ())]
        return rules.recurring(pledge, happened, first, last, on)
    checks = [Check(row.year, row.day, Answer(row.answer), _told(row)) for row in proof.checks.get(number, ())]
    return rules.standing(pledge, checks, first, last, on)


def _told(check: Any) -> Row:
    return {
        "number": check.number,
        "sample": list(check.sample),
        "seed": check.seed,
        "drawn_from": check.drawn_from,
        "note": check.note,
        "role": check.added_role,
    }


def overrule(rows: Sequence[StatusOverrule]) -> Row | None:
    """Return how a pledge's status is overruled, None where it is not, or no longer."""
    newest = rows[-1] if rows else None
    if newest is None or not newest.status:
        return None
    return {
        "status": newest.status,
        "reason": newest.reason,
        "on": newest.day.isoformat(),
        "role": newest.added_role,
    }


def _initiative(initiative: Row, plan: Row, proof: Proof, on: date) -> Row:
    first, last = (date.fromisoformat(initiative[key] or plan[key]) for key in ("first", "last"))
    done = proof.of_initiative.get(initiative["number"], ())
    state, states = rules.initiative_states(first, last, done, on)
    return {
        **initiative,
        "years": list(range(first.year, last.year + 1)),
        "state": state.value,
        "states": states,
        "activities": [one.number for one in done],
        "evidence": sorted({piece for one in done for piece in proof.evidence[one.number]}),
    }
