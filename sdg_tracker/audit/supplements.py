"""An answer with new material: frozen as a small edition of its own, never into the one that is audited."""

from collections.abc import Callable, Sequence

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.audit import findings, queries
from sdg_tracker.audit.auditing import held
from sdg_tracker.audit.models import Question
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

Freezer = Callable[[Work, Question, Edition, Sequence[int]], Edition]
_freezers: list[Freezer] = []
words({"supplement-there": lazy("Question %(number)s has a supplement already. It is frozen and stays as it is.")})
trail.declare({"question.supplemented": (lazy("Supplement frozen for an auditor"), {"question", "edition"})})


def register(freezer: Freezer) -> None:
    """Give the function that freezes evidence, by its numbers, as a supplement to an edition."""
    _freezers[:] = [freezer]


def answer(
    work: Work, edition_number: int, number: int, text: str, pieces: Sequence[int] = (), *, revision: int | None = None
) -> Question:
    """Answer a question; with pieces of evidence they are frozen as a supplement, with question and answer."""
    edition = editions.get(work, edition_number)
    work.require(Permission.AUDIT_ANSWER, edition)
    if pieces and queries.question(held(work, edition), number).supplement is not None:
        raise Conflict("supplement-there", number=number)
    question = findings.reply_to(work, edition_number, number, text, revision)
    if pieces:
        frozen = _freezers[0](work, question, edition, pieces)
        question.supplement = frozen.number
        work.session.flush()
        audit = held(work, edition)
        trail.record(work, "question.supplemented", audit, question=number, edition=frozen.number)
    return question
