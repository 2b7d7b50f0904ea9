"""Words, days and characters of print."""

import pytest

from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing import glyphs, texts


@pytest.mark.parametrize(
    ("first", "last", "year", "danish", "english"),
    [
        ("2025-05-17", "2025-05-17", 2025, "17. maj 2025", "17 May 2025"),
        ("2025-05-17", None, 2025, "17. maj 2025", "17 May 2025"),
        ("2025-04-22", "2025-04-26", 2025, "22.–26. apr. 2025", "22–26 Apr 2025"),
        ("2025-01-04", "2025-06-07", 2025, "4. jan. – 7. jun. 2025", "4 Jan – 7 Jun 2025"),
        ("2025-12-04", "2026-01-07", 2025, "4. dec. 2025 – 7. jan. 2026", "4 Dec 2025 – 7 Jan 2026"),
        (None, None, 2025, "2025", "2025"),
        (None, None, None, "", ""),
    ],
)
def test_a_stretch_of_days_says_no_more_than_it_must(
    first: str | None, last: str | None, year: int | None, danish: str, english: str
) -> None:
    with use_locale("da"):
        assert texts.days(first, last, year) == danish
    with use_locale("en"):
        assert texts.days(first, last, year) == english


def test_moments_are_told_in_the_time_of_the_library() -> None:
    with use_locale("da"):
        assert texts.moment("2026-11-20T23:42:08Z", "Europe/Copenhagen") == "21. nov. 2026 00.42"
        assert texts.moment("2026-07-01T10:00:00.123456+00:00", "Europe/Copenhagen") == "1. jul. 2026 12.00"
    with pytest.raises(ValueError, match="not in UTC"):
        texts.utc("2026-11-20T23:42:08+01:00")


def test_paragraphs_stand_between_empty_lines() -> None:
    assert texts.paragraphs("et\nto\n \n\ntre\n") == ["et\nto", "tre"]
    assert texts.paragraphs("  \n ") == []


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Blåbærgrød på Ærø – »fint« … ½", "Blåbærgrød på Ærø – »fint« … ½"),
        ("cafe\u0301", "café"),
        ("UGE\u201117\u202f000", "UGE-17\u00a0000"),
        ("grøn 🌱\ufe0f fest", "grøn  fest"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b\x1b[2J\tc\r\nd", "ab[2J\tc\nd"),
        ("①②", "12"),
        ("猫", "◊"),
        ("Київ Αθήνα", "Київ Αθήνα"),
    ],
)
def test_only_characters_that_the_fonts_have_are_printed(typed: str, printed: str) -> None:
    assert glyphs.told(typed) == printed
    assert glyphs.printable({"a": [typed, 1, None, True]}) == {"a": [printed, 1, None, True]}
