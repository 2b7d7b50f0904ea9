"""Whatever is changed in a sealed bag, the check names it; and it says in plain words what is proved and what not."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from click.testing import CliRunner
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata import info, xmp_xml
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko_certvalidator import ValidationContext

from sdg_tracker.cli import main
from sdg_tracker.editions import keys, proof, sealing, signatures
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.i18n import use_locale
from tests import tsa
from tests.editions.conftest import sealed

Seal = tuple[bytes, bytes, dict[str, Any]]
SIGNED, TAGS = "report-signed.pdf", "tagmanifest-sha256.txt.p7s"


@pytest.fixture
def beside(downloaded: Path, seal: Seal, tmp_path: Path) -> Path:
    """A folder with the unpacked bag and its seal beside it; return the bag."""
    shutil.copytree(downloaded.parent / "unpacked", tmp_path / "got")
    (tmp_path / "got" / SIGNED).write_bytes(seal[0])
    (tmp_path / "got" / TAGS).write_bytes(seal[1])
    (bag,) = [path for path in (tmp_path / "got").iterdir() if path.is_dir()]
    return bag


def faults(bag: Path, **given: Any) -> list[str]:
    """Check a bag with what lies beside it."""
    return proof.check(bag, **given).faults


def flipped(content: bytes) -> bytes:
    """Change one bit in the middle."""
    changed = bytearray(content or b"x")
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def test_each_file_with_one_byte_flipped_is_named(beside: Path) -> None:
    assert faults(beside) == []
    files = [path for path in sorted(beside.parent.rglob("*")) if path.is_file()]
    assert len(files) >= 14
    for path in files:
        kept = path.read_bytes()
        path.write_bytes(flipped(kept))
        name = path.relative_to(beside if beside in path.parents else beside.parent).as_posix()
        found = faults(beside)
        assert any(name in fault for fault in found), (name, found)
        path.write_bytes(kept)
    assert faults(beside) == []


def manifests(bag: Path) -> None:
    """Write both manifests anew, as somebody would who wants to hide a change."""
    payload = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    tags = ("bagit.txt", "bag-info.txt", "README.txt", "manifest-sha256.txt")
    for listing, paths in (("manifest-sha256.txt", payload), ("tagmanifest-sha256.txt", [bag / tag for tag in tags])):
        digests = {path.relative_to(bag).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        (bag / listing).write_text("".join(f"{digests[name]}  {name}\n" for name in sorted(digests)), "utf-8")


def swap(bag: Path) -> list[Path]:
    one, other = sorted((bag / "data" / "evidence").iterdir())
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return [one, other]


def test_exhibits_that_change_places_are_named_even_with_new_manifests(beside: Path) -> None:
    swapped = swap(beside)
    for path in swapped:
        assert any(fault.startswith(f"manifest-sha256.txt: data/evidence/{path.name}: ") for fault in faults(beside))
    manifests(beside)
    found = faults(beside)
    for path in swapped:
        assert any(fault.startswith(f"data/snapshot.json: data/evidence/{path.name}: expected ") for fault in found)
    assert f"{TAGS}: signature: expected one that holds, found a signature of other bytes" in found
    snapshot = beside / "data" / "snapshot.json"  # and when the frozen data are made to fit, the fingerprint is another
    data = json.loads(snapshot.read_bytes())
    one, other = data["evidence"]
    for key in ("sha256", "size"):
        one[key], other[key] = other[key], one[key]
    snapshot.write_bytes(canonical(data))
    manifests(beside)
    assert any(fault.startswith("bag-info.txt: SDG-Tracker-Fingerprint: ") for fault in faults(beside))


def moved(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


def shortened(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def retold(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"role":"', b'"role":"x'), *lines[1:]]


@pytest.mark.parametrize(
    ("change", "place"),
    [(moved, "event 1: expected number 1"), (shortened, "end: "), (retold, "event 1: expected digest")],
)
def test_a_trail_that_is_moved_cut_or_retold_is_named_even_with_new_manifests(
    beside: Path, change: Callable[[list[bytes]], list[bytes]], place: str
) -> None:
    trail = beside / "data" / "trail.jsonl"
    trail.write_bytes(b"".join(line + b"\n" for line in change(trail.read_bytes().splitlines())))
    assert any(fault.startswith("manifest-sha256.txt: data/trail.jsonl: ") for fault in faults(beside))
    manifests(beside)
    assert any(fault.startswith(f"data/trail.jsonl: {place}") for fault in faults(beside))


def test_a_seal_made_with_another_key_is_named(beside: Path, seal: Seal, tmp_path: Path) -> None:
    report, tags, answer = _again(beside)
    certificate = tmp_path / "right.pem"
    certificate.write_text(seal[2]["certificate"], "ascii")
    assert faults(beside, trust=certificate) == []
    (beside.parent / TAGS).write_bytes(tags)
    right, wrong = seal[2]["digest"], answer["digest"]
    assert faults(beside) == [f"{SIGNED}: certificate: expected {wrong}, found {right}"], "the two are of two keys"
    (beside.parent / SIGNED).write_bytes(report)
    assert faults(beside) == [], "whose key it is nobody can tell who has no certificate"
    told = faults(beside, trust=certificate)
    assert {fault.partition(":")[0] for fault in told} == {SIGNED, TAGS}
    assert all("expected one that is trusted" in fault and wrong in fault for fault in told)


def _again(bag: Path) -> Seal:
    folder = bag.parent.parent / "again"
    folder.mkdir()
    shutil.copytree(bag, folder / bag.name)
    return sealed(folder, keys.own("another"))


def test_what_was_added_to_a_signed_report_is_named(beside: Path) -> None:
    path = beside.parent / SIGNED
    kept = path.read_bytes()
    path.write_bytes(kept + b"\n% more\n")
    assert any("bytes after what was signed" in fault for fault in faults(beside))
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        del pdf.pages[-1]
        pdf.save(path)
    found = faults(beside)
    assert any(fault.startswith(f"{SIGNED}: signature: ") for fault in found)
    assert f"{SIGNED}: data/report.pdf: expected the report of the bag, found another one" in found


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tsa.Authority]:
    with tsa.serving(tmp_path_factory.mktemp("authority")) as found:
        yield found


class Slow(datetime):
    """A clock by which a minute passes between any two looks at it: signing takes time."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Slow":
        cls.looks += 1
        return cls(2026, 3, 2, 11, cls.looks % 60, tzinfo=tz)


def test_a_time_stamp_and_proofs_for_later_years(
    beside: Path, authority: tsa.Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (info, xmp_xml):
        monkeypatch.setattr(module, "datetime", Slow)
    (tmp_path / "bag").mkdir()
    bag = Path(shutil.copytree(beside, tmp_path / "bag" / beside.name))
    report, tags, answer = sealed(tmp_path / "bag", authority.seal, authority.address)
    assert (answer["level"], answer["time_fault"], answer["own"]) == ("B-LTA", "", False)
    assert report.count(b"/DocTimeStamp") == 1
    assert Slow.looks > 1
    assert b"/CRLs" in report, "what was revoked is told inside"
    for name, content in ((SIGNED, report), (TAGS, tags)):
        (tmp_path / "bag" / name).write_bytes(content)
    (tmp_path / "root.der").write_bytes(authority.root)
    with use_locale("en"):
        found = proof.check(bag, trust=tmp_path / "root.der")
        assert found.faults == []
        one, other = found.signatures
        assert {one.file, other.file} == {SIGNED, TAGS}
        assert (one.subject, one.issuer, one.stamped_by) == ("Demoby Bibliotekerne, DK", "Demorod, DK", "Demotid, DK")
        assert one.stamped_at is not None
        assert other.stamped_at is not None
        text = "\n".join(str(line) for line in (*proof.proved(found), *proof.not_proved(found)))
        assert "says the time server Demotid, DK" in text
        assert "can be checked for years" in text
        assert "the key is the installation's own" not in text
        assert "is by a certificate that you said you trust" in text
    cut = bytearray(report)
    cut[report.rindex(b"/DocTimeStamp") - 2000] ^= 1
    assert signatures.of_pdf(SIGNED, bytes(cut)).fault
    changed = IncrementalPdfFileWriter(io.BytesIO(report))  # whoever adds a page's worth can have it stamped anew
    page = changed.root["/Pages"]["/Kids"][0]
    while "/Kids" in page:
        page = page["/Kids"][0]
    page["/Rotate"] = NumberObject(180)  # type: ignore[no-untyped-call]
    changed.update_container(page)
    target = io.BytesIO()
    context = ValidationContext(trust_roots=[x509.Certificate.load(authority.root)])
    settings = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
    stamper = PdfTimeStamper(sealing.Stamps(authority.address))
    sealing.awaited(stamper.async_timestamp_pdf(changed, "sha256", context, output=target, dss_settings=settings))
    assert signatures.of_pdf(SIGNED, target.getvalue()).fault == "changes after it was signed"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "{site}/nowhere"])
def test_without_the_time_server_it_is_sealed_without_a_time(
    downloaded: Path, own_key: bytes, authority: tsa.Authority, address: str
) -> None:
    site = authority.address.rpartition("/demo/")[0]
    report, tags, answer = sealed(downloaded.parent / "unpacked", own_key, address.format(site=site))
    assert (answer["level"], answer["own"]) == ("B-B", True)
    assert answer["time_fault"]
    assert signatures.of_pdf(SIGNED, report).fault == ""
    assert signatures.of_tags(TAGS, tags, b"other").fault == "a signature of other bytes"


def test_the_command_says_what_is_proved_and_what_is_not(
    beside: Path, bag: Path, seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SDG_TRACKER_LANGUAGE", "en")
    run = CliRunner().invoke
    alone = run(main, ["verify", bag.name])
    assert alone.exit_code == 0
    assert "all holds" in alone.stdout
    assert "there is no seal" in alone.stdout
    told = run(main, ["verify", str(beside)])
    assert told.exit_code == 0
    assert "the key is the installation's own. It proves that the file is unchanged, not who made it" in told.stdout
    assert "there is no time stamp from others" in told.stdout
    monkeypatch.setenv("SDG_TRACKER_LANGUAGE", "da")
    assert "Bevist:" in run(main, ["verify", str(beside)]).stdout
    report = run(main, ["verify", str(beside.parent / SIGNED), "--json"])
    assert report.exit_code == 0
    (signature,) = json.loads(report.stdout)["signatures"]
    assert signature["digest"] == seal[2]["digest"]
    (beside / "README.txt").write_text("other")
    wrong = run(main, ["verify", str(beside)])
    assert wrong.exit_code == 1
    assert [line.partition(": expected")[0] for line in wrong.stdout.splitlines()] == [
        "tagmanifest-sha256.txt: README.txt"
    ]
    assert "Noget er forkert" in wrong.stderr
    (tmp_path / "no.pem").write_text("nothing")
    assert run(main, ["verify", str(beside), "--trust", "no.pem"]).exit_code == 1
    assert run(main, ["verify", "--trust", "no.pem"]).exit_code == 2
    assert run(main, ["verify", "absent.zip"]).exit_code == 2
