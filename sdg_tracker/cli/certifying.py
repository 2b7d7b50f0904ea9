"""Commands for the certification."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sdg_tracker.access import Permission
from sdg_tracker.certification import queries, rolling, services
from sdg_tracker.certification.ageing import Freshness
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import STATES as ALL_STATES
from sdg_tracker.certification.readiness import Status, Tally
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.wording import STATE_NAMES, decision
from sdg_tracker.cli.acting import Acting, Group, acting, fail, say
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, format_date, lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

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
@click.option("--omission", default="", metavar="CODE", help="The scheme's own reason, where it has some.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=TEXT",
    help="What else the scheme wants written. May be repeated; the others stay.",
)
@acting
def assess(who: Acting, code: str, state: str, file: Path | None, reason: str, **also: Any) -> None:
    """Assess requirement CODE of the current certification period as STATE."""
    text = _text(file)
    with who.writing() as work:
        cycle = schemes.current_cycle(work)
        if cycle is None:
            raise Conflict("assess-without-cycle")
        made = queries.assessment(work, cycle, code)
        if text is None:
            text = made.narrative if made else ""
        given = {**(made.answers if made else {}), **_answers(also["answers"])}
        details = AssessmentDetails(AssessmentState(state), text, reason, also["omission"], given)
        found = services.assess(work, cycle.number, code, details)
        say(_("%(code)s: %(state)s", code=code, state=STATE_NAMES[found.state]))


def _answers(written: Sequence[str]) -> dict[str, str]:
    found = dict(one.partition("=")[::2] for one in written)
    if not all("=" in one for one in written):
        raise click.UsageError(_("Write answers as KEY=TEXT."))
    return found


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            return str(opened.read())
    except UnicodeDecodeError:
        fail(_("%(file)s is not text in UTF-8.", file=file))


@click.group("certification", cls=Group)
def certification_group() -> None:
    """How far a certification period is."""


CYCLE = click.option("--cycle", "number", type=click.IntRange(1), help="Number of the period; default: the current one")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")


@certification_group.command("readiness")
@CYCLE
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As it will stand on this day; default: today.")
@JSON
@acting
def show_readiness(who: Acting, number: int | None, on: datetime | None, as_json: bool) -> None:
    """Tell how far the requirements are, and what they lack."""
    with who.reading() as work:
        work.require(Permission.ASSESSMENT_READ)
        found = queries.readiness(work, cycle_of(work, number), on.date() if on else None)
        told = _told(found)
        if as_json:
            say(json.dumps(told, ensure_ascii=False))
            return
        say(_("%(cycle)s on %(day)s", cycle=found.cycle.title, day=format_date(found.day)))
        for area, tally in found.areas:
            values = {"name": f"{area.code} {area.title}", "met": tally.of("met"), "total": tally.total}
            say(_("%(name)s: %(met)s of %(total)s assessed as met, %(gaps)s lack something", **values, gaps=tally.gaps))
        say(decision(found.decision))
        lacking = [result.code for result in found.results if result.status is Status.GAP]
        say(_("They lack something: %(codes)s", codes=", ".join(lacking)) if lacking else _("Nothing is lacking."))


@certification_group.command("roll-forward")
@CYCLE
@click.option("--from", "former", type=click.IntRange(1), help="Number of the period before; default: the one before.")
@click.option("--evidence", is_flag=True, help="Tie the evidence again that is new enough and of a kind asked for.")
@acting
def roll_forward(who: Acting, number: int | None, former: int | None, evidence: bool) -> None:
    """Take over texts, unconfirmed, and owners from the period before; twice is harmless."""
    with who.writing() as work:
        cycle = cycle_of(work, number)
        done = rolling.roll(work, cycle.number, former)
        found = rolling.proposals(work, cycle, done.former)
        fit = [row.key for row in found if row.accepted and row.freshness is not Freshness.TOO_OLD]
        tied = rolling.accept(work, cycle.number, fit, former) if evidence and fit else 0
    say(
        _(
            "From %(period)s: %(texts)s texts and %(owners)s owners.",
            period=done.former.title,
            texts=done.texts,
            owners=done.owners,
        )
    )
    say(
        _(
            "Evidence tied again: %(tied)s; proposed: %(left)s, of which %(fit)s are new enough.",
            tied=tied,
            left=len(found) - tied,
            fit=len(fit) - tied,
        )
    )


def cycle_of(work: Work, number: int | None) -> Cycle:
    """Return the cycle of a number, else the current one. Raises NotFound, Conflict without any."""
    found = schemes.current_cycle(work) if number is None else schemes.cycle(work, number)
    if found is None:
        raise Conflict("assess-without-cycle")
    return found


def _told(found: Readiness) -> dict[str, Any]:
    return {
        "cycle": found.cycle.number,
        "day": found.day.isoformat(),
        "whole": _counts(found.whole),
        "areas": {area.code: _counts(tally) for area, tally in found.areas},
        "roles": {role: _counts(tally) for role, tally in found.roles},
        "decision": {"rule": found.decision.rule, "reached": found.decision.reached, "lacking": found.decision.lacking},
        "requirements": [
            {
                "code": result.code,
                "assessment": result.judgement,
                "status": result.status.value,
                "lacks": [
                    {
                        "what": need.what.value,
                        "needed": need.needed,
                        "found": need.found,
                        "year": need.year,
                        "branch": need.branch,
                    }
                    for need in result.gaps
                ],
            }
            for result in found.results
        ],
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {"total": tally.total, **{state: tally.of(state) for state in ALL_STATES}, "gaps": tally.gaps}


COMMANDS = [assess, certification_group]
