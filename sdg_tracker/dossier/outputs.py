"""The files of a dossier."""

from sdg_tracker.dossier import page, pdf, snapshot, workbook
from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.workbooks.book import MEDIA_TYPE

KIND = Kind(
    snapshot.KIND,
    "dossier",
    lazy("Dossier"),
    (
        Output("report.pdf", "application/pdf", pdf.build),
        Output("report.xlsx", MEDIA_TYPE, workbook.build),
        Output("index.html", "text/html", page.build),
    ),
)
kinds.register(KIND)
