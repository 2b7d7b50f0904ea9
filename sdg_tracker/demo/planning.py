"""The demo library's action plan: three versions, ties to activities, notes, self-checks, one overruled status."""

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sdg_tracker.activities import queries as activities
from sdg_tracker.demo.files import seed_file
from sdg_tracker.foundation.columns import parts
from sdg_tracker.plans import proving, queries, services
from sdg_tracker.plans.details import FocusDetails, InitiativeDetails, PlanDetails, PledgeDetails
from sdg_tracker.plans.models import Initiative, Plan, Pledge
from sdg_tracker.plans.proving import Checked, Noted
from sdg_tracker.plans.services import Approval
from sdg_tracker.plans.states import Answer, Area, Kind, PlanRole, Status
from sdg_tracker.work import Work

Row = dict[str, str]
PLEDGES_SINCE = 2  # version that the pledges came with


def fill(work: Work, first: date, last: date) -> int:
    """Add the plan if there is none, as far as it was written by today; return how many versions were approved."""
    if queries.plans(work):
        return 0
    plan = services.add(work, PlanDetails(f"Handleplan {first.year}-{last.year}", first, last))
    for row in _rows("focus-goals.csv"):
        services.add_focus_goal(work, plan.number, FocusDetails(tuple(row["goals"].split("+")), row["reason_da"]))
    approved = 0
    for version in _rows("plan-versions.csv"):
        _write(work, plan, int(version["version"]))
        day = date.fromisoformat(version["approved_on"])
        if day <= work.today:
            approval = Approval(version["by_da"], day, version["case"], version["reason_da"])
            services.approve(work, plan.number, approval)
            approved += 1
    _prove(work, plan)
    return approved


def _rows(name: str) -> list[Row]:
    with seed_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(work: Work, plan: Plan, version: int) -> None:
    """Bring the draft to what it says in a version."""
    before: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows("plan-changes.csv"):
        if int(row["version"]) > version:
            before[row["code"]][row["field"]] = row["before"]
    there: dict[str, Pledge | Initiative] = {row.code: row for row in queries.pledges(work, plan)}
    there |= {row.code: row for row in queries.initiatives(work, plan)}
    for row in _rows("pledges.csv") if version >= PLEDGES_SINCE else []:
        pledge: PledgeDetails = replace(_pledge(row), **before[row["code"]])  # type: ignore[arg-type] # texts only
        if row["code"] not in there:
            services.add_pledge(work, plan.number, pledge)
        else:
            services.revise_pledge(work, there[row["code"]].number, pledge)
    for row in _rows("initiatives.csv"):
        initiative: InitiativeDetails = replace(_initiative(row), **before[row["code"]])  # type: ignore[arg-type]
        if version < PLEDGES_SINCE:
            initiative = replace(initiative, pledges=())
        if row["code"] in there:
            services.revise_initiative(work, there[row["code"]].number, initiative)
        elif int(row["since"]) <= version:
            services.add_initiative(work, plan.number, initiative)


def _pledge(row: Row) -> PledgeDetails:
    due = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    recurring = row["kind"] == Kind.RECURRING
    return PledgeDetails(
        code=row["code"],
        kind=Kind(row["kind"]),
        title_da=row["title_da"],
        title_en=row["title_en"],
        text_da=row["text_da"],
        text_en=row["text_en"],
        goals=tuple(parts(row["goals"])),
        targets=tuple(parts(row["targets"])),
        responsible=row["responsible_da"],
        adopted_on=date.fromisoformat(row["adopted_on"]),
        due_on=due,
        measure=row["measure"],
        baseline_period=row["baseline_period"],
        baseline_value=Decimal(row["baseline_value"]) if row["baseline_value"] else None,
        target_period=str(due.year) if due else "",
        target_value=Decimal(row["target_value"]) if row["target_value"] else None,
        times=int(row["times"]) if recurring else None,
        per=row["per"] if recurring else "",
    )


def _initiative(row: Row) -> InitiativeDetails:
    return InitiativeDetails(
        code=row["code"],
        title=row["title_da"],
        area=Area(row["area"]),
        role=PlanRole(row["role"]),
        goals=tuple(parts(row["goals"])),
        targets=tuple(parts(row["targets"])),
        strategy_actions=tuple(parts(row["strategy_actions"])),
        responsible=row["responsible_da"],
        partners=tuple(parts(row["partners"])),
        pledges=tuple(parts(row["pledges"])),
        what=row["what_da"],
        how=row["how_da"],
        starts_on=date.fromisoformat(row["first"]),
        ends_on=date.fromisoformat(row["last"]),
        success=row["success_da"],
        baseline=row["baseline_da"],
        target=row["target_da"],
    )


def _prove(work: Work, plan: Plan) -> None:
    pledges = {row.code: row.number for row in queries.pledges(work, plan)}
    initiatives = {row.code: row.number for row in queries.initiatives(work, plan)}
    numbers = {activity.title: activity.number for activity in activities.walk(work)}
    codes: dict[str, list[str]] = defaultdict(list)
    for row in _rows("plan-ties.csv"):
        codes[row["activity"]].append(row["code"])
    for title, tied in codes.items():
        if title in numbers:
            of_pledge = [pledges[code] for code in tied if code in pledges]
            of_initiative = [initiatives[code] for code in tied if code in initiatives]
            proving.tie(work, numbers[title], of_pledge, of_initiative)
    for row in _past(work, "pledge-notes.csv"):
        noted = Noted(date.fromisoformat(row["day"]), int(row["count"]), row["period"], row["note_da"])
        proving.note(work, pledges[row["pledge"]], noted)
    for row in _past(work, "pledge-checks.csv"):
        day, answer = date.fromisoformat(row["day"]), Answer(row["answer"])
        checked = Checked(int(row["year"]), day, answer, row["seed"], row["note_da"])
        proving.check(work, pledges[row["pledge"]], checked)
    for row in _past(work, "pledge-overrules.csv"):
        day = date.fromisoformat(row["day"])
        proving.overrule(work, pledges[row["pledge"]], Status(row["status"]), row["reason_da"], day)


def _past(work: Work, name: str) -> list[Row]:
    return [row for row in _rows(name) if date.fromisoformat(row["day"]) <= work.today]
