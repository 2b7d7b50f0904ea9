"""The files of a supplement."""

from sdg_tracker import supplement
from sdg_tracker.editions import kinds
from sdg_tracker.editions.kinds import Kind, Output
from sdg_tracker.evidence.media import PDF
from sdg_tracker.foundation.i18n import lazy

KIND = Kind(
    supplement.KIND,
    "supplement",
    lazy("Supplement"),
    (
        Output("report.pdf", PDF, "sdg_tracker.supplement.pdf", printed=True),
        Output("index.html", "text/html", "sdg_tracker.supplement.page"),
    ),
)
kinds.register(KIND)
