"""The dossier's page in the bag."""

import base64
import hashlib
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker.dossier import page
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.printing import bagpage
from tests.pages import Page, read


def built(snapshot: dict[str, Any]) -> Page:
    out = io.BytesIO()
    page.build(snapshot, digest(snapshot), FolderBlobs(Path("/nonexistent")), out)
    return read(out.getvalue())


@pytest.fixture(scope="module")
def shown(dossier: dict[str, Any]) -> Page:
    """The page of the demo dossier."""
    return built(dossier)


def test_every_link_leads_to_a_file_of_the_bag_or_a_place_on_the_page(shown: Page, dossier: dict[str, Any]) -> None:
    assert shown.lost_links(dossier, digest(dossier)) == []
    files = {row["file"] for row in dossier["evidence"]}
    assert {"report.pdf", "report.xlsx", "snapshot.json", "trail.jsonl"} | files <= set(shown.links)


def test_the_page_is_whole_and_can_be_read_by_everybody(shown: Page) -> None:
    assert shown.faults() == []
    assert (shown.language, shown.headings[0][0]) == ("en", 1)


def test_it_asks_for_nothing_from_outside_and_runs_only_its_own_script(shown: Page) -> None:
    assert not {"link", "img", "iframe", "object", "video", "audio"} & shown.tags
    assert "url(" not in shown.text
    assert "@import" not in shown.text
    text = shown.content.decode()
    policy = str(re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1])  # type: ignore[index]
    rules = dict(rule.split(" ", 1) for rule in html.unescape(policy).split("; "))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert rules.pop(name) == f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
    assert not rules


def test_every_row_can_be_found_by_what_it_belongs_to(dossier: dict[str, Any]) -> None:
    found = bagpage.marked(dossier)
    goals = {row["number"]: {mapping["goal"] for mapping in row["mappings"]} for row in dossier["activities"]}
    for row in dossier["evidence"]:
        marks = found.exhibits[row["exhibit"]]
        assert set(marks.requirements.split()) == {tie["code"] for tie in row["requirements"]}
        assert set(marks.goals.split()) == goals.get(row["activity"], set())
        assert row["state"] in marks.states.split()
        for code in marks.requirements.split():
            assert goals.get(row["activity"], set()) <= set(found.requirements[code].goals.split())
            if row["activity"]:
                assert code in found.activities[row["activity"]].requirements.split()
    states = {marks.states.split()[-1] for marks in found.requirements.values()}
    assert states & {"met", "under_way", "missing"}


def test_it_says_what_every_requirement_has_and_lacks(shown: Page, dossier: dict[str, Any]) -> None:
    for row in dossier["requirements"]:
        assert f"requirement-{row['code']}" in shown.names
        assert row["text"]["en"] in shown.text
        for paragraph in row["assessment"]["narrative"].split("\n\n"):
            assert paragraph in shown.text
    assert dossier["scheme"]["label"]["en"] in shown.text
    assert digest(dossier) in shown.text
    assert "sha256sum -c manifest-sha256.txt" in shown.text


def test_what_people_wrote_is_never_markup(dossier: dict[str, Any]) -> None:
    changed = {
        **dossier,
        "title": "<script>alert(1)</script>",
        "activities": [dict(row) for row in dossier["activities"]],
    }
    for row in changed["activities"]:
        row["title"] = '"><img src=x onerror=alert(1)>'

    shown = built(changed)

    assert "img" not in shown.tags
    assert shown.content.count(b"<script") == 1
    assert shown.faults() == []


def test_without_the_files_nothing_leads_to_them(dossier: dict[str, Any]) -> None:
    bare = {**dossier, "composition": {"files": False}}
    shown = built(bare)
    assert not [link for link in shown.links if link.startswith("evidence/")]
    assert shown.lost_links(bare, digest(bare)) == []
    assert shown.faults() == []


def test_its_bytes_are_a_function_of_the_snapshot(dossier: dict[str, Any], shown: Page) -> None:
    assert built(dossier).content == shown.content
    assert canonical(dossier)


def test_a_danish_dossier_has_a_danish_page(dossier: dict[str, Any]) -> None:
    shown = built({**dossier, "language": "da", "composition": {"languages": ["en", "da"], "files": True}})
    first = dossier["activities"][0]

    assert shown.language == "da"
    assert dossier["scheme"]["label"]["da"] in shown.text
    assert dossier["requirements"][0]["text"]["da"] in shown.text
    assert f'<th scope="row" lang="en">{html.escape(first["title"])}</th>' in shown.content.decode()  # its own words
