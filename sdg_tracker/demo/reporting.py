"""What the demo library says in its report of a year."""

import csv

from sdg_tracker.demo.files import seed_file
from sdg_tracker.impact import composing, queries
from sdg_tracker.impact.composing import Choices
from sdg_tracker.impact.sections import Chosen, Section
from sdg_tracker.work import Work

SIGNED = "Bibliotekets ledelse"


def fill(work: Work, year: int, language: str) -> None:
    """Compose the report of a year, if nobody has."""
    if queries.composition(work, year) is not None:
        return
    with seed_file("report-texts.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["section"]: row["text_da"] for row in csv.DictReader(file)}
    sections = tuple(Chosen(section, text=texts.get(section.value, "")) for section in Section)
    composing.save(work, year, Choices(language, foreword_by=SIGNED, sections=sections))
