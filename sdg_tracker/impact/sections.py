"""The sections that a report can be made of, in the order in which it usually has them, and what was chosen of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sdg_tracker.foundation.i18n import Text, lazy


class Section(StrEnum):
    """A part of a report."""

    FOREWORD = "foreword"
    YEAR = "year"
    GOALS = "goals"
    FOCUS = "focus"
    PLEDGES = "pledges"
    STRATEGY = "strategy"
    BRANCHES = "branches"
    PARTNERS = "partners"
    CAMPAIGNS = "campaigns"
    STORIES = "stories"
    EFFECTS = "effects"
    FIGURES = "figures"
    UNREACHED = "unreached"
    NEXT = "next"
    METHOD = "method"


TITLES: Mapping[Section, Text] = {
    Section.FOREWORD: lazy("Foreword"),
    Section.YEAR: lazy("The year on one page"),
    Section.GOALS: lazy("Goal by goal"),
    Section.FOCUS: lazy("The focus goals"),
    Section.PLEDGES: lazy("The pledges"),
    Section.STRATEGY: lazy("The strategy"),
    Section.BRANCHES: lazy("The houses"),
    Section.PARTNERS: lazy("The partners"),
    Section.CAMPAIGNS: lazy("The campaigns"),
    Section.STORIES: lazy("Stories"),
    Section.EFFECTS: lazy("What it did for people"),
    Section.FIGURES: lazy("Figures and what they mean"),
    Section.UNREACHED: lazy("What we did not reach"),
    Section.NEXT: lazy("Next year"),
    Section.METHOD: lazy("Method and sources"),
}
MEANINGS: Mapping[Section, Text] = {
    Section.FOREWORD: lazy("Your own words on a page of their own. Left out while it is empty."),
    Section.YEAR: lazy("Key figures, all goals at a glance, and what changed most."),
    Section.GOALS: lazy("Every goal with its activities, also those without any."),
    Section.FOCUS: lazy("The goals that the plan puts first, and why."),
    Section.PLEDGES: lazy("Each pledge with how far it has come and what shows it."),
    Section.STRATEGY: lazy("What was done for each action of the strategy."),
    Section.BRANCHES: lazy("What was done in each house and outside them."),
    Section.PARTNERS: lazy("Whom the library worked with, and on what."),
    Section.CAMPAIGNS: lazy("Weeks and themes, with their activities."),
    Section.STORIES: lazy("The stories of the year."),
    Section.EFFECTS: lazy("What activities were meant to do for people, and what was seen."),
    Section.FIGURES: lazy("Every figure that the library follows, year by year, with its definition."),
    Section.UNREACHED: lazy(
        "Pledges, initiatives, goals and figures that did not get there. The list is made by itself."
    ),
    Section.NEXT: lazy("What the library will do next: your words, and the initiatives of the plan."),
    Section.METHOD: lazy("How it is counted, where the figures come from, and how to check the report."),
}


@dataclass(frozen=True)
class Chosen:
    """What was chosen for a section: whether it is in, and the library's own text for it."""

    section: Section
    on: bool = True
    text: str = ""
    text_also: str = ""  # the same in the second language

    def row(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"name": self.section.value, "on": self.on, "text": self.text, "text_also": self.text_also}


USUAL = tuple(Chosen(section) for section in Section)


@dataclass(frozen=True)
class Composed:
    """What a report is to hold. An empty title stands for the usual one, an empty language for none."""

    also: str = ""  # a second language
    title: str = ""
    title_also: str = ""
    foreword_by: str = ""
    sections: tuple[Chosen, ...] = USUAL

    def mainly_in(self, language: str, before: str) -> "Composed":
        """Return the same for a report in another language than the one it was composed in first."""
        if language == before or language != self.also:
            return replace(self, also="" if language == self.also else self.also)
        swapped = tuple(replace(one, text=one.text_also, text_also=one.text) for one in self.sections)
        return Composed(before, self.title_also, self.title, self.foreword_by, swapped)


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Chosen, ...]:
    """Return what is kept of the sections; one that came to the product later follows, left out."""
    known = {section.value: section for section in Section}
    found = [
        Chosen(known[row["name"]], bool(row["on"]), row["text"], row["text_also"])
        for row in rows
        if row["name"] in known
    ]
    there = {one.section for one in found}
    return (*found, *(Chosen(section, on=False) for section in Section if section not in there))


def ordered(chosen: Sequence[Chosen], places: Mapping[Section, int]) -> tuple[Chosen, ...]:
    """Return the sections by the places that somebody wrote; one that was moved ends up at its place."""
    before = {one.section: place for place, one in enumerate(chosen, 1)}

    def key(one: Chosen) -> tuple[int, int, int]:
        was, place = before[one.section], places.get(one.section, before[one.section])
        return place, (place > was) - (place < was), was

    return tuple(sorted(chosen, key=key))
