"""Every figure of the demo library's report, counted again from the files by plain Python that knows nothing of us."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

FILES = Path(__file__).parents[2] / "seed/demo"
YEAR = 2025
FREEZING = "2026-11-20"
WEAKEST_FIRST = ("more_than", "about", "estimated", "exact")
Row = dict[str, str]
Told = tuple[str, str]  # value and qualifier


def rows(name: str) -> list[Row]:
    with (FILES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


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


# What every printed figure is said to be made of ----------------------------------------------------------------------


def told(name: str, counts: dict[str, Any]) -> Iterator[tuple[str, Told]]:
    """Yield a group's figures as the report lists them; what is nothing has no mark."""
    for field, value in counts.items():
        number, said = (value["value"], value["qualifier"]) if isinstance(value, dict) else (value, "exact")
        if number:
            yield f"{name}:{field}", (str(number), said)


def named(column: str, code: str) -> Callable[[Row], bool]:
    return lambda row: code in parts(row[column])


def serving(goal: str) -> Callable[[Row], bool]:
    return lambda row: goal in goals(row)


def groups() -> Iterator[tuple[str, Callable[[Row], bool]]]:
    for number in range(1, 18):
        yield f"goal:{number}", serving(str(number))
    for branch in rows("branches"):
        yield f"branch:{branch['code']}", named("branch", branch["code"])
    yield "branch:", lambda row: not row["branch"]
    for code in {code for row in ALL.values() for code in parts(row["strategy_action"])}:
        yield f"action:{code}", named("strategy_action", code)
    for kind, column in (("partner", "partners"), ("campaign", "campaign")):
        for one in rows(f"{kind}s"):
            yield f"{kind}:{one['name_da']}", named(column, one["code"])


def test_every_figure_that_is_made_of_activities_can_be_followed_to_the_files(report: dict[str, Any]) -> None:
    mapped, shown = [row for row in COUNTED if goals(row)], [row for row in COUNTED if PIECES[row["title_da"]]]
    expected = dict(
        told(
            "total",
            {
                "activities": len(COUNTED),
                "mapped": len(mapped),
                "without_mapping": len(COUNTED) - len(mapped),
                "with_evidence": len(shown),
                "planned": sum(row["status"] == "planned" for row in COUNTED),
                "cancelled": len(TOUCHED) - len(COUNTED),
                "goals": len({goal for row in COUNTED for goal in goals(row)}),
                **people(COUNTED),
            },
        )
    )
    for name, belongs in groups():
        chosen = [row for row in COUNTED if belongs(row)]
        counts = {"activities": len(chosen), **people(chosen)}
        if name.startswith("goal:"):
            counts["main"] = sum(parts(row["goals"])[:1] == [name[5:]] for row in chosen)
        expected |= told(name, counts)
    found = {row["name"]: row for row in report["followed"] if not row["name"].startswith("measure:")}

    assert {name: (row["value"], row["qualifier"]) for name, row in found.items()} == expected
    assert [row["mark"] for row in report["followed"]] == list(range(1, len(report["followed"]) + 1))
    titles = {row["number"]: row["title"] for row in report["activities"]}
    for name, row in found.items():
        [of] = row["of"]
        if of["field"] in ("attendance", "signups", "helped"):
            made_of = [ALL[titles[number]][of["field"]] for number in of["activities"]]
            assert str(sum(Decimal(value or 0) for value in made_of)) == row["value"], name


# Measures -------------------------------------------------------------------------------------------------------------

PARTS = {"year": ("",), "quarter": ("-Q1", "-Q2", "-Q3", "-Q4")}
READ = [row for row in rows("readings") if row["period"][:4] <= str(YEAR) and row["read_on"] <= FREEZING]


def test_every_reading_is_that_of_the_files_with_what_was_corrected(report: dict[str, Any]) -> None:
    corrected = {(row["measure"], row["period"], row["branch"]): row for row in rows("readings-corrected")}
    expected = {}
    for row in READ:
        key = row["measure"], row["period"], row["branch"]
        old = [corrected[key]] if key in corrected else []
        before = [(Decimal(one["old_value"]), one["old_qualifier"]) for one in old]
        expected[key] = (Decimal(row["value"]), row["qualifier"], row["read_on"] or None, row["source_da"], before)
    found = {}
    for measure in report["measures"]:
        for one in measure["readings"]:
            before = [(Decimal(change["old"]), change["old_qualifier"]) for change in one["corrections"]]
            read = Decimal(one["value"]), one["qualifier"], one["read_on"], one["source"], before
            found[measure["code"], one["period"], one["branch"]] = read
    assert found == expected
    assert len(found) == len(READ) == sum(len(measure["readings"]) for measure in report["measures"])
    assert any(before for *_rest, before in found.values())


def test_every_figure_of_a_measure_is_that_of_the_files(report: dict[str, Any]) -> None:
    houses = [row["code"] for row in rows("branches")]
    expected: dict[str, tuple[str, str, str, list[list[str]]]] = {}
    for measure in rows("measures"):
        code, by_house = measure["code"], measure["by_branch"] == "yes"
        mine = [row for row in READ if row["measure"] == code]
        years = range(int(min(row["period"] for row in mine)[:4]), YEAR + 1)
        wanted = [(f"{code}:{year}", year, houses if by_house else [""]) for year in years]
        wanted += [(f"{code}:{YEAR}:{house}", YEAR, [house]) for house in houses] if by_house else []
        for name, year, places in wanted:
            periods = [f"{year}{part}" for part in PARTS[measure["frequency"]]]
            there = {(row["period"], row["branch"]): row for row in mine}
            lines = [there[key] for key in ((period, place) for place in places for period in periods) if key in there]
            missing = [[period, place] for period in periods for place in places if (period, place) not in there]
            if measure["aggregation"] == "last":
                lines = lines[-1:]  # read for the library as a whole
            value = worked_out(measure, lines)
            if value:
                said = {row["qualifier"] for row in lines}
                weakest = next(word for word in WEAKEST_FIRST if word in said)
                expected[f"measure:{name}"] = (value, weakest, measure["aggregation"], missing)
    found = {row["name"]: row for row in report["followed"] if row["name"].startswith("measure:")}

    keys = ("value", "qualifier", "formula", "missing")
    assert {name: tuple(row[key] for key in keys) for name, row in found.items()} == expected
    assert {name for name, (*_rest, missing) in expected.items() if missing} == {
        "measure:digital_help:2024",
        "measure:electricity_kwh:2025",
        "measure:electricity_kwh:2025:stationen",
    }
    assert len({said for _value, said, *_rest in expected.values()}) > 1
    numbers = {one["number"]: one["value"] for measure in report["measures"] for one in measure["readings"]}
    for row in found.values():
        if row["formula"] == "sum":
            assert str(sum(Decimal(numbers[one]) for of in row["of"] for one in of["readings"])) == row["value"]


def worked_out(measure: Row, lines: list[Row]) -> str:
    """Return what some readings come to; nothing where there is none of them."""
    values = [Decimal(row["value"]) for row in lines]
    if not values:
        return ""
    if measure["aggregation"] == "mean":
        mean = sum(values, Decimal(0)) / len(values)
        return f"{mean.quantize(Decimal(1).scaleb(-int(measure['decimals'])), ROUND_HALF_UP).normalize():f}"
    return str(values[-1] if measure["aggregation"] == "last" else sum(values))


# Effects --------------------------------------------------------------------------------------------------------------

SIDES = ("frirum", "perspektiv", "kreativitet", "faellesskab")


def test_every_effect_is_that_of_the_files(report: dict[str, Any]) -> None:
    def scores(cell: str) -> dict[str, int | None] | None:
        values = [int(value) if value else None for value in cell.split(";")] if cell else []
        return dict(zip(SIDES, values, strict=True)) if values else None

    counted = {row["title_da"] for row in COUNTED}
    expected = {
        row["activity"]: (
            scores(row["intended"]),
            scores(row["seen"]),
            int(row["answers"]) if row["answers"] else None,
            row["basis"],
        )
        for row in rows("effects")
        if row["activity"] in counted
    }
    titles = {row["number"]: row["title"] for row in report["activities"]}
    keys = ("intended", "seen", "answers", "basis")
    assert {titles[row["activity"]]: tuple(row[key] for key in keys) for row in report["effects"]} == expected
    assert expected
