"""Stories and effects as they are printed."""

import re
from typing import Any

from sdg_tracker.effects import rules
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing.texts import environment

STORY: dict[str, Any] = {
    "number": 3,
    "title": "Suppen <på> Stationen",
    "language": "da",
    "need": "Mad bliver smidt ud.",
    "done": "Vi laver suppe.",
    "changed": "To er nu faste i gruppen.",
    "goals": ["2", "12"],
    "targets": ["12.3"],
    "activities": [54],
    "named": {"partners": [{"code": "b", "name": "Butik", "name_en": "Shop"}], "campaigns": []},
    "picture": {"evidence": 34, "alt": "En gryde", "source": "Demoby", "public": False},
    "quote": {"text": "Godt!", "who": "gæst, 70'erne", "language": "da", "public": False},
}


def printed(source: str, language: str = "en", **values: Any) -> str:
    with use_locale(language):
        return environment().from_string(source).render(language=language, **values)


def test_a_printed_story_shows_the_public_only_what_it_may_see() -> None:
    source = '{% from "print/stories.html" import story %}{{ story(row, picture, {"12": "Waste"}, {}, outside, "en") }}'
    picture = {"src": "blob:x", "exhibit": 9}.copy
    for outside in (True, False):
        page = printed(source, row=STORY, picture=lambda _number: picture(), outside=outside)
        assert ("blob:x" in page, "Godt!" in page) == (not outside, not outside)
        assert 'lang="da"' in page
        assert "Suppen &lt;på&gt; Stationen" in page
    inside = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    order = ["Mad", "Vi laver", "With Shop", "To er", "Exhibit 9. Photo: Demoby", "Godt!", "12 Waste (target 12.3)"]
    places = [inside.index(words) for words in order]
    assert places == sorted(places)
    bare = printed(source, row={**STORY, "picture": None, "quote": None}, picture=lambda _number: None, outside=True)
    assert "story-plain" in bare


def test_printed_effects_claim_nothing_of_too_few_and_stay_inside_their_picture() -> None:
    none: dict[str, Any] = {"answers": None, "basis": "", "quotes": []}
    effects = [
        {**none, "activity": number, "intended": {"frirum": 1, "faellesskab": 5}, "seen": {"frirum": 5}}
        for number in (1, 2, 3)
    ]
    rows: list[dict[str, Any]] = [{"number": number, "branches": [], "mappings": []} for number in (1, 2, 3)]
    source = (
        '{% from "print/effects.html" import dimensions, effect_table %}'
        '{{ dimensions(compared, "all") }}{{ effect_table(effects, {1: "Suppe"}, "Of the year") }}'
    )
    compared = rules.compare(rules.from_rows(effects, rows))
    environment.cache_clear()  # a template keeps nothing of the language in which it was used first
    assert "5,0" in printed(source, "da", compared=compared, effects=effects)
    page = printed(source, compared=compared, effects=effects)
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    assert "Haven 1.0 5.0 +4.0 3 – more than meant" in text
    assert "Community – – – 0 – too few to say" in text
    assert "Suppe 1 → 5 – – 5 → –" in text
    width, high = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', page)[0])
    assert all(0 <= float(x) <= width for x in re.findall(r'\bc?x\d?="([\d.]+)"', page))
    assert all(0 <= float(y) <= high for y in re.findall(r'\bc?y\d?="([\d.]+)"', page))
