"""The report of a year on paper."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.impact import pdf
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
