"""Two languages without a request: texts now, texts later, dates and numbers.

The English text is the message's name; its Danish stands in ``translations/da``. The catalogue is read from the .po
file itself, so nothing has to be compiled and nothing can be out of step.
"""

import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import babel
import babel.dates
import babel.numbers

LOCALES = {"da": "Dansk", "en": "English"}
LANGUAGES = ("da", "en", "no", "sv", "de", "ar", "fa", "pl", "so", "tr", "uk", "ur")  # that documents may be in
_BABEL = {"da": "da_DK", "en": "en_GB"}
_NUMBER = babel.numbers.parse_pattern("#,##0.####")
_TEXT = r'((?:"(?:[^"\\\n]|\\.)*"\n)+)'  # one text of a .po file: pieces between quotation marks, each on a line
_ENTRY = re.compile(rf"^msgid {_TEXT}(?:msgid_plural {_TEXT})?msgstr(?:\[0\])? {_TEXT}(?:msgstr\[1\] {_TEXT})?", re.M)
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_locale: ContextVar[str] = ContextVar("locale", default="da")


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise KeyError(locale)
    return locale


def current_locale() -> str:
    """Return ``da`` or ``en``."""
    return _locale.get()


def set_locale(locale: str) -> None:
    """Choose the language for the rest of this thread or request. Raises KeyError for one that the product lacks."""
    _locale.set(_known(locale))


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Choose the language inside the block."""
    token = _locale.set(_known(locale))
    try:
        yield
    finally:
        _locale.reset(token)


class Messages(gettext.NullTranslations):
    """The messages of a .po file; Babel's own reader takes as long as laying out a page. Danish counts in two forms."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self._texts: dict[str, str] = {}
        self._many: dict[str, str] = {}
        for found in _ENTRY.finditer(written):
            message, several, said, said_of_many = (_unwritten(part) for part in found.groups())
            if message and said:
                self._texts[message] = said
            if several and said_of_many:
                self._many[several] = said_of_many

    def gettext(self, message: str) -> str:
        """Return a text, the message itself where there is none."""
        return self._texts.get(message, message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the text for a number of things."""
        return self._texts.get(one, one) if number == 1 else self._many.get(many, many)


def _unwritten(part: str | None) -> str:
    """Return what the lines of a .po file say; empty for none."""
    text = "".join(line[1:-1] for line in part.splitlines()) if part else ""
    return _ESCAPED.sub(lambda mark: _ESCAPES.get(mark[1], mark[1]), text) if "\\" in text else text


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """Return the messages of a language; English is its own catalogue."""
    path = Path(__file__).resolve().parent.parent / "translations" / locale / "LC_MESSAGES" / "messages.po"
    if locale == "en":
        return gettext.NullTranslations()
    return Messages(path.read_text("utf-8"))


def _(message: str, **facts: object) -> str:
    """Return the text in the current language; ``%(name)s`` in it is filled from ``facts``."""
    text = catalogue(current_locale()).gettext(message)
    return text % facts if facts else text


def ngettext_(one: str, many: str, number: int, **facts: object) -> str:
    """Return the text for this number of things; ``%(num)s`` is the number."""
    return catalogue(current_locale()).ngettext(one, many, number) % {"num": number, **facts}


class Text:
    """A text whose language is chosen when it is shown."""

    __slots__ = ("facts", "message")

    def __init__(self, message: str, facts: Mapping[str, object]) -> None:
        self.message, self.facts = message, facts

    def __str__(self) -> str:
        return _(self.message, **self.facts)

    def __html__(self) -> str:
        from markupsafe import escape  # noqa: PLC0415 - only pages need it

        return str(escape(str(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.message, dict(self.facts)) == (other.message, dict(other.facts))

    def __hash__(self) -> int:
        return hash(self.message)

    def __mod__(self, facts: Mapping[str, object]) -> str:
        """Fill the text as validators of forms do with theirs."""
        return self.with_facts(facts)

    def with_facts(self, facts: Mapping[str, object]) -> str:
        """Return the text now, filled from ``facts``; lists are joined by commas."""
        flat = {key: _joined(value) for key, value in {**self.facts, **facts}.items()}
        text = catalogue(current_locale()).gettext(self.message)
        return text % flat if flat else text


def _joined(value: object) -> object:
    return ", ".join(str(part) for part in value) if isinstance(value, (list, tuple, set, frozenset)) else value


def lazy(message: str, **facts: object) -> Text:
    """Return a text that finds its language when it is shown."""
    return Text(message, facts)


def in_locale(da: str, en: str) -> str:
    """Return the one of two official texts that fits the current language."""
    return en if current_locale() == "en" else da


def language_name(code: str) -> str:
    """Return what a language is called, such as ``arabisk``; its code where that is not known."""
    return str(babel.Locale(_BABEL[current_locale()][:2]).languages.get(code, code))


def format_date(value: date) -> str:
    """Return a day as people write it: ``5. januar 2026``, ``5 January 2026``."""
    return babel.dates.format_date(value, "long", locale=_BABEL[current_locale()])


def format_month(value: date) -> str:
    """Return the month of a day: ``januar 2026``, ``January 2026``."""
    return babel.dates.format_date(value, "LLLL y", locale=_BABEL[current_locale()])


def format_datetime(value: datetime, timezone: str) -> str:
    """Return a moment in a time zone, to the minute."""
    local = value.astimezone(ZoneInfo(timezone))
    return babel.dates.format_datetime(
        local, "d. MMM y HH.mm" if current_locale() == "da" else "d MMM y HH:mm", locale=_BABEL[current_locale()]
    )


def format_number(value: int | float | Decimal) -> str:
    """Return a number with the language's separators, and at most four decimals: as many as a measure may have."""
    return babel.numbers.format_decimal(value, _NUMBER, locale=_BABEL[current_locale()])


def format_size(size: int) -> str:
    """Return a number of bytes in units of 1,000, such as ``2,4 MB``."""
    value, unit = Decimal(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 100 else 1
    return f"{format_number(round(value, digits))} {unit}"
