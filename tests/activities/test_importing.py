"""Reading lists of activities: what is taken in, what is refused, and with which words."""

import csv
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.activities import importing, outputs, queries, services
from sdg_tracker.activities.importing import ImportRefused
from sdg_tracker.activities.models import Activity, Contribution, Qualifier, Stance
from sdg_tracker.activities.queries import Filters
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.foundation.errors import Forbidden
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories

REAL = resource_dir("seed") / "demo" / "real-activities.csv"
DEMO = resource_dir("seed") / "demo" / "activities.csv"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_locale("en"):
        yield


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def workbook(*rows: list[object], **sheets: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Ark1"
    for row in rows:
        first.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def text_file(*lines: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\r\n".join(lines).encode(encoding))


def faults(work: Work, stream: io.BytesIO, name: str = "list.csv") -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        services.import_file(work, stream, name)
    assert work.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
    return [str(fault) for fault in refused.value.faults]


def real_as_workbook() -> io.BytesIO:
    """The real file as somebody would have it in Excel: years and single goals as numbers, codes else as text."""
    rows = rows_of(REAL)
    lines: list[list[object]] = [list(rows[0])]
    for row in rows:
        line: list[object] = list(row.values())
        for index, column in enumerate(row):
            if column in ("year", "goals") and row[column].isdigit():
                line[index] = int(row[column])
        lines.append(line)
    return workbook(*lines)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_real_file_comes_in_with_goals_and_targets_as_it_has_them(work: Work, kind: str) -> None:
    expected = rows_of(REAL)
    if kind == "csv":
        report = services.import_file(work, REAL)
    else:
        report = services.import_file(work, real_as_workbook(), "real.xlsx")
    assert (report.found, report.added, report.numbers) == (133, 133, tuple(range(1, 134)))
    activities = list(queries.walk(work))
    assert len(activities) == len(expected) == 133
    for activity, row in zip(activities, expected, strict=True):
        goals, targets = values(row["goals"]), values(row["targets"])
        assert activity.title == row["title_da"]
        assert activity.description == row["description_da"]
        assert activity.type == row["type"]
        assert activity.source_library == row["library"]
        assert activity.source_url == row["source_url"]
        assert activity.year == (int(row["year"]) if row["year"] else None)
        assert activity.starts_on is None
        assert {mapping.goal for mapping in activity.mappings} == set(goals)
        assert {mapping.code for mapping in activity.mappings if mapping.code != mapping.goal} == set(targets)
        assert [mapping.goal for mapping in activity.mappings if mapping.main] == goals[:1]
        assert [mapping.code for mapping in activity.mappings if mapping.code == mapping.goal] == [
            goal for goal in goals if goal not in {target.split(".")[0] for target in targets}
        ]
        assert {(m.origin, m.confirmed, m.reason, m.contribution) for m in activity.mappings} == {
            ("import", False, "", None)
        }


def test_the_demo_file_comes_in_with_houses_campaigns_partners_and_figures(
    work: Work, make: Factories, library: Library
) -> None:
    prepare_demo(work)
    report = services.import_file(work, DEMO)
    assert report.added == 120
    for activity, row in zip(queries.walk(work), rows_of(DEMO), strict=True):
        assert {branch.code for branch in activity.branches} == set(values(row["branch"]))
        assert {campaign.code for campaign in activity.campaigns} == set(values(row["campaign"]))
        assert {partner.code for partner in activity.partners} == set(values(row["partners"]))
        assert activity.audiences == values(row["audience"])
        assert activity.strategy_actions == values(row["strategy_action"])
        assert activity.starts_on == date.fromisoformat(row["starts_on"])
        assert activity.year == int(row["starts_on"][:4])
        assert str(activity.ends_on or "") == row["ends_on"]
        assert activity.status == row["status"]
        for figure in ("attendance", "signups", "helped"):
            assert getattr(activity, figure) == (int(row[figure]) if row[figure] else None)
        assert (activity.attendance_qualifier or "") == row["attendance_qualifier"]
        assert all(mapping.confirmed and mapping.reason == row["reason_da"] for mapping in activity.mappings)
        by_goal = dict(zip(values(row["goals"]), values(row["contribution"]), strict=True))
        assert {mapping.goal: mapping.contribution for mapping in activity.mappings} == by_goal
    wrong = [str(note) for note in report.warnings]
    assert len(wrong) == 1
    assert "“verdensmål 12, Bæredygtige byer og lokalsamfund”" in wrong[0]
    assert "row" in wrong[0]
    assert "column description_da" in wrong[0]


def prepare_demo(work: Work) -> None:
    from sdg_tracker.accounts.models import Branch

    work.library.strategy = "ballerup-2025-2029"
    for position, row in enumerate(rows_of(DEMO.with_name("branches.csv"))):
        work.session.add(Branch(code=row["code"], name=row["name_da"], position=position))
    for row in rows_of(DEMO.with_name("campaigns.csv")):
        services.add_campaign(work, row["code"], row["name_da"], row["name_en"])
    for row in rows_of(DEMO.with_name("partners.csv")):
        services.add_partner(work, row["code"], row["name_da"], row["name_en"], row["kind"])
    work.session.flush()
