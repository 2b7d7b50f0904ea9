"""The files of a dossier."""

from sdg_tracker.dossier import snapshot
from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.workbooks.book import MEDIA_TYPE

KIND = Kind(
    snapshot.KIND,
    "dossier",
    lazy("Dossier"),
    (
        Output("report.pdf", "application/pdf", "sdg_tracker.dossier.pdf"),
        Output("report.xlsx", MEDIA_TYPE, "sdg_tracker.dossier.workbook"),
        Output("index.html", "text/html", "sdg_tracker.dossier.page"),
    ),
)
kinds.register(KIND)
