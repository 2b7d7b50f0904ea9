"""Addresses of uploads: begun, asked how far they are, continued, given up, saved with a form of evidence."""

from typing import Any, cast

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence.add_views import activity_asked, after, file_choices
from sdg_tracker.evidence.telling import tell
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem
from sdg_tracker.giving import queries, rules, saving, services, tidying
from sdg_tracker.giving.forms import SaveForm
from sdg_tracker.giving.models import Upload
from sdg_tracker.giving.services import Announced
from sdg_tracker.web import identity, lifecycle, navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, workplace, writing

blueprint = Blueprint("uploads", __name__, url_prefix="/evidence/uploads")
navigation.belongs("uploads", "evidence")
TIDY = tidying.tidy  # importing it has registered it
OFFSET = "Upload-Offset"  # the header that says where a part begins, in bytes


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give the form of evidence, which is a lower part's, what its script needs."""
    return {"unfinished_uploads": unfinished_uploads, "upload_part_size": rules.PART}


def unfinished_uploads() -> list[Upload]:
    """Return what the one who asks has begun and not saved."""
    return queries.unfinished(reading()) if can(Permission.EVIDENCE_ADD) else []


@blueprint.post("")
@allow(Permission.EVIDENCE_ADD)
def begin() -> ResponseReturnValue:
    """Begin an upload, or find the one that was begun with the same key."""
    fields = request.form
    announced = Announced(
        key=fields.get("key", ""),
        name=fields.get("name", ""),
        size=_whole(fields.get("size")),
        modified=max(0, _whole(fields.get("modified"))),
        activity=max(0, _whole(fields.get("activity"))) or None,
    )
    return jsonify(_state(services.begin(writing(), announced)))


@blueprint.get("/<key>")
@allow(Permission.EVIDENCE_ADD)
def ask(key: str) -> ResponseReturnValue:
    """Say how much of an upload is here."""
    return jsonify(_state(queries.mine(reading(), key)))


@blueprint.post("/<key>")
@allow(Permission.EVIDENCE_ADD)
def append(key: str) -> ResponseReturnValue:
    """Take the part that begins where the header says; another than the next is answered by where that begins."""
    request.max_content_length = rules.PART_LIMIT
    offset = _whole(request.headers.get(OFFSET))
    try:
        with workplace().reading(identity.actor()) as work:  # it ends before the bytes come, which may take minutes
            awaited = services.expect(work, key, offset)
        stored = services.take(workplace().blobs, awaited, cast("Any", request.stream))
        upload = services.append(writing(), key, offset, stored)
    except Conflict as problem:
        return _elsewhere(problem)
    return jsonify(_state(upload))


@blueprint.post("/<key>/end")
@allow(Permission.EVIDENCE_ADD)
def give_up(key: str) -> ResponseReturnValue:
    """Give an upload up."""
    return jsonify(_state(services.give_up(writing(), key)))


@blueprint.route("/save", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_ADD)
def save() -> ResponseReturnValue:
    """Save uploads with what the form of evidence says of them."""
    if request.method == "GET":  # somebody reloads the page on which something was refused
        return redirect(f"{url_for('evidence.add')}?{request.query_string.decode('ascii', 'replace')}")
    work, activity = reading(), activity_asked()
    form, cycles = SaveForm(), evidence_queries.cycles(work)
    form.offer(evidence_queries.kinds(work), guess=True)
    form.offer_requirements(cycles)
    status = 422
    if form.validate():
        if not form.keys():
            form.refuse(Invalid("evidence-without-file", field="document"))
        else:
            added, problems = saving.save_uploads(form.keys(), form.details(), form.ties())
            if not problems:
                tell(added)
                where = after(added, activity)
                return saving.told(added, where) if lifecycle.wants_json() else redirect(where, 303)
            status = saving.refuse(form, problems)
    if lifecycle.wants_json():
        return saving.refused(form, status)
    return page("evidence/add.html", form=form, activity=activity, cycles=cycles, **file_choices()), status


def _state(upload: Upload) -> dict[str, Any]:
    return {
        "key": upload.key,
        "received": upload.received,
        "size": upload.size,
        "ended": upload.ended_at is not None,
        "evidence": upload.evidence_number,
    }


def _elsewhere(problem: Problem) -> ResponseReturnValue:
    if (received := services.received_of(problem)) is None:
        raise problem
    return jsonify({"text": str(problem), "received": received}), problem.status


def _whole(text: str | None) -> int:
    """Return a number from outside; -1 for what is none."""
    value = text or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1
