"""What both pages do with a form whose files came in parts: wait for no lock, keep all or nothing, refuse in words."""

from collections.abc import Callable, Sequence

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.evidence import adding, intake
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem
from sdg_tracker.giving import services
from sdg_tracker.web import identity
from sdg_tracker.web.forms import BaseForm
from sdg_tracker.web.lifecycle import reading, workplace, writing


def save_uploads(
    keys: Sequence[str], details: EvidenceDetails, ties: Sequence[Wanted] = ()
) -> tuple[list[Added], list[Problem]]:
    """Check uploads and save them as evidence; return what was saved, or every refusal.

    Those that were saved before give the evidence that they became, so asking twice is harmless.
    """
    work = reading()
    try:
        uploads = services.ready(work, keys)
    except Conflict as problem:
        if problem.code == "upload-lost":
            _rewind(str(problem.facts["key"]))
        return [], [problem]
    except Invalid as problem:
        return [], [problem]
    fresh = [upload for upload in uploads if upload.evidence_number is None]
    if not fresh:
        numbers = [upload.evidence_number for upload in uploads if upload.evidence_number is not None]
        return [Added(evidence_queries.get(work, number)) for number in numbers], []
    files = [(services.content(work, upload), upload.file_name) for upload in fresh]
    received, refused = intake.receive_all(work, files)  # checked and stored: no lock is held
    if refused:
        return [], list(refused)
    return _written(lambda: services.save(writing(), [upload.key for upload in fresh], received, details, ties))


def save_files(form_files: Sequence[tuple[object, str]], details: EvidenceDetails) -> tuple[list[Added], list[Problem]]:
    """Check files that came with their form and save them as evidence."""
    received, refused = intake.receive_all(reading(), form_files)  # type: ignore[arg-type]
    if refused:
        return [], list(refused)
    return _written(lambda: adding.add_all(writing(), received, details))


def _written(step: Callable[[], list[Added]]) -> tuple[list[Added], list[Problem]]:
    try:
        return step(), []
    except Invalid as problem:
        return [], [problem]


def _rewind(key: str) -> None:
    """Forget lost parts in a step of its own: the answer is a refusal, whose step is undone."""
    with workplace().writing(identity.actor()) as work:
        services.rewind(work, key)


def refuse(form: BaseForm, problems: Sequence[Problem]) -> int:
    """Show refusals, those about files above the form; return the answer's status."""
    for problem in problems:
        if problem.field in (None, "document"):
            form.form_errors.append(str(problem))
        else:
            form.refuse(problem)
    return max((problem.status for problem in problems if problem.status == 409), default=422)


def told(added: Sequence[Added], where: str) -> ResponseReturnValue:
    """Return the answer to a script: which evidence it became, and the page to go to."""
    numbers = [one.evidence.number for one in added]
    pages = [url_for("evidence.show", number=number) for number in numbers]
    return jsonify({"evidence": numbers, "pages": pages, "where": where})


def refused(form: BaseForm, status: int) -> ResponseReturnValue:
    """Return the answer to a script: why nothing was saved."""
    texts = [str(text) for errors in form.errors.values() for text in errors]
    return jsonify({"text": " ".join(texts)}), status
