"""What a proxy or a monitor asks: does the process answer, and can it do its work."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from sdg_tracker import installation
from sdg_tracker.access import Permission
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import workplace


@allow(Permission.PUBLIC_READ)
def healthz() -> ResponseReturnValue:
    """Say that the process answers; touches nothing else."""
    return "ok", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@allow(Permission.PUBLIC_READ)
def readyz() -> ResponseReturnValue:
    """Say whether requests can be served: 200 or 503, each check by its name and nothing about how it failed."""
    found = {check.name: check.ok for check in installation.serving_checks(workplace())}
    ready = all(found.values())
    answer = jsonify(ready=ready, checks=found)
    answer.status_code = 200 if ready else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer
