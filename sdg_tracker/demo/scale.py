"""A library of any size, for measuring and for trying out: invented titles, dates and mappings from one seed."""

import io
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from sdg_tracker.access import Actor
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities_queries
from sdg_tracker.activities import services as activities
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.activities.states import Contribution, Qualifier, Status
from sdg_tracker.evidence import adding, counting, intake
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.measures import entering
from sdg_tracker.measures import services as measures_services
from sdg_tracker.measures.details import Entry, MeasureDetails
from sdg_tracker.measures.states import Frequency
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work, Workplace

KINDS_OF_EVENT = ("Foredrag", "Værksted", "Læsekreds", "Udstilling", "Byttedag", "Kursus", "Fællesspisning", "Debat")
TOPICS = (
    "klima",
    "genbrug",
    "demokrati",
    "sprog",
    "sundhed",
    "natur",
    "energi",
    "ligestilling",
    "mad",
    "digital dannelse",
)
GROUPS = ("børn", "unge", "voksne", "seniorer", "familier", "alle")
FIRST_DAY, DAYS = date(2025, 1, 1), 690
PER_STEP = 200  # rows in one transaction


def add_activities(work: Work, count: int, seed: int, years: Sequence[int] = ()) -> int:
    """Add invented activities; most are mapped to a goal or target, some are not. ``years`` spreads them evenly."""
    chance = random.Random(seed)  # noqa: S311 - invented rows
    branches = [branch.code for branch in accounts.branches(work)]
    codes = sorted(activities_queries.vocabulary(work).codes)
    types = [term.code for term in activities_queries.types(work)]
    for number in range(1, count + 1):
        starts_on = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        if years:
            starts_on = date(years[number % len(years)], 1, 1) + timedelta(days=chance.randrange(365))
        details = ActivityDetails(
            title=f"{chance.choice(KINDS_OF_EVENT)} om {chance.choice(TOPICS)} {number}",
            description=f"Vi mødes om {chance.choice(TOPICS)} og {chance.choice(TOPICS)} på biblioteket.",
            type=chance.choice(types),
            status=Status.HELD,
            starts_on=starts_on,
            ends_on=starts_on,
            branches=(chance.choice(branches),),
            audiences=(chance.choice(GROUPS),),
            attendance=Figure(chance.randrange(3, 180), Qualifier.EXACT) if chance.random() < 0.8 else None,
        )
        activity = activities.add(work, details)
        if chance.random() < 0.92:
            code = chance.choice(codes)
            choice = MappingChoice(code, main=True, contribution=Contribution.DIRECT, reason="Emnet passer til målet.")
            activities.map_activity(work, activity.number, [choice])
    return count


def add_readings(work: Work, measures: int, seed: int, years: Sequence[int]) -> int:
    """Add invented measures that are read each month in each house, with a reading in a hundred missing."""
    chance = random.Random(seed)  # noqa: S311 - invented rows
    branches = [branch.code for branch in accounts.branches(work)]
    entries = []
    for number in range(1, measures + 1):
        details = MeasureDetails(
            name=f"{chance.choice(TOPICS).capitalize()} i tal {number}",
            unit="gange",
            frequency=Frequency.MONTH.value,
            by_branch=True,
            goals=(str(number % 17 + 1),),
        )
        code = measures_services.add(work, f"tal_{number}", details).code
        for year, month, branch in product(years, range(1, 13), branches):
            if chance.random() < 0.99:
                value = Decimal(chance.randrange(20, 4_000))
                entries.append(Entry(measure=code, period=f"{year}-{month:02d}", branch=branch, value=value))
    return len(entering.enter(work, entries))


def add_evidence(workplace: Workplace, actor: Actor, count: int, seed: int) -> int:
    """Add small text files, spread over the activities and tied to requirements; return how many were missing."""
    chance = random.Random(seed)  # noqa: S311 - invented rows
    with workplace.reading(actor) as work:
        numbers = [activity.number for activity in activities_queries.walk(work)]
        cycle = schemes.current_cycle(work)
        there = counting.counts(work).evidence
        codes = list(schemes.requirements(work, cycle.scheme)) if cycle else []
    made = 0
    for first in range(there + 1, count + 1, PER_STEP):
        batch = range(first, min(first + PER_STEP, count + 1))
        with workplace.reading(actor) as work:
            received = [
                intake.receive(work, io.BytesIO(f"Tal nr. {n}: {chance.random()}\n".encode()), f"tal-{n}.txt")
                for n in batch
            ]
        with workplace.writing(actor) as work:
            for number, one in zip(batch, received, strict=True):
                about = chance.choice(numbers)
                details = EvidenceDetails(f"Tal {number}", "statistics", activity=about, collected_on=FIRST_DAY)
                tied = cycle is not None and chance.random() < 0.7
                adding.add(work, one, details, [Wanted(cycle.number, chance.choice(codes))] if cycle and tied else [])
        made += len(batch)
    return made
