"""What a dossier says of the work on requirements: approval, score, comments for the auditor, and no internal ones."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl

from sdg_tracker.access import Actor
from sdg_tracker.certification import services as assessments
from sdg_tracker.certification import tasks
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.tasks import Assignment
from sdg_tracker.dossier import pdf, snapshot, workbook
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.printing.edition import compose
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Workplace
from tests import demo_library
from tests.factories import Factories


def headings(found: dict[str, Any]) -> list[Any]:
    out = io.BytesIO()
    workbook.build(found, digest(found), FolderBlobs(Path("/nonexistent")), out)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["Requirements"]
    return [cell.value for cell in sheet[1]]


def test_a_dossier_tells_the_work_and_only_what_the_auditor_is_shown(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, dossier: dict[str, Any]
) -> None:
    cycle = make.cycle(library, "points-example")
    codes = [
        row["code"]
        for area in cycle.scheme.document["areas"]
        for criterion in area["criteria"]
        for row in criterion["requirements"]
        if "points" in row
    ]
    one, other = codes[:2]
    with workplace.writing(coordinator) as work:
        assessments.assess(work, 1, one, AssessmentDetails(AssessmentState.MET, "Sådan."))
        approval = tasks.approve(work, 1, one)
        assessments.assess(work, 1, one, AssessmentDetails(AssessmentState.MET, "Sådan nu."))
        tasks.assign(work, 1, other, Assignment(None, work.today))
        tasks.comment(work, 1, one, "Kun for os selv")
        tasks.comment(work, 1, one, "Spørg gerne husmesteren <b>", shown=True)
        tasks.resolve(work, 1, one, 2)
        found = snapshot.take(work, schemes.cycle(work, 1), 1, "en")
    assert demo_library.faults(found) == []
    rows = {row["code"]: row for row in found["requirements"]}
    day = found["frozen_at"][:10]
    assert rows[one]["work"] == {
        "state": "approved",
        "due_on": None,
        "approved": {
            "role": "coordinator",
            "name": "Coordinator 2",
            "on": day,
            "sha256": approval.digest,
            "changed": True,
        },
    }
    told = {"role": "coordinator", "day": day, "text": "Spørg gerne husmesteren <b>", "resolved": True}
    assert rows[one]["comments"] == [told]
    assert set(rows[one]["score"]) == {"got", "of"}
    assert rows[other]["work"] == {"state": "open", "due_on": day, "approved": None}
    assert not {"work", "comments"} & rows[codes[2]].keys()
    _head, html = compose(pdf.TEMPLATE, found, digest(found))
    html = re.sub(r"\s+", " ", html)
    assert "Approved in the library by Coordinator 2, coordinator, on" in html
    assert "Changed since." in html
    assert "Not approved in the library. To be ready by" in html
    assert "(resolved):</span> Spørg gerne husmesteren &lt;b&gt;" in html
    assert "Kun for os selv" not in html + str(found)
    assert {"Points", "Approval", "Comments for the auditor"} <= set(headings(found))
    assert "Approval" not in headings(dossier)  # an edition without such work stays as it was
