"""The demo library: an invented year of an invented library service, or a library of any size.

It is made by the same services that people use, so what it shows is what the product does.
"""

import csv
import hashlib
import hmac
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sdg_tracker import installation
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import queries as accounts_queries
from sdg_tracker.accounts import services as accounts
from sdg_tracker.activities import companions, loading
from sdg_tracker.activities import queries as activities_queries
from sdg_tracker.certification import queries as certification_queries
from sdg_tracker.certification import services as certification
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.demo import (
    auditing,
    effects,
    evaluating,
    files,
    measuring,
    people,
    planning,
    publishing,
    reporting,
    scale,
)
from sdg_tracker.demo.files import Content, seed_file
from sdg_tracker.dossier import outputs as dossier_outputs
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import adding, fulltext, intake, links, requests, reviewing, thumbnails, tying
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.links import LinkDetails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.requests import RequestDetails
from sdg_tracker.evidence.states import Decision, Strength
from sdg_tracker.evidence.tying import TieDetails, Wanted
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.foundation.text import slug
from sdg_tracker.goals import queries as goals
from sdg_tracker.impact import outputs as impact_outputs
from sdg_tracker.impact import services as impact
from sdg_tracker.jobs import library_ids
from sdg_tracker.schemes import queries as schemes_queries
from sdg_tracker.schemes import services as schemes
from sdg_tracker.work import Work, Workplace

Tell = Callable[[str], None]
PEOPLE = ((Role.COORDINATOR, "koordinator"), (Role.STAFF, "medarbejder"), (Role.READER, "laeser"))
DOMAIN = "demoby.example"
LANGUAGE, REPORT_YEAR = "da", 2025  # of what the demo freezes
UNREVIEWED = 7  # one of so many pieces of evidence waits to be reviewed
SENT_BACK = {  # number of a row of the plan -> what its giver is told
    20: "Skriv, hvor tallene kommer fra, og læg den endelige udgave ind.",
    41: "Billedet er uskarpt. Har du et andet fra samme dag?",
    62: "Referatet mangler dato og deltagere.",
}
REQUESTS = (  # what the coordinator asks staff for: days from now, the requirement
    ("Referat af det seneste netværksmøde", 3, "O4.2"),
    ("Fotos fra plantebyttemarkedet, gerne med deltagere", 14, "B2.3"),
)
STRENGTHS = {
    "photo": Strength.OBSERVED,
    "minutes": Strength.OBSERVED,
    "survey": Strength.SOLICITED,
    "testimony": Strength.SOLICITED,
}
NO_GOAL = "#5c6670"  # the colour of files about an activity without a goal


def _rows(name: str) -> list[dict[str, str]]:
    with seed_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _facts() -> dict[str, str]:
    return {row["key"]: row["value"] for row in _rows("library.csv")}


def name() -> str:
    """Return the demo library's name."""
    return _facts()["name_da"]


def prepare(workplace: Workplace, tell: Tell) -> None:
    """Bring an installation to where the demo library can be filled."""
    installation.prepare(workplace, name(), tell, date.fromisoformat(_facts()["cycle_from"]))


def coordinator(workplace: Workplace) -> Actor:
    """Return the demo library's coordinator. Raises NotFound before ``fill``."""
    return _person(workplace, Role.COORDINATOR)


def _person(workplace: Workplace, role: Role) -> Actor:
    with workplace.reading(SYSTEM, library_ids(workplace)[0]) as work:
        return accounts_queries.actor_for(work, f"{dict(PEOPLE)[role]}@{DOMAIN}")


def fill(workplace: Workplace, tell: Tell, *, activities: int | None, evidence: int | None, seed: int) -> None:
    """Make what is missing: people, houses, activities, evidence, and one dossier and one report with their files.

    ``activities`` makes that many invented ones instead of the demo year's; then, or with a number of pieces of
    ``evidence``, nothing is frozen.
    """
    library_id = library_ids(workplace)[0]
    with workplace.writing(SYSTEM, library_id) as work:
        _people(work)
        _library(work)
    actor = coordinator(workplace)
    with workplace.writing(actor) as work:
        if next(activities_queries.walk(work), None) is None:
            added = _activities(work) if activities is None else scale.add_activities(work, activities, seed)
            tell(ngettext_("Added %(num)s activity.", "Added %(num)s activities.", added))
    if activities is None:
        made = _evidence(workplace, actor, evidence)
        with workplace.writing(actor) as work:
            assessed = _assessments(work)
        if assessed:
            tell(ngettext_("Assessed %(num)s requirement.", "Assessed %(num)s requirements.", assessed))
        with workplace.writing(actor) as work:
            measured = measuring.fill(work)
        if measured:
            tell(
                ngettext_(
                    "Added %(num)s measure with its readings.", "Added %(num)s measures with their readings.", measured
                )
            )
        with workplace.writing(actor) as work:
            approved = planning.fill(work, *(date.fromisoformat(_facts()[key]) for key in ("plan_from", "plan_to")))
        if approved:
            tell(ngettext_("Approved %(num)s version of the plan.", "Approved %(num)s versions of the plan.", approved))
    else:
        made = scale.add_evidence(workplace, actor, evidence or 0, seed)
    if made:
        tell(ngettext_("Made %(num)s piece of evidence.", "Made %(num)s pieces of evidence.", made))
    if activities is None and evidence is None:
        thumbnails.make_owed(workplace, library_id)  # the dossier shows them
        fulltext.read_owed(workplace, library_id)
        _requests(workplace, actor)
        told = effects.fill(workplace, actor)
        if told:
            tell(ngettext_("Told of %(num)s effect or story.", "Told of %(num)s effects and stories.", told))
        with workplace.writing(actor) as work:
            reporting.fill(work, REPORT_YEAR, LANGUAGE)
        _editions(workplace, actor, library_id, tell)


def _editions(workplace: Workplace, actor: Actor, library_id: int, tell: Tell) -> None:
    with workplace.reading(actor) as work:
        there = {edition.kind for edition in editions.newest_first(work)}
        cycle = schemes_queries.current_cycle(work)
    steps: dict[str, Callable[[Work], Edition]] = {
        dossier_outputs.KIND.name: lambda work: dossier.freeze(work, cycle.number if cycle else 1, LANGUAGE),
        impact_outputs.KIND.name: lambda work: impact.freeze(work, REPORT_YEAR, LANGUAGE),
    }
    for kind, freeze in steps.items():
        if kind in there:
            continue
        with workplace.writing(actor) as work:
            edition = freeze(work)
            work.owed.clear()  # made here, not by a worker
        tell(_("Making the files of edition %(number)s, %(title)s.", number=edition.number, title=edition.title))
        build.build(workplace, library_id, edition.id)
    if evaluating.KIND not in there:
        with workplace.writing(actor) as work:
            edition = evaluating.freeze(work, REPORT_YEAR, LANGUAGE)
            work.owed.clear()  # a worker finds it when it starts
        tell(
            _(
                "Edition %(number)s, %(title)s: its files are made when the program runs.",
                number=edition.number,
                title=edition.title,
            )
        )
    with workplace.reading(actor) as work:
        frozen = editions.newest_first(work)
        dossiers = [edition.number for edition in frozen if edition.kind == dossier_outputs.KIND.name]
        reports = [edition.number for edition in frozen if edition.kind == impact_outputs.KIND.name]
    if publishing.publish(workplace, actor, reports[-1], REPORT_YEAR):
        tell(_("The page of %(year)s is public.", year=str(REPORT_YEAR)))
    if auditing.audit(workplace, actor, dossiers[-1]):
        tell(_("An auditor has looked at edition %(number)s.", number=dossiers[-1]))


def sign_ins(workplace: Workplace) -> Iterator[str]:
    """Yield address and password of the three people, a line each."""
    yield _("Sign in at %(url)s as:", url=workplace.settings.url)
    for role, local in PEOPLE:
        email = f"{local}@{DOMAIN}"
        yield f"  {email}  {_password(workplace.settings.key(), email)}  ({role.value})"


def _password(secret: str, email: str) -> str:
    """Return a password that only this installation has, the same every time."""
    digest = hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8, 12))


def _people(work: Work) -> None:
    for role, local in PEOPLE:
        email = f"{local}@{DOMAIN}"
        if accounts_queries.by_email(work, email) is None:
            user = accounts.add_user(work, email, local.replace("ae", "æ").capitalize(), role)
            accounts.install_password(work, user, _password(work.settings.key(), email))


def _library(work: Work) -> None:
    facts = _facts()
    known = {branch.code for branch in accounts_queries.branches(work)}
    if known:
        return
    for row in _rows("branches.csv"):
        accounts.add_branch(work, row["name_da"], name_en=row["name_en"], code=row["code"])
    for row in _rows("campaigns.csv"):
        first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        companions.add_campaign(work, row["code"], row["name_da"], row["name_en"], starts_on=first, ends_on=last)
    for row in _rows("partners.csv"):
        companions.add_partner(work, row["code"], row["name_da"], row["name_en"], row["kind"])
    accounts.revise_library(
        work,
        None,
        name=facts["name_da"],
        name_en=facts["name_en"],
        timezone=work.library.timezone,
        strategy=facts["strategy"],
    )
    cycle = schemes_queries.current_cycle(work)
    if cycle is not None:
        answers = {key.removeprefix("fact:"): value for key, value in facts.items() if key.startswith("fact:")}
        schemes.set_cycle(work, cycle.number, facts=_typed(answers))


def _typed(answers: dict[str, str]) -> dict[str, object]:
    words = {"true": True, "false": False}
    return {key: words.get(value, int(value) if value.isdigit() else value) for key, value in answers.items()}


def _activities(work: Work) -> int:
    return loading.import_file(work, seed_file("activities.csv")).added


def _assessments(work: Work) -> int:
    """Assess the requirements that nobody has assessed; return how many these were."""
    cycle = schemes_queries.current_cycle(work)
    if cycle is None:
        return 0
    there, known = certification_queries.assessments(work, cycle), schemes_queries.requirements(work, cycle.scheme)
    rows = [row for row in _rows("assessments.csv") if row["requirement"] in known and row["requirement"] not in there]
    for row in rows:
        details = AssessmentDetails(AssessmentState(row["state"]), row["narrative_da"], row["reason_da"])
        certification.assess(work, cycle.number, row["requirement"], details)
    return len(rows)


def _evidence(workplace: Workplace, actor: Actor, limit: int | None) -> int:
    """Make the files of the plan that are not there yet, each in a step of its own.

    Staff give them, and the coordinator accepts most.
    """
    giver = _person(workplace, Role.STAFF)
    with workplace.reading(actor) as work:
        by_title = {activity.title: activity for activity in activities_queries.walk(work)}
        colors = {goal.code: goal.color for goal in goals.goals(work)}
        there = evidence_queries.titles(work)
        cycle = schemes_queries.current_cycle(work)
    made = 0
    for count, row in enumerate(_rows("evidence-plan.csv")[:limit], 1):
        if row["title_da"] in there:
            continue
        activity = by_title[row["activity"]]
        main = next((mapping.goal for mapping in activity.mappings if mapping.main), "")
        day = date.fromisoformat(row["collected_on"])
        content = Content(row["title_da"], activity.title, activity.description, name(), day, colors.get(main, NO_GOAL))
        ending, data = files.make(row["file_type"], content)
        details = EvidenceDetails(
            title=row["title_da"],
            kind=row["kind"],
            activity=activity.number,
            collected_on=day,
            public=row["public"] == "yes",
            people=row["people"],
            alt=f"Mennesker mellem bogreoler på {name()}." if row["kind"] == "photo" else "",
            source=name(),
        )
        ties = [Wanted(cycle.number, code) for code in row["requirement"].split(";")] if cycle else []
        with workplace.reading(giver) as work:
            received = intake.receive(work, io.BytesIO(data), f"{content.title}.{ending}")
        with workplace.writing(giver) as work:
            if row["file_type"] == "url":  # a page that its giver has printed
                address = f"https://bibliotek.{DOMAIN}/{slug(activity.title)}"
                _link, added = links.add(work, LinkDetails(address, day, details), received, ties)
            else:
                added = adding.add(work, received, details, ties)
        piece = added.evidence
        with workplace.writing(actor) as work:
            people.describe(work, piece.number, row)
            if count in SENT_BACK or count % UNREVIEWED:
                _review(work, piece, SENT_BACK.get(count, ""))
        made += 1
    return made


def _requests(workplace: Workplace, actor: Actor) -> None:
    """Ask staff for something, if nobody was asked yet."""
    giver = _person(workplace, Role.STAFF)
    with workplace.writing(actor) as work:
        cycle = schemes_queries.current_cycle(work)
        if work.library.numbers.get("request") or cycle is None:
            return
        for title, days, code in REQUESTS:
            wanted = Wanted(cycle.number, code)
            due_on = work.today + timedelta(days=days)
            requests.make(work, RequestDetails(title, due_on, giver.number or 0, requirement=wanted))
        work.owed.clear()  # its people have no mail


def _review(work: Work, piece: Evidence, comment: str) -> None:
    """Accept a piece and say how it shows what it is for; send it back where there is a comment."""
    if comment:
        reviewing.review(work, piece.number, Decision.RETURNED, comment)
        return
    accepted = reviewing.review(work, piece.number, Decision.ACCEPTED)
    ticks = {"relevant", "credible", "current"} | ({"public"} if piece.public else set())
    judged = TieDetails(strength=STRENGTHS.get(piece.kind, Strength.INFERRED).value, ticks=frozenset(ticks))
    for tie in accepted.ties:
        tying.judge_tie(work, piece.number, tie.cycle.number, tie.requirement_code, judged)
