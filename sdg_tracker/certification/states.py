"""What the library says of a requirement: plain values that need no database."""

from enum import StrEnum


class AssessmentState(StrEnum):
    """What the library says of a requirement."""

    MET = "met"
    UNDER_WAY = "under_way"
    MISSING = "missing"
    NOT_PURSUING = "not_pursuing"
    NOT_APPLICABLE = "not_applicable"
