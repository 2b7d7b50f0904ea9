"""The files of a printed plan."""

from sdg_tracker import plandocument
from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.evidence.media import PDF, XLSX
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.printing import crate

KIND = Kind(
    plandocument.KIND,
    "plan",
    lazy("Plan"),
    (
        Output("report.pdf", PDF, "sdg_tracker.plandocument.pdf", printed=True, spoken=True),
        Output("report.xlsx", XLSX, "sdg_tracker.plandocument.workbook", spoken=True),
        Output("index.html", "text/html", "sdg_tracker.plandocument.page", spoken=True),
        Output(crate.NAME, crate.MEDIA_TYPE, "sdg_tracker.printing.crate"),
    ),
)
kinds.register(KIND)
