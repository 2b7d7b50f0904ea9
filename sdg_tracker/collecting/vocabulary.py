"""The shared words, as a snapshot has them."""

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from sdg_tracker.collecting.plain import Row
from sdg_tracker.schemes.models import Term
from sdg_tracker.work import Work

Terms = Mapping[str, Mapping[str, Row]]  # vocabulary -> code -> {code, da, en}
_IN_ORDER = sa.select(Term).order_by(Term.vocabulary, Term.position, Term.code)


def terms(work: Work) -> Terms:
    """Return the shared words by vocabulary and code."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for term in work.session.scalars(_IN_ORDER):
        found[term.vocabulary][term.code] = {"code": term.code, "da": term.da, "en": term.en}
    return found


def term(words: Terms, vocabulary: str, code: str) -> Row:
    """Return a word with both languages; one that is not there stands for itself."""
    return words[vocabulary].get(code) or {"code": code, "da": code, "en": code}
