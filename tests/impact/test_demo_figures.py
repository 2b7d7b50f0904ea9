"""Every figure of the demo library's report, counted again from the files by plain Python that knows nothing of us."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.demo_library import parts, rows

YEAR = 2025
FREEZING = "2026-11-20"
Row = dict[str, str]


def touches(row: Row, year: int) -> bool:
    """One that goes on reaches to the day of freezing; one without a last day that does not go on is of one day."""
    last = row["ends_on"] or (FREEZING if row["status"] == "ongoing" else row["starts_on"])
    return row["starts_on"] <= f"{year}-12-31" and last >= f"{year}-01-01"


ALL = {row["title_da"]: row for row in rows("activities")}
TOUCHED = [row for row in ALL.values() if touches(row, YEAR)]
COUNTED = [row for row in TOUCHED if row["status"] != "cancelled"]


def of_year(piece: Row) -> bool:
    """A piece counts in the year in which it was made; where its activity was not of that year, in the activity's."""
    activity = ALL[piece["activity"]]
    made = date.fromisoformat(piece["collected_on"]).year
    return activity in COUNTED and (made == YEAR or not touches(activity, made))


PIECES = Counter(piece["activity"] for piece in rows("evidence-plan") if of_year(piece))


def goals(row: Row) -> set[str]:
    return {*parts(row["goals"]), *(target.split(".")[0] for target in parts(row["targets"]))}


def people(chosen: Iterable[Row]) -> dict[str, Any]:
    chosen = list(chosen)
    came = [Decimal(row["attendance"]) for row in chosen if row["attendance"]]
    qualifiers = {row["attendance_qualifier"] or "exact" for row in chosen if row["attendance"]}
    weakest = [qualifier for qualifier in ("more_than", "about", "exact") if qualifier in qualifiers]
    return {
        "evidence": sum(PIECES[row["title_da"]] for row in chosen),
        "attendance": {"value": int(sum(came)), "qualifier": weakest[0]} if came else None,
        "signups": int(sum(Decimal(row["signups"] or 0) for row in chosen)),
        "helped": int(sum(Decimal(row["helped"] or 0) for row in chosen)),
    }


def group(code: str, belongs: Callable[[Row], bool]) -> dict[str, Any]:
    chosen = [row for row in COUNTED if belongs(row)]
    return {"code": code, "activities": len(chosen), **people(chosen)}


def test_titles_tell_the_activities_of_the_demo_apart() -> None:
    assert len(ALL) == len(rows("activities"))


def test_every_figure_of_a_goal_is_that_of_the_files(report: dict[str, Any]) -> None:
    expected = []
    for number in range(1, 18):
        chosen = [row for row in COUNTED if str(number) in goals(row)]
        main = [row for row in COUNTED if parts(row["goals"])[:1] == [str(number)]]
        expected.append({"code": str(number), "main": len(main), "all": len(chosen), **people(chosen)})

    assert report["figures"]["by_goal"] == expected
    assert sum(row["all"] for row in expected) > len(COUNTED)


def test_every_figure_of_a_strategy_action_is_that_of_the_files(report: dict[str, Any]) -> None:
    codes = [action["code"] for action in report["strategy"]["actions"]]

    assert codes == sorted(codes)
    assert {code for row in ALL.values() for code in parts(row["strategy_action"])} <= set(codes)
    expected = [group(code, lambda row, code=code: code in parts(row["strategy_action"])) for code in codes]  # type: ignore[misc]
    assert report["figures"]["by_action"] == expected


def test_every_figure_of_a_house_is_that_of_the_files(report: dict[str, Any]) -> None:
    codes = [row["code"] for row in rows("branches")]
    expected = [group(code, lambda row, code=code: code in parts(row["branch"])) for code in codes]  # type: ignore[misc]
    expected.append(group("", lambda row: not row["branch"]))

    assert report["figures"]["by_branch"] == expected


def test_every_total_is_that_of_the_files(report: dict[str, Any]) -> None:
    mapped = [row for row in COUNTED if goals(row)]

    assert report["figures"]["totals"] == {
        "activities": len(COUNTED),
        "mapped": len(mapped),
        "without_mapping": len(COUNTED) - len(mapped),
        "with_evidence": sum(bool(PIECES[row["title_da"]]) for row in COUNTED),
        **people(COUNTED),
        "cancelled": len(TOUCHED) - len(COUNTED),
        "planned": sum(row["status"] == "planned" for row in COUNTED),
    }


def test_the_report_holds_exactly_what_it_counts(report: dict[str, Any]) -> None:
    assert sorted(row["title"] for row in report["activities"]) == sorted(row["title_da"] for row in COUNTED)
    titles = sorted(row["title_da"] for row in rows("evidence-plan") if of_year(row))
    assert sorted(row["title"] for row in report["evidence"]) == titles
    assert [row["exhibit"] for row in report["evidence"]] == list(range(1, len(titles) + 1))
