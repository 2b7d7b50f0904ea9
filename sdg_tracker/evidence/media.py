"""The types of files that are taken, their endings and names."""

PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OPEN_XML}wordprocessingml.document"
XLSX = f"{_OPEN_XML}spreadsheetml.sheet"
PPTX = f"{_OPEN_XML}presentationml.presentation"
ODT, ODS, ODP = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
TXT, CSV = "text/plain", "text/csv"
HTML = "text/html"  # only of pages that were fetched, and only as received: others see their text
ENDINGS = {
    PDF: "pdf",
    JPEG: "jpg",
    PNG: "png",
    WEBP: "webp",
    HEIC: "heic",
    DOCX: "docx",
    XLSX: "xlsx",
    PPTX: "pptx",
    ODT: "odt",
    ODS: "ods",
    ODP: "odp",
    TXT: "txt",
    CSV: "csv",
}
RECEIVED = {**ENDINGS, HTML: "html"}  # of originals
PICTURES = frozenset({JPEG, PNG, WEBP, HEIC})
WITH_THUMBNAIL = frozenset({JPEG, PNG, WEBP, PDF})  # of renditions
RENDITIONS = {HEIC: JPEG}  # what others see has another type than what came
ACCEPTED = "PDF, JPEG, PNG, WebP, HEIC, DOCX, XLSX, PPTX, ODT, ODS, ODP, TXT, CSV"
