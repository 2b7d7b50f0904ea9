"""Languages without a request."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from sdg_tracker.foundation import i18n
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import (
    catalogue,
    current_locale,
    format_date,
    format_datetime,
    format_number,
    format_size,
    in_locale,
    lazy,
    use_locale,
)


def test_a_language_is_chosen_for_a_block_only() -> None:
    before = current_locale()
    with use_locale("en"):
        assert current_locale() == "en"
        assert in_locale("mål", "goal") == "goal"
    assert current_locale() == before
    with pytest.raises(KeyError), use_locale("fr"):
        pass


def test_days_moments_numbers_and_sizes_are_written_as_people_do() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with use_locale("da"):
        assert format_date(date(2026, 1, 5)) == "5. januar 2026"
        assert format_datetime(moment, "Europe/Copenhagen") == "2. jul. 2026 00.30"
        assert format_number(Decimal("1234.5")) == "1.234,5"
        assert format_number(Decimal("0.1234")) == "0,1234"
        assert format_size(2_449_999) == "2,4 MB"
    with use_locale("en"):
        assert format_date(date(2026, 1, 5)) == "5 January 2026"
        assert format_number(1234567) == "1,234,567"
        assert format_size(999) == "999 B"


def test_a_refusal_finds_its_words_when_it_is_shown() -> None:
    words({"test-too-many": lazy("Too many: %(found)s, at most %(limit)s.")})
    problem = Invalid("test-too-many", field="goals", found=["4", "7"], limit=1)
    with use_locale("en"):
        assert str(problem) == "Too many: 4, 7, at most 1."


def test_one_code_has_one_text() -> None:
    words({"test-once": lazy("one")})
    words({"test-once": lazy("one")})
    with pytest.raises(ValueError, match="two texts"):
        words({"test-once": lazy("another")})


def test_our_own_reader_of_catalogues_agrees_with_babels() -> None:
    found = catalogue("da")
    with (Path(i18n.__file__).parent.parent / "translations/da/LC_MESSAGES/messages.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="da") if entry.id]
    assert len(entries) > 1000
    for entry in entries:
        if isinstance(entry.id, tuple):
            one, many = entry.id
            assert [found.ngettext(one, many, number) for number in (1, 2)] == [*(entry.string or ())], entry.id
        elif entry.string:
            assert found.gettext(str(entry.id)) == entry.string, entry.id
    made = i18n.Messages('msgid ""\n"a\\"\\\\n\\n"\nmsgstr "b\\\\"\n"\\tc"\n')
    assert made.gettext('a"\\n\n') == "b\\\tc"
