"""The report of a year on paper."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.impact import pdf, report
from sdg_tracker.impact.sections import Section
from sdg_tracker.printing.edition import compose
from sdg_tracker.printing.glyphs import printable
from tests import demo_library
from tests.impact import rows
from tests.printing import snapshots
from tests.printing.structure import Structure, text

Row = dict[str, Any]


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture(scope="module")
def snapshot(blobs: FolderBlobs) -> Row:
    return snapshots.impact(blobs, language="en")


@pytest.fixture(scope="module")
def printed(snapshot: Row, blobs: FolderBlobs) -> bytes:
    return pdf.render_pdf(snapshot, digest(snapshot), blobs)


@pytest.fixture(scope="module")
def structure(printed: bytes) -> Structure:
    return Structure(printed)


def test_its_structure_holds_together(structure: Structure) -> None:
    assert list(structure.faults()) == []
    levels = structure.headings()
    assert all(level <= before + 1 for before, level in pairwise(levels))
    assert all(figure.alternative for figure in structure.of("/Figure"))


def test_all_seventeen_goals_are_shown_and_the_empty_ones_said(printed: bytes, snapshot: Row, tmp_path: Path) -> None:
    words = " ".join(" ".join(text(printed, tmp_path)).split())
    for goal in snapshot["goals"]:
        assert f"{goal['code']} {goal['title']['en']}" in words
    assert words.count("No activity supported this goal in 2025.") == 16


def test_figures_keep_their_words_and_headcounts_stay_apart(printed: bytes, tmp_path: Path) -> None:
    words = " ".join(" ".join(text(printed, tmp_path)).split())
    assert "more than 2,000 came" in words
    assert "40 signed up" in words
    assert "2,040" not in words


def test_pictures_are_shown_only_where_they_are_public(snapshot: Row, structure: Structure) -> None:
    shown = pdf.shown(snapshot)["pictures"]
    assert [row["exhibit"] for row in shown["12"]] == [2]
    assert [figure.alternative for figure in structure.of("/Figure")][-1].endswith("Stykke 2")


def test_the_report_carries_no_data_that_are_not_printed(structure: Structure) -> None:
    assert list(structure.pdf.attachments) == []


def test_a_year_without_anything_can_be_printed(snapshot: Row, blobs: FolderBlobs) -> None:
    figures = snapshot["figures"]
    nothing = {"attendance": None, "signups": 0, "helped": 0}
    empty = {
        **snapshot,
        "activities": [],
        "evidence": [],
        "strategy": None,
        "figures": {
            "by_goal": [{**row, "main": 0, "all": 0, "evidence": 0, **nothing} for row in figures["by_goal"]],
            "by_action": [],
            "by_branch": [],
            "totals": {**dict.fromkeys(figures["totals"], 0), "attendance": None},
        },
    }
    assert pdf.render_pdf(empty, digest(empty), blobs).startswith(b"%PDF-1.7")


# As composed --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def composed(blobs: FolderBlobs) -> Row:
    return rows.report(blobs)


@pytest.fixture(scope="module")
def pages(composed: Row, blobs: FolderBlobs) -> bytes:
    return pdf.render_pdf(composed, digest(composed), blobs)


def test_a_composed_report_reads_as_its_sections_stand(pages: bytes, composed: Row, tmp_path: Path) -> None:
    assert demo_library.faults(composed) == []
    found = Structure(pages)
    assert list(found.faults()) == []
    assert all(figure.alternative for figure in found.of("/Figure"))
    words = " ".join(" ".join(text(pages, tmp_path)).split())
    shown = report.shown(printable(composed))
    titles = [part.title for part in shown["parts"]]
    assert [part.name for part in shown["parts"]] == [
        *("foreword", "year", "goals", "focus", "pledges", "strategy", "branches", "partners"),
        *("figures", "unreached", "next", "method"),
    ]  # no campaigns, stories or effects: what has nothing to show is left out
    places = [words.index(f" {title} ", 900) for title in titles[1:]]
    assert places[:3] == sorted(places[:3])
    for said in (
        *("Et år er gået.", "Lederen", "Vi har store huse.", "Holdt to gange", "Solceller", "Mere af det hele."),
        *("Læst forkert", "980 → 970", "defineret på ny", "3. kvartal 2025 (Hovedbiblioteket)", "for få målinger"),
        "aldrig kendt: The counter was broken",
    ):
        assert said.casefold() in words.casefold(), said


def test_every_mark_leads_to_what_its_figure_is_made_of_and_back(composed: Row) -> None:
    _head, html = compose(pdf.TEMPLATE, composed, digest(composed))
    marks = re.findall(r'<a href="#made-(\d+)">', html)
    assert len(set(marks)) > 25
    for mark in set(marks):
        assert (
            html.count(f'id="made-{mark}"')
            == html.count(f'id="figure-{mark}"')
            == html.count(f'href="#figure-{mark}"')
            == 1
        )
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))
    for place in ("reading-3", "activity-1", "annex-2"):
        assert f'href="#{place}"' in html


def test_only_what_was_chosen_is_printed_and_in_both_languages(blobs: FolderBlobs) -> None:
    kept = (Section.YEAR, Section.METHOD)
    few = rows.report(blobs, without=tuple(section for section in Section if section not in kept))
    for language, title in (("", "Metode og kilder"), ("en", "Method and sources")):
        _head, html = compose(replace(pdf.TEMPLATE, language=language), few, digest(few))
        assert title in html
        assert ('<span lang="da">' in html) == bool(language)  # what the library wrote, in the English edition
        assert html.count("section-") == 4  # two entries, two sections
