"""The step that freezes a supplement; the auditor's room calls it when the library answers with new material."""

from collections.abc import Sequence

from sdg_tracker import supplement
from sdg_tracker.audit import supplements
from sdg_tracker.audit.models import Question
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.supplement import snapshot
from sdg_tracker.work import Work


def freeze(work: Work, question: Question, edition: Edition, pieces: Sequence[int]) -> Edition:
    """Freeze pieces of evidence, by their numbers, with question and answer; the files are owed.

    Raises Invalid naming what is not there or does not count.
    """
    return editions.freeze(
        work,
        supplement.KIND,
        lambda number: snapshot.take(work, question, edition, pieces, number),
        title=snapshot.title(question, edition),
        language=edition.language,
        cycle=edition.cycle,
        year=edition.year,
    )


supplements.register(freeze)
