"""Files for tests: good ones, and ones that mean harm."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
ODF = "application/vnd.oasis.opendocument."
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def jpeg(
    size: tuple[int, int] = (80, 60), color: str = "#3f7e44", mode: str = "RGB", *, exif: bytes = b"", icc: bytes = b""
) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, "JPEG", quality=90, exif=exif, icc_profile=icc, comment=b"secret comment")
    return target.getvalue()


def exif(orientation: int = 1) -> bytes:
    """What a phone writes: camera, orientation, place, maker's note."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "SecretMaker", "SecretModel", orientation
    found.get_ifd(0x8769)[0x927C] = b"secret maker note"
    place = found.get_ifd(0x8825)
    place[1], place[2] = "N", (IFDRational(55), IFDRational(44), IFDRational(5))
    place[3], place[4] = "E", (IFDRational(12), IFDRational(21), IFDRational(7))
    return found.tobytes()


def png(size: tuple[int, int] = (40, 30), *, text: bool = False) -> bytes:
    """A picture; with words in it that nobody sees."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if text:
        info.add_text("Author", "secret author")
        info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>secret xmp</x:xmpmeta>")
        info.add_text("Comment", "secret comment", zip=True)
    target = io.BytesIO()
    Image.new("RGBA", size, (10, 20, 30, 128)).save(target, "PNG", pnginfo=info)
    return target.getvalue()


def webp(size: tuple[int, int] = (40, 30), **values: object) -> bytes:
    """A picture."""
    target = io.BytesIO()
    Image.new("RGB", size, "#dd1367").save(target, "WEBP", **values)
    return target.getvalue()


def pdf(pages: int = 1, *, password: str = "", text: bytes = b"") -> bytes:
    """A document with a coloured square on each page."""
    document = pikepdf.new()
    for _page in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(b"0.1 0.4 0.2 rg 100 500 300 200 re f " + text)
    target = io.BytesIO()
    encryption = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(target, deterministic_id=not password, encryption=encryption)
    return target.getvalue()


def zipped(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    """A zip file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(main: str = WORD, part: str = "/word/document.xml", more: dict[str, bytes] | None = None) -> bytes:
    """The least that is an Office file."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/></Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), part.lstrip("/"): b"<document/>", **(more or {})})


def docx(more: dict[str, bytes] | None = None) -> bytes:
    """A text."""
    return office(more=more)


def xlsx(more: dict[str, bytes] | None = None) -> bytes:
    """A workbook."""
    return office(SHEET, "/xl/workbook.xml", more)


def pptx(more: dict[str, bytes] | None = None) -> bytes:
    """A slide show."""
    return office(SLIDES, "/ppt/presentation.xml", more)


def odf(kind: str = "text", body: str = "", manifest: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """The least that is an OpenDocument file."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "draw", "script")
    )
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">{body}</office:document-content>'
    )
    listing = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODF}{kind}"/>{manifest}</manifest:manifest>'
    )
    parts = {"content.xml": content.encode(), "META-INF/manifest.xml": listing.encode(), **(more or {})}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"{ODF}{kind}", zipfile.ZIP_STORED)
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def heic(size: tuple[int, int] = (64, 48), *, exif: bytes = b"", color: str = "#3f7e44") -> bytes:
    """A picture as an iPhone makes it."""
    import pillow_heif

    made = pillow_heif.from_pillow(Image.new("RGB", size, color))
    target = io.BytesIO()
    made.save(target, quality=80, exif=exif or None, enc_params={"preset": "ultrafast"})
    return target.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A small file that says it has 900 million pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zip_bomb() -> bytes:
    """A small text that unpacks to 600 MB."""
    target = io.BytesIO(docx())
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/media/image1.xml", "w") as part,
    ):
        for _count in range(600):
            part.write(b"\0" * 1_000_000)
    return target.getvalue()


def lying_zip_bomb() -> bytes:
    """The same in small, whose list says that it unpacks to ten bytes."""
    content = bytearray(docx({"word/media/image1.xml": b"\0" * 5_000_000}))
    at = content.index((5_000_000).to_bytes(4, "little"))
    while at >= 0:
        content[at : at + 4] = (10).to_bytes(4, "little")
        at = content.find((5_000_000).to_bytes(4, "little"))
    return bytes(content)


EXE = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 46 + b"\x40\x00\x00\x00PE\x00\x00" + b"\x00" * 400
)
OLD_WORD = bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 1000
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'

GOOD = {
    "bilag.pdf": ("application/pdf", pdf()),
    "foto.jpg": ("image/jpeg", jpeg()),
    "skaerm.png": ("image/png", png()),
    "plakat.webp": ("image/webp", webp()),
    "referat.docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx()),
    "tal.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx()),
    "IMG_1.heic": ("image/heic", heic()),
    "vis.pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", pptx()),
    "tekst.odt": (f"{ODF}text", odf()),
    "ark.ods": (f"{ODF}spreadsheet", odf("spreadsheet")),
    "dias.odp": (f"{ODF}presentation", odf("presentation")),
    "note.txt": ("text/plain", "Vi så på blåbær, og så gik vi hjem.\n".encode()),
    "gammel.txt": ("text/plain", "Vi så på blåbær – “sådan”.\r\n".encode("cp1252")),
    "besog.csv": ("text/csv", "dato;antal\n2026-01-15;12\n2026-01-16;40\n".encode("utf-8-sig")),
    "komma.csv": ("text/csv", b"day,count\n2026-01-15,12\n2026-01-16,40\n"),
}

HOSTILE = {
    "an empty file": ("tom.pdf", b"", "upload-empty"),
    "HTML named pdf": ("bilag.pdf", HTML, "format-web-page"),
    "HTML without its head": ("bilag.txt", b"Hej <script >alert(1)</script>", "format-web-page"),
    "HTML after a comment": ("bilag.txt", b"  \n<!-- x --><p>", "format-web-page"),
    "SVG": ("tegning.svg", SVG, "format-drawing"),
    "SVG named png": ("tegning.png", SVG, "format-drawing"),
    "XML": ("data.txt", b'<?xml version="1.0"?><a/>', "format-web-page"),
    "a shell script": ("note.txt", b"#!/bin/sh\nrm -rf /\n", "format-web-page"),
    "PHP": ("note.txt", b"hej <?php system('id'); ?>", "format-web-page"),
    "HTML that is a PDF too": ("bilag.pdf", b"<html><!--\n" + pdf(), "format-mixed"),
    "a PDF after other bytes": ("bilag.pdf", b"hej\n" + pdf(), "format-mixed"),
    "a PDF that is cut off": ("bilag.pdf", pdf(3)[:-200], "pdf-broken"),
    "only the beginning of a PDF": ("bilag.pdf", b"%PDF-1.7\n", "pdf-broken"),
    "a PDF with a password": ("bilag.pdf", pdf(password="hemmelig"), "pdf-locked"),
    "a program": ("bilag.pdf", EXE, "format-program"),
    "a program named jpg": ("foto.jpg", EXE, "format-program"),
    "an old Word file": ("referat.doc", OLD_WORD, "format-old-office"),
    "HEIC": ("IMG_1.HEIC", HEIC, "picture-broken"),
    "GIF": ("a.gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 20, "format-other-picture"),
    "a film": ("film.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 100, "format-film"),
    "an archive": ("alt.zip", zipped({"a.txt": b"hej"}), "format-archive"),
    "a Java program": ("x.docx", zipped({"META-INF/MANIFEST.MF": b"Main-Class: X"}), "format-program"),
    "an OpenDocument drawing": ("tegning.odg", odf("graphics"), "format-other-office"),
    "a Visio drawing": (
        "plan.vsdx",
        office("application/vnd.ms-visio.drawing.main+xml", "/visio/d.xml"),
        "format-other-office",
    ),
    "a macro file": ("brev.docm", office(WORD_MACRO), "format-macros"),
    "a macro file named docx": ("brev.docx", docx({"word/vbaProject.bin": b"\xd0\xcf"}), "format-macros"),
    "an old macro sheet": ("tal.xlsx", xlsx({"xl/macrosheets/sheet1.xml": b"<a/>"}), "format-macros"),
    "a control that runs": ("brev.docx", docx({"word/activeX/activeX1.bin": b"\0"}), "format-macros"),
    "an Office file behind other bytes": ("brev.docx", b"PK\x03\x04" + b"x" * 50 + docx(), "format-mixed"),
    "an Office file that is cut off": ("brev.docx", docx()[:-30], "office-broken"),
    "an Office file that lies of its size": ("brev.docx", lying_zip_bomb(), "office-broken"),
    "an entity in the list of parts": (
        "brev.docx",
        zipped({"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "word/document.xml": b"<a/>"}),
        "office-broken",
    ),
    "a picture that is cut off": ("foto.jpg", jpeg((400, 300))[:-400], "picture-broken"),
    "only the beginning of a picture": (
        "foto.jpg",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 50,
        "picture-broken",
    ),
    "a picture of 900 million pixels": ("foto.png", png_bomb(), "picture-too-large"),
    "control characters": ("note.txt", b"hej\x07 med\x1b[31m dig", "text-unreadable"),
    "hidden control characters": ("note.txt", "hej \u009b31m".encode(), "text-unreadable"),
    "bytes of no text": ("note.txt", b"hej \x81\x8d\x8f", "text-unreadable"),
    "UTF-16": ("note.txt", "hej".encode("utf-16"), "format-not-accepted"),
    "RTF": ("note.rtf", rb"{\rtf1\ansi hej}", "format-other-office"),
}
