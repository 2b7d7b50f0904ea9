"""One order and one way of searching on both databases."""

from hypothesis import given
from hypothesis import strategies as st

from sdg_tracker.foundation.text import search_text, slug, sort_key


def test_danish_order() -> None:
    words = ["Zoo", "Ågård", "Øl", "Æble", "Aarhus", "abe", "Éclair", "Eg"]
    assert sorted(words, key=sort_key) == ["abe", "Éclair", "Eg", "Zoo", "Æble", "Øl", "Ågård", "Aarhus"]


def test_either_spelling_finds() -> None:
    assert search_text("Bæredygtighed på Ørestad") == search_text("BAEREDYGTIGHED PAA OERESTAD")


def test_a_slug_is_plain() -> None:
    assert slug("Ballerup Bibliotekerne") == "ballerup-bibliotekerne"
    assert slug("Køge & Aarø!") == "koege-aaroe"
    assert slug("日本") == ""


@given(st.text())
def test_keys_do_not_depend_on_case(text: str) -> None:
    assert sort_key(text) == sort_key(text.casefold())
    assert search_text(text) == search_text(text.casefold())


@given(st.text())
def test_a_slug_is_a_slug_of_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
