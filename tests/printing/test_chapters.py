"""A document cut into chapters, laid out apart and merged: one PDF with one structure."""

import io
import re
import subprocess
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageCms

from sdg_tracker.dossier import outputs, pdf
from sdg_tracker.editions import chapters
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import FolderBlobs, digest_of
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.printing import edition, layout, paper, pieces, splitting, structure
from sdg_tracker.printing.splitting import ELSEWHERE, split
from tests.printing import snapshots
from tests.printing.structure import Structure, text

Row = dict[str, Any]
SMALL = 6_000  # characters of a chapter in these tests


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture(scope="module")
def snapshot(blobs: FolderBlobs) -> Row:
    many = snapshots.dossier(blobs, exhibits=40)
    many["activities"] += [
        snapshots.activity(number, f"Aften nummer {number}", [snapshots.mapping("4", reason="Læsning. " * 9)])
        for number in range(5, 40)
    ]
    return many


@pytest.fixture
def short_chapters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "LARGEST", SMALL)
    monkeypatch.setattr(splitting, "SMALLEST", (SMALL // 5, SMALL // 3, SMALL // 2, SMALL // 2))
    monkeypatch.setattr(splitting, "AFTER_HEAD", SMALL // 5)


@pytest.fixture(scope="module")
def merged(snapshot: Row, blobs: FolderBlobs) -> tuple[bytes, int, str]:
    """The dossier in short chapters, how many they are, and the HTML that it was cut from."""
    with pytest.MonkeyPatch.context() as patch:
        short_chapters.__wrapped__(patch)  # type: ignore[attr-defined]
        planned = edition.plan(pdf.TEMPLATE, snapshot, digest(snapshot))
        _head, html = edition.compose(pdf.TEMPLATE, snapshot, digest(snapshot))
        made = [layout.lay_out(request, blobs) for request in planned.requests]
        out = io.BytesIO()
        kept = [partial(bytes, piece) for piece in made]
        attachments = pdf.TEMPLATE.attachments(canonical(snapshot), digest(snapshot), blobs)
        edition.join(planned, kept, attachments, blobs=blobs, target=out)
        whole = _unsplit(html)
    return out.getvalue(), len(made), whole


def _unsplit(html: str) -> str:
    """Return the HTML with every cut that the chapters have, to be laid out whole."""
    body = "".join(re.sub(r' data-at="\d+"', "", one.replace(ELSEWHERE, "#")) for one in _cut(html))
    return html[: html.index("<body>")] + f"<body>{body}</body></html>"


def test_merged_chapters_are_one_sound_document(merged: tuple[bytes, int, str], tmp_path: Path) -> None:
    content, number, _whole = merged
    assert number > 8
    found = Structure(content)
    assert list(found.faults()) == []
    assert [element.kind for element in found.elements].count("/Document") == 1
    path = tmp_path / "merged.pdf"
    path.write_bytes(content)
    for command in (["qpdf", "--check", str(path)], ["pdfinfo", "-struct", str(path)]):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "rror" not in done.stderr
    fonts = [name.split("+")[1] for name in _fonts(content)]
    assert len(fonts) == len(set(fonts)), "a font is embedded once, whatever chapters it is used in"


def _fonts(content: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(content)) as document:
        return {str(thing.FontName) for thing in document.objects if _is_font(thing)}


def _is_font(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"


def test_it_reads_as_if_it_had_been_laid_out_whole(
    merged: tuple[bytes, int, str], snapshot: Row, blobs: FolderBlobs, tmp_path: Path
) -> None:
    content, _number, whole = merged
    head, _html = edition.compose(pdf.TEMPLATE, snapshot, digest(snapshot))
    with paper.checked() as watched:
        alone = watched.render(whole, head.sources(blobs)).write_pdf(pdf_variant=paper.VARIANT)
    ours, theirs = ([sorted(page.split()) for page in text(one, tmp_path)] for one in (content, alone))
    for page, other in zip(ours, theirs, strict=True):  # the figures of pages, head and foot too
        assert [word for word in page if word != "."] == [word for word in other if word != "."]
    read, whole_read = ("\n".join(words.strip(" .") for words in Structure(one).read()) for one in (content, alone))
    assert read == whole_read, "in reading order"


def test_every_page_that_is_named_is_the_one_where_it_stands(merged: tuple[bytes, int, str], tmp_path: Path) -> None:
    found = Structure(merged[0])
    pages, places = text(merged[0], tmp_path), found.places()
    named = 0
    for element in found.of("/Link"):
        link = element.annotations[0]
        if "/Dest" in link and (shown := re.search(r"(\d+)\s*$", found.text_of(element))):
            page = places[bytes(link.Dest)][0] + 1
            if not bytes(link.Dest).startswith(b"annex-"):  # there the text is an exhibit's number
                named += 1
                assert int(shown[1]) == page
                if not bytes(link.Dest).startswith(b"exhibit-"):
                    assert str(link.Contents).split()[0] in pages[page - 1]
    assert named > 10


def test_a_fault_in_the_structure_is_found(merged: tuple[bytes, int, str]) -> None:
    def numbers(document: pikepdf.Pdf) -> None:
        one, other = document.pages[2], document.pages[3]
        one.StructParents, other.StructParents = other.StructParents, one.StructParents

    def link(document: pikepdf.Pdf) -> None:
        document.pages[1].Annots[0].Dest = pikepdf.String("nowhere")

    def name(document: pikepdf.Pdf) -> None:
        cells = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/ID" in thing]
        cells[0].ID = cells[1].ID

    for harm in (numbers, link, name):
        with pikepdf.open(io.BytesIO(merged[0])) as document:
            harm(document)
            out = io.BytesIO()
            document.save(out)
        assert list(Structure(out.getvalue()).faults()), harm.__name__


def test_chapters_that_do_not_make_a_document_are_refused() -> None:
    sound: Row = {"anchors": [["a", 0, 1, 2, None]], "links": [], "references": [], "headers": [], "headings": [1, 2]}
    structure.check_whole([sound])
    for other in (
        {**sound, "headings": [2, 4], "anchors": []},
        {**sound, "headings": [2]},  # the same place again
        {**sound, "anchors": [], "headings": [], "links": [[1, 2, "nowhere"]]},
        {**sound, "anchors": [], "headings": [], "headers": [["x", 1], ["x", 2]]},
    ):
        with pytest.raises(ValueError, match="the structure does not hold"):
            structure.check_whole([sound, other])


@pytest.mark.usefixtures("short_chapters")
def test_a_change_in_one_place_leaves_the_other_chapters_as_they_are(snapshot: Row) -> None:
    first = _bodies(snapshot)
    row = {**snapshot["activities"][20], "description": "Noget helt andet, og en del længere end før. " * 9}
    changed = {**snapshot, "activities": [*snapshot["activities"][:20], row, *snapshot["activities"][21:]]}
    again = _bodies(changed)
    assert len(first) > 8
    assert len(set(again) - set(first)) <= 3


def test_what_is_said_in_another_language_is_told_so(blobs: FolderBlobs) -> None:
    body = '<section class="chapter"><h2 id="a">A</h2><p>One <span lang="da">bæredygtighed</span>.</p></section>'
    [chapter] = split(body)
    made = layout.lay_out(layout.request(chapter, layout.Look("en", ("styles:edition.css",), {})), blobs)
    [said] = [row for row in pieces.piece(made).objects if b"/Lang (da)" in row]
    assert b"/S /Span" in said


@pytest.mark.usefixtures("short_chapters")
def test_a_section_that_is_a_little_too_long_is_not_cut() -> None:
    def section(name: str, length: int) -> str:
        rows = "".join(f"<tr id='{name}{number}'><td>{'ord ' * 60}</td></tr>" for number in range(length))
        return f'<section class="chapter whole"><h2 id="{name}">A</h2><table><tbody>{rows}</tbody></table></section>'

    assert [len(split(section("a", 32) + section("b", length))) for length in (32, 60)] == [2, 4]


def _bodies(snapshot: Row) -> list[str]:
    fingerprint = "0" * 64  # else cover and annexes differ too
    return _cut(edition.compose(pdf.TEMPLATE, snapshot, fingerprint)[1])


def _cut(html: str) -> list[str]:
    return [one.body for one in split(html.partition("<body>")[2].partition("</body>")[0].strip())]


@pytest.mark.usefixtures("short_chapters")
def test_a_long_table_is_cut_between_rows_and_keeps_its_head() -> None:
    rows = "".join(f"<tr id='r{number}'><td>{'ord ' * 60}{number}</td></tr>" for number in range(90))
    head = '<colgroup><col class="no"></colgroup><thead><tr><th scope="col">Nr.</th></tr></thead>'
    table = f'<table class="x" id="t"><caption>C</caption>{head}<tbody>{rows}</tbody></table>'
    found = split(f'<section class="chapter"><h2 id="a">A</h2>{table}</section>')
    assert len(found) > 3
    for before, after in pairwise(found):
        assert before.body.endswith("</tbody></table></section>")
        assert after.body.startswith(f'<section class="chapter continued"><table class="x continued">{head}<tbody')
    assert (
        "".join(re.sub(r"</?(section|table|tbody|thead|colgroup|caption)\b.*?>", "", one.body) for one in found).count(
            "<td>"
        )
        == 90
    )
    assert all(one.body.count("<td>") >= splitting.KEPT_ROWS for one in found)


def test_a_short_document_is_one_chapter_and_names_its_places() -> None:
    (only,) = split('<section class="chapter"><a class="page-of" href="#x&amp;y">s. </a><a href="#z">z</a></section>')
    assert only.references == (("x&y", "left"), ("z", "right"))
    assert f'href="{ELSEWHERE}x&amp;y" data-at="0000"' in only.body


@pytest.mark.slow
def test_every_file_has_the_same_bytes_from_other_processes_zone_locale_hash_seed_and_workers(
    snapshot: Row, blobs: FolderBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fingerprint = tmp_path / "snapshot.json", digest(snapshot)
    path.write_bytes(canonical(snapshot))
    here = {"report.pdf": pdf.render_pdf(snapshot, fingerprint, blobs)}
    elsewhere = {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(children, "KEPT", (*children.KEPT, *elsewhere))
    with path.open("rb") as source:
        about = (outputs.KIND.name, "report.pdf", fingerprint)
        made = chapters.print_file(blobs, source, about, near=blobs.folder, workers=3)
        assert made.laid_out == made.chapters > 1
        there = {"report.pdf": made.stored}
        for output in outputs.KIND.outputs[1:]:
            out, target = io.BytesIO(), tmp_path / output.name
            output.build(snapshot, fingerprint, blobs, out)
            here[output.name] = out.getvalue()
            arguments = ("file", f"file:{blobs.folder}", outputs.KIND.name, output.name, fingerprint)
            with target.open("w+b") as file:
                limits = {"memory": chapters.MEMORY, "seconds": 60}
                children.run(chapters.CHILD, *arguments, source=source.fileno(), target=file.fileno(), **limits)
                file.seek(0)
                there[output.name] = digest_of(file)
    assert there == {name: digest_of(io.BytesIO(content)) for name, content in here.items()}
    assert len(there) == 4


def test_the_colours_are_srgb_by_formula_not_by_a_table(merged: tuple[bytes, int, str]) -> None:
    with pikepdf.open(io.BytesIO(merged[0])) as document:
        intent = document.Root.OutputIntents[0].DestOutputProfile
        assert document.pages[0].Resources.ColorSpace.srgb[1].objgen == intent.objgen
        profile = intent.read_bytes()
    assert b"para" in profile
    colours = Image.frombytes("RGB", (16, 16), bytes(range(256)) * 3)
    theirs = ImageCms.createProfile("sRGB")
    read = ImageCms.profileToProfile(colours, io.BytesIO(profile), theirs)
    assert read is not None
    assert read.tobytes() == colours.tobytes()


def test_a_piece_is_read_as_it_was_kept() -> None:
    stream = pieces.Stream(4, b"<<>>", b"\x00content")
    kept = pieces.Piece({"pages": []}, [2, 3], [b"<</A 1>>", b"[(\\() 2 0 R]"], [stream]).as_bytes()
    assert pieces.piece(kept) == pieces.Piece({"pages": []}, [2, 3], [b"<</A 1>>", b"[(\\() 2 0 R]"], [stream])
    assert pieces.facts(kept) == {"pages": []}
    with pytest.raises(ValueError, match="not a chapter"):
        pieces.facts(b"%PDF-1.7")
