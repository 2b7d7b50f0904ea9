"""The demo library's evaluation of a year of its plan, with what it proposed for the next."""

import csv

from sdg_tracker.demo.files import seed_file
from sdg_tracker.editions.models import Edition
from sdg_tracker.plandocument import outputs, services
from sdg_tracker.plandocument.rules import Choices, Variant
from sdg_tracker.work import Work

KIND = outputs.KIND.name


def freeze(work: Work, year: int, language: str) -> Edition:
    """Freeze the evaluation of a year. Raises Conflict without an approved plan."""
    with seed_file("plan-evaluation.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["key"]: row["text_da"] for row in csv.DictReader(file)}
    return services.freeze(work, Choices(Variant.EVALUATION, year, language, **texts))
