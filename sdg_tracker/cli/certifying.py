"""Commands for the certification."""

from pathlib import Path

import click

from sdg_tracker.certification import queries, services
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.cli.acting import Acting, acting, fail, say
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes import queries as schemes

words({"assess-without-cycle": lazy("The library has no certification period. Run: sdg-tracker init")})
STATES = click.Choice([state.value for state in AssessmentState])


@click.command("assess")
@click.argument("code")
@click.argument("state", type=STATES)
@click.option(
    "--text",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="File with the description, in UTF-8; - reads it from standard input. Without it the description stays.",
)
@click.option("--reason", default="", help="Why it is not pursued or not applicable.")
@acting
def assess(who: Acting, code: str, state: str, file: Path | None, reason: str) -> None:
    """Assess requirement CODE of the current certification period as STATE."""
    text = _text(file)
    with who.writing() as work:
        cycle = schemes.current_cycle(work)
        if cycle is None:
            raise Conflict("assess-without-cycle")
        if text is None:
            made = queries.assessment(work, cycle, code)
            text = made.narrative if made else ""
        details = AssessmentDetails(AssessmentState(state), text, reason)
        found = services.assess(work, cycle.number, code, details)
        say(_("%(code)s: %(state)s", code=code, state=STATE_NAMES[found.state]))


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            return str(opened.read())
    except UnicodeDecodeError:
        fail(_("%(file)s is not text in UTF-8.", file=file))


COMMANDS = [assess]
