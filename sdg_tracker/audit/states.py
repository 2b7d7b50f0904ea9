"""The closed sets of an audit: how far it is, what is said of an exhibit, kinds of findings, the decision."""

from enum import StrEnum


class AuditState(StrEnum):
    """How far an audit is."""

    OPEN = "open"
    CONCLUDED = "concluded"


class Decision(StrEnum):
    """What the auditor recommends."""

    RECOMMENDED = "recommended"
    WITH_CONDITIONS = "with_conditions"
    NOT_RECOMMENDED = "not_recommended"


class MarkState(StrEnum):
    """What an auditor says of an exhibit."""

    SEEN = "seen"
    ACCEPTED = "accepted"
    QUESTIONED = "questioned"


class FindingKind(StrEnum):
    """What an auditor finds."""

    CONFORMITY = "conformity"
    MINOR = "minor"
    MAJOR = "major"
    OPPORTUNITY = "opportunity"
    GOOD_PRACTICE = "good_practice"


class FindingState(StrEnum):
    """How far a finding is."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Method(StrEnum):
    """How a sample is drawn."""

    RANDOM = "random"
    WEIGHTED = "weighted"


NOTED = frozenset({FindingKind.CONFORMITY, FindingKind.GOOD_PRACTICE})  # they ask for no answer and are closed at once
