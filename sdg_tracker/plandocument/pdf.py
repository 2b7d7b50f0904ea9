"""The plan on paper, in one of its variants."""

from sdg_tracker.plandocument import workbook
from sdg_tracker.plandocument.shown import Snapshot, values
from sdg_tracker.printing.edition import Template


def template(snapshot: Snapshot) -> str:
    """Return the template of what was chosen."""
    return f"print/plan_{snapshot['composition']['variant']}.html"


TEMPLATE = Template(template, values, with_data=True, workbook=workbook.build)
