"""Documents with words in them, for tests of what is read from files."""

import io
from html import escape

import pikepdf

from tests.evidence import files

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def docx(*paragraphs: str, **parts: str) -> bytes:
    """Return a Word document; ``parts`` are other parts with one paragraph each, such as header1."""
    found = {
        "word/document.xml": _word(paragraphs),
        **{f"word/{name}.xml": _word([text]) for name, text in parts.items()},
    }
    return files.docx({name: text.encode() for name, text in found.items()})


def _word(paragraphs: tuple[str, ...] | list[str]) -> str:
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'


def xlsx() -> bytes:
    """Return a workbook with a shared text, a text of its own in a cell, and numbers."""
    shared = f'<sst xmlns="{SHEET}"><si><t>Delte ord</t></si></sst>'
    cells = '<c t="s"><v>0</v></c><c t="inlineStr"><is><t>Egne ord</t></is></c><c><v>4711</v></c>'
    sheet = f'<worksheet xmlns="{SHEET}"><sheetData><row>{cells}</row></sheetData></worksheet>'
    return files.xlsx({"xl/sharedStrings.xml": shared.encode(), "xl/worksheets/sheet1.xml": sheet.encode()})


def pptx() -> bytes:
    """Return the parts of a presentation that hold text."""
    slide = f'<p xmlns:a="{DRAWING}"><a:p><a:r><a:t>Et lysbillede</a:t></a:r></a:p></p>'
    return files.zipped({"ppt/slides/slide1.xml": slide.encode()})


def odt() -> bytes:
    """Return the parts of an OpenDocument text that hold text, some of it in the middle of a paragraph."""
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    body = f'<body xmlns:t="{text}"><t:h>Overskrift</t:h><t:p>Et <t:span>fedt</t:span> ord</t:p></body>'
    return files.zipped({"content.xml": body.encode()})


def pdf(*pages: str) -> bytes:
    """Return a PDF with a line of text on each page."""
    found = pikepdf.new()
    font = found.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    for text in pages:
        page = found.add_blank_page(page_size=(595, 842))
        drawn = b"BT /F1 12 Tf 72 700 Td (" + text.encode("cp1252") + b") Tj ET"
        page.Contents = found.make_stream(drawn)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()
