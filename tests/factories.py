"""Rows for tests, made by plain models; whatever a test does not name gets a harmless value."""

import io
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from PIL import Image

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts.models import Branch, Membership, User
from sdg_tracker.activities.models import Activity, Mapping
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.editions import kinds
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Artefact, Edition, State
from sdg_tracker.effects.models import Agreement, Quote, Story, StoryActivity
from sdg_tracker.evidence import searching
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.people_models import Consent
from sdg_tracker.evidence.request_models import Request
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.foundation.text import search_text, slug, sort_key
from sdg_tracker.giving.models import Upload, UploadPart
from sdg_tracker.goals.models import FRAMEWORK
from sdg_tracker.measures.models import Measure, MeasureVersion, Reading, UnknownReading
from sdg_tracker.plans import queries as plans
from sdg_tracker.plans.models import FocusGoal, Initiative, Plan, PlanVersion, Pledge
from sdg_tracker.publishing.models import Publication
from sdg_tracker.publishing.rules import Settings
from sdg_tracker.schemes.models import Cycle, Draft, DraftStep, Scheme
from sdg_tracker.work import Library, Workplace


class Factories:
    """Makes and commits rows in one workplace."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self._count = itertools.count(1)

    def library(self, name: str = "", **values: Any) -> Library:
        """Make a library."""
        number = next(self._count)
        name = name or f"Bibliotek {number}"
        with self.workplace.writing(SYSTEM) as work:
            library = Library(slug=slug(name), name=name, numbers={}, **values)
            work.session.add(library)
        return library

    def member(self, library: Library, role: Role, **values: Any) -> Actor:
        """Make a user and give them a role; return them as they act in the library."""
        count = next(self._count)
        values.setdefault("email", f"{role.value}{count}@example.org")
        values.setdefault("name", f"{role.value.capitalize()} {count}")
        with self.workplace.writing(SYSTEM) as work:
            user = User(added_at=work.at, **values)
            work.session.add(user)
            work.session.flush()
            work.session.add(Membership(user_number=user.number, library_id=library.id, role=role.value))
        return Actor(user.number, role, library.id)

    def branch(self, library: Library, name: str = "Hovedbiblioteket") -> Branch:
        """Make a house."""
        with self.workplace.writing(SYSTEM, library.id) as work:
            branch = Branch(code=slug(name), name=name, position=next(self._count))
            work.session.add(branch)
        return branch

    def activity(self, library: Library, title: str = "", *codes: str, **values: Any) -> Activity:
        """Make an activity mapped to the codes, the first one as the main one."""
        title = title or f"Aktivitet {next(self._count)}"
        values = {"type": "arrangement", "status": "held", "starts_on": date(2026, 1, 15), "year": 2026, **values}
        with self.workplace.writing(SYSTEM, library.id) as work:
            activity = Activity(
                number=work.next_number("activity"),
                title=title,
                sort_key=sort_key(title),
                search_text=search_text(title, values.get("description")),
                added_at=work.at,
                **values,
            )
            for position, code in enumerate(codes):
                activity.mappings.append(
                    Mapping(
                        library_id=library.id,
                        position=position,
                        framework=FRAMEWORK,
                        code=code,
                        goal=code.split(".")[0],
                        main=position == 0,
                        origin="person",
                        confirmed=True,
                    )
                )
            work.session.add(activity)
        return activity

    def plan(self, library: Library, **values: Any) -> Plan:
        """Make a plan with a pledge of each kind and an initiative; the library has no other then."""
        values = {"title": "Handleplan", "starts_on": date(2025, 1, 1), "ends_on": date(2027, 12, 31), **values}
        kinds: dict[str, dict[str, Any]] = {
            "measurable": {"measure": "paper", "baseline_period": "2024", "target_period": "2027"},
            "recurring": {"times": 2, "per": "year"},
            "standing": {},
        }
        with self.workplace.writing(SYSTEM, library.id) as work:
            plan = Plan(number=work.next_number("plan"), added_at=work.at, **values)
            work.session.add(plan)
            work.session.flush()
            for position, (kind, fills) in enumerate(kinds.items(), 1):
                number, title = work.next_number("pledge"), f"Dogme {position}"
                work.session.add(
                    Pledge(number=number, plan_id=plan.id, code=f"D{position}", kind=kind, title_da=title, **fills)
                )
            number, where = work.next_number("initiative"), {"area": "citizens", "role": "facilitator"}
            work.session.add(Initiative(number=number, plan_id=plan.id, code="I1", title="Indsats", **where))
            work.session.add(
                FocusGoal(number=work.next_number("focus_goal"), plan_id=plan.id, goals=["7", "13"], reason="Energi")
            )
        return plan

    def approve(self, library: Library, plan: Plan, day: date = date(2025, 1, 20)) -> PlanVersion:
        """Keep what a plan says as a version that was approved on a day."""
        with self.workplace.writing(SYSTEM, library.id) as work:
            text = plans.draft(work, plan)
            facts = {"document": text, "sha256": digest(text), "approved_by": "Ledelsen", "approved_on": day}
            version = PlanVersion(plan_id=plan.id, version=1, added_role="coordinator", added_at=work.at, **facts)
            work.session.add(version)
        return version

    def upload(self, library: Library, actor: Actor, content: bytes = b"begun\n", name: str = "note.txt") -> Upload:
        """Make an upload of which the first byte is here."""
        with self.workplace.writing(actor, library.id) as work:
            stored = work.blobs.put(io.BytesIO(content[:1]))
            upload = Upload(
                key=f"{next(self._count):032x}",
                file_name=name,
                size=len(content),
                received=1,
                added_by=actor.number,
                added_at=work.at,
                touched_at=work.at,
            )
            upload.parts.append(UploadPart(ordinal=1, sha256=stored.sha256, size=stored.size))
            work.session.add(upload)
        return upload

    def cycle(self, library: Library, slug: str = "db2030-biblioteker", **values: Any) -> Cycle:
        """Make a run at the newest version of a scheme; of three years unless it is told."""
        values = {"starts_on": date(2026, 1, 1), "ends_on": date(2028, 12, 31), **values}
        with self.workplace.writing(SYSTEM, library.id) as work:
            scheme = work.session.scalars(
                sa.select(Scheme).where(Scheme.slug == slug).order_by(Scheme.id.desc())
            ).first()
            cycle = Cycle(number=work.next_number("cycle"), scheme=scheme, settings={}, facts={}, **values)
            work.session.add(cycle)
        return cycle

    def draft(self, library: Library, number: int = 1) -> Draft:
        """Make a draft of the first scheme, with this number."""
        with self.workplace.writing(SYSTEM, library.id) as work:
            scheme = work.session.scalars(sa.select(Scheme).order_by(Scheme.slug).limit(1)).one()
            draft = Draft(number=number, slug=scheme.slug, based_on=scheme.version, added_at=work.at)
            work.session.add(draft)
            work.session.flush()
            step = DraftStep(draft_id=draft.id, ordinal=1, what="begun", document=scheme.document, made_at=work.at)
            work.session.add(step)
        return draft

    def evidence(self, library: Library, content: bytes = b"some text\n", **values: Any) -> Evidence:
        """Keep the bytes and make a piece of evidence with one version of them."""
        title = values.pop("title", f"Bilag {next(self._count)}")
        activity: Activity | None = values.pop("activity", None)
        stored = self.workplace.blobs.put(io.BytesIO(content))
        media_type = values.pop("media_type", "text/plain")
        thumbnail = values.pop("thumbnail_state", "none")
        with self.workplace.writing(SYSTEM, library.id) as work:
            evidence = Evidence(
                number=work.next_number("evidence"),
                activity_id=activity.id if activity else None,
                kind=values.pop("kind", "document"),
                title=title,
                sort_key=sort_key(title),
                search_text=search_text(title),
                added_at=work.at,
                **values,
            )
            evidence.versions.append(
                Version(
                    ordinal=1,
                    file_name="bilag.txt",
                    media_type=media_type,
                    original_sha256=stored.sha256,
                    original_size=stored.size,
                    rendition_sha256=stored.sha256,
                    rendition_size=stored.size,
                    thumbnail_state=thumbnail,
                    added_by=evidence.added_by,
                    added_at=work.at,
                )
            )
            work.session.add(evidence)
            work.session.flush()
            searching.index(work, evidence)
        return evidence

    def picture(self, library: Library, **values: Any) -> Evidence:
        """Make a photo with one consent for the website."""
        target = io.BytesIO()
        Image.new("RGB", (40, 30), "#3f7e44").save(target, "JPEG")
        values = {"kind": "photo", "people": "yes", "media_type": "image/jpeg", **values}
        evidence = self.evidence(library, target.getvalue(), **values)
        with self.workplace.writing(SYSTEM, library.id) as work:
            consent = Consent(evidence_id=evidence.id, ordinal=1, website=True, given_on=work.today, added_at=work.at)
            work.session.add(consent)
        return evidence

    def reading(self, library: Library) -> Reading:
        """Make a measure with a reading."""
        with self.workplace.writing(SYSTEM, library.id) as work:
            number = work.next_number("measure")
            usual: dict[str, Any] = {"unit": "stk.", "aggregation": "sum", "direction": "none", "frequency": "year"}
            measure = Measure(number=number, code=f"m{number}", name=f"Måltal {number}", added_at=work.at, **usual)
            measure.by_branch = False
            said = {"ordinal": 1, "made_role": "coordinator", "made_at": work.at}
            measure.versions.append(MeasureVersion(library_id=library.id, **said))
            reading = Reading(
                number=work.next_number("reading"),
                measure=measure,
                period="2025",
                starts_on=date(2025, 1, 1),
                ends_on=date(2025, 12, 31),
                value=Decimal(7),
                added_role="coordinator",
                added_at=work.at,
                library_id=library.id,
            )
            work.session.add(reading)
        return reading

    def unknown(self, measure: Measure) -> UnknownReading:
        """Mark a year of a measure as never to be known."""
        with self.workplace.writing(SYSTEM, measure.library_id) as work:
            days = {"period": "2024", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
            said = {"reason": "Tælleren var i stykker.", "added_role": "coordinator", "added_at": work.at}
            number = work.next_number("unknown_reading")
            row = UnknownReading(number=number, measure_id=measure.id, **days, **said)
            work.session.add(row)
        return row

    def quote(self, library: Library, activity: Activity, **values: Any) -> Quote:
        """Make a quote with one consent for the website."""
        values = {"text": f"Citat {next(self._count)}", "who": "deltager, omkring 40", **values}
        with self.workplace.writing(SYSTEM, library.id) as work:
            agreed = Agreement(ordinal=1, website=True, given_on=work.today, persons=1, added_at=work.at)
            quote = Quote(number=work.next_number("quote"), activity_id=activity.id, added_at=work.at, **values)
            quote.agreements.append(agreed)
            work.session.add(quote)
        return quote

    def story(self, library: Library, activity: Activity, **values: Any) -> Story:
        """Make a whole story of an activity; nobody in it can be recognised."""
        texts = {"need": "Et behov.", "done": "Det gjorde vi.", "changed": "Det blev anderledes.", "goals": ["4"]}
        values = {"title": f"Historie {next(self._count)}", "year": 2026, "people": "no", **texts, **values}
        with self.workplace.writing(SYSTEM, library.id) as work:
            story = Story(number=work.next_number("story"), added_at=work.at, **values)
            story.activity_links.append(StoryActivity(library_id=library.id, activity_id=activity.id))
            work.session.add(story)
        return story

    def link(self, library: Library, evidence: Evidence | None = None, **values: Any) -> Link:
        """Make a link: one that waits for its copy, or that of a piece of evidence."""
        values = {
            "url": f"https://example.org/{next(self._count)}",
            "seen_on": date(2026, 2, 27),
            "state": "owed" if evidence is None else "kept",
            **values,
        }
        with self.workplace.writing(SYSTEM, library.id) as work:
            link = Link(
                number=work.next_number("link"),
                evidence_id=evidence.id if evidence else None,
                copied_at=work.at if evidence else None,
                added_at=work.at,
                **values,
            )
            work.session.add(link)
        return link

    def request(self, giver: Actor, title: str = "", **values: Any) -> Request:
        """Make a request to somebody."""
        with self.workplace.writing(SYSTEM, giver.library_id) as work:
            request = Request(
                number=work.next_number("request"),
                title=title or f"Referat {next(self._count)}",
                giver_number=giver.number or 0,
                added_at=work.at,
                **{"due_on": work.today, **values},
            )
            work.session.add(request)
        return request

    def edition(self, library: Library, content: bytes = b"a report", **values: Any) -> Edition:
        """Make an edition whose files are made; the snapshot is as small as can be, and its own, unless it is given."""
        title = values.pop("title", f"Udgave {next(self._count)}")
        frozen = values.pop("snapshot", {"library": library.slug, "title": title, "evidence": []})
        snapshot = self.workplace.blobs.put(io.BytesIO(canonical(frozen)))
        stored = self.workplace.blobs.put(io.BytesIO(content))
        values = {
            "state": "ready",
            "kind": "dossier",
            "title": title,
            "language": "da",
            **values,
        }
        with self.workplace.writing(SYSTEM, library.id) as work:
            edition = Edition(
                number=work.next_number("edition"),
                fingerprint=snapshot.sha256,
                snapshot_size=snapshot.size,
                frozen_at=work.at,
                total=1,
                **values,
            )
            edition.artefacts.append(
                Artefact(
                    library_id=library.id,
                    position=0,
                    name="report.pdf",
                    media_type="application/pdf",
                    sha256=stored.sha256,
                    size=stored.size,
                    renderer="test",
                    attempt=1,
                    made_at=work.at,
                )
            )
            work.session.add(edition)
        return edition

    def publication(self, edition: Edition) -> Publication:
        """Publish a report without any pictures."""
        with self.workplace.writing(SYSTEM, edition.library_id) as work:
            publication = Publication(
                number=work.next_number("publication"),
                year=edition.year,
                edition_id=edition.id,
                chosen=Settings().data(),
                open={"evidence": [], "quotes": [], "stories": []},
                published_at=work.at,
            )
            work.session.add(publication)
        return publication

    def files_of(self, library: Library, number: int) -> None:
        """Let the files of a frozen edition be made; what is in them is of no matter here."""
        with self.workplace.writing(SYSTEM, library.id) as work:
            edition = editions.get(work, number)
            outputs = kinds.get(edition.kind).made(edition.also)
            for position, output in enumerate(outputs):
                stored = self.workplace.blobs.put(io.BytesIO(f"{output.name} of {number}".encode()))
                edition.artefacts.append(
                    Artefact(
                        library_id=library.id,
                        position=position,
                        name=output.name,
                        media_type=output.media_type,
                        sha256=stored.sha256,
                        size=stored.size,
                        renderer="test",
                        attempt=1,
                        made_at=work.at,
                    )
                )
            edition.state, edition.total = State.READY.value, len(outputs)

    def auditor_access(self, edition: Edition, until: date = date(2026, 12, 31), **values: Any) -> AuditorAccess:
        """Let an auditor into an edition; the link is not used yet."""
        with self.workplace.writing(SYSTEM, edition.library_id) as work:
            access = AuditorAccess(
                number=work.next_number("auditor_access"),
                edition_id=edition.id,
                email="auditor@example.org",
                nonce=f"{next(self._count):032d}",
                until=until,
                added_at=work.at,
                **values,
            )
            work.session.add(access)
        return access
