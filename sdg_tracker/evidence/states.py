"""How far a piece of evidence is in all that is done with it: plain values that need no database."""

from enum import StrEnum


class ThumbnailState(StrEnum):
    """How far the small picture of a version is. The row is the truth, the queue only brings the job."""

    NONE = "none"  # this type gets none
    OWED = "owed"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class ScanState(StrEnum):
    """Whether a version was looked at by the scanner for harmful code."""

    NONE = "none"  # there was no scanner when it came
    OWED = "owed"
    CLEAN = "clean"
    FOUND = "found"  # only of a version that came while the scanner was away; others are refused


class State(StrEnum):
    """How far a piece of evidence is with those who review it. Withdrawing is another matter."""

    DRAFT = "draft"  # its giver is not done
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"  # sent back to its giver with a comment


class Decision(StrEnum):
    """What somebody who reviews decides."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class Strength(StrEnum):
    """How directly a piece of evidence shows what a requirement asks, the weakest first."""

    INFERRED = "inferred"  # one can conclude it
    SOLICITED = "solicited"  # somebody said so when asked
    OBSERVED = "observed"  # it can be seen in it


class TextState(StrEnum):
    """How far the reading of a file's text is. The row is the truth, the queue only brings the job."""

    NONE = "none"  # this type has none
    OWED = "owed"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class CopyState(StrEnum):
    """Whether there is a copy of what a link leads to. The row is the truth, the queue only brings the job."""

    OWED = "owed"
    FETCHING = "fetching"
    KEPT = "kept"  # it is a version of the link's evidence
    FAILED = "failed"
    GIVEN_UP = "given_up"  # by a person, before there was a copy


class Standing(StrEnum):
    """What was found when a link was last followed."""

    UNSEEN = "unseen"
    ALIVE = "alive"
    SHUT = "shut"  # there, but the program is not let in: a person has to look
    FAILING = "failing"  # it failed, but not on two days yet
    DEAD = "dead"


TICKS = ("relevant", "credible", "current", "public")  # what a tie is checked for
