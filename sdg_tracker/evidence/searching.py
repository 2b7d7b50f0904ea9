"""What evidence is found by: its words, kept as stems, and what somebody who searches may have meant by theirs."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.search_models import Searchable, Word, holds
from sdg_tracker.evidence.states import TextState
from sdg_tracker.foundation.text import stems
from sdg_tracker.work import Work

ASKED = 12  # words of a search that count
INSIDE = 3  # letters from which a word is found inside of others too
MISTYPED = 4  # letters from which a word may have one letter wrong
LOOKED_AT = 3000  # words of the vocabulary that are compared, the shortest first
MEANT = 100  # of these that one word of a search may stand for
BATCH = 900  # values in one statement


def index(work: Work, evidence: Evidence) -> Searchable:
    """Let what is said of a piece of evidence be searchable; the text of its file comes when it has been read."""
    row = entry(work, evidence.id)
    if row is None:
        row = Searchable(evidence_id=evidence.id, state=TextState.NONE.value, said="", read="", text="", attempt=0)
        work.session.add(row)
    names = [version.file_name for version in evidence.versions]
    said = stems(evidence.title, evidence.description, evidence.source, evidence.alt, *names)
    row.said = joined(said)
    remember(work, said)
    return row


def joined(words: Mapping[str, str]) -> str:
    """Return the stems of words, each once."""
    return " ".join(dict.fromkeys(words.values()))


def entry(work: Work, evidence_id: int, *, lock: bool = False) -> Searchable | None:
    """Return what a piece of evidence is found by, None before it is indexed."""
    rows = sa.select(Searchable).where(Searchable.evidence_id == evidence_id)
    return work.session.scalars(rows.with_for_update() if lock else rows).one_or_none()


def remember(work: Work, words: Mapping[str, str]) -> None:
    """Add words with their stems to the library's vocabulary.

    Whoever adds holds the library's row, so no two add the same word.
    """
    work.lock_library()
    forms, known = list(words), set[str]()
    for start in range(0, len(forms), BATCH):
        some = Word.form.in_(forms[start : start + BATCH])
        known.update(work.session.scalars(sa.select(Word.form).where(some)))
    own = {"library_id": work.library.id}
    if new := [{**own, "form": form, "stem": words[form]} for form in forms if form not in known]:
        work.session.execute(sa.insert(Word), new)


def matching(work: Work, text: str) -> sa.ColumnElement[bool] | None:
    """Return the condition that a piece of evidence holds every word of a search; None for a search without words.

    A word is found where another begins with it or, from three letters on, has it inside. One that is found nowhere may
    have a letter wrong, missing, too much, or changed with its neighbour. At most two statements.
    """
    asked = dict(list(stems(text).items())[:ASKED])
    if not asked:
        return None
    dialect = work.session.get_bind().dialect.name
    return Evidence.id.in_(sa.select(Searchable.evidence_id).where(holds(dialect, _meant(work, asked))))


def _meant(work: Work, asked: Mapping[str, str]) -> list[list[str]]:
    """Return for each word its stem and the other stems that it may stand for."""
    long = {form: stem for form, stem in asked.items() if len(stem) >= INSIDE}
    inside = _vocabulary(work, [Word.form.contains(stem) for stem in long.values()])
    found = {form: [other for known, other in inside if stem in known] for form, stem in long.items()}
    lost = [form for form in long if not found[form] and len(form) >= MISTYPED]
    near = _vocabulary(
        work, [_near(Word.form, form) for form in lost] + [_near(Word.stem, long[form]) for form in lost]
    )
    found.update((form, [other for known, other in near if _mistyped(form, long[form], known, other)]) for form in lost)
    groups = []
    for form, stem in asked.items():
        others = dict.fromkeys(other for other in found.get(form, ()) if not other.startswith(stem))
        groups.append([stem, *others][:MEANT])
    return groups


def _vocabulary(work: Work, conditions: Sequence[sa.ColumnElement[bool]]) -> list[tuple[str, str]]:
    """Return words with their stems, the shortest first."""
    if not conditions:
        return []
    length = sa.func.length(Word.form)
    rows = sa.select(Word.form, Word.stem).where(sa.or_(*conditions)).order_by(length, Word.form).limit(LOOKED_AT)
    return [(form, stem) for form, stem in work.session.execute(rows)]


def _near(column: sa.SQLColumnExpression[str], word: str) -> sa.ColumnElement[bool]:
    """Return what every word that is one letter apart fulfils: one of its ends is as it should be.

    The two ends leave the middle out, so neighbours that changed places are never in both.
    """
    begin, end = word[: (len(word) - 1) // 2], word[len(word) // 2 + 1 :]
    whole_end = sa.or_(column.startswith(begin), column.endswith(end))
    return sa.and_(sa.func.length(column).between(len(word) - 1, len(word) + 1), whole_end)


def _mistyped(form: str, stem: str, known: str, known_stem: str) -> bool:
    """Return whether a word may be meant for a known one: as it stands, or with another ending."""
    return one_letter_apart(form, known) or one_letter_apart(stem, known_stem)


def one_letter_apart(one: str, other: str) -> bool:
    """Return whether two words are the same but for a letter: another one, one more, or two neighbours exchanged."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    exchanged = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or exchanged
