"""A plan in the coordinator's step: a pledge of each kind and an initiative, none of it approved."""

from datetime import date
from decimal import Decimal

import pytest

from sdg_tracker.measures.models import Measure, MeasureVersion, Reading
from sdg_tracker.plans import services
from sdg_tracker.plans.details import InitiativeDetails, PlanDetails, PledgeDetails
from sdg_tracker.plans.models import Plan
from sdg_tracker.plans.states import Area, Kind, PlanRole
from sdg_tracker.work import Work

DAY = date(2026, 3, 2)  # the tests' clock
PAPER = PledgeDetails(
    "D1",
    Kind.MEASURABLE,
    title_da="Mindre papir",
    title_en="Less paper",
    goals=("12",),
    targets=("12.5",),
    adopted_on=date(2025, 1, 27),
    due_on=date(2027, 12, 31),
    measure="paper",
    baseline_period="2024",
    baseline_value=Decimal("1200"),
    target_period="2027",
    target_value=Decimal("600"),
)
EVENTS = PledgeDetails("D2", Kind.RECURRING, title_da="Kultur med borgere", times=2, per="year")
WATER = PledgeDetails("D3", Kind.STANDING, title_da="Vand i kander")
REPAIR = InitiativeDetails("I1", "Repair Café", Area.CITIZENS, PlanRole.FACILITATOR, goals=("12",), pledges=("D1",))


def add_measure(work: Work, code: str = "paper", *values: str) -> Measure:
    """Keep a yearly measure with readings from 2025 on."""
    measure = Measure(
        number=work.next_number("measure"),
        code=code,
        name="Ark",
        unit="ark",
        aggregation="sum",
        direction="down",
        frequency="year",
        by_branch=False,
        added_at=work.at,
    )
    measure.versions.append(
        MeasureVersion(library_id=work.library.id, ordinal=1, made_role="coordinator", made_at=work.at)
    )
    work.session.add(measure)
    work.session.flush()
    for year, value in enumerate(values, 2025):
        work.session.add(
            Reading(
                number=work.next_number("reading"),
                measure_id=measure.id,
                period=str(year),
                starts_on=date(year, 1, 1),
                ends_on=date(year, 12, 31),
                value=Decimal(value),
                added_role="coordinator",
                added_at=work.at,
            )
        )
    work.session.flush()
    return measure


def written(work: Work) -> Plan:
    """Write a plan from 2025 to 2027 with three pledges and an initiative."""
    plan = services.add(work, PlanDetails("Handleplan 2025-2027", date(2025, 1, 1), date(2027, 12, 31)))
    for details in (PAPER, EVENTS, WATER):
        services.add_pledge(work, plan.number, details)
    services.add_initiative(work, plan.number, REPAIR)
    return plan


@pytest.fixture
def plan(work: Work) -> Plan:
    """The plan, with the readings of its measure."""
    add_measure(work, "paper", "1100")
    return written(work)
