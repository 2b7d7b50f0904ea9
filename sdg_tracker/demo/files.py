"""Files of invented evidence: real pictures, PDFs, documents and sheets, the same bytes for the same words."""

import csv
import io
import random
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape
from pathlib import Path

import xlsxwriter
from PIL import Image, ImageDraw, ImageFont

from sdg_tracker.foundation.resources import resource_dir

FONTS = "vendor/dkfds/fonts/IBMPlexSans/complete/woff2"
PICTURE = (1600, 1200)  # pixels
DRAWN_AT = 2  # drawn this much larger, for smooth edges


@dataclass(frozen=True)
class Content:
    """What a file is about."""

    title: str
    activity: str
    description: str
    library: str
    day: date
    color: str  # of the activity's goal, "#RRGGBB"

    def chance(self) -> random.Random:
        """Return chance that falls the same way for the same title."""
        return random.Random(self.title)  # noqa: S311 - invented figures


def make(file_type: str, content: Content) -> tuple[str, bytes]:
    """Return ending and bytes of a file. Raises KeyError for a type that the demo can't make."""
    makers = {
        "jpg": _jpeg,
        "png": _png,
        "pdf": _pdf,
        "url": _pdf,  # a page printed as PDF
        "docx": _docx,
        "xlsx": _xlsx,
        "csv": _csv,
    }
    return ("pdf" if file_type == "url" else file_type), makers[file_type](content)


def _picture(content: Content) -> Image.Image:
    chance = content.chance()
    width, height = (side * DRAWN_AT // 2 for side in PICTURE)
    top, bottom = _mixed(content.color, "#ffffff", 0.75), _mixed(content.color, "#ffffff", 0.35)
    sky = Image.new("RGB", (1, 2))
    sky.putpixel((0, 0), top)
    sky.putpixel((0, 1), bottom)
    picture = sky.resize((width, height), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(picture)
    floor = int(height * 0.62)
    draw.rectangle((0, floor, width, height), fill=_mixed(content.color, "#20262b", 0.55))
    for shelf in range(3):
        left = int(width * (0.06 + shelf * 0.32))
        _shelf(draw, chance, content.color, (left, int(height * 0.14), int(width * 0.24), floor))
    for _person in range(chance.randint(4, 7)):
        _figure(draw, chance, content.color, (width, height, floor))
    _caption(draw, content, (width, height))
    return picture.resize(PICTURE, Image.Resampling.LANCZOS)


def _shelf(draw: ImageDraw.ImageDraw, chance: random.Random, color: str, box: tuple[int, int, int, int]) -> None:
    left, top, width, floor = box
    draw.rectangle((left, top, left + width, floor), fill=_mixed(color, "#ffffff", 0.88))
    for row in range(4):
        y, x = top + (floor - top) * (row + 1) // 4 - 6, left + 10
        draw.rectangle((left, y, left + width, y + 6), fill=_mixed(color, "#2b2f33", 0.4))
        while x < left + width - 24:
            thickness, tall = chance.randint(10, 22), chance.randint(70, 100) * (floor - top) // 480
            shade = _mixed(color, chance.choice(["#ffffff", "#1d2226", "#f4e3b2", "#7a8b99"]), chance.uniform(0.2, 0.8))
            draw.rectangle((x, y - tall, x + thickness, y), fill=shade)
            x += thickness + chance.choice([2, 2, 3, 14])


def _figure(draw: ImageDraw.ImageDraw, chance: random.Random, color: str, room: tuple[int, int, int]) -> None:
    width, height, floor = room
    x, y = chance.randint(width // 10, width * 9 // 10), chance.randint(floor, int(height * 0.8))
    scale = 0.55 + 0.6 * (y - floor) / max(1, height - floor)
    head, body = int(44 * scale), int(180 * scale)
    dress = _mixed(color, chance.choice(["#1d3557", "#e9c46a", "#f1faee", "#6d597a"]), 0.7)
    draw.rounded_rectangle((x - head, y - body, x + head, y + body // 2), head, fill=dress)
    skin = chance.choice([(241, 205, 175), (198, 134, 96), (120, 82, 60), (226, 180, 143)])
    draw.ellipse((x - head * 0.7, y - body - head * 1.5, x + head * 0.7, y - body - head * 0.1), fill=skin)


def _caption(draw: ImageDraw.ImageDraw, content: Content, size: tuple[int, int]) -> None:
    font = _font(34)
    if font is None:
        return
    width, height = size
    draw.rectangle((0, height - 90, width, height), fill=(255, 255, 255))
    draw.rectangle((0, height - 90, 16, height), fill=content.color)
    text = content.title if len(content.title) <= 80 else content.title[:79] + "…"
    draw.text((40, height - 66), text, font=font, fill=(29, 34, 38))


def _font(size: int) -> ImageFont.FreeTypeFont | None:
    path = resource_dir("static") / FONTS / "IBMPlexSans-Medium.woff2"
    return ImageFont.truetype(path, size) if path.is_file() else None


def _mixed(color: str, other: str, share: float) -> tuple[int, int, int]:
    one, two = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (color, other))
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def _jpeg(content: Content) -> bytes:
    """Return a picture as a phone makes it: with the place where it was taken, which the product has to take out."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Telefon", "Demo"
    exif[0x0132] = content.day.strftime("%Y:%m:%d 12:00:00")
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (55.0, 43.0, 51.0), "E", (12.0, 21.0, 48.0)
    out = io.BytesIO()
    _picture(content).save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _png(content: Content) -> bytes:
    out = io.BytesIO()
    _picture(content).quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def _pdf(content: Content) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - slow to load, and only this needs it

    fonts = resource_dir("static") / FONTS
    faces = "".join(
        f"@font-face {{font-family: Plex; font-weight: {weight}; src: url({path.as_uri()})}}"
        for weight, path in ((400, fonts / "IBMPlexSans-Regular.woff2"), (600, fonts / "IBMPlexSans-SemiBold.woff2"))
        if path.is_file()
    )
    page = f"""<!doctype html><html lang="da"><head><title>{escape(content.title)}</title>
        <meta name="dcterms.created" content="{content.day.isoformat()}"><style>{faces}
        @page {{size: A4; margin: 25mm 22mm; @bottom-right {{content: counter(page); font: 9pt Plex}}}}
        body {{font: 11pt/1.5 Plex, sans-serif; color: #1d2226; hyphens: auto}}
        h1 {{font-size: 20pt; line-height: 1.2; border-left: 6pt solid {content.color}; padding-left: 10pt}}
        .source {{color: #555; font-size: 9pt}}</style></head><body>
        <p class="source">{escape(content.library)} · {content.day.strftime("%d.%m.%Y")}</p>
        <h1>{escape(content.title)}</h1><p>{escape(content.description)}</p>
        {"".join(f"<p>{escape(sentence)}</p>" for sentence in _sentences(content))}</body></html>"""
    found: bytes = HTML(string=page).write_pdf()
    return found


def _sentences(content: Content) -> list[str]:
    chance = content.chance()
    people = chance.randint(8, 60)
    return [
        f"Denne side hører til aktiviteten »{content.activity}«. Alt på den er opdigtet til en demonstration.",
        f"{people} deltagere var med, og {chance.randint(2, 7)} af bibliotekets medarbejdere stod for afviklingen.",
        "Vi så på, hvad der virkede, og hvad vi vil gøre anderledes næste gang. Det, der blev til overs, gik videre.",
        f"Opfølgning: programgruppen vender tilbage til emnet efter {chance.randint(2, 6)} måneder.",
    ]


def _docx(content: Content) -> bytes:
    paragraphs = [content.title, f"{content.library}, {content.day.strftime('%d.%m.%Y')}", *_sentences(content)]
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _figures(content: Content) -> list[list[str | int]]:
    chance = content.chance()
    rows: list[list[str | int]] = [["Uge", "Fremmødte", "Ny deltager", "Bemærkning"]]
    first = content.day.isocalendar().week
    for week in range(8):
        came = chance.randint(6, 48)
        remark = chance.choice(["", "", "regn", "ferie"])
        rows.append([max(1, first - 8 + week), came, chance.randint(0, came // 3), remark])
    return rows


def _xlsx(content: Content) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    made = datetime.combine(content.day, time(12), UTC).replace(tzinfo=None)
    book.set_properties({"title": content.title, "created": made})
    sheet = book.add_worksheet("Tal")
    sheet.write_string(0, 0, content.title, book.add_format({"bold": True}))
    for number, row in enumerate(_figures(content), 2):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def _csv(content: Content) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([[content.title], *_figures(content)])
    return out.getvalue().encode()


def seed_file(name: str) -> Path:
    """Return where a file of the demo library lies."""
    return resource_dir("seed") / "demo" / name
