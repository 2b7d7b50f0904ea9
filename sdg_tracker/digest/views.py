"""The digest as it would be sent now."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.digest import queries
from sdg_tracker.digest import services as digest
from sdg_tracker.mail import services as mail
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("digest", __name__)
navigation.belongs("digest", "overview")
WRITES = digest.write_all  # importing it has registered it


@blueprint.get("/digest")
@allow(Permission.DIGEST_READ)
def show() -> ResponseReturnValue:
    """Show what waits for the one who looks, as the next digest would say it."""
    work = reading()
    return page("digest/show.html", sections=queries.sections(work, work.actor), sends=mail.sends(work))
