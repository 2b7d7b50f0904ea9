"""PDFs: nothing that acts by itself is left, what is shown stays, and the bytes are always the same."""

import io

import pikepdf
import pypdfium2
import pytest

from sdg_tracker.evidence import intake, pdfs
from sdg_tracker.work import Work
from tests.evidence import files, hostile

ACTIVE = {what: case for what, case in hostile.CASES.items() if any(code.startswith("pdf-") for code in case.found)}
WORDS = (b"JavaScript", b"/JS", b"/Launch", b"/AA", b"/EmbeddedFile", b"/XFA", b"/SubmitForm", b"/RichMediaContent")


@pytest.fixture
def engine_name() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


def cleaned(content: bytes) -> bytes:
    target = io.BytesIO()
    assert pdfs.clean(io.BytesIO(content), target, "application/pdf")["cleaned"]
    return target.getvalue()


@pytest.mark.parametrize("what", ACTIVE)
def test_nothing_active_is_left_and_the_pages_are(what: str) -> None:
    content = ACTIVE[what].make()
    once, twice = cleaned(content), cleaned(content)
    assert once == twice
    with pikepdf.open(io.BytesIO(once)) as pdf:
        assert pdfs.neutralise(pdf) == set()
        assert len(pdf.pages) == 2
        unpacked = io.BytesIO()
        pdf.save(unpacked, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for word in WORDS:
        assert word not in unpacked.getvalue()
    if "stands in another file" not in what:
        assert drawn(once) == drawn(content)


def drawn(content: bytes) -> bytes:
    """Return the pixels of the first page, without forms and notes."""
    page = pypdfium2.PdfDocument(content)[0]
    return bytes(page.render(scale=0.2, may_draw_forms=False, draw_annots=False).to_pil().tobytes())


def test_a_pdf_without_anything_active_is_shown_as_it_came(work: Work) -> None:
    received = intake.receive(work, io.BytesIO(files.pdf()), "a.pdf")
    assert received.rendition == received.original
    assert received.findings == ()


def test_opening_at_a_page_is_harmless() -> None:
    def at_page(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.GoTo, D=pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit])
        )

    found = pdfs.clean(io.BytesIO(hostile.pdf_with(at_page)), io.BytesIO(), "application/pdf")
    assert (found["cleaned"], found["findings"]) == (False, [])


def test_a_font_called_aa_is_left_alone() -> None:
    def with_font(pdf: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(AA=font))

    assert pdfs.clean(io.BytesIO(hostile.pdf_with(with_font)), io.BytesIO(), "application/pdf")["findings"] == []


def test_a_pdf_that_only_its_owner_may_change_is_cleaned_too() -> None:
    with pikepdf.open(io.BytesIO(hostile.CASES["a PDF with a program in it"].make())) as pdf:
        target = io.BytesIO()
        pdf.save(target, encryption=pikepdf.Encryption(owner="secret", user=""))
    with pikepdf.open(io.BytesIO(cleaned(target.getvalue()))) as pdf:
        assert not pdf.is_encrypted
        assert len(pdf.attachments) == 0


def test_the_original_stays_as_received_and_the_rendition_is_linked_to_it(work: Work) -> None:
    content = ACTIVE["a PDF with a program in it"].make()
    received = intake.receive(work, io.BytesIO(content), "a.pdf")
    with work.blobs.open(received.original.sha256) as original, work.blobs.open(received.rendition.sha256) as shown:
        assert original.read() == content
        assert b"EmbeddedFile" not in shown.read()
