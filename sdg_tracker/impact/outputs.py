"""The files of a report."""

from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.impact import snapshot
from sdg_tracker.workbooks.book import MEDIA_TYPE

KIND = Kind(
    snapshot.KIND,
    "impact",
    lazy("Impact report"),
    (
        Output("report.pdf", "application/pdf", "sdg_tracker.impact.pdf"),
        Output("report.xlsx", MEDIA_TYPE, "sdg_tracker.impact.workbook"),
        Output("index.html", "text/html", "sdg_tracker.impact.page"),
    ),
)
kinds.register(KIND)
