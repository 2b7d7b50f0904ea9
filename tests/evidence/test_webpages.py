"""The text of a page: what is taken, in which characters, and that nothing else comes through."""

import io

import pytest

from sdg_tracker.evidence import webpages


def read(content: bytes, charset: str = "") -> tuple[str, dict[str, object]]:
    target = io.BytesIO()
    answer = webpages.text_of(io.BytesIO(content), target, charset)
    return target.getvalue().decode("utf-8"), answer


def test_a_page_becomes_its_lines() -> None:
    text, answer = read(
        "<html><title> Frø \n bibliotek</title><style>p{}</style><body><h1>Frø</h1><p>Byt <b>frø</b>&nbsp;her."
        "<ul><li>Ærter<li>Bønner</ul><table><tr><td>Antal<td>12</table><script>x()</script>"
        "<img alt='Et bord' src=a><noscript>nej</noscript></body>".encode()
    )
    assert text == "Frø\nByt frø her.\nÆrter\nBønner\nAntal | 12\n[Et bord]\n"
    assert answer == {"title": "Frø bibliotek", "letters": 36}


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("<p>rødgrød</p>".encode(), ""),
        ("<p>rødgrød</p>".encode("cp1252"), ""),
        ("<p>rødgrød</p>".encode("latin-1"), "iso-8859-1"),
        (b'<meta charset="iso-8859-1"><p>r\xf8dgr\xf8d</p>', ""),
        ("\ufeff<p>rødgrød</p>".encode("utf-16-le"), "utf-8"),
        ("<p>rødgrød</p>".encode(), "rot13"),
        ("<p>rødgrød</p>".encode(), "utf-8\x00"),
    ],
)
def test_its_characters_are_those_that_were_meant(content: bytes, charset: str) -> None:
    assert read(content, charset)[0] == "rødgrød\n"


def test_nothing_that_controls_comes_through() -> None:
    text, answer = read("<title>a\x1b[31m\u202eb</title><p>c\x00\x08d\u200be&#27;f".encode())
    assert (text, answer["title"]) == ("cdef\n", "a[31mb")


def test_a_page_without_an_end_is_cut() -> None:
    text, _answer = read(b"<p>" + b"<div>" * 50_000 + b"x " * 3 * webpages.LONGEST)
    assert len(text) <= webpages.LONGEST
