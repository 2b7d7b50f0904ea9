"""The picture that social media show of a public page: year, library, goals. Nothing but pixels is in it."""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from sdg_tracker.foundation.i18n import _, format_number, ngettext_
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing.glyphs import told
from sdg_tracker.printing.sources import FONTS

Row = Mapping[str, Any]
SIZE = (1200, 630)
MEDIA_TYPE = "image/png"
EDGE, INK, QUIET, LINE, PAPER = 64, "#1b2126", "#4a5560", "#c3cbd1", "#ffffff"
DARK_TEXT = frozenset({"2", "3", "5", "6", "7", "9", "11", "12", "14", "15"})  # goals whose colour bears no white
MOST_LINES = 2  # of the name


def name(language: str) -> str:
    """Return what the picture is called in its address."""
    return f"card-{language}.png"


def drawn(library: str, data: Row) -> bytes:
    """Return the picture of a public report in the current language, the same bytes each time."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 14), fill="#12525d")
    top = 62
    for line in _lines(told(library), 44, SIZE[0] - 2 * EDGE):
        draw.text((EDGE, top), line, INK, _font("SemiBold", 44))
        top += 56
    draw.text((EDGE - 4, top), str(data["year"]), INK, _font("SemiBold", 150))
    draw.text((EDGE, top + 190), _("What we did for the global goals"), QUIET, _font("Regular", 38))
    draw.text((EDGE, 448), _figures(data), INK, _font("Medium", 32))
    _goals(draw, data)
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _figures(data: Row) -> str:
    held = data["figures"]["totals"]["activities"]
    served = sum(bool(row["all"]) for row in data["figures"]["by_goal"])
    activities = ngettext_("%(count)s activity", "%(count)s activities", held, count=format_number(held))
    return f"{activities} · " + _("%(number)s of 17 goals have activities", number=served)


def _goals(draw: ImageDraw.ImageDraw, data: Row) -> None:
    counts = {row["code"]: row["all"] for row in data["figures"]["by_goal"]}
    step = (SIZE[0] - 2 * EDGE + 8) / 17
    for place, goal in enumerate(data["goals"]):
        left, top = EDGE + place * step, 520
        box, code = (left, top, left + step - 8, top + step - 8), goal["code"]
        if counts[code]:
            draw.rectangle(box, fill=goal["color"])
            ink = "#1a1a1a" if code in DARK_TEXT else "#ffffff"
        else:
            draw.rectangle(box, outline=LINE, width=2)
            ink = QUIET
        middle = (left + (step - 8) / 2, top + (step - 8) / 2)
        draw.text(middle, code, ink, _font("SemiBold", 26), anchor="mm")


def _lines(text: str, size: int, width: int) -> Sequence[str]:
    """Return a text in lines that fit, the last one cut where there are too many."""
    font, lines = _font("SemiBold", size), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …"]
    return lines


@cache
def _font(cut: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resource_dir("static") / FONTS / f"IBMPlexSans-{cut}.woff2"), size)
