"""The files of an audit report."""

from sdg_tracker import auditreport
from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.evidence.media import PDF, XLSX
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.printing import crate

KIND = Kind(
    auditreport.KIND,
    "audit",
    lazy("Audit report"),
    (
        Output("report.pdf", PDF, "sdg_tracker.auditreport.pdf", printed=True),
        Output("report.xlsx", XLSX, "sdg_tracker.auditreport.workbook"),
        Output("index.html", "text/html", "sdg_tracker.auditreport.page"),
        Output(crate.NAME, crate.MEDIA_TYPE, "sdg_tracker.printing.crate"),
    ),
)
kinds.register(KIND)
