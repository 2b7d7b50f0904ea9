"""One edition takes the place of another: said of a later one that is there, or of the next one that is frozen."""

from collections.abc import Sequence

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.editions import queries
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

LONGEST_REASON = 1000  # characters
words(
    {
        "edition-superseded": lazy("Edition %(number)s is superseded by edition %(by)s already."),
        "edition-superseded-by-itself": lazy("An edition can be superseded only by a later one of the same kind."),
        "edition-reason-needed": lazy("Say why: whoever holds the earlier edition reads it."),
        "edition-reason-long": lazy("Say it in at most %(most)s characters."),
    }
)
trail.declare(
    {
        "edition.superseded": (lazy("Edition superseded"), {"by", "reason"}),
        "edition.to_be_superseded": (lazy("Edition is to be superseded by the next one"), {"reason"}),
    }
)


def supersede(work: Work, number: int, by: int | None, reason: str) -> Edition:
    """Say why a later edition takes the place of an earlier one; both stay as they are and can be reached.

    Without ``by`` it is the next one of its kind and period: that one names in its snapshot what it takes the place of.
    Raises Invalid for a reason that is missing or too long, Conflict when the place is taken or the later one is not.
    """
    edition = queries.get(work, number)
    work.require(Permission.EDITION_FREEZE, edition)
    why = " ".join(reason.split())
    if not why:
        raise Invalid("edition-reason-needed", field="reason")
    if len(why) > LONGEST_REASON:
        raise Invalid("edition-reason-long", field="reason", most=LONGEST_REASON)
    if edition.superseded_by is not None:
        raise Conflict("edition-superseded", number=number, by=edition.superseded_by)
    if by is None:
        edition.supersede_reason = why
        trail.record(work, "edition.to_be_superseded", edition, reason=why)
        return edition
    later = queries.get(work, by)
    if later.number <= edition.number or later.kind != edition.kind:
        raise Conflict("edition-superseded-by-itself", field="by")
    give_way(work, edition, later.number, why)
    return edition


def give_way(work: Work, edition: Edition, by: int, reason: str) -> None:
    """Let an edition be superseded from now on."""
    edition.superseded_by, edition.supersede_reason, edition.superseded_at = by, reason, work.at
    trail.record(work, "edition.superseded", edition, by=by, reason=reason)


def pending(earlier: Sequence[Edition]) -> list[Edition]:
    """Return those of the earlier editions whose place the next one takes."""
    return [one for one in earlier if one.superseded_by is None and one.supersede_reason]
