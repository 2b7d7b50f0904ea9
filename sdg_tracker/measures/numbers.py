"""Reading numbers as people write them. One that can mean two things is never guessed."""

import re
from dataclasses import dataclass
from decimal import Decimal

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy

DECIMAL_SIGNS = (",", ".")
_PLAIN = re.compile(r"-?[0-9]+")
_SPACED = re.compile(r"-?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]+)?")
_SPACES = re.compile(r"[ \u00a0\u2009\u202f'’]")
_GROUPED = {  # sign between thousands -> a number that can have no other: with decimals, or with several groups
    sign: re.compile(rf"-?[0-9]{{1,3}}(?:\{sign}[0-9]{{3}})+\{other}[0-9]+|-?[0-9]{{1,3}}(?:\{sign}[0-9]{{3}}){{2,}}")
    for sign, other in ((".", ","), (",", "."))
}
_ONE = re.compile(r"-?([0-9]+)[.,]([0-9]+)")

words(
    {
        "number-unreadable": lazy("%(value)s is not a number. Write such as 1234 or 1234,5."),
        "number-ambiguous": lazy(
            "%(value)s can mean %(whole)s, or %(ones)s and %(rest)s thousandths. Write %(whole)s for the first, or say "
            "what the decimal sign is."
        ),
    }
)


@dataclass(frozen=True)
class Ambiguous:
    """A number whose only sign may stand between thousands or before decimals: ``1.234``."""

    text: str
    whole: Decimal  # 1234
    part: Decimal  # 1 and 234 thousandths

    @property
    def problem(self) -> Invalid:
        """Return the refusal that names both meanings."""
        ones, rest = _digits(self.text)
        return Invalid("number-ambiguous", field="value", value=self.text, whole=self.whole, ones=ones, rest=rest)


def read_number(text: str, decimal: str = "") -> Decimal | Ambiguous:
    """Return the number that a text means, or that it means two.

    ``decimal`` is the decimal sign where somebody has said it, which leaves nothing to ask. Both 1.234,5 and 1234.5 are
    understood without it. Raises Invalid (``number-unreadable``).
    """
    found = text.strip().replace("\u2212", "-")
    if _SPACED.fullmatch(found):  # what is left of it can only be a decimal sign
        return _plain(_SPACES.sub("", found), (decimal or ",."), text)
    if decimal:
        other = "." if decimal == "," else ","
        if re.fullmatch(rf"-?[1-9][0-9]{{0,2}}(?:\{other}[0-9]{{3}})+(?:\{decimal}[0-9]+)?", found):
            found = found.replace(other, "")
        return _plain(found, decimal, text)
    for sign, pattern in _GROUPED.items():
        if pattern.fullmatch(found):
            return Decimal(found.replace(sign, "").replace(",", "."))
    one = _ONE.fullmatch(found)
    if one and len(one[2]) == 3 and len(one[1]) <= 3 and not one[1].startswith("0"):
        number = found.replace(",", ".")
        return Ambiguous(found, Decimal(number.replace(".", "")), Decimal(number))
    return _plain(found, ",.", text)


def _plain(found: str, signs: str, text: str) -> Decimal:
    """Return a number without any sign between thousands."""
    if _PLAIN.fullmatch(found) or (_ONE.fullmatch(found) and any(sign in found for sign in signs)):
        return Decimal(found.replace(",", "."))
    raise Invalid("number-unreadable", field="value", value=text.strip() or "–")


def _digits(text: str) -> tuple[str, str]:
    one = _ONE.fullmatch(text)
    return (one[1], one[2].lstrip("0") or "0") if one else (text, "0")


def of_cell(cell: object, decimal: str = "") -> Decimal | Ambiguous:
    """Return the number of a cell: one that a spreadsheet keeps as a number has one meaning only."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        raise Invalid("number-unreadable", field="value", value=cell)
    if isinstance(cell, str):
        return read_number(cell, decimal)
    return Decimal(str(round(cell, 6)) if isinstance(cell, float) else cell)


def certain(cell: object, decimal: str = "") -> Decimal:
    """Return the number of a cell. Raises Invalid, also where it can mean two things."""
    found = of_cell(cell, decimal)
    if isinstance(found, Ambiguous):
        raise found.problem
    return found
