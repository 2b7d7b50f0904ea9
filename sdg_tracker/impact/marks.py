"""The marks of figures on paper: a small number beside each that leads to what the figure is made of, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

Row = Mapping[str, Any]


class Marks:
    """Gives figures their marks while a report is written, and knows afterwards which were used."""

    def __init__(self, followed: Iterable[Row]) -> None:
        self._rows = {row["name"]: row for row in followed}
        self._used: set[int] = set()

    def __call__(self, name: str) -> Markup:
        """Return the mark of a figure; the first one of it can be come back to. Empty where there is none."""
        row = self._rows.get(name)
        if row is None:
            return Markup("")
        mark = row["mark"]
        place = "" if mark in self._used else f' id="figure-{mark}"'
        self._used.add(mark)
        return Markup('<sup class="mark"{}><a href="#made-{}">{}</a></sup>').format(Markup(place), mark, mark)  # noqa: S704

    def several(self, names: Iterable[str]) -> list[Markup]:
        """Return the marks of those figures that have one."""
        return [mark for name in names if (mark := self(name))]

    def value(self, name: str) -> Row | None:
        """Return a figure by its name."""
        return self._rows.get(name)

    def printed(self, row: Row) -> bool:
        """Return whether a figure has a mark in what was written so far."""
        return row["mark"] in self._used

    def used(self) -> list[Row]:
        """Return the figures that have a mark in what was written so far, and what they come from, by their marks."""
        used = [row for row in self._rows.values() if self.printed(row)]
        behind = {name for row in used for of in row["of"] for name in of.get("figures", ())}
        return [row for row in self._rows.values() if self.printed(row) or row["name"] in behind]

    def by_subject(self) -> list[tuple[str, list[Row]]]:
        """Return those figures by what they are of, such as ``goal:12``, in order."""
        found: dict[str, list[Row]] = {}
        for row in self.used():
            found.setdefault(subject(row["name"]), []).append(row)
        return list(found.items())


def subject(name: str) -> str:
    """Return what a figure is of: ``goal:12`` of ``goal:12:attendance``."""
    kind, _colon, rest = name.partition(":")
    if kind == "total":
        return kind
    if kind in ("measure", "aim"):
        return f"measure:{rest.split(':')[0]}"
    if kind in ("year", "pledge"):
        return f"{kind}:{rest.split(':')[0]}"
    return f"{kind}:{rest.rpartition(':')[0]}"


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return numbers as stretches without a gap, each with its first and its last."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
