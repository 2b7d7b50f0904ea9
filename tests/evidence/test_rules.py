"""What a file is, and what it is called."""

import io

import pytest

from sdg_tracker.evidence import rules
from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import use_locale
from tests.evidence import files


@pytest.mark.parametrize("name", files.GOOD)
def test_the_type_comes_from_the_bytes(name: str) -> None:
    found, content = files.GOOD[name]
    for called in (name, "x.exe", ""):
        assert rules.media_type(io.BytesIO(content), rules.refusal(called)) == found


def test_a_file_that_unpacks_too_far_is_stopped_before_it_is_unpacked() -> None:
    with pytest.raises(Invalid) as error:
        rules.media_type(io.BytesIO(files.zip_bomb()), rules.refusal("bombe.docx"))
    assert error.value.code == "office-unpacks-large"
    with pytest.raises(Invalid) as error:
        rules.media_type(io.BytesIO(files.docx({"a.xml": b"0" * 2000})), rules.refusal("a.docx"), unpacked=1000)
    assert error.value.code == "office-unpacks-large"


@pytest.mark.parametrize(
    ("given", "found", "name"),
    [
        ("referat.docx", rules.DOCX, "referat.docx"),
        ("../../etc/passwd", rules.TXT, "passwd.txt"),
        ("C:\\Users\\x\\foto.JPG", rules.JPEG, "foto.jpg"),
        ("foto.jpeg", rules.JPEG, "foto.jpg"),
        ("faktura.pdf.exe", rules.PDF, "faktura.pdf"),
        ("side.html.txt", rules.TXT, "side.txt"),
        ("Referat 12.3.2026.docx", rules.DOCX, "Referat 12.3.2026.docx"),
        ("a\u202egpj.exe", rules.PDF, "agpj.pdf"),
        ("a\x00b\r\nc\u200b.txt", rules.TXT, "ab c.txt"),
        ("CON", rules.TXT, "_CON.txt"),
        ("nul.tal.csv", rules.CSV, "_nul.tal.csv"),
        ("LPT1.pdf", rules.PDF, "_LPT1.pdf"),
        ('a<b>:"c|?*.txt', rules.TXT, "a-b---c---.txt"),
        ("...", rules.PDF, "document.pdf"),
        ("", rules.PDF, "document.pdf"),
        ("   .pdf", rules.PDF, "document.pdf"),
        ("navn. . ", rules.PDF, "navn.pdf"),
        ("Blåbær og ærter.png", rules.PNG, "Blåbær og ærter.png"),
        ("a\u030a.png", rules.PNG, "å.png"),
    ],
)
def test_names_are_made_harmless(given: str, found: str, name: str) -> None:
    assert rules.harmless_name(given, found) == name


@pytest.mark.parametrize("character", ["a", "å", "文", "🌍"])
def test_long_names_are_cut_and_keep_their_ending(character: str) -> None:
    name = rules.harmless_name(character * 5000 + ".pdf", rules.PDF)
    assert len(name) <= 200
    assert len(name.encode()) <= 240
    assert name.endswith(".pdf")


@pytest.mark.parametrize(
    ("found", "name", "kind"),
    [
        (rules.JPEG, "IMG_1234.jpg", "photo"),
        (rules.PNG, "Plakat_foredrag.png", "programme"),
        (rules.DOCX, "Referat af møde.docx", "minutes"),
        (rules.XLSX, "ark1.xlsx", "statistics"),
        (rules.CSV, "x.csv", "statistics"),
        (rules.PDF, "Faktura 77.pdf", "invoice"),
        (rules.PDF, "Brugerundersøgelse.pdf", "survey"),
        (rules.PDF, "Handleplan.pdf", "document"),
        (rules.PDF, "Artikel i avisen.pdf", "press"),
    ],
)
def test_the_kind_is_guessed_from_type_and_name(found: str, name: str, kind: str) -> None:
    assert rules.guess_kind(found, name) == kind


def test_a_title_is_made_of_the_name() -> None:
    assert rules.title_from("Referat_af_møde.docx") == "Referat af møde"
    assert rules.title_from(".pdf") == "–"


def test_prose_with_commas_is_no_table() -> None:
    for text in ("Hej, du\nDav, du\n", "En linje; med semikolon\nog en uden\n", "æble\npære\n"):
        assert rules.media_type(io.BytesIO(text.encode()), rules.refusal("a.csv")) == rules.TXT


def test_a_control_character_is_found_wherever_it_stands() -> None:
    for content in ("æ" * (CHUNK // 2) + "\u009b", "a" * (CHUNK - 1) + "\u009b", "a" * CHUNK + "\x07"):
        with pytest.raises(Invalid) as error:
            rules.media_type(io.BytesIO(content.encode()), rules.refusal("a.txt"))
        assert error.value.code == "text-unreadable"
    long = "a" * (CHUNK - 1) + "æøå\n"
    for encoding in ("utf-8", "cp1252"):
        assert rules.media_type(io.BytesIO(long.encode(encoding)), rules.refusal("a.txt")) == rules.TXT


def test_a_refusal_says_which_file_and_what_to_do() -> None:
    with use_locale("en"):
        with pytest.raises(Invalid) as error:
            rules.media_type(io.BytesIO(files.OLD_WORD), rules.refusal("referat\u202e.doc"))
        assert error.value.field == "document"
        assert str(error.value).startswith("“referat.doc”")
        assert ".docx" in str(error.value)
