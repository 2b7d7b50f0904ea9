"""What a scheme asks of the plan in numbers, held against the plan. Plain functions on plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sdg_tracker.schemes.rules import asked

Row = Mapping[str, Any]
PER_PLAN = "plan"


@dataclass(frozen=True)
class Wish:
    """That a requirement asks for so many of something in the plan. ``needed`` is None where nobody has set it."""

    code: str
    text: Row  # in both languages
    unit: str  # years, roles, initiatives, goals, pledges
    needed: int | None
    found: int

    @property
    def met(self) -> bool:
        """Return whether the plan has as many."""
        return self.needed is not None and self.found >= self.needed


def wishes(document: Row, settings: Row, plan: Row) -> Iterator[Wish]:
    """Yield what the requirements of a scheme ask of the plan in numbers, in the scheme's order."""
    found = counted(plan)
    for area in document["areas"]:
        for criterion in area["criteria"]:
            for requirement in criterion["requirements"]:
                wish = asked(requirement, document, settings)
                if wish.per == PER_PLAN and wish.unit in found and wish.quantity is not None:
                    value = wish.quantity.value
                    needed = None if value is None else int(value)
                    yield Wish(requirement["code"], requirement["text"], wish.unit, needed, found[wish.unit])


def counted(plan: Row) -> dict[str, int]:
    """Return how many there are of what schemes count in a plan, by unit; years are whole ones."""
    first, ended = (date.fromisoformat(plan[key]) for key in ("first", "last"))
    ended += timedelta(days=1)
    return {
        "years": ended.year - first.year - ((ended.month, ended.day) < (first.month, first.day)),
        "roles": len({row["role"] for row in plan["initiatives"]}),
        "initiatives": len(plan["initiatives"]),
        "goals": len({goal for row in plan["focus_goals"] for goal in row["goals"]}),
        "pledges": len(plan["pledges"]),
    }
