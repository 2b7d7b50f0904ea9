"""The plan to steer by: its initiatives by role, goal and year, promised, done, proved or lapsed. Plain rows only."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = Mapping[str, Any]
STATES = ("promised", "done", "proved", "lapsed")
ROLES = ("formidler", "facilitator", "aktør")


@dataclass(frozen=True)
class Cell:
    """The initiatives of a role, a goal and a year, each with its state in that year."""

    year: int
    rows: Sequence[tuple[Row, str]]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how many there are of each state that occurs, in the order of the states."""
        found = Counter(state for _row, state in self.rows)
        return [(state, found[state]) for state in STATES if found[state]]


@dataclass(frozen=True)
class Line:
    """A goal under a role, with a cell for each year; the code is empty for initiatives without a goal."""

    goal: str
    cells: Sequence[Cell]

    @property
    def empty(self) -> bool:
        """Return whether it has no initiative in any of the years."""
        return not any(cell.rows for cell in self.cells)


@dataclass(frozen=True)
class Part:
    """A role with its goals. ``numbers`` counts its initiatives by state in each year, each of them once."""

    role: str
    lines: Sequence[Line]
    numbers: Sequence[Cell]


def years(plan: Row) -> list[int]:
    """Return the years that the plan touches."""
    return list(range(int(plan["first"][:4]), int(plan["last"][:4]) + 1))


def state_in(initiative: Row, year: int) -> str | None:
    """Return the state of an initiative in a year, None for a year that it is not promised for."""
    found: str | None = initiative["states"].get(str(year))
    return found


def goals_of(initiative: Row) -> set[str]:
    """Return the goals of an initiative: those named, and those of the targets named."""
    return {*initiative["goals"], *(target.partition(".")[0] for target in initiative["targets"])}


def matrix(
    plan: Row, goals: Sequence[str], *, role: str = "", goal: str = "", year: int | None = None, state: str = ""
) -> list[Part]:
    """Return the roles with a line for each goal, also the empty ones; narrowed where something is chosen.

    An initiative stands under each of its goals, so lines can't be added up.
    """
    chosen_years = [year] if year is not None else years(plan)
    chosen_goals = [goal] if goal else [*goals, ""]
    found = []
    for one in [role] if role else ROLES:
        mine = [row for row in plan["initiatives"] if row["role"] == one]
        lines = [
            Line(code, [_cell([row for row in mine if _serves(row, code)], when, state) for when in chosen_years])
            for code in chosen_goals
        ]
        kept = [line for line in lines if line.goal or not line.empty]
        shown = [row for row in mine if not goal or goal in goals_of(row)]
        found.append(Part(one, kept, [_cell(shown, when, state) for when in chosen_years]))
    return found


def _serves(initiative: Row, goal: str) -> bool:
    mine = goals_of(initiative)
    return goal in mine if goal else not mine


def _cell(rows: Sequence[Row], year: int, state: str = "") -> Cell:
    told = [(row, found) for row in rows if (found := state_in(row, year)) is not None]
    return Cell(year, [(row, found) for row, found in told if not state or found == state])


def of_year(plan: Row, year: int) -> Mapping[str, list[Row]]:
    """Return the initiatives of a year by their state in it."""
    found: dict[str, list[Row]] = {state: [] for state in STATES}
    for row in plan["initiatives"]:
        state = state_in(row, year)
        if state is not None:
            found[state].append(row)
    return found


def counts(plan: Row, goals: Collection[str]) -> dict[str, dict[int, int]]:
    """Return how many initiatives each goal has in each year; a goal without any has noughts."""
    return {
        code: {
            year: sum(code in goals_of(row) and state_in(row, year) is not None for row in plan["initiatives"])
            for year in years(plan)
        }
        for code in goals
    }


def state(first: date, last: date, on: date, *, done: bool, proved: bool) -> str | None:
    """Return the state of an initiative in a stretch of its days, None before it begins.

    ``done``: an activity tied to it was held or goes on; ``proved``: such an activity has accepted evidence.
    """
    if proved:
        return "proved"
    if done:
        return "done"
    if on > last:
        return "lapsed"
    return "promised" if first <= last else None
