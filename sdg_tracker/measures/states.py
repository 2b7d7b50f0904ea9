"""The closed sets that measures and readings are described with."""

from collections.abc import Mapping
from enum import StrEnum

from sdg_tracker.foundation.i18n import Text, lazy


class Aggregation(StrEnum):
    """How the readings of a year become one figure."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    RATE = "rate"  # of two other measures


class Direction(StrEnum):
    """Which way the library wants the figure to go."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Frequency(StrEnum):
    """How often a measure is read."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Qualifier(StrEnum):
    """How a value is to be read, the weakest first: a sum is as weak as the weakest of its parts."""

    MORE_THAN = "more_than"
    ABOUT = "about"
    ESTIMATED = "estimated"
    EXACT = "exact"


class Counted(StrEnum):
    """What a measure counts of the library's own activities. The three headcounts are never added to each other."""

    EVENTS = "events"
    ATTENDANCE = "attendance"
    SIGNUPS = "signups"
    HELPED = "helped"


AGGREGATION_NAMES: Mapping[str, Text] = {
    Aggregation.SUM: lazy("Added up"),
    Aggregation.MEAN: lazy("Mean"),
    Aggregation.LAST: lazy("The last reading"),
    Aggregation.RATE: lazy("Rate of two other measures"),
}
DIRECTION_NAMES: Mapping[str, Text] = {
    Direction.UP: lazy("The higher the better"),
    Direction.DOWN: lazy("The lower the better"),
    Direction.NONE: lazy("No wished direction"),
}
FREQUENCY_NAMES: Mapping[str, Text] = {
    Frequency.MONTH: lazy("Every month"),
    Frequency.QUARTER: lazy("Every quarter"),
    Frequency.HALF_YEAR: lazy("Every half year"),
    Frequency.YEAR: lazy("Every year"),
}
QUALIFIER_NAMES: Mapping[str, Text] = {
    Qualifier.EXACT: lazy("exactly"),
    Qualifier.MORE_THAN: lazy("more than"),
    Qualifier.ABOUT: lazy("about"),
    Qualifier.ESTIMATED: lazy("estimated"),
}
COUNTED_NAMES: Mapping[str, Text] = {
    Counted.EVENTS: lazy("How many activities were held"),
    Counted.ATTENDANCE: lazy("How many people came"),
    Counted.SIGNUPS: lazy("How many people signed up"),
    Counted.HELPED: lazy("How many people got help"),
}
