"""What a page may read."""

import io
from pathlib import Path

import pytest

from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.printing import layout
from sdg_tracker.printing.layout import Look
from sdg_tracker.printing.sources import Sources
from sdg_tracker.printing.splitting import Chapter
from tests.printing.snapshots import picture

REFUSED = (
    "file:///etc/passwd",
    "fonts:../IBMPlexSans-Regular.woff2",
    "styles:../app.css",
    "styles:",
    "signs:%2e%2e/print.css",
    "http://127.0.0.1/",
    "data:text/css,*{}",
    "made:other",
    "blob:" + "0" * 64,
    "/etc/passwd",
    "",
)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.mark.parametrize("address", REFUSED)
def test_nothing_but_our_own_files_and_the_pictures_named_can_be_read(address: str, blobs: FolderBlobs) -> None:
    with pytest.raises(Conflict) as refused:
        Sources(blobs).read(address)
    assert refused.value.code == "print-source-unknown"


def test_a_blob_that_the_edition_does_not_name_can_not_be_read(blobs: FolderBlobs) -> None:
    other = blobs.put(io.BytesIO(b"of another edition"))
    with pytest.raises(Conflict):
        Sources(blobs).read(f"blob:{other.sha256}")


def test_pictures_fonts_styles_and_signs_are_read(blobs: FolderBlobs) -> None:
    drawn = picture(blobs, 1)
    sources = Sources(blobs, {drawn["sha256"]: (drawn["size"], "image/jpeg")}, {"qr": (b"png", "image/png")})
    assert sources.read(f"blob:{drawn['sha256']}")[1] == "image/jpeg"
    assert sources.read("made:qr") == (b"png", "image/png")
    assert sources.read("fonts:IBMPlexSans-Regular.woff2")[0].startswith(b"\0\1\0\0")  # unpacked
    assert b"@page" in sources.read("styles:edition.css")[0]
    assert sources.read("signs:met.svg")[1] == "image/svg+xml"


@pytest.mark.parametrize(
    "page",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<p style="background: url(file:///etc/passwd)">x</p>',
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>@font-face {font-family: x; src: url(file:///etc/passwd)} p {font-family: x}</style><p>x</p>",
        '<svg viewBox="0 0 1 1"><image href="file:///etc/passwd"/></svg>',
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
    ],
)
def test_a_page_that_asks_for_a_file_of_the_machine_is_not_laid_out(page: str, blobs: FolderBlobs) -> None:
    with pytest.raises(Conflict) as refused:
        layout.lay_out(layout.request(Chapter(page, ()), Look("da", ["styles:edition.css"], {})), blobs)
    assert refused.value.code == "print-source-unknown"


def test_a_picture_without_a_text_is_not_printed(blobs: FolderBlobs) -> None:
    drawn = picture(blobs, 1)
    page = Chapter(f'<img src="blob:{drawn["sha256"]}">', ())
    asked = layout.request(page, Look("da", [], {drawn["sha256"]: (drawn["size"], "image/jpeg")}))
    with pytest.raises(ValueError, match="the page has faults"):
        layout.lay_out(asked, blobs)
