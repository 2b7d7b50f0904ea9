"""What was done for a goal, year by year: the section of its page. It counts as the yearly report does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.models import Mapping as Tied
from sdg_tracker.activities.states import Stance, Status
from sdg_tracker.goals import sections
from sdg_tracker.printing import changes, series
from sdg_tracker.printing.series import Point
from sdg_tracker.printing.served import total, touches
from sdg_tracker.work import Work

Row = Mapping[str, Any]  # status, days and headcounts of an activity, and whether the goal is its main one


@dataclass(frozen=True)
class Year:
    """What was done for a goal in a year. The three headcounts are never added up; one that nobody took is None."""

    year: int
    main: int
    also: int
    attendance: Mapping[str, Any] | None
    signups: int | None
    helped: int | None


def years(rows: Iterable[Row], today: date) -> list[Year]:
    """Return every year from the first one with an activity to this one; those in which nothing was done too."""
    rows = list(rows)
    begun = [row["year"] for row in rows if row["year"] is not None and row["year"] <= today.year]
    return [_year(rows, year, today) for year in range(min(begun), today.year + 1)] if begun else []


def _year(rows: Sequence[Row], year: int, today: date) -> Year:
    mine = [row for row in rows if touches(row, date(year, 1, 1), date(year, 12, 31), today)]
    return Year(
        year,
        sum(row["main"] for row in mine),
        sum(not row["main"] for row in mine),
        total(row["attendance"] for row in mine),
        _sum(row["signups"] for row in mine),
        _sum(row["helped"] for row in mine),
    )


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def rows(work: Work, goal: str) -> list[Row]:
    """Return the activities that support a goal or one of its targets, cancelled and withdrawn ones left out."""
    main = sa.func.max(sa.case((Tied.main, 1), else_=0))
    columns = (
        Activity.year,
        Activity.starts_on,
        Activity.ends_on,
        Activity.status,
        Activity.attendance,
        Activity.attendance_qualifier,
        Activity.signups,
        Activity.helped,
    )
    found = (
        sa.select(*columns, main.label("main"))
        .join(Tied, Tied.activity_id == Activity.id)
        .where(Tied.goal == goal, Tied.stance == Stance.SUPPORTS.value)
        .where(Activity.withdrawn_at.is_(None), Activity.status != Status.CANCELLED.value)
        .group_by(Activity.id, *columns)
    )
    return [_row(row) for row in work.session.execute(found)]


def _row(row: Any) -> Row:
    qualifier = row.attendance_qualifier or "exact"
    return {
        "year": row.year,
        "starts_on": row.starts_on.isoformat() if row.starts_on else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "status": row.status,
        "attendance": None if row.attendance is None else {"value": row.attendance, "qualifier": qualifier},
        "signups": row.signups,
        "helped": row.helped,
        "main": bool(row.main),
    }


def section(work: Work, goal: str) -> sections.Section | None:
    """Return what the page of a goal shows of its years; the year that is not over is compared with none."""
    if not work.can(Permission.ACTIVITY_READ):
        return None
    today = work.today
    found = work.summed(f"years of goal {goal} on {today}", lambda: years(rows(work, goal), today))
    whole = [Point(str(year.year), Decimal(year.main + year.also)) for year in found if year.year < today.year]
    told = changes.told(series.change(whole)) if whole else ""
    shown = {"goal": goal, "years": found, "told": told, "this_year": today.year}
    return sections.Section("activities/_goal_years.html", shown)
