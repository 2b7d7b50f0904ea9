"""The supplement on paper: the question, the answer and the new exhibits."""

from sdg_tracker.printing.edition import Template

TEMPLATE = Template(lambda _supplement: "print/supplement.html", lambda _supplement: {}, with_data=True)
