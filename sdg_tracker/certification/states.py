"""What the library says of a requirement: plain values that need no database."""

from enum import StrEnum


class AssessmentState(StrEnum):
    """What the library says of a requirement."""

    MET = "met"
    UNDER_WAY = "under_way"
    MISSING = "missing"
    NOT_PURSUING = "not_pursuing"
    NOT_APPLICABLE = "not_applicable"


class TaskState(StrEnum):
    """How far the work on a requirement is."""

    OPEN = "open"
    ASSIGNED = "assigned"
    READY = "ready"  # for review
    APPROVED = "approved"


class Step(StrEnum):
    """What can be done with the work on a requirement, beside saying whose it is."""

    READY = "ready"
    APPROVE = "approve"
    SEND_BACK = "send_back"
