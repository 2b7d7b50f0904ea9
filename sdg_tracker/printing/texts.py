"""The templates of print, rendered without Flask: the language is the snapshot's, never the machine's."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import babel.dates
import jinja2
from markupsafe import Markup

from sdg_tracker.foundation import i18n
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing import axes, curves, plots

CHART_STYLE = "css/print/charts.css"  # goes into each chart: no other style reaches the inside of an SVG on paper
_PARAGRAPHS = re.compile(r"\n\s*\n")


def render(template: str, language: str, **values: Any) -> str:
    """Return a template as HTML in ``da`` or ``en``. Raises KeyError for another language."""
    with i18n.use_locale(language):
        return environment().get_template(template).render(language=language, **values)


@cache
def environment() -> jinja2.Environment:
    """Return where print templates are found and what they can use."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_dir("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.filters.update(date=day, datetime=moment, number=number, filesize=i18n.format_size)
    found.globals.update(
        axes=axes,
        curves=curves,
        plots=plots,
        said=said,
        days=days,
        paragraphs=paragraphs,
        solid=solid,
        decimal=decimal,
        chart_style=Markup((resource_dir("static") / CHART_STYLE).read_text("utf-8")),  # noqa: S704 - our own file
    )
    return found


def said(text: Mapping[str, str] | None) -> str:
    """Return the one of two texts ``{"da", "en"}`` that fits the language; empty for none."""
    return i18n.in_locale(text["da"], text["en"]) if text else ""


def day(value: str | None) -> str:
    """Return a day such as ``2026-11-20`` as people write it; empty for none."""
    return i18n.format_date(date.fromisoformat(value)) if value else ""


def moment(value: str | None, timezone: str) -> str:
    """Return a moment in UTC such as ``2026-11-20T13:42:08Z`` in a time zone, to the minute; empty for none."""
    return i18n.format_datetime(utc(value), timezone) if value else ""


def utc(value: str) -> datetime:
    """Return a moment from its text. Raises ValueError for one that is not in UTC."""
    found = datetime.fromisoformat(value)
    if found.utcoffset() != UTC.utcoffset(None):
        raise ValueError(f"not in UTC: {value}")
    return found


def number(value: int | None) -> str:
    """Return a whole number with the language's separators; empty for none."""
    return i18n.format_number(value) if value is not None else ""


def decimal(value: str) -> str:
    """Return a number with decimals, which snapshots hold as text, with the language's separators."""
    return i18n.format_number(Decimal(value))


def days(first: str | None, last: str | None, year: int | None = None) -> str:
    """Return a stretch of days, short: ``17. maj 2025``, ``4. jan. – 7. jun. 2025``; the year where that is all."""
    if first is None:
        return str(year) if year else ""
    begin = date.fromisoformat(first)
    if last is None or last == first:
        return _short(begin, "d. MMM y")
    end = date.fromisoformat(last)
    if begin.year != end.year:
        return f"{_short(begin, 'd. MMM y')} – {_short(end, 'd. MMM y')}"
    if begin.month != end.month:
        return f"{_short(begin, 'd. MMM')} – {_short(end, 'd. MMM y')}"
    return f"{_short(begin, 'd.')}–{_short(end, 'd. MMM y')}"


def _short(value: date, pattern: str) -> str:
    english = i18n.current_locale() == "en"
    locale = "en_GB" if english else "da_DK"
    return babel.dates.format_date(value, pattern.replace(".", "") if english else pattern, locale=locale)


def solid(text: str) -> str:
    """Return a text that stays on one line."""
    return text.replace(" ", "\u00a0")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text that people typed: they stand between empty lines."""
    return [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]


def _gettext(message: str) -> str:
    return i18n.catalogue(i18n.current_locale()).gettext(message)


def _ngettext(one: str, many: str, count: int) -> str:
    return i18n.catalogue(i18n.current_locale()).ngettext(one, many, count)
