"""Open data: the rows of each table, as plain values, made of what is public."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Cell = str | int | bool | None


def _joined(codes: Iterable[object] | None) -> str:
    return " ".join(str(code) for code in codes or ())


def _names(named: Iterable[Row]) -> str:
    return "; ".join(row["name"] for row in named)


def _figure(figure: Row | None) -> tuple[Cell, Cell]:
    return (None, None) if figure is None else (figure["value"], figure["qualifier"])


def _two(text: Row | None) -> tuple[str, str]:
    return (text["da"], text["en"]) if text else ("", "")


def _came(row: Row) -> tuple[Cell, ...]:
    return (*_figure(row["attendance"]), row["signups"], row["helped"])


def uri(code: str) -> str:
    """Return the address by which the United Nations name a goal or target."""
    return f"http://metadata.un.org/sdg/{code}"


def goals(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the goals, those without an activity too."""
    told = {row["code"]: row for row in data["figures"]["by_goal"]}
    for goal in data["goals"]:
        row = told[goal["code"]]
        yield (goal["code"], *_two(goal["title"]), uri(goal["code"]), row["main"], row["all"], *_came(row))


def activities(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the activities."""
    for row in data["activities"]:
        yield (
            row["number"],
            row["title"],
            *_two(row["type"]),
            row["status"],
            row["starts_on"],
            row["ends_on"],
            row["year"],
            _joined(row["branches"]),
            "; ".join(one["da"] for one in row["audiences"]),
            *_came(row),
            _names(row["partners"]),
            _names(row["campaigns"]),
            _joined(row["strategy_actions"]),
        )


def mappings(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield which goals and targets each activity is mapped to."""
    for row in data["activities"]:
        for tie in row["mappings"]:
            yield (
                row["number"],
                tie["code"],
                tie["goal"],
                uri(tie["code"]),
                tie["main"],
                tie["stance"],
                tie["contribution"],
            )


def exhibits(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the evidence that everybody may see."""
    for row in data["evidence"]:
        yield (row["exhibit"], row["title"], *_two(row["kind"]), row["collected_on"], row["activity"])


def _aim(aim: Row | None) -> tuple[Cell, Cell]:
    return (None, None) if aim is None else (aim["period"], aim["value"])


def measures(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the measures."""
    for row in data["measures"]:
        yield (
            row["code"],
            *_two(row["title"]),
            *_two(row["unit"]),
            *_two(row["definition"]),
            row["aggregation"],
            row["direction"],
            row["frequency"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            row.get("source"),
            *_aim(row["baseline"]),
            *_aim(row["target"]),
        )


def readings(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the readings, and after those of each measure the gaps for good."""
    for measure in data["measures"]:
        for row in measure["readings"]:
            yield (
                row["number"] or None,
                measure["code"],
                row["period"],
                row["first"],
                row["last"],
                row["branch"],
                row["value"],
                row["qualifier"],
                row.get("read_on"),
                row.get("source"),
                None,
            )
        for row in measure.get("unknown", ()):
            days = row["period"], row["first"], row["last"]
            yield (None, measure["code"], *days, row["branch"], None, None, None, None, row["reason"])


def pledges(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the pledges of an approved plan."""
    for row in (data["plan"] or {"pledges": ()})["pledges"]:
        yield (
            row["code"],
            *_two(row["title"]),
            *_two(row["text"]),
            row["kind"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            row["adopted_on"],
            row["due_on"],
            row["measure"],
            *_aim(row["baseline"]),
            *_aim(row["target"]),
            row["times"],
            row["per"],
            row["status"]["shown"],
            row["status"]["computed"],
        )


def initiatives(data: Row) -> Iterator[Sequence[Cell]]:
    """Yield the initiatives of an approved plan."""
    for row in (data["plan"] or {"initiatives": ()})["initiatives"]:
        yield (
            row["code"],
            row["title"],
            row["area"],
            row["role"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            _joined(row["strategy_actions"]),
            row["what"],
            row["first"],
            row["last"],
            row["success"],
            _joined(row["pledges"]),
            row["state"],
        )
