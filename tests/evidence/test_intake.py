"""Files on their way in: what is kept of them, and that nothing is kept of those refused."""

import io
import threading
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from sdg_tracker.access import Role
from sdg_tracker.evidence import intake, rules
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.errors import Forbidden, Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence import files
from tests.factories import Factories


@pytest.fixture
def engine_name() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


def bytes_of(work: Work, sha256: str) -> bytes:
    with work.blobs.open(sha256) as file:
        return file.read()


@pytest.mark.parametrize("name", files.GOOD)
def test_every_accepted_type_is_kept(work: Work, name: str) -> None:
    media_type, content = files.GOOD[name]
    received = intake.receive(work, io.BytesIO(content), name, "application/x-lies")
    assert (received.original_type or received.media_type) == media_type
    assert received.file_name == name.replace(".heic", ".jpg")
    assert bytes_of(work, received.original.sha256) == content
    assert received.original.size == len(content)
    picture = media_type.startswith("image/")
    assert picture or received.rendition == received.original
    assert received.thumbnail is (picture or media_type == "application/pdf")


@pytest.mark.parametrize("what", files.HOSTILE)
def test_a_refused_file_leaves_nothing(work: Work, what: str) -> None:
    name, content, code = files.HOSTILE[what]
    with pytest.raises(Invalid) as error:
        intake.receive(work, io.BytesIO(content), name, "application/pdf")
    assert error.value.code == code
    assert error.value.field == "document"
    for locale in ("da", "en"):
        with use_locale(locale):
            assert name.split(".")[0] in str(error.value)
    assert list(work.blobs.all()) == []


def test_a_file_over_the_limit_is_refused_however_it_comes(work: Work, tmp_path: Path) -> None:
    work.settings = Settings(upload_limit_mb=1)
    content = b"0" * 1_000_001
    (tmp_path / "stor.txt").write_bytes(content)
    with pytest.raises(Invalid) as error:
        intake.receive(work, io.BytesIO(content), "stor.txt")
    assert error.value.code == "evidence-too-large"
    with (tmp_path / "stor.txt").open("rb") as file, pytest.raises(Invalid, match="1 MB"):
        intake.receive(work, file, "stor.txt")
    assert list(work.blobs.all()) == []
    assert intake.receive(work, io.BytesIO(content[:-1]), "stor.txt").original.size == 1_000_000


def test_a_picture_of_an_iphone_is_shown_as_jpeg(work: Work) -> None:
    content = files.heic((300, 200), exif=files.exif(6))
    assert b"Secret" in content
    received = intake.receive(work, io.BytesIO(content), "IMG_1.HEIC")
    assert (received.media_type, received.original_type) == ("image/jpeg", "image/heic")
    assert (received.file_name, received.findings) == ("IMG_1.jpg", ())
    shown = bytes_of(work, received.rendition.sha256)
    with Image.open(io.BytesIO(shown)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (200, 300)  # turned as it was taken
        assert dict(picture.getexif()) == {}
    assert b"ecret" not in shown


class Reads(io.BytesIO):
    """Bytes that count how much of them is read."""

    read_so_far = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.read_so_far += len(piece)
        return piece


def test_a_text_is_read_once_and_its_beginning_twice(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"dato;antal\n" + b"2026-01-15;12\n" * 100_000
    counted = Reads(content)
    monkeypatch.setattr(intake, "_on_disk", lambda _stack, stream, _limit, _refuse: stream)
    received = intake.receive(work, counted, "tal.csv")
    assert received.original.size == len(content)
    assert counted.read_so_far == len(content) + rules.HEAD


def test_place_and_camera_are_gone_from_what_others_see_and_kept_in_the_original(work: Work) -> None:
    content = files.jpeg((300, 200), exif=files.exif())
    received = intake.receive(work, io.BytesIO(content), "foto.jpg")
    assert bytes_of(work, received.original.sha256) == content
    shown = bytes_of(work, received.rendition.sha256)
    for secret in (b"Secret", b"secret", b"Exif", b"GPS"):
        assert secret not in shown
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(shown)) as after:
        assert dict(before.getexif().get_ifd(0x8825))
        assert dict(after.getexif()) == {}
        assert after.size == (300, 200)


def test_text_inside_a_png_or_webp_is_gone(work: Work) -> None:
    for content, name in (
        (files.png(text=True), "a.png"),
        (files.webp(exif=files.exif(), xmp=b"<x:xmpmeta>secret</x:xmpmeta>"), "a.webp"),
    ):
        assert b"ecret" in content
        received = intake.receive(work, io.BytesIO(content), name)
        shown = bytes_of(work, received.rendition.sha256)
        assert b"ecret" not in shown
        assert b"xmp" not in shown
        assert b"EXIF" not in shown


def test_bytes_behind_a_picture_are_gone_from_what_others_see(work: Work) -> None:
    received = intake.receive(work, io.BytesIO(files.jpeg() + files.HTML), "foto.jpg")
    assert b"script" not in bytes_of(work, received.rendition.sha256)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_it_was_taken(work: Work, orientation: int) -> None:
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("black", (0, 0, 20, 20))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=95, exif=files.exif(orientation))
    received = intake.receive(work, io.BytesIO(target.getvalue()), "foto.jpg")
    with Image.open(io.BytesIO(bytes_of(work, received.rendition.sha256))) as shown:
        assert shown.size == ((80, 40) if orientation < 5 else (40, 80))
        right, bottom = shown.width - 5, shown.height - 5
        corners = {(5, 5): (1, 5), (right, 5): (2, 6), (right, bottom): (3, 7), (5, bottom): (4, 8)}
        for place, orientations in corners.items():
            assert (shown.convert("L").getpixel(place) < 128) is (orientation in orientations)  # type: ignore[operator]


def test_large_pictures_are_made_smaller_and_small_ones_keep_their_size(work: Work) -> None:
    for size, expected in (((5000, 1000), (2400, 480)), ((1000, 4800), (500, 2400)), ((2400, 10), (2400, 10))):
        received = intake.receive(work, io.BytesIO(files.jpeg(size)), "foto.jpg")
        with Image.open(io.BytesIO(bytes_of(work, received.rendition.sha256))) as shown:
            assert shown.size == expected


def test_colours_are_turned_into_those_that_all_screens_know(work: Work) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for content in (files.jpeg(mode="CMYK", color=(0, 200, 200, 0)), files.jpeg(icc=lab), files.jpeg(icc=b"nonsense")):  # type: ignore[arg-type]
        received = intake.receive(work, io.BytesIO(content), "foto.jpg")
        with Image.open(io.BytesIO(bytes_of(work, received.rendition.sha256))) as shown:
            assert shown.mode == "RGB"
            assert "icc_profile" not in shown.info


def test_the_same_picture_gives_the_same_rendition(work: Work) -> None:
    content = files.jpeg((900, 700), exif=files.exif(6))
    first, second = (intake.receive(work, io.BytesIO(content), "foto.jpg") for _count in range(2))
    assert first == second


def test_transparent_and_grey_and_palette_pictures_are_kept(work: Work) -> None:
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        target = io.BytesIO()
        Image.new(mode, (30, 20)).save(target, "PNG")
        received = intake.receive(work, io.BytesIO(target.getvalue()), "a.png")
        with Image.open(io.BytesIO(bytes_of(work, received.rendition.sha256))) as shown:
            shown.load()
            assert shown.size == (30, 20)


def test_of_several_files_all_are_kept_or_none(work: Work) -> None:
    good, bad = files.GOOD["note.txt"][1], files.HOSTILE["a program"][1]
    received, refused = intake.receive_all(
        work, [(io.BytesIO(good), "a.txt"), (io.BytesIO(bad), "b.pdf"), (io.BytesIO(b""), "c.pdf")]
    )
    assert received == []
    assert [error.code for error in refused] == ["format-program", "upload-empty"]
    assert list(work.blobs.all()) == []
    received, refused = intake.receive_all(work, [(io.BytesIO(good), "a.txt"), (io.BytesIO(files.pdf()), "b.pdf")])
    assert [one.file_name for one in received] == ["a.txt", "b.pdf"]
    assert refused == []


def test_who_may_not_add_evidence_has_nothing_read(workplace: Workplace, make: Factories, library: Library) -> None:
    with workplace.reading(make.member(library, Role.READER)) as work, pytest.raises(Forbidden):
        intake.receive(work, io.BytesIO(b"hej"), "a.txt")


def test_a_file_that_takes_too_long_is_refused(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MEMORY", 60_000_000)
    with pytest.raises(Invalid) as error:
        intake.receive(work, io.BytesIO(files.jpeg((3000, 3000))), "foto.jpg")
    assert error.value.code in ("file-too-hard", "picture-too-large")
    assert list(work.blobs.all()) == []


def test_many_at_once_do_not_disturb_each_other(work: Work) -> None:
    contents = [files.jpeg((400 + 10 * count, 300)) for count in range(6)]
    kept: dict[int, intake.Received] = {}

    def receive(count: int) -> None:
        kept[count] = intake.receive(work, io.BytesIO(contents[count]), "foto.jpg")

    threads = [threading.Thread(target=receive, args=(count,)) for count in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kept[count].original.size for count in range(6)] == [len(content) for content in contents]
    assert isinstance(work.blobs, FolderBlobs)
    assert len(list(work.blobs.all())) == 12
