"""Every address of the application, filled with the numbers and codes of things that exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from sdg_tracker.access import SYSTEM, Permission, Role
from sdg_tracker.accounts import queries, services
from sdg_tracker.audit.rules import token
from sdg_tracker.goals.models import Goal, Target
from sdg_tracker.publishing.rules import Settings
from sdg_tracker.schemes.models import Requirement, Scheme
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.printing import snapshots

STATIC = "static"
PLEDGES = 3  # of each plan that the factories make


@dataclass(frozen=True)
class Things:
    """One of each kind of thing in a library; what is shared by all libraries is there too."""

    activity: int
    evidence: int
    picture: int  # a photo with a consent
    user: int
    branch: str
    token: str
    edition: int
    access: int
    link: str  # token of an auditor's link
    upload: str  # key
    request: int
    web_page: int  # number of a link that waits for its copy
    draft: int  # of a scheme
    measure: int
    reading: int
    unknown: int  # a gap for good
    quote: int
    story: int
    plan: int  # number of an action plan, its initiative and its focus goal
    pledge: int  # the last of its pledges
    report: int  # an edition that is published
    year: int  # of that report
    library: str  # short name


def things(workplace: Workplace, make: Factories, library: Library, several: int = 1) -> Things:
    """Make one of each kind; ``several`` pushes the numbers up, so that they exist in no other library."""
    branch = make.branch(library, f"Filial {library.id}")
    member = make.member(library, Role.STAFF)
    for _ in range(several):
        activity = make.activity(library, f"Aktivitet i {library.id}", "4", "13")
        evidence = make.evidence(library, activity=activity, title=f"Bilag i {library.id}")
        picture = make.picture(library)
        snapshot = snapshots.dossier(workplace.blobs, 3, title=f"Dossier {library.id}")
        edition = make.edition(library, snapshot=snapshot)
        access = make.auditor_access(edition)
        web_page = make.link(library)
        request = make.request(member)
        read = make.reading(library)
        gap = make.unknown(read.measure)
        quote, story = make.quote(library, activity), make.story(library, activity)
        plan = make.plan(library)
    report = make.edition(library, kind="impact", year=2025, snapshot=snapshots.impact(workplace.blobs))
    make.publication(report)
    with workplace.writing(SYSTEM, library.id) as work:
        address = services.password_link(work, queries.member(work, member.number or 0).user)
    return Things(
        activity.number,
        evidence.number,
        picture.number,
        member.number or 0,
        branch.code,
        address.rpartition("/")[2],
        edition.number,
        access.number,
        token(workplace.settings.key(), access.id, access.nonce),
        make.upload(library, member).key,
        request.number,
        web_page.number,
        make.draft(library, several).number,
        read.measure.number,
        read.number,
        gap.number,
        quote.number,
        story.number,
        plan.number,
        plan.number * PLEDGES,
        report.number,
        2025,
        library.slug,
    )


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """Yield the rules that take the method."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != STATIC and method in (rule.methods or set()):
            yield rule


def address(app: Flask, rule: Rule, found: Things, shared: Mapping[str, str]) -> str:
    """Return the rule's address about these things."""
    part = rule.endpoint.partition(".")[0]
    numbers = {
        "activities": found.activity,
        "effects": found.quote if "quote" in rule.endpoint and rule.endpoint != "effects.add_quote" else found.activity,
        "stories": found.story,
        "evidence": found.evidence,
        "finishing": found.evidence,
        "proofs": found.evidence,
        "capture": found.activity,
        "people": found.picture,
        "links": found.web_page,
        "requests": found.request,
        "drafting": found.draft,
        "measures": found.measure,
        "readings": found.reading,
        "unknowns": found.measure,
        "unknowns.take_back": found.unknown,
        "admin": found.user,
        "editions": found.edition,
        "comparison": found.edition,
        "publishing": found.report,
        "audit": found.edition,
        "decisions": found.edition,
        "auditreport": found.edition,
        "room": found.edition,
        "plans": found.plan,
        "plan_parts": found.plan,
        "plan_parts.revise_pledge": found.pledge,
        "pledges": found.pledge,
        "pledges.initiative": found.plan,
        "pledges.tie": found.activity,
        "plan_ties": found.plan,
    }
    if rule.endpoint in (
        "audit.access",
        "audit.end",
        "audit.enter",
        "audit.new_link",
        "audit.renew",
        "audit.log",
        "audit.receipt",
    ):
        with app.test_request_context():
            argument = {"token": found.link} if rule.endpoint == "audit.enter" else {"number": found.access}
            return app.url_for(rule.endpoint, **argument)
    fixed: dict[str, object] = {
        "key": found.upload,
        "token": found.token,
        "name": "report.pdf",
        "ordinal": 1,
        "ending": "pdf",
        "other": found.edition,
        "cycle": 1,
        "exhibit": 1,
        "page": 1,
        "finding": 1,
        "question": 1,
        "part": "requirement",
        "digest": "0123456789abcdef",
        "place": 1,
        "plan": found.plan,
        "what": "focus-goals",
        "printed": "plan",
        "kind": "initiatives",
        "row": 1,
        "library": found.library,
        "year": found.year,
        "choices": Settings().code,
    }
    values: dict[str, object] = {}
    for name in rule.arguments:
        if name in fixed:
            values[name] = fixed[name]
        elif name == "number":
            values[name] = numbers.get(rule.endpoint, numbers.get(part, 1))
        elif name == "code" and part == "room":
            values[name] = "O1.1"
        elif name == "code" and part == "admin":
            values[name] = found.branch
        elif name == "code" and rule.endpoint == "goals.target":
            values[name] = shared["target"]
        elif name == "code" and part == "goals":
            values[name] = shared["goal"]
        else:
            values[name] = shared[name]
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)  # type: ignore[arg-type]


def shared_things(workplace: Workplace) -> dict[str, str]:
    """Return codes of reference data, by the names that addresses use."""
    with workplace.reading(SYSTEM) as work:
        session = work.session
        scheme = session.scalar(sa.select(Scheme).order_by(Scheme.slug).limit(1))
        requirement = session.scalar(
            sa.select(Requirement.code).where(Requirement.scheme_id == (scheme.id if scheme else 0)).limit(1)
        )
        return {
            "goal": session.scalar(sa.select(Goal.code).order_by(Goal.position).limit(1)) or "",
            "target": session.scalar(sa.select(Target.code).order_by(Target.code).limit(1)) or "",
            "slug": scheme.slug if scheme else "",
            "code": requirement or "",
        }


def is_owned(rule: Rule) -> bool:
    """Return whether the address is about a thing of one library."""
    part = rule.endpoint.partition(".")[0]
    return bool({"number", "key", "plan"} & rule.arguments) or ("code" in rule.arguments and part == "admin")


def asked(app: Flask, rule: Rule) -> Permission:
    """Return the permission that the rule's view names."""
    view: Any = app.view_functions[rule.endpoint]
    permission: Permission = view.permission
    return permission


def is_logged(app: Flask, rule: Rule) -> bool:
    """Return whether reading there is noted in the trail."""
    return bool(getattr(app.view_functions[rule.endpoint], "logged", False))
