"""What changed, in words: the difference with its observations, and a trend only where one may be claimed."""

from decimal import ROUND_HALF_UP, Decimal

from sdg_tracker.foundation.i18n import _, format_number, ngettext_
from sdg_tracker.printing.series import Change, Point

PERCENT = "%"  # a unit whose differences are points


def difference(change: Change, unit: str = "") -> str:
    """Return how the last figure differs from the first, or why that is not known; empty when there are no two."""
    if change.first is None or change.last is None:
        return ""
    if change.difference is None:
        return _unknown(change, change.first, change.last)
    label = change.first.label
    if not change.difference:
        return _("the same as in %(label)s", label=label)
    amount = _amount(change, unit)
    way = (
        _roughly(change.difference > 0)
        if change.qualifier not in (None, "exact")
        else _way(change.difference > 0, unit)
    )
    said = way % {"amount": amount, "number": amount, "label": label}
    if change.percent is None or unit == PERCENT:
        return said
    return f"{said} ({qualified(change.qualifier, share(change.percent))})"


def _unknown(change: Change, first: Point, last: Point) -> str:
    if change.why_not == "broken":
        return _("can't be compared: the definition changed in %(label)s", label=change.since)
    if change.why_not == "gap":
        missing = [point.label for point in (first, last) if point.value is None]
        return _("can't be compared: readings for %(labels)s are missing", labels=_(" and ").join(missing))
    return _("can't be compared: one of the figures is “more than”")


def _way(more: bool, unit: str) -> str:
    """Return the sentence for an amount of a unit, or for a number of things."""
    if unit:
        return _("%(amount)s more than in %(label)s") if more else _("%(amount)s less than in %(label)s")
    return _("%(number)s more than in %(label)s") if more else _("%(number)s fewer than in %(label)s")


def _roughly(more: bool) -> str:
    """Return the sentence for an amount that begins with "more than" or "about" itself."""
    return _("up by %(amount)s since %(label)s") if more else _("down by %(amount)s since %(label)s")


def _amount(change: Change, unit: str) -> str:
    named = _("percentage points") if unit == PERCENT else unit
    number = figure(Point("", abs(change.difference or Decimal(0)), change.qualifier))
    return f"{number}\u00a0{named}" if named else number


def trend(change: Change) -> str:
    """Return what may be said of the trend, with the number of observations."""
    if not change.observations:
        return _("no observations")
    seen = ngettext_("%(num)s observation", "%(num)s observations", change.observations)
    words = {
        "rise": _("rises over %(observations)s"),
        "fall": _("falls over %(observations)s"),
        "level": _("level over %(observations)s"),
        "few": _("too few observations to say anything about a trend (%(observations)s)"),
        "mixed": _("goes up and down over %(observations)s, so no trend is claimed"),
        "broken": _("no trend is claimed across a changed definition (%(observations)s)"),
    }
    said = words.get(change.why_not if change.claim == "none" else change.claim, "%(observations)s")
    return said % {"observations": seen}


def told(change: Change, unit: str = "") -> str:
    """Return the difference and the trend as one sentence without a full stop."""
    return "; ".join(part for part in (difference(change, unit), trend(change)) if part)


def share(percent: Decimal) -> str:
    """Return a change in percent with its sign: ``+12 %``; with a decimal below ten."""
    step = Decimal(1) if abs(percent) >= 10 else Decimal("0.1")
    rounded = abs(percent).quantize(step, ROUND_HALF_UP)
    sign = "+" if percent > 0 else "\u2212"
    return f"{sign}{format_number(rounded.normalize() + 0)}\u00a0%" if rounded else "0\u00a0%"


def figure(point: Point) -> str:
    """Return a figure with its qualifier in words; empty for none."""
    if point.value is None:
        return ""
    return qualified(point.qualifier, format_number(point.value))


def qualified(qualifier: str | None, number: str) -> str:
    """Return a number that is written already with its qualifier in words."""
    match qualifier:
        case "more_than":
            return _("more than %(figure)s", figure=number)
        case "about":
            return _("about %(figure)s", figure=number)
        case "estimated":
            return _("estimated %(figure)s", figure=number)
    return number
