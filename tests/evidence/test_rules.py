"""What a file is, and what it is called."""

import io

import pytest

from sdg_tracker.evidence import media, offices, rules
from sdg_tracker.evidence.texts import TextCheck, Unreadable
from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import use_locale
from tests.evidence import files


def kind_of(content: bytes, called: str = "a.txt") -> str:
    """Return the type that the first bytes of a file have."""
    return rules.media_type(content[: rules.HEAD], rules.refusal(called))


@pytest.mark.parametrize("name", files.GOOD)
def test_the_type_comes_from_the_bytes(name: str) -> None:
    found, content = files.GOOD[name]
    for called in (name, "x.exe", ""):
        kind = kind_of(content, called)
        if kind == rules.OFFICE:
            kind = offices.look(io.BytesIO(content))["media_type"]
        assert kind == found


def test_a_file_that_unpacks_too_far_is_stopped_before_it_is_unpacked() -> None:
    assert offices.look(io.BytesIO(files.zip_bomb()))["refused"] == "office-unpacks-large"
    small = io.BytesIO(files.docx({"a.xml": b"0" * 2000}))
    assert offices.look(small, unpacked=1000)["refused"] == "office-unpacks-large"


@pytest.mark.parametrize(
    ("given", "found", "name"),
    [
        ("referat.docx", media.DOCX, "referat.docx"),
        ("../../etc/passwd", media.TXT, "passwd.txt"),
        ("C:\\Users\\x\\foto.JPG", media.JPEG, "foto.jpg"),
        ("foto.jpeg", media.JPEG, "foto.jpg"),
        ("faktura.pdf.exe", media.PDF, "faktura.pdf"),
        ("side.html.txt", media.TXT, "side.txt"),
        ("Referat 12.3.2026.docx", media.DOCX, "Referat 12.3.2026.docx"),
        ("a\u202egpj.exe", media.PDF, "agpj.pdf"),
        ("a\x00b\r\nc\u200b.txt", media.TXT, "ab c.txt"),
        ("CON", media.TXT, "_CON.txt"),
        ("nul.tal.csv", media.CSV, "_nul.tal.csv"),
        ("LPT1.pdf", media.PDF, "_LPT1.pdf"),
        ('a<b>:"c|?*.txt', media.TXT, "a-b---c---.txt"),
        ("...", media.PDF, "document.pdf"),
        ("", media.PDF, "document.pdf"),
        ("   .pdf", media.PDF, "document.pdf"),
        ("navn. . ", media.PDF, "navn.pdf"),
        ("Blåbær og ærter.png", media.PNG, "Blåbær og ærter.png"),
        ("a\u030a.png", media.PNG, "å.png"),
    ],
)
def test_names_are_made_harmless(given: str, found: str, name: str) -> None:
    assert rules.harmless_name(given, found) == name


@pytest.mark.parametrize("character", ["a", "å", "文", "🌍"])
def test_long_names_are_cut_and_keep_their_ending(character: str) -> None:
    name = rules.harmless_name(character * 5000 + ".pdf", media.PDF)
    assert len(name) <= 200
    assert len(name.encode()) <= 240
    assert name.endswith(".pdf")


@pytest.mark.parametrize(
    ("found", "name", "kind"),
    [
        (media.JPEG, "IMG_1234.jpg", "photo"),
        (media.PNG, "Plakat_foredrag.png", "programme"),
        (media.DOCX, "Referat af møde.docx", "minutes"),
        (media.XLSX, "ark1.xlsx", "statistics"),
        (media.CSV, "x.csv", "statistics"),
        (media.PDF, "Faktura 77.pdf", "invoice"),
        (media.PDF, "Brugerundersøgelse.pdf", "survey"),
        (media.PDF, "Handleplan.pdf", "document"),
        (media.PDF, "Artikel i avisen.pdf", "press"),
    ],
)
def test_the_kind_is_guessed_from_type_and_name(found: str, name: str, kind: str) -> None:
    assert rules.guess_kind(found, name) == kind


def test_a_title_is_made_of_the_name() -> None:
    assert rules.title_from("Referat_af_møde.docx") == "Referat af møde"
    assert rules.title_from(".pdf") == "–"


def test_prose_with_commas_is_no_table() -> None:
    for text in ("Hej, du\nDav, du\n", "En linje; med semikolon\nog en uden\n", "æble\npære\n"):
        assert kind_of(text.encode(), "a.csv") == media.TXT


def is_text(content: bytes) -> bool:
    check = TextCheck()
    try:
        for at in range(0, len(content), CHUNK):
            check.feed(content[at : at + CHUNK])
        check.end()
    except Unreadable:
        return False
    return True


def test_a_control_character_is_found_wherever_it_stands() -> None:
    for content in ("æ" * (CHUNK // 2) + "\u009b", "a" * (CHUNK - 1) + "\u009b", "a" * CHUNK + "\x07"):
        assert not is_text(content.encode())
    long = "a" * (CHUNK - 1) + "æøå\n"
    for encoding in ("utf-8", "cp1252"):
        assert is_text(long.encode(encoding))


def test_what_is_neither_of_two_encodings_is_no_text() -> None:
    assert not is_text("Á".encode() * 10 + b"\xe6 ")  # valid to a point as UTF-8, and never Windows-1252
    assert is_text("Ä".encode() * 10 + b"\xe6 ")
    assert not is_text(b"\xe6\x81")
    assert is_text("æ".encode()[:1])  # Ã


def test_a_refusal_says_which_file_and_what_to_do() -> None:
    with use_locale("en"):
        with pytest.raises(Invalid) as error:
            kind_of(files.OLD_WORD, "referat\u202e.doc")
        assert error.value.field == "document"
        assert str(error.value).startswith("“referat.doc”")
        assert ".docx" in str(error.value)
