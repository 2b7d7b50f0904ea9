"""A table of 200 MB and a photo of 12 megapixels on their way in.

The large file is measured from where the web server has put it, against writing and hashing the same bytes; what the
request around it costs, which is werkzeug's reading of the form, is told beside it, and what it costs in parts.
"""

import hashlib
import io
import logging
import multiprocessing
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from bench.measure import Figure, cpu, highest_mb
from sdg_tracker import demo
from sdg_tracker.access import Actor
from sdg_tracker.app import create_app
from sdg_tracker.evidence import adding, intake, preparing, queries, thumbnails
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.states import ThumbnailState
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.giving import services as giving
from sdg_tracker.giving.rules import PART
from sdg_tracker.giving.services import Announced
from sdg_tracker.installation import prepare
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace

SIZE, SMALL = 200_000_000, 20_000_000  # bytes
LIMIT = 2.0
ROUNDS = 5
PHOTO = (4032, 3024)  # pixels
PHOTO_SECONDS = 2.0  # of CPU, from the request to the thumbnail
PIECE = 1 << 16  # bytes at a time, as the intake: larger pieces cost the baseline more than they should
BOUNDARY = "bench"
LINE = "2026-01-15;Ballerup Bibliotek;Læsning for børn på biblioteket;42;gratis\n"


def _table(path: Path, size: int) -> None:
    piece = (LINE.encode() * (PIECE // len(LINE) + 1))[:PIECE]
    with path.open("wb") as file:
        while size > 0:
            size -= file.write(piece[:size])


def _workplace(folder: str) -> tuple[Workplace, Actor]:
    logging.disable(logging.WARNING)
    place = Workplace.open(
        Settings(
            database=f"sqlite:///{folder}/tracker.sqlite",
            store=f"file:{folder}/store",
            jobs=f"sqlite:///{folder}/jobs.sqlite",
            secret="only for measuring",  # noqa: S106
            upload_limit_mb=250,
        )
    )
    if not Path(f"{folder}/tracker.sqlite").exists() or not library_ids(place):
        prepare(place, demo.name())
        demo.fill(place, lambda _line: None, activities=1, evidence=0, seed=1)
    return place, demo.coordinator(place)


def _received(folder: str, path: str) -> tuple[float, float]:
    """Receive and add a file; return the CPU seconds and by how many MB the process grew."""
    place, actor = _workplace(folder)
    begun, before = cpu(), highest_mb()
    with Path(path).open("rb") as file, place.reading(actor) as work:
        received = intake.receive(work, file, "tal.csv")
    with place.writing(actor) as work:
        adding.add(work, received, EvidenceDetails())
    used, grown = cpu() - begun, highest_mb() - before
    place.blobs.remove(received.original.sha256)
    return used, grown


def _in_parts(folder: str, path: str) -> tuple[float, float]:
    """Take a file in parts and save it; return the CPU seconds and by how many MB the process grew."""
    place, actor = _workplace(folder)
    key, size = secrets.token_hex(16), Path(path).stat().st_size
    begun, before = cpu(), highest_mb()
    with place.writing(actor) as work:
        giving.begin(work, Announced(key, "tal.csv", size))
    with Path(path).open("rb") as file:
        for offset in range(0, size, PART):
            with place.reading(actor) as work:
                awaited = giving.expect(work, key, offset)
            stored = giving.take(place.blobs, awaited, io.BytesIO(file.read(PART)))
            with place.writing(actor) as work:
                giving.append(work, key, offset, stored)
    with place.reading(actor) as work:
        [upload] = giving.ready(work, [key])
        received = intake.receive(work, giving.content(work, upload), "tal.csv")
    with place.writing(actor) as work:
        giving.save(work, [key], [received], EvidenceDetails())
    used, grown = cpu() - begun, highest_mb() - before
    for sha256 in {received.original.sha256, *(part.sha256 for part in upload.parts)}:
        place.blobs.remove(sha256)
    return used, grown


def _written(folder: str, path: str) -> float:
    """Write and hash the same bytes; return the CPU seconds."""
    target, hasher = Path(folder) / "copy", hashlib.sha256()
    begun = cpu()
    with Path(path).open("rb") as source, target.open("wb") as file:
        while piece := source.read(PIECE):
            hasher.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    used = cpu() - begun
    target.unlink()
    return used


def _posted(folder: str, path: str, name: str) -> tuple[float, float]:
    """Send a file to the application and make its thumbnail; return the CPU seconds and the growth in MB."""
    place, actor = _workplace(folder)
    client = create_app(place).test_client()
    with client.session_transaction() as session:
        session.update(user=actor.number, epoch=1, library=actor.library_id)
    page = client.get("/evidence/new").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n'
    head += f'Content-Disposition: form-data; name="document"; filename="{name}"\r\n\r\n'
    body = Path(folder) / "body"
    with body.open("wb") as target, Path(path).open("rb") as source:
        target.write(head.encode())
        while piece := source.read(PIECE):
            target.write(piece)
        target.write(f"\r\n--{BOUNDARY}--\r\n".encode())
    owed: list[tuple[str, tuple[int, ...]]] = []
    place.enqueue = owed.extend
    begun, before = cpu(), highest_mb()
    with body.open("rb") as stream:
        answer = client.post(
            "/evidence/new",
            input_stream=stream,
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
            content_length=body.stat().st_size,
        )
    pictures = [arguments for job, arguments in owed if job == preparing.THUMBNAIL_JOB]
    for arguments in pictures:
        thumbnails.make(place, *arguments)
    used, grown = cpu() - begun, highest_mb() - before
    assert answer.status_code == 303, answer.status_code
    number = int(answer.location.split("/")[2])
    with place.reading(actor) as work:
        version = queries.get(work, number).current
        assert not pictures or version.thumbnail_state == ThumbnailState.DONE.value
    for sha256 in {version.original_sha256, version.rendition_sha256}:
        place.blobs.remove(sha256)
    return used, grown


def _photo(path: Path) -> None:
    """Make what a phone makes: detail and noise, place and camera."""
    noise = Image.effect_noise(PHOTO, 40)
    slope = Image.radial_gradient("L").resize(PHOTO)
    picture = Image.merge("RGB", (noise, slope, Image.blend(noise, slope, 0.5)))
    found = Image.Exif()
    found[0x010F], found[0x0112] = "Maker", 6
    place = found.get_ifd(0x8825)
    place[1], place[2] = "N", (IFDRational(55), IFDRational(44), IFDRational(5))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=90, exif=found.tobytes())
    path.write_bytes(target.getvalue())


def measure() -> Figure:
    """Return what a large file costs, and how much memory a small and a large one take."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.csv", Path(folder) / "small.csv"
        _table(large, SIZE)
        _table(small, SMALL)
        ours, plain = [], []
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            pool.apply(_received, (folder, str(small)))  # makes the installation
            for _round in range(ROUNDS):
                plain.append(pool.apply(_written, (folder, str(large))))
                ours.append(pool.apply(_received, (folder, str(large))))
            _used, grown_small = pool.apply(_received, (folder, str(small)))
            parts, grown_parts = pool.apply(_in_parts, (folder, str(large)))
            request, grown_request = pool.apply(_posted, (folder, str(large), "tal.csv"))
    used, baseline = median(seconds for seconds, _grown in ours), median(plain)
    grown = max(grown for _seconds, grown in ours)
    more = {
        "grown_mb_at_20_mb": grown_small,
        "whole_request_cpu_s": request,
        "whole_request_grown_mb": grown_request,
        "in_parts_cpu_s": parts,
        "in_parts_grown_mb": grown_parts,
    }
    return Figure(used / baseline, LIMIT, used, baseline, grown, SIZE, more)


def measure_photo() -> Figure:
    """Return the CPU seconds of a photo from the request to its thumbnail, against what they may be."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        _photo(path)
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            found = [pool.apply(_posted, (folder, str(path), "foto.jpg")) for _round in range(ROUNDS)]
        size = path.stat().st_size / 1e6
    used = median(seconds for seconds, _grown in found)
    grown = max(grown for _seconds, grown in found)
    return Figure(used / PHOTO_SECONDS, 1.0, used, PHOTO_SECONDS, grown, 1, {"photo_mb": size})


FIGURES: dict[str, Callable[[], Figure]] = {"upload": measure, "upload_photo": measure_photo}
