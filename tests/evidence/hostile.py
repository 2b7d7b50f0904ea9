"""Files that mean harm, or might, made anew for each test; with what is to become of each."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from tests.evidence import files

EICAR = (
    "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
)  # in two parts: this file is harmless
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Case:
    """A file: its name, its bytes, and why it is refused or what is found in it."""

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    found: frozenset[str] = field(default_factory=frozenset)


def _refused(name: str, make: Callable[[], bytes], code: str) -> Case:
    return Case(name, make, code)


def _found(name: str, make: Callable[[], bytes], *codes: str) -> Case:
    return Case(name, make, "", frozenset(codes))


# PDF -----------------------------------------------------------------------------------------------------------------


def pdf_with(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    """A page of a PDF that was changed."""
    with pikepdf.open(io.BytesIO(files.pdf(2))) as document:
        change(document)
        target = io.BytesIO()
        document.save(target, static_id=True, **options)  # type: ignore[arg-type] # any of its options
    return target.getvalue()


def script(code: str = "app.alert(1)") -> Dictionary:
    """An action that runs a script."""
    return Dictionary(S=Name.JavaScript, JS=String(code))


def _open_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(script())


def _named_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))


def _link_script(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 100, 100], A=script())
    pdf.pages[0].Annots = Array([note])


def _chained_script(pdf: pikepdf.Pdf) -> None:
    _link_script(pdf)
    pdf.pages[0].Annots[0].A = Dictionary(S=Name.GoTo, D=[pdf.pages[1].obj, Name.Fit], Next=Array([script()]))


def _loose_script(pdf: pikepdf.Pdf) -> None:
    loose = pdf.make_indirect(script())
    pdf.Root.PieceInfo = Dictionary(Hidden=Dictionary(Private=loose))


def _launch(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))


def _other_file(pdf: pikepdf.Pdf) -> None:
    _link_script(pdf)
    pdf.pages[0].Annots[0].A = Dictionary(S=Name.GoToR, F=String("\\\\example.org\\share\\a.pdf"), D=[0, Name.Fit])


def _stream_elsewhere(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = String("file:///etc/passwd")
    pdf.pages[0].Contents = stream


def _page_actions(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=script(), C=Dictionary(S=Name.URI, URI=String("https://example.org")))


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["virus.exe"] = files.EXE


def _attachment_note(pdf: pikepdf.Pdf) -> None:
    _attachment(pdf)
    found = pdf.attachments["virus.exe"].obj
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=found)])


def _form(pdf: pikepdf.Pdf) -> None:
    xfa = pdf.make_stream(b"<xdp:xdp><script>1</script></xdp:xdp>")
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=xfa)


def _submits(pdf: pikepdf.Pdf) -> None:
    button = Dictionary(FT=Name.Btn, T=String("send"), A=Dictionary(S=Name.SubmitForm, F=String("https://example.org")))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(button)]))


def _media(kind: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        content = Dictionary(Assets=Dictionary(Names=Array([])))
        note = Dictionary(
            Type=Name.Annot, Subtype=Name(kind), Rect=[0, 0, 9, 9], RichMediaContent=content, Movie=content
        )
        pdf.pages[0].Annots = Array([note])

    return change


def _opens_page(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://example.org"))


def pdf_archive() -> bytes:
    """A PDF that is an archive too."""
    return files.pdf() + files.zipped({"a.exe": files.EXE})


def pdf_text(text: str) -> bytes:
    """A PDF with a line of text."""
    with pikepdf.open(io.BytesIO(files.pdf())) as document:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        document.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))
        document.pages[0].Contents = document.make_stream(f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode("latin-1"))
        target = io.BytesIO()
        document.save(target, static_id=True)
    return target.getvalue()


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 200 MB."""

    def change(pdf: pikepdf.Pdf) -> None:
        packed = zlib.compress(b"0 0 m " * 33_000_000, 1)
        pdf.pages[0].Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)

    return pdf_with(change, compress_streams=False)


def pdf_deep() -> bytes:
    """A PDF of arrays in arrays in arrays."""
    nested = b"[" * 5000 + b"]" * 5000
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X " + nested + b">>\nendobj\n"
    body += b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    body += b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
    return body + b"trailer\n<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"


def pdf_circle() -> bytes:
    """A PDF whose pages hold themselves."""
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    body += b"2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1>>\nendobj\n"
    return body + b"trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"


# Office --------------------------------------------------------------------------------------------------------------


def links(*targets: tuple[str, str], mode: str = "External") -> bytes:
    """A list of links, each of a kind to somewhere."""
    rows = "".join(
        f'<Relationship Id="r{count}" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for count, (kind, target) in enumerate(targets)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{rows}</Relationships>'.encode()


def _docx_link(kind: str, target: str) -> Callable[[], bytes]:
    return partial(files.docx, {"word/_rels/document.xml.rels": links((kind, target))})


def entity_links() -> bytes:
    """Entities in entities in a list of links, in UTF-16."""
    text = (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    )
    return files.docx({"word/_rels/document.xml.rels": text.encode("utf-16")})


def locked_office() -> bytes:
    """An archive that says its parts are locked."""
    content = bytearray(files.docx())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    content[6] |= 1
    return bytes(content)


def many_parts() -> bytes:
    """An Office file of 20,000 parts."""
    return files.docx({f"word/p{count}.xml": b"" for count in range(20_000)})


def packed_tight() -> bytes:
    """An Office file with one part that unpacks to a thousand times its size, and less than the limit."""
    return files.docx({"word/media/image1.xml": b"\0" * 100_000_000})


def overlapping() -> bytes:
    """An Office file with two parts at the same place."""
    content = files.docx({"word/a.xml": b"<a/>", "word/b.xml": b"<a/>"})
    start = content.index(b"PK\x01\x02")
    first = content.index(b"word/a.xml", start) - 46
    second = content.index(b"word/b.xml", start) - 46
    changed = bytearray(content)
    changed[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(changed)


def sheet(text: str) -> bytes:
    """A workbook with a text in it."""
    return files.xlsx({"xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>".encode()})


def document(text: str) -> bytes:
    """A text, split as Word splits it."""
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in (text[:4], text[4:]))
    return files.docx({"word/more.xml": f"<w:p>{runs}</w:p>".encode()})


def field_that_fetches() -> bytes:
    """A text with a field that starts a program."""
    body = b'<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"</w:instrText></w:r></w:p>'
    return files.docx({"word/more.xml": body})


# Pictures ------------------------------------------------------------------------------------------------------------


def large_png(width: int, height: int, mode: str = "RGB") -> bytes:
    """A picture of one colour, packed to almost nothing."""
    target = io.BytesIO()
    Image.new(mode, (width, height)).save(target, "PNG", compress_level=1)
    return target.getvalue()


def large_jpeg(width: int, height: int, mode: str = "L", **options: object) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new(mode, (width, height), 128).save(target, "JPEG", quality=10, **options)
    return target.getvalue()


def picture_archive() -> bytes:
    """A picture that is an archive too."""
    return files.jpeg() + files.zipped({"a.exe": files.EXE})


def picture_pdf() -> bytes:
    """A picture whose comment begins a PDF."""
    target = io.BytesIO()
    Image.new("RGB", (20, 20)).save(target, "JPEG", comment=b"%PDF-1.7\n1 0 obj")
    return target.getvalue()


def heic_bomb() -> bytes:
    """A HEIC picture that says it has 900 million pixels."""
    content = bytearray(files.heic())
    at = content.index(b"ispe")
    content[at + 8 : at + 16] = struct.pack(">II", 30_000, 30_000)
    return bytes(content)


def text_of_png() -> bytes:
    """A picture with a text that unpacks to 200 MB."""
    packed = zlib.compress(b"\0" * 200_000_000, 1)
    chunk = b"Comment\0\0" + packed
    text = struct.pack(">I", len(chunk)) + b"zTXt" + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + chunk))
    content = files.png()
    return content[:33] + text + content[33:]


def nested_archive() -> bytes:
    """An archive in an archive in an archive."""
    content = b"\0" * 1_000_000
    for _level in range(8):
        content = files.zipped({"a.zip": content})
    return content


def outer(parts: dict[str, bytes]) -> bytes:
    """A text in a zip file with a word behind its end."""
    target = io.BytesIO(files.docx(parts))
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"hej"
    return target.getvalue() + b"<script>alert(1)</script>"


CPR = "Borger 010190-1234 deltog"
CASES: dict[str, Case] = {
    **{what: Case(name, partial(bytes, content), code) for what, (name, content, code) in files.HOSTILE.items()},
    "a PDF that runs a script at its opening": _found(
        "a.pdf", partial(pdf_with, _open_script), "pdf-javascript", "pdf-open-action"
    ),
    "a PDF with a named script": _found("a.pdf", partial(pdf_with, _named_script), "pdf-javascript"),
    "a PDF with a link that runs a script": _found("a.pdf", partial(pdf_with, _link_script), "pdf-javascript"),
    "a PDF with a script behind a harmless action": _found(
        "a.pdf", partial(pdf_with, _chained_script), "pdf-javascript"
    ),
    "a PDF with a script in a hidden place": _found("a.pdf", partial(pdf_with, _loose_script), "pdf-javascript"),
    "a PDF with a script in packed objects": _found(
        "a.pdf",
        partial(pdf_with, _open_script, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "pdf-javascript",
        "pdf-open-action",
    ),
    "a PDF whose script is written in numbers": _found(
        "a.pdf",
        lambda: pdf_with(_link_script).replace(b"/JavaScript", b"/J#61vaScript"),
        "pdf-javascript",
    ),
    "a PDF that starts a program": _found("a.pdf", partial(pdf_with, _launch), "pdf-launch", "pdf-open-action"),
    "a PDF that opens a file of the network": _found("a.pdf", partial(pdf_with, _other_file), "pdf-launch"),
    "a PDF whose page stands in another file": _found("a.pdf", partial(pdf_with, _stream_elsewhere), "pdf-launch"),
    "a PDF that acts when a page is turned": _found(
        "a.pdf", partial(pdf_with, _page_actions), "pdf-additional-actions", "pdf-javascript"
    ),
    "a PDF with a program in it": _found("a.pdf", partial(pdf_with, _attachment), "pdf-embedded-files"),
    "a PDF with a program pinned to a page": _found("a.pdf", partial(pdf_with, _attachment_note), "pdf-embedded-files"),
    "a PDF with an XFA form": _found("a.pdf", partial(pdf_with, _form), "pdf-xfa"),
    "a PDF that sends what is filled in": _found("a.pdf", partial(pdf_with, _submits), "pdf-sends"),
    "a PDF with rich media": _found("a.pdf", partial(pdf_with, _media("/RichMedia")), "pdf-rich-media"),
    "a PDF with a film": _found("a.pdf", partial(pdf_with, _media("/Movie")), "pdf-rich-media"),
    "a PDF that opens a web page": _found("a.pdf", partial(pdf_with, _opens_page), "pdf-open-action"),
    "a PDF that is an archive too": _found("a.pdf", pdf_archive, "also-archive"),
    "a PDF that unpacks to 200 MB": _found("a.pdf", pdf_bomb, "personal-number-unsearched"),
    "a PDF of arrays in arrays": _refused("a.pdf", pdf_deep, "pdf-broken"),
    "a PDF whose pages hold themselves": _refused("a.pdf", pdf_circle, "pdf-broken"),
    "a PDF that names a person": _found("a.pdf", partial(pdf_text, CPR), "personal-number"),
    "a text that fetches its template": _found(
        "a.docx", _docx_link("attachedTemplate", "https://example.org/a.dotm"), "office-links"
    ),
    "a text that fetches a picture": _found("a.docx", _docx_link("image", "file://example.org/a.png"), "office-links"),
    "a text with an object elsewhere": _found(
        "a.docx", _docx_link("oleObject", "https://example.org/a"), "office-embedded", "office-links"
    ),
    "a text with a link to click": _found("a.docx", _docx_link("hyperlink", "https://example.org/a")),
    "a text with a file in it": _found(
        "a.docx", partial(files.docx, {"word/embeddings/oleObject1.bin": files.OLD_WORD}), "office-embedded"
    ),
    "a text with a program in it": _found("a.docx", partial(files.docx, {"word/a.exe": files.EXE}), "office-embedded"),
    "a text that starts a program": _found("a.docx", field_that_fetches, "office-links"),
    "a workbook that reads another": _found(
        "a.xlsx", partial(files.xlsx, {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "office-links"
    ),
    "a workbook that asks a database": _found(
        "a.xlsx", partial(files.xlsx, {"xl/connections.xml": b"<a/>"}), "office-links"
    ),
    "a slide show with a file in it": _found(
        "a.pptx", partial(files.pptx, {"ppt/embeddings/Microsoft_Excel.xlsx": files.xlsx()}), "office-embedded"
    ),
    "a slide show with macros": _refused("a.pptx", partial(files.pptx, {"ppt/vbaProject.bin": b"x"}), "format-macros"),
    "macros under another name": _refused(
        "a.docx",
        partial(
            files.docx,
            {
                "word/_rels/document.xml.rels": links(("x", "harmless.bin"), mode="Internal").replace(
                    b'/x"', b'/vbaProject"'
                )
            },
        ),
        "format-macros",
    ),
    "entities in a list of links": _refused("a.docx", entity_links, "office-broken"),
    "a text that is locked": _refused("a.docx", locked_office, "office-locked"),
    "a text of 20,000 parts": _refused("a.docx", many_parts, "office-unpacks-large"),
    "a text that unpacks to 600 MB": _refused("a.docx", files.zip_bomb, "office-unpacks-large"),
    "a text with a part packed too tight": _refused("a.docx", packed_tight, "office-unpacks-large"),
    "a text with parts in each other": _refused("a.docx", overlapping, "format-mixed"),
    "a text with something behind it": _refused("a.docx", partial(outer, {}), "format-mixed"),
    "a text with a part outside": _refused("a.docx", partial(files.docx, {"../../etc/passwd": b"x"}), "format-mixed"),
    "an archive in an archive": _refused("a.docx", nested_archive, "format-archive"),
    "a text that names a person": _found("a.docx", partial(document, CPR), "personal-number"),
    "a workbook that names a person": _found("a.xlsx", partial(sheet, CPR), "personal-number"),
    "an OpenDocument text with macros": _refused(
        "a.odt", partial(files.odf, more={"Basic/Standard/Module1.xml": b"<a/>"}), "format-macros"
    ),
    "an OpenDocument text that runs a macro at its opening": _refused(
        "a.odt", partial(files.odf, body='<script:event-listener script:event-name="dom:load"/>'), "format-macros"
    ),
    "a locked OpenDocument text": _refused(
        "a.odt",
        partial(
            files.odf,
            manifest='<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
            "<manifest:encryption-data/></manifest:file-entry>",
        ),
        "office-locked",
    ),
    "an OpenDocument sheet that reads another": _found(
        "a.ods",
        partial(files.odf, "spreadsheet", '<table:table-source xlink:href="https://example.org/a.ods"/>'),
        "office-links",
    ),
    "an OpenDocument text with an object": _found(
        "a.odt",
        partial(files.odf, body='<draw:object-ole xlink:href="./Object 1"/>', more={"Object 1": files.OLD_WORD}),
        "office-embedded",
    ),
    "an OpenDocument text with a link to click": _found(
        "a.odt", partial(files.odf, body='<text:a xlink:href="https://example.org">her</text:a>')
    ),
    "an OpenDocument text that names a person": _found(
        "a.odt", partial(files.odf, body=f"<text:p>{CPR}</text:p>"), "personal-number"
    ),
    "a picture that is an archive too": _found("a.jpg", picture_archive, "also-archive"),
    "a picture that begins a PDF": _found("a.jpg", picture_pdf, "also-archive"),
    "a PNG of 99 million pixels": _refused("a.png", partial(large_png, 11_000, 9_000), "picture-too-large"),
    "a PNG as large as may be": _found("a.png", partial(large_png, 6_500, 6_500)),
    "a grey PNG as large as may be": _found("a.png", partial(large_png, 10_000, 9_900, "L")),
    "a JPEG as large as may be": _found("a.jpg", partial(large_jpeg, 10_000, 9_900)),
    "a JPEG of 121 million pixels": _refused("a.jpg", partial(large_jpeg, 11_000, 11_000), "picture-too-large"),
    "a progressive JPEG as large as may be": _found("a.jpg", partial(large_jpeg, 7_500, 7_500, progressive=True)),
    "a progressive colour JPEG as large as may be": _found(
        "a.jpg", partial(large_jpeg, 4_300, 4_300, "RGB", progressive=True, subsampling=0)
    ),
    "a WebP as large as may be": _found("a.webp", partial(files.webp, (3_690, 3_690))),
    "a PNG of sixteen bits as large as may be": _found("a.png", partial(large_png, 4_100, 4_100, "I;16")),
    "a PNG with a palette as large as may be": _found("a.png", partial(large_png, 5_800, 5_800, "P")),
    "a PNG with a text of 200 MB": _refused("a.png", text_of_png, "picture-broken"),
    "a HEIC of 900 million pixels": _refused("a.heic", heic_bomb, "picture-broken"),
    "a HEIC that is cut off": _refused("a.heic", lambda: files.heic((400, 300))[:-300], "picture-broken"),
    "a table that names a person": _found(
        "a.csv", lambda: b"navn;cpr\nA;010190-1234\nB;311299-4321\n", "personal-number"
    ),
    "a note that names a person": _found("a.txt", "født 010190–1234".encode, "personal-number"),
    "two endings": _found("faktura.pdf.exe", files.pdf, "name-changed"),
    "an ending that lies": _found("foto.png", files.jpeg, "name-changed"),
    "a name with folders": _found("../../foto.jpg", files.jpeg, "name-changed"),
    "a name that runs the other way": _found("foto\u202egpj.exe", files.jpeg, "name-changed"),
    "a name with control characters": _found("fo\x1bto\x00.jpg", files.jpeg, "name-changed"),
    "a name that Windows refuses": _found("CON.pdf", files.pdf, "name-changed"),
    "a name that names a person": _found("Referat 010190-1234.pdf", files.pdf, "personal-number-in-name"),
}
