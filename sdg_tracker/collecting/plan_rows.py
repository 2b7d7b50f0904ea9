"""The plan in force on a day, as a snapshot has it."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from sdg_tracker.activities.models import Partner
from sdg_tracker.collecting.plain import Row
from sdg_tracker.measures import snapshot as measures
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.plans import told
from sdg_tracker.work import Work


def plan(work: Work, on: date, known: Sequence[Row] | None = None) -> tuple[Row, list[Row]] | None:
    """Return the plan in force on a day, with the names of its partners, and the measures of its pledges.

    None where none is approved. ``known`` are the rows of the measures up to that day, read where they are not given.
    """
    rows = measures.rows(work, until=on) if known is None else known
    found = plans.row(work, on, measures=rows)
    if found is None or not found["approved"]:
        return None
    named = {code for row in found["initiatives"] for code in row["partners"]}
    columns = sa.select(Partner.code, Partner.name, Partner.name_en).order_by(Partner.code)
    partners = {
        code: {"da": name, "en": name_en or name}
        for code, name, name_en in work.session.execute(columns)
        if code in named
    }
    return {**found, "partners": partners}, told.measured(found, rows)
