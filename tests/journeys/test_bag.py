"""The page of an unpacked bag, opened from the folder without a network: found in, checked, read by everybody."""

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Browser, Page, expect

from sdg_tracker.access import SYSTEM
from sdg_tracker.audit import sampling
from sdg_tracker.audit.states import Method
from sdg_tracker.dossier import page as dossier_page
from sdg_tracker.dossier import snapshot, workbook
from sdg_tracker.editions import bag, verify
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.build import snapshot_of
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.printing import crate
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work
from tests import demo_library
from tests.journeys import looking
from tests.journeys.site import DESKTOP, PHONE, Site, Visit

SCHEMA = Path(sampling.__file__).with_name("decisions.schema.json")
FILES = {"index.html": dossier_page.build, crate.NAME: crate.build, "report.xlsx": workbook.build}


@pytest.fixture(scope="module")
def unpacked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bag of the demo library's dossier, unpacked: a sixth of its evidence, and a report of a few bytes."""
    folder = tmp_path_factory.mktemp("unpacked")

    def take(work: Work) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(canonical(snapshot.take(work, schemes.cycle(work, 1), 1, "da")))
        data = work.blobs.put(io.BytesIO(canonical(found)))
        made = []
        for name, build in FILES.items():
            out = io.BytesIO()
            build(found, data.sha256, work.blobs, out)
            kept = work.blobs.put(io.BytesIO(out.getvalue()))
            made.append((name, kept.sha256, kept.size))
        kept = work.blobs.put(io.BytesIO(b"%PDF"))
        made.append(("report.pdf", kept.sha256, kept.size))
        zipped = bag.keep(work.blobs, found, made, fingerprint=data.sha256, size=data.size, folder="demo-dossier-1")
        with work.blobs.open(zipped.sha256, zipped.size) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            archive.extractall(folder)
        return found

    demo_library.taken(sqlite_template, tmp_path_factory.mktemp("library"), take, evidence=26)
    return folder / "demo-dossier-1"


@pytest.fixture
def opened(browser: Browser, unpacked: Path) -> Iterator[Page]:
    """The page, opened from the folder in a browser that complains of nothing and asks for nothing."""
    context = browser.new_context(offline=True, locale="da-DK", viewport=DESKTOP)
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None)
    shown.goto((unpacked / "data/index.html").as_uri())
    yield shown
    context.close()
    assert not complaints, complaints


def numbers(opened: Page, what: str) -> list[str]:
    """Return the rows that are seen."""
    seen = "rows => rows.filter(row => row.checkVisibility()).map(row => row.id)"
    found: list[str] = opened.eval_on_selector_all(f'[id^="{what}-"][data-item]', seen)
    return found


def test_rows_are_found_by_words_and_by_what_they_belong_to(opened: Page, unpacked: Path) -> None:
    data = json.loads((unpacked / "data/snapshot.json").read_bytes())
    every = len(data["requirements"]) + len(data["activities"]) + len(data["evidence"])
    title = data["evidence"][0]["title"]

    opened.locator("#words").fill(title.upper().replace("Æ", "AE").replace("Ø", "oe").replace("Å", "aa"))
    expect(opened.locator("#found")).to_contain_text(f"af {every}")
    assert "exhibit-1" in numbers(opened, "exhibit")
    assert len(numbers(opened, "exhibit")) < len(data["evidence"])
    opened.get_by_role("button", name="Vis alt").click()
    expect(opened.locator("#found")).to_be_empty()
    assert len(numbers(opened, "exhibit")) == len(data["evidence"])

    code = data["evidence"][0]["requirements"][0]["code"]
    tied = [f"exhibit-{row['exhibit']}" for row in data["evidence"] if code in {t["code"] for t in row["requirements"]}]
    opened.locator("#requirement").select_option(code)
    expect(opened.locator("#found")).not_to_be_empty()
    assert numbers(opened, "exhibit") == tied
    opened.locator("#requirement").select_option("")
    opened.locator("#goal").select_option("13")
    wanted = [f"activity-{a['number']}" for a in data["activities"] if "13" in {m["goal"] for m in a["mappings"]}]
    assert numbers(opened, "activity") == wanted
    opened.locator("#goal").select_option("")
    opened.locator("#state").select_option("under_way")
    expect(opened.locator("#check")).to_be_hidden()
    opened.evaluate("location.hash = '#check'")  # a link to what is hidden shows it
    expect(opened.locator("#check")).to_be_visible()


def test_the_folder_is_checked_and_what_changed_is_named(opened: Page, unpacked: Path, tmp_path: Path) -> None:
    chooser, result = opened.locator("#folder"), opened.locator("#result")
    chooser.set_input_files(unpacked)
    expect(result).to_contain_text("Alt er, som det blev frosset", timeout=20_000)
    files = [path for path in unpacked.rglob("*") if path.is_file()]
    expect(result).to_contain_text(f"{len(files) - 1}")  # the tag manifest is in no list
    shown = opened.locator("#digests tbody tr")
    assert shown.count() == len(files)
    exhibit = next((unpacked / "data/evidence").iterdir())
    assert hashlib.sha256(exhibit.read_bytes()).hexdigest() in str(opened.locator("#digests").text_content())

    kept, extra = exhibit.read_bytes(), unpacked / "data/extra.txt"
    trail, told = unpacked / "data/trail.jsonl", (unpacked / "data/trail.jsonl").read_bytes()
    try:
        exhibit.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        extra.write_text("more")
        trail.unlink()
        drop(opened, unpacked)
        expect(result).to_contain_text("Noget passer ikke", timeout=20_000)
        faults = result.locator("li").all_inner_texts()
    finally:
        exhibit.write_bytes(kept)
        extra.unlink()
        trail.write_bytes(told)
    assert len(faults) == 3, faults
    changed = _swap(unpacked)
    try:
        drop(opened, unpacked)
        expect(result).to_contain_text("de frosne data", timeout=20_000)
        faults_of_data = result.locator("li").all_inner_texts()
    finally:
        for path, content in changed.items():
            path.write_bytes(content)
    assert [text.count("de frosne data") for text in faults_of_data] == [1, 1, 1]
    for name in (exhibit.name, "data/extra.txt", "data/trail.jsonl"):
        assert any(name in fault for fault in faults), faults
    chooser.set_input_files(unpacked / "data/evidence")
    expect(result).to_contain_text("manifest-sha256.txt er ikke i denne mappe")
    for name, packed, answer in (
        ("whole.zip", zipfile.ZIP_STORED, "Alt er, som det blev frosset"),
        ("small.zip", zipfile.ZIP_DEFLATED, "small.zip er ikke en zip-fil, som denne side kan kigge i"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w", packed) as archive:
            for path in files:
                archive.write(path, f"x/{path.relative_to(unpacked)}")
        drop(opened, tmp_path / name)
        expect(result).to_contain_text(answer, timeout=20_000)


def _swap(folder: Path) -> dict[Path, bytes]:
    """Let two exhibits change places and move the trail, with lists of digests made anew; return what was there."""
    one, other = sorted((folder / "data/evidence").iterdir())[:2]
    trail, lists = folder / "data/trail.jsonl", [folder / name for name in (verify.MANIFEST, verify.TAGS)]
    kept = {path: path.read_bytes() for path in (one, other, trail, *lists)}
    one.write_bytes(kept[other])
    other.write_bytes(kept[one])
    first, second, *rest = kept[trail].splitlines(keepends=True)
    trail.write_bytes(b"".join([second, first, *rest]))
    for path in lists:
        lines = (line.partition("  ")[2] for line in path.read_text("utf-8").splitlines())
        path.write_text(
            "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in lines), "utf-8"
        )
    return kept


def drop(opened: Page, folder: Path) -> None:
    """Drop a folder on the page as a person does."""
    session = opened.context.new_cdp_session(opened)
    opened.locator("#drop").scroll_into_view_if_needed()
    box = opened.locator("#drop").bounding_box()
    assert box is not None
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def test_links_of_the_workbook_open_the_right_exhibits(unpacked: Path) -> None:
    book = openpyxl.load_workbook(unpacked / "data/report.xlsx")
    for name in ("Dokumentation", "Bilag efter krav"):
        rows = list(book[name].iter_rows())
        heads = [cell.value for cell in rows[0]]
        file, digest, exhibit = (heads.index(heading) for heading in ("Fil", "SHA-256", "Bilag"))
        for row in random.Random(7).sample(rows[1:], 20):
            link: Any = row[file].hyperlink
            path = unpacked / "data" / link.target.replace("\\", "/")
            assert hashlib.sha256(path.read_bytes()).hexdigest() == row[digest].value
            assert path.name.startswith(f"Bilag-{row[exhibit].value:03d}-")


def test_the_desk_makes_a_file_of_what_the_auditor_decides(opened: Page, unpacked: Path, tmp_path: Path) -> None:
    data = json.loads((unpacked / "data/snapshot.json").read_bytes())
    first = data["requirements"][0]["code"]
    opened.locator("#desk-auditor").fill("Ærø Revision")
    opened.locator("#desk-seed").fill(" 2026-11 ")
    opened.locator("#desk-size").fill("12")
    opened.locator("#desk-method").select_option("weighted")
    opened.locator("#desk-draw button").click()
    drawn = sampling.draw(sampling.candidates(data), "2026-11", 12, Method.WEIGHTED)
    links = opened.locator("#desk-drawn a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == [f"#exhibit-{exhibit}" for exhibit in drawn]
    opened.locator(f"#mark-{drawn[0]}").select_option("questioned")
    opened.locator(f"#note-{drawn[0]}").fill("Hvem er afsender?")
    opened.locator(f"#mark-{drawn[1]}").select_option("accepted")
    opened.locator("#desk-phrase").select_option(index=6)
    assert opened.locator("#desk-text").input_value()
    assert opened.locator("#desk-kind").input_value() == "minor"
    opened.locator("#desk-requirement").select_option(first)
    opened.locator("#desk-exhibits").fill(f"{drawn[0]}, 9999")
    opened.locator("#desk-text").fill("Afsender mangler\npå to bilag.")
    opened.locator("#desk-finding button").first.click()
    expect(opened.locator("#desk-list li")).to_have_count(0)  # there is no exhibit 9999
    opened.locator("#desk-exhibits").fill(f"{drawn[0]}")
    opened.locator("#desk-finding button").first.click()
    expect(opened.locator("#desk-list li")).to_have_count(1)
    opened.locator("#desk-decision").select_option("with_conditions")
    opened.locator("#desk-why").fill("Godt arbejde.")
    expect(opened.locator("#desk-conclusion-told")).to_contain_text("vilkårene")
    assert saved(opened, tmp_path)["conclusion"] is None
    opened.locator("#desk-conditions").fill("Afsender på alle bilag.")
    looking_faults = looking.faults(opened)
    opened.reload()
    made = saved(opened, tmp_path)
    assert looking_faults == []
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert list(validator.iter_errors(made)) == []
    assert made["edition"] == {"number": 1, "fingerprint": hashlib.sha256(canonical(data)).hexdigest()}
    assert made["sample"] == {"seed": "2026-11", "size": 12, "method": "weighted", "exhibits": drawn}
    assert {row["exhibit"]: (row["mark"], row["note"]) for row in made["marks"]} == {
        drawn[0]: ("questioned", "Hvem er afsender?"),
        drawn[1]: ("accepted", ""),
    }
    (finding,) = made["findings"]
    assert (finding["kind"], finding["requirement"], finding["exhibits"]) == ("minor", first, [drawn[0]])
    assert made["conclusion"]["conditions"] == "Afsender på alle bilag."

    opened.once("dialog", lambda dialog: dialog.accept())
    opened.locator("#desk-clear").click()
    expect(opened.locator("#desk-list li")).to_have_count(0)
    opened.locator("#desk-load").set_input_files(tmp_path / "decisions.json")
    expect(opened.locator("#desk-list li")).to_have_count(1)
    again = saved(opened, tmp_path)
    assert {**again, "made_at": ""} == {**made, "made_at": ""}
    opened.locator("#desk-list .change").click()
    opened.locator("#desk-kind").select_option("major")
    opened.locator("#desk-finding button").first.click()
    opened.locator("#desk-answered").uncheck()
    changed = saved(opened, tmp_path)
    assert (changed["findings"][0]["key"], changed["findings"][0]["kind"]) == (finding["key"], "major")
    assert changed["conclusion"] is None  # the library has to answer first


def saved(opened: Page, folder: Path) -> dict[str, Any]:
    """Save the decisions file and return what it holds."""
    with opened.expect_download() as download:
        opened.locator("#desk-save").click()
    download.value.save_as(folder / "decisions.json")
    found: dict[str, Any] = json.loads((folder / "decisions.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_it_can_be_used_by_all(opened: Page, viewport: Any) -> None:
    opened.set_viewport_size(viewport)
    opened.evaluate(looking.OPEN_ALL)
    assert looking.faults(opened) == []
    for stop in looking.tab_stops(opened, 6):
        assert stop["outlined"], stop


def test_its_digests_are_those_of_sha_256(opened: Page) -> None:
    for length in (0, 3, 55, 56, 63, 64, 65, 119, 120, 1000):
        content = bytes(number % 251 for number in range(length))
        made = opened.evaluate("n => Digest.ofBytes(Uint8Array.from({length: n}, (_, i) => i % 251))", length)
        assert made == hashlib.sha256(content).hexdigest()
    large = "async () => Digest.ofFile(new Blob([new Uint8Array(9 << 20).fill(7)]))"
    assert opened.evaluate(large) == hashlib.sha256(b"\7" * (9 << 20)).hexdigest()


def test_a_dropped_file_is_looked_up_by_its_digest_and_not_sent(site: Site, look: Visit, tmp_path: Path) -> None:
    with site.workplace.reading(SYSTEM, site.library_id) as work:
        artefact = editions.get(work, site.edition).artefact("report.xlsx")
        assert artefact is not None
        with work.blobs.open(artefact.sha256, artefact.size) as file:
            (tmp_path / "mine.xlsx").write_bytes(file.read())
        edition = editions.get(work, site.edition)
        frozen = snapshot_of(work.blobs, edition)
        made = [("report.xlsx", artefact.sha256, artefact.size)]
        files = bag.payloads(frozen, made, edition.fingerprint, edition.snapshot_size)
        trail = bag.trail_lines(frozen["trail"]["events"])
        with (tmp_path / "bag.zip").open("wb") as target:
            bag.write(target, "x-1", work.blobs, files, trail=trail, info={})
    (tmp_path / "other.txt").write_text("another")
    kept = (tmp_path / "bag.zip").read_bytes()
    mine = kept.index((tmp_path / "mine.xlsx").read_bytes())
    (tmp_path / "changed.zip").write_bytes(kept[:mine] + bytes([kept[mine] ^ 1]) + kept[mine + 1 :])
    (tmp_path / "cut.zip").write_bytes(kept[:-30])
    visitor = look()
    visitor.go("/verify")
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(request.post_data or ""))
    dropped = ("mine.xlsx", "other.txt", "bag.zip", "changed.zip", "cut.zip")
    visitor.page.locator("#file").set_input_files([tmp_path / name for name in dropped])
    answers = visitor.page.locator("#answers section")
    expect(answers.nth(1)).to_contain_text(site.text("Unknown code"))
    for told in ("mine.xlsx", artefact.sha256, "report.xlsx", site.text("Intact")):
        expect(answers.nth(0)).to_contain_text(told)
    right, wrong = site.text("Everything is as it was frozen"), site.text("Something does not hold")
    for place, inside in ((2, right), (3, wrong)):  # another zip than the one that was issued, of the same data
        for told in (inside, site.text("The data in it are those of:"), edition.fingerprint, site.text("Intact")):
            expect(answers.nth(place)).to_contain_text(told, timeout=20_000)
    expect(answers.nth(3)).to_contain_text("data/report.xlsx")
    expect(answers.nth(4)).to_contain_text(wrong)
    assert not any(sent)
    looking.check(visitor, "verify-dropped")
