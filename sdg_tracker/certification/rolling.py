"""Rolling forward: what the cycle before said is taken over unconfirmed, and its evidence is proposed again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.certification import ageing, queries, task_queries
from sdg_tracker.certification.ageing import Freshness
from sdg_tracker.certification.models import Assessment, Task
from sdg_tracker.certification.states import TaskState
from sdg_tracker.certification.stretches import number as counted
from sdg_tracker.evidence import tying
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

words(
    {
        "rolling-no-former": lazy(
            "The library has no earlier period on this scheme, so there is nothing to take over."
        ),
        "rolling-other-scheme": lazy("Period %(cycle)s is on another scheme, or did not begin earlier."),
        "rolling-none-ticked": lazy("Tick the evidence that is to be used again."),
    }
)
trail.declare({"cycle.rolled_forward": (lazy("Texts and owners taken over"), {"cycle", "texts", "owners"})})


@dataclass(frozen=True)
class Rolled:
    """How much was taken over."""

    former: Cycle
    texts: int
    owners: int


@dataclass(frozen=True)
class Proposal:
    """Evidence that was tied to a requirement in the cycle before, and is not yet in this one."""

    code: str  # in this cycle
    requirement: str
    number: int
    title: str
    kind: str
    accepted: bool  # the requirement asks for such a kind
    pages: str
    made: date
    months: int  # whole months that it is old
    freshness: Freshness
    last: date | None  # day on which it is new enough; None: nothing ends it

    @property
    def key(self) -> str:
        """Return what a form calls it: ``12:O1.1``."""
        return f"{self.number}:{self.code}"


def former_of(work: Work, cycle: Cycle, number: int | None = None) -> Cycle:
    """Return the cycle that is taken over: the one before, or that of a number. Raises NotFound, Conflict."""
    if number is None:
        found = queries.former_cycle(work, cycle)
        if found is None:
            raise Conflict("rolling-no-former")
        return found
    chosen = schemes.cycle(work, number)
    if chosen.scheme.slug != cycle.scheme.slug or chosen.starts_on >= cycle.starts_on:
        raise Conflict("rolling-other-scheme", cycle=number)
    return chosen


def roll(work: Work, cycle_number: int, former_number: int | None = None) -> Rolled:
    """Take over texts, unconfirmed, and owners, where this cycle has none. Twice is harmless.

    Raises NotFound, Conflict without an earlier cycle.
    """
    cycle = schemes.cycle(work, cycle_number)
    work.require(Permission.CYCLE_MANAGE, cycle)
    former = former_of(work, cycle, former_number)
    work.lock_library()
    codes = queries.codes_before(cycle, former)
    done = Rolled(former, _texts(work, cycle, former, codes), _owners(work, cycle, former, codes))
    if done.texts or done.owners:
        work.session.flush()
        facts = {"cycle": former.number, "texts": done.texts, "owners": done.owners}
        trail.record(work, "cycle.rolled_forward", cycle, **facts)
    return done


def _texts(work: Work, cycle: Cycle, former: Cycle, codes: dict[str, str]) -> int:
    before, now = queries.assessments(work, former), queries.assessments(work, cycle)
    taken = 0
    for code, old in codes.items():
        said = before.get(old)
        if said is None or said.unconfirmed or code in now:
            continue
        work.session.add(
            Assessment(
                cycle_id=cycle.id,
                requirement_code=code,
                state=said.state,
                narrative=said.narrative,
                reason=said.reason,
                omission=said.omission,
                answers=said.answers,
                assessed_by=said.assessed_by,
                assessed_at=said.assessed_at,
                unconfirmed=True,
            )
        )
        taken += 1
    return taken


def _owners(work: Work, cycle: Cycle, former: Cycle, codes: dict[str, str]) -> int:
    able = {row.user_number for row in task_queries.owners(work)}
    before, now = task_queries.works(work, former), task_queries.works(work, cycle)
    taken = 0
    for code, old in codes.items():
        if old in before and before[old].owner_number in able and code not in now:
            owner = before[old].owner_number
            state = TaskState.ASSIGNED.value
            work.session.add(Task(cycle_id=cycle.id, requirement_code=code, owner_number=owner, state=state))
            taken += 1
    return taken


def proposals(work: Work, cycle: Cycle, former: Cycle) -> list[Proposal]:
    """Return the evidence of the former cycle that could be used again, in the scheme's order; five statements."""
    codes = {old: code for code, old in queries.codes_before(cycle, former).items()}
    requirements, frame = schemes.requirements(work, cycle.scheme), queries.frame_of(work, cycle)
    there = {(row[0], row[1]) for row in work.session.execute(_ties(cycle))}
    zone = ZoneInfo(work.library.timezone)
    rows = _ties(former).add_columns(
        Tie.pages, Evidence.title, Evidence.kind, Evidence.collected_on, Evidence.added_at, Evidence.valid_until
    )
    found = []
    for number, old, pages, title, kind, collected_on, added_at, until in work.session.execute(
        rows.where(Evidence.counts)
    ):
        code = codes.get(old)
        if code is None or (number, code) in there:
            continue
        requirement = requirements[code]
        made = collected_on or added_at.astimezone(zone).date()
        months = counted(requirement.definition["evidence"]["max_age_months"], frame)
        found.append(
            Proposal(
                code=code,
                requirement=requirement.title,
                number=number,
                title=title,
                kind=kind,
                accepted=kind in requirement.kinds,
                pages=pages,
                made=made,
                months=ageing.age(made, work.today),
                freshness=ageing.freshness(made, months, until, work.today, cycle.ends_on),
                last=ageing.last_day(made, months, until),
            )
        )
    order = list(requirements)
    return sorted(found, key=lambda row: (order.index(row.code), row.number))


def _ties(cycle: Cycle) -> sa.Select[int, str]:
    ties = sa.select(Evidence.number, Tie.requirement_code).join(Evidence, Evidence.id == Tie.evidence_id)
    return ties.where(Tie.cycle_id == cycle.id)


def accept(work: Work, cycle_number: int, keys: Collection[str], former_number: int | None = None) -> int:
    """Tie what was ticked, by ``Proposal.key``, and return how many; what is tied already is left as it is.

    Raises Invalid where nothing is ticked, Forbidden for evidence that the actor may not tie, NotFound, Conflict.
    """
    cycle = schemes.cycle(work, cycle_number)
    work.require(Permission.CYCLE_MANAGE, cycle)
    if not keys:
        raise Invalid("rolling-none-ticked", field="keys")
    wanted = set(keys)
    chosen = [row for row in proposals(work, cycle, former_of(work, cycle, former_number)) if row.key in wanted]
    for row in chosen:
        tying.tie(work, row.number, Wanted(cycle.number, row.code, row.pages))
    return len(chosen)
