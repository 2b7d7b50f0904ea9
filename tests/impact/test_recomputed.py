"""Every figure of the demo library's report, counted again from the files by plain Python that knows nothing of us."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.impact import suggestions

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


OF_OTHERS = ("measure:", "aim:", "pledge:", "effect:")  # figures that do not come from activities alone

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
                "partners": len({partner for row in COUNTED for partner in parts(row["partners"])}),
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
    found = {row["name"]: row for row in report["followed"] if not row["name"].startswith(OF_OTHERS)}

    assert {name: (row["value"], row["qualifier"]) for name, row in found.items()} == expected
    assert [row["mark"] for row in report["followed"]] == list(range(1, len(report["followed"]) + 1))
    titles = {row["number"]: row["title"] for row in report["activities"]}
    for name, row in found.items():
        [of] = row["of"]
        if of["field"] in ("attendance", "signups", "helped"):
            made_of = [ALL[titles[number]][of["field"]] for number in of["activities"]]
            assert str(sum(Decimal(value or 0) for value in made_of)) == row["value"], name


# Years before, and what changed ---------------------------------------------------------------------------------------


def of_2026() -> list[Row]:
    return [row for row in ALL.values() if touches(row, 2026) and row["status"] != "cancelled"]


def test_every_figure_of_a_year_before_is_that_of_the_files(reports: dict[str, Any]) -> None:
    later = reports["2026"]
    assert later["years"] == [{"year": YEAR, "figures": reports["2025"]["figures"]}]
    totals = people(COUNTED)
    expected = dict(told("year:2025", {"activities": len(COUNTED), **totals}))
    made_of = {"year:2025:activities": {row["title_da"] for row in COUNTED}}
    for name, belongs in groups():
        if name.startswith(("goal:", "branch:")):
            chosen = [row for row in COUNTED if belongs(row)]
            expected |= told(f"year:2025:{name}", {"activities": len(chosen)})
            made_of[f"year:2025:{name}:activities"] = {row["title_da"] for row in chosen}
    found = {row["name"]: row for row in later["followed"] if row["name"].startswith("year:")}
    assert {name: (row["value"], row["qualifier"]) for name, row in found.items()} == expected
    titles = {row["number"]: row["title"] for row in reports["2025"]["activities"]}
    for name, titled in made_of.items():
        if titled:
            assert {titles[number] for number in found[name]["of"][0]["activities"]} == titled, name
            assert found[name]["evidence"] == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_what_changed_most_is_worked_out_from_the_files(reports: dict[str, Any], year: int) -> None:
    counts: list[tuple[str, list[Told]]] = []
    if year == 2026:  # of 2024 no activity is known
        both = [(len(chosen), people(chosen)) for chosen in (COUNTED, of_2026())]
        pieces = [row for row in rows("evidence-plan") if year_of(row) == 2026]
        both[1][1]["evidence"] = len(pieces)
        named = dict(told("before", {"activities": both[0][0], **both[0][1]}))
        after = dict(told("after", {"activities": both[1][0], **both[1][1]}))
        keys = ("activities", "evidence", "attendance", "signups", "helped")
        counts += [(f"total:{key}", [named[f"before:{key}"], after[f"after:{key}"]]) for key in keys]
        for name, belongs in groups():
            if name.startswith(("goal:", "branch:")):
                numbers = [sum(map(belongs, chosen)) for chosen in (COUNTED, of_2026())]
                counts.append((f"{name}:activities", [(str(number), "exact") for number in numbers]))
        counts = [(name, values) for name, values in counts if max(Decimal(value) for value, _said in values) >= 5]
    pairs = [(name, values, len(values)) for name, values in counts] + list(of_measures(year))
    expected = []
    for name, ((before, was), (after_, now)), seen in pairs:
        first, last = Decimal(before), Decimal(after_)
        if first == last or was == "more_than" or (now == "more_than" and last < first):
            continue
        share = abs(last - first) / max(abs(first), abs(last))
        expected.append((-share, name, first, last, round(100 * (last - first) / first) if first else None, seen))
    found = suggestions.changed_most(reports[str(year)])
    told_of = [(-one.share, one.name, one.before, one.after, one.percent, one.observations) for one in found]
    assert told_of == sorted(expected, key=lambda row: row[:2])[:8]
    marks = {row["name"] for row in reports[str(year)]["followed"]}
    for one in found:
        assert one.name in marks
        assert one.earlier in marks or not one.before


def year_of(piece: Row) -> int | None:
    """Return 2026 where a piece counts in it: made then, or its activity was then and not when it was made."""
    activity = ALL[piece["activity"]]
    made = date.fromisoformat(piece["collected_on"]).year
    return 2026 if activity in of_2026() and (made == 2026 or not touches(activity, made)) else None


def of_measures(year: int) -> Iterator[tuple[str, list[Told], int]]:
    """Yield what each measure came to in a year and in the one before, where both are whole and of one definition."""
    broken = {row["measure"]: row["period"] for row in rows("measures-defined")}
    read = [row for row in rows("readings") if row["period"][:4] <= str(year) and row["read_on"] <= FREEZING]
    for measure in rows("measures"):
        mine = [row for row in read if row["measure"] == measure["code"]]
        places = [row["code"] for row in rows("branches")] if measure["by_branch"] == "yes" else [""]
        if max(row["period"][:4] for row in mine) != str(year) or broken.get(measure["code"], "")[:4] == str(year):
            continue
        values, seen = [], 0
        for one in range(2023, year + 1):
            lines = [row for row in mine if row["period"][:4] == str(one)]
            seen += bool(lines)
            if one >= year - 1:
                whole = len(lines) == len(PARTS[measure["frequency"]]) * len(places)
                used = lines[-1:] if measure["aggregation"] == "last" else lines
                said = {row["qualifier"] for row in used}
                if whole:
                    values.append((worked_out(measure, used), next(word for word in WEAKEST_FIRST if word in said)))
        if len(values) == 2:
            yield f"measure:{measure['code']}:{year}", values, seen


# Stories --------------------------------------------------------------------------------------------------------------


def agreed(row: Row, scope: str) -> bool:
    """Everybody who can be seen in a story, or speaks in it, said yes to that use or to a wider one."""
    return row["people"] != "yes" or bool({scope, "website"} & set(parts(row["consent"])))


def in_order(cell: str) -> list[str]:
    return sorted(parts(cell), key=lambda code: [int(part) for part in code.split(".")])


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_story_that_is_in_is_one_of_the_files(reports: dict[str, Any], year: int) -> None:
    told_of = [row for row in rows("stories") if row["year"] == str(year) and row["state"] == "ready"]
    there = [row for row in told_of if agreed(row, "internal_report")]
    quotes = {row["activity"]: row["text_da"] for row in rows("quotes")}
    expected = [
        (
            *(row["title_da"], in_order(row["goals"]), in_order(row["targets"]), sorted(parts(row["activities"]))),
            *(sorted(parts(row["partners"])), parts(row["campaigns"]), quotes.get(row["quote_of"])),
            row["public"] == "yes" and agreed(row, "website"),
        )
        for row in there
    ]
    found = reports[str(year)]["stories"]
    titles = {row["number"]: row["title"] for one in reports.values() for row in one["activities"]}
    assert [
        (
            *(row["title"], row["goals"], row["targets"], sorted(titles[number] for number in row["activities"])),
            *(row["partners"], row["campaigns"], row["quote"]["text"] if row["quote"] else None, row["public"]),
        )
        for row in found
    ] == expected
    assert len(found) == 2
    counted = Counter(goal for row in found for goal in row["goals"])
    assert counted == Counter(goal for row in there for goal in parts(row["goals"]))


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


def test_what_measures_aim_at_is_that_of_the_files(report: dict[str, Any]) -> None:
    expected: dict[str, Decimal] = {}
    for row in rows("measures"):
        if row["baseline_value"] and row["target_value"]:
            first, last = int(row["baseline_period"]), int(row["target_period"])
            start, end = Decimal(row["baseline_value"]), Decimal(row["target_value"])
            expected |= {f"aim:{row['code']}:baseline": start, f"aim:{row['code']}:target": end}
            wanted = start + (end - start) * (YEAR - first) / (last - first)
            expected[f"aim:{row['code']}:wanted"] = round(wanted, int(row["decimals"]))
    found = {row["name"]: Decimal(row["value"]) for row in report["followed"] if row["name"].startswith("aim:")}
    assert found == expected
    assert len(found) > 10


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
    scored = [row for row in report["effects"] if row["intended"] or row["seen"]]
    assert {titles[row["activity"]]: tuple(row[key] for key in keys) for row in scored} == expected
    assert expected

    means: dict[str, str] = {}
    for side in SIDES:
        both = [row for row in expected.values() if row[0] and row[1] and row[0][side] and row[1][side]]
        told_of: dict[str, Any] = {"pairs": len(both), "answers": sum(row[2] or 0 for row in both)}
        if len(both) >= 3:
            for place, field in enumerate(("intended", "seen")):
                mean = Decimal(sum(row[place][side] for row in both)) / len(both)  # type: ignore[index, misc]
                told_of[field] = mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
            told_of["difference"] = told_of["seen"] - told_of["intended"]
        means |= {f"effect:{side}:{field}": str(value) for field, value in told_of.items() if str(value) != "0"}
    found = {row["name"]: row["value"] for row in report["followed"] if row["name"].startswith("effect:")}
    assert found == means


# Pledges --------------------------------------------------------------------------------------------------------------

LAST_DAY = date(YEAR, 12, 31)
READ_BY = {"kept": "kept", "partly": "behind", "broken": "missed"}


def quarter_ends(last: date) -> list[tuple[str, date]]:
    """Return the quarters from 2025 on that are over, or end, by a day."""
    ends = [(3, 31), (6, 30), (9, 30), (12, 31)]
    found = [(f"{year}-Q{n}", date(year, *end)) for year in range(2025, last.year + 1) for n, end in enumerate(ends, 1)]
    return [(code, end) for code, end in found if end <= last]


def measurable(pledge: Row) -> tuple[str, dict[str, Any]]:
    """Hold the last four quarters that lack nothing against the straight line from baseline to target."""
    [measure] = [row for row in rows("measures") if row["code"] == pledge["measure"]]
    houses = [row["code"] for row in rows("branches")] if measure["by_branch"] == "yes" else [""]
    there = {(row["period"], row["branch"]): row for row in READ if row["measure"] == pledge["measure"]}
    due, begun = date.fromisoformat(pledge["due_on"]), date(int(pledge["baseline_period"]), 12, 31)
    start, end = Decimal(pledge["baseline_value"]), Decimal(pledge["target_value"])
    quarters = quarter_ends(LAST_DAY)
    missing = [[code, house] for code, _end in quarters for house in houses if (code, house) not in there]
    observed = []
    for place in range(3, len(quarters)):
        keys = [(code, house) for code, _end in quarters[place - 3 : place + 1] for house in houses]
        if all(key in there for key in keys):
            last = quarters[place][1]
            line = start + (end - start) * (last - begun).days / (due - begun).days
            observed.append((last.isoformat(), sum(Decimal(there[key]["value"]) for key in keys), line))
    numbers = {"observations": observed, "missing": missing}
    if not observed:
        return "no_data", {**numbers, "found": None, "wanted": None}
    _last, value, line = observed[-1]
    return "on_track" if value <= line else "behind", {**numbers, "found": value, "wanted": line}


def recurring(pledge: Row) -> tuple[str, list[dict[str, Any]]]:
    """Count what was done in each year, or quarter where it is asked for every week, from the day of adoption on."""
    begun = date.fromisoformat(pledge["adopted_on"])
    weekly = pledge["per"] == "week"
    done = [
        (row["day"], row["period"], int(row["count"]))
        for row in rows("pledge-notes")
        if row["pledge"] == pledge["code"]
    ]
    tied = [ALL[row["activity"]] for row in rows("plan-ties") if row["code"] == pledge["code"]]
    done += [(row["starts_on"], "", 1) for row in tied if row["status"] in ("held", "ongoing")]
    done = [one for one in done if one[0] <= LAST_DAY.isoformat()]
    found: list[dict[str, Any]] = []
    for code, last in quarter_ends(LAST_DAY) if weekly else [(str(YEAR), LAST_DAY)]:
        first = max(date(last.year, last.month - 2, 1) if weekly else date(YEAR, 1, 1), begun)
        days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        needed = int(pledge["times"]) * (sum(day.isoweekday() == 4 for day in days) if weekly else 1)
        mine = [one for one in done if (one[1] or quarter_of(one[0], weekly=weekly)) == code]
        late = sum(count for day, _for, count in mine if day > last.isoformat())
        count = sum(count for _day, _for, count in mine)
        found.append({"period": code, "needed": needed, "found": count, "on_time": count - late, "late": late})
    over = found[:-1]  # the last one ends on the day itself
    if any(row["found"] < row["needed"] for row in over):
        return "behind", found
    running = found[-1]
    return ("kept" if running["found"] >= running["needed"] else "behind"), found


def quarter_of(day: str, *, weekly: bool) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" if weekly else day[:4]


def test_every_number_of_a_pledge_is_that_of_the_files(report: dict[str, Any]) -> None:
    found = {pledge["code"]: pledge for pledge in report["plan"]["pledges"]}
    assert list(found) == [row["code"] for row in rows("pledges")]
    stands = {}
    figures = {row["name"]: row["value"] for row in report["followed"] if row["name"].startswith("pledge:")}
    counted: dict[str, str] = {}
    for pledge in rows("pledges"):
        status = found[pledge["code"]]["status"]
        numbers = status["numbers"]
        if pledge["kind"] == "measurable":
            expected, counts = measurable(pledge)
            seen = [(row["last"], Decimal(row["value"]), Decimal(row["wanted"])) for row in numbers["observations"]]
            assert seen == [(last, value, round(line, 4)) for last, value, line in counts["observations"]]
            for key in ("found", "wanted"):
                assert (numbers[key] is None) == (counts[key] is None)
                assert counts[key] is None or Decimal(numbers[key]) == round(counts[key], 4)
            assert numbers["missing"] == counts["missing"]
            whole = {"baseline": Decimal(pledge["baseline_value"]), "target": Decimal(pledge["target_value"])}
            whole |= {key: round(counts[key]) for key in ("found", "wanted") if counts[key] is not None}
            counted |= {f"pledge:{pledge['code']}:{key}": str(value) for key, value in whole.items()}
        elif pledge["kind"] == "recurring":
            expected, periods = recurring(pledge)
            assert [{key: row[key] for key in periods[0]} for row in numbers["periods"]] == periods
            for row in periods:
                shown = {"done": row["found"], "needed": row["needed"], "late": row["late"]}
                name = f"pledge:{pledge['code']}:{row['period']}"
                counted |= {f"{name}:{key}": str(value) for key, value in shown.items() if value}
        else:
            checks = [
                row for row in rows("pledge-checks") if row["pledge"] == pledge["code"] and row["day"] <= str(LAST_DAY)
            ]
            assert [(row["on"], row["answer"], row["note"]) for row in numbers["checks"]] == [
                (row["day"], row["answer"], row["note_da"]) for row in checks
            ]
            expected = READ_BY[checks[-1]["answer"]]
        assert status["computed"] == expected, pledge["code"]
        stands[pledge["code"]] = expected
        assert status["shown"] == expected  # nothing is overruled before 2026
    assert set(stands.values()) > {"no_data", "behind"}
    assert figures == counted
