"""What reviews, ties and expiry say of an exhibit, in every file of a dossier; and one from before there were any."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sdg_tracker.dossier import page, pdf, workbook
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from tests import demo_library
from tests.pages import read
from tests.printing import snapshots
from tests.printing.structure import Structure, text

Row = dict[str, Any]
ADDRESS = "https://avisen.example/2026/oktober/" + "reparation_" * 12 + "på-biblioteket"
TIE = {"strength": "observed", "ticks": ["relevant", "current"]}


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture(scope="module")
def snapshot(blobs: FolderBlobs) -> Row:
    """The first exhibit is accepted, with all that can be said; the second has expired and nobody has reviewed it."""
    found = snapshots.dossier(blobs, exhibits=2)
    first, second = found["evidence"]
    told = {"alt": "Tre naboer om en kaffemaskine", "source": "Ungdomsskolen", "language": "ar"}
    first.update({**told, "state": "accepted", "valid_until": "2027-01-31"})
    first["link"] = {"url": ADDRESS, "seen_on": "2026-10-01", "copied_on": "2026-10-02"}
    first["original_sha256"] = "ab" * 32
    second.update({"link": None, "alt": "", "source": "", "language": "da", "valid_until": "2026-11-19"})
    first["fixity"] = {"event": "fixity check", "at": "2026-11-20T02:00:00Z", "outcome": "pass"}
    second["fixity"] = {**first["fixity"], "outcome": "fail"}
    for row in (*first["requirements"], *found["requirements"][0]["exhibits"][:1]):
        row.update(TIE)
    return found


def test_the_snapshot_is_of_format_1(snapshot: Row) -> None:
    assert demo_library.faults(snapshot) == []


def test_paper_says_it(snapshot: Row, blobs: FolderBlobs, tmp_path: Path) -> None:
    printed = pdf.render_pdf(snapshot, digest(snapshot), blobs)
    words = " ".join(" ".join(text(printed, tmp_path)).split())
    for said in ("godkendt", "gyldig til 31. jan. 2027", "ikke godkendt endnu", "udløbet 19. nov. 2026"):
        assert said in words
    assert "observeret: relevant, aktuel" in words
    assert "Læst igen 20. nov. 2026: uændret" in words
    assert "Læst igen 20. nov. 2026: mangler eller er ændret" in words
    assert "Lavet af Ungdomsskolen" in words
    assert ADDRESS in "".join(words.split())
    assert "Webside set den 1. okt. 2026; kopi gemt den 2. okt. 2026" in words
    assert "SHA-256 af siden, som den blev modtaget:" in words
    assert "ab" * 32 in "".join(words.split())
    structure = Structure(printed)
    alternatives = [figure.alternative for figure in structure.of("/Figure")]
    assert "Tre naboer om en kaffemaskine" in alternatives
    assert any("bilag 2" in found.lower() for found in alternatives)


def test_the_workbook_says_it(snapshot: Row, blobs: FolderBlobs) -> None:
    out = io.BytesIO()
    workbook.build(snapshot, digest(snapshot), blobs, out)
    sheet = openpyxl.load_workbook(out)["Dokumentation"]
    headings = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(2, 3, values_only=True))
    assert (first["Tilstand"], second["Tilstand"]) == ("godkendt", "fremlagt")
    assert str(first["Gyldig til"])[:10] == "2027-01-31"
    assert (first["Lavet af"], first["Sprog"]) == ("Ungdomsskolen", "arabisk")
    assert (first["Webside"], str(first["Siden set den"])[:10]) == (ADDRESS, "2026-10-01")
    assert (second["Webside"], second["Siden set den"]) == (None, None)
    assert first["Hvad det viser"] == "Tre naboer om en kaffemaskine"
    assert (str(first["Læst igen den"])[:10], first["Læst igen: resultat"]) == ("2026-11-20", "pass")
    assert "O1.1 (observeret; relevant; aktuel)" in str(first["Krav"])


def test_the_page_of_the_bag_says_it(snapshot: Row, blobs: FolderBlobs) -> None:
    out = io.BytesIO()
    page.build(snapshot, digest(snapshot), blobs, out)
    shown = read(out.getvalue())
    assert shown.faults() == []
    assert ADDRESS in shown.text
    for said in (
        "set den 1. oktober 2026",
        "godkendt · gyldig til 31. jan. 2027",
        "ikke godkendt endnu",
        "observeret: relevant, aktuel",
    ):
        assert said in " ".join(shown.text.split())
