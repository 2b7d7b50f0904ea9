"""The audit report on paper."""

from sdg_tracker.auditreport.shown import values
from sdg_tracker.printing.edition import Template

TEMPLATE = Template(lambda _report: "print/audit.html", values, with_data=True)
