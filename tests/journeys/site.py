"""A real installation with the demo library, served to a real browser, and a person who uses it."""

import io
import itertools
import logging
import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    WebError,
    expect,
)
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

from sdg_tracker import demo
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.accounts import passwords
from sdg_tracker.accounts import queries as accounts_queries
from sdg_tracker.accounts import services as accounts
from sdg_tracker.activities import services as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.app import create_app
from sdg_tracker.audit import auditing, entering
from sdg_tracker.audit import services as audit
from sdg_tracker.audit.auditing import Marking
from sdg_tracker.audit.findings import FindingDetails, ask, raise_finding
from sdg_tracker.audit.states import FindingKind, MarkState, Method
from sdg_tracker.dossier import composing, previewing
from sdg_tracker.dossier import services as dossier
from sdg_tracker.dossier.composing import Choices
from sdg_tracker.editions import queries as editions
from sdg_tracker.evidence import adding, consents, intake, objections, queries, reviewing, revising
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.objections import Measure, ObjectionDetails
from sdg_tracker.evidence.people import About, People
from sdg_tracker.evidence.states import Decision
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.i18n import catalogue, use_locale
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.installation import SCHEME
from sdg_tracker.jobs import Queue, library_ids
from sdg_tracker.schemes import drafts
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.editing import At, Part, find
from sdg_tracker.work import Job, Workplace
from tests import demo_library
from tests.evidence import files, hostile
from tests.factories import Factories

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
PASSWORD = "a sentence that only tests know"
EVIDENCE = 9  # of the demo library: every type that it has but CSV
PICTURES = os.environ.get("PICTURES")  # a folder: each page that is looked at is kept there as a picture
OWN_SCHEMES = ("data:", "blob:", "about:")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
AXE_PATH = "/axe.js"  # where the served site has it
_visitors = itertools.count(1)
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Quiet(WSGIRequestHandler):
    """Serves without a word; what fails is in the application's own log."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name in werkzeug
        pass


class Watched:
    """The site as it is served to a browser: with axe beside it, and with what it refuses noted by visitor."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app, self.axe = app, AXE.read_bytes()
        self.refused: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.halt = float(os.environ.get("HALT", "0"))  # seconds between the head of a page and the rest of it

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == AXE_PATH:
            kept = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "max-age=86400, immutable"}
            start_response("200 OK", list(kept.items()))
            return [self.axe]

        def noting(status: str, *more: Any) -> Callable[[bytes], object]:
            if int(status[:3]) >= 400:
                self.refused[environ.get("HTTP_USER_AGENT", "")].append((int(status[:3]), environ["PATH_INFO"]))
            return start_response(status, *more)

        answer = self.app(environ, noting)
        return self._halting(answer) if self.halt else answer

    def _halting(self, answer: Iterable[bytes]) -> Iterator[bytes]:
        """Send a page as a slow line does, so that who reads its beginning only is found out."""
        with closing(ClosingIterator(answer)) as pieces:
            for piece in pieces:
                head, main, rest = piece.partition(b"<main")
                yield head
                if main:
                    time.sleep(self.halt)
                    yield main + rest


class Site:
    """One installation: its rows, its address, its language."""

    def __init__(self, settings: Settings) -> None:
        self.locale = settings.language
        self.workplace = Workplace.open(settings)
        self.make = Factories(self.workplace)
        self.app = create_app(self.workplace)
        self.url = ""
        self.watched = Watched(self.app)
        self._sessions: dict[str, dict[str, Any]] = {}  # of each person who can sign in
        self.frames: set[str] = set()  # heads and feet of pages in which nothing was found
        self.lookers: dict[str | None, Visitor] = {}  # those who only look and share a browser over many tests
        self._hash = passwords.hashed(PASSWORD)  # once for all, because hashing is slow by its nature
        self._owed: list[Job] = []
        self._queue = Queue(self.workplace)
        self.workplace.enqueue = self._owe

    def _owe(self, owed: Sequence[Job]) -> None:
        self._owed.extend(owed)

    def do_jobs(self) -> None:
        """Do what the worker would do."""
        while self._owed:
            name, arguments = self._owed.pop(0)
            self._queue.perform(name, *arguments)

    def fill(self) -> None:
        """Make the demo library with odds and ends, and a second library that has nothing."""
        with demo_library.hashed(self._hash):
            demo.fill(self.workplace, lambda _line: None, activities=None, evidence=EVIDENCE, seed=1)
        self.library_id = library_ids(self.workplace)[0]
        demo.effects.fill(self.workplace, demo.coordinator(self.workplace))
        with self.workplace.writing(SYSTEM, self.library_id) as work:
            self.library = work.library
            for role in (Role.COORDINATOR, Role.STAFF, Role.READER, Role.AUDITOR):
                self._person(work, role.value, role)
            self._person(work, "colleague", Role.COORDINATOR)
            gone = accounts.add_user(work, "gone@example.org", "Gone", Role.STAFF)
            accounts.disable_user(work, gone.number)
            self.gone = gone.number
            accounts.add_branch(work, "Filialen", code="filialen")
            accounts.disable_branch(work, "filialen")
        with self.workplace.writing(SYSTEM) as work:
            accounts.add_library(work, "Tomby Bibliotek")
        self.empty_id = library_ids(self.workplace)[1]
        with self.workplace.writing(SYSTEM, self.empty_id) as work:
            self._person(work, "newcomer", Role.COORDINATOR)
            self._person(work, "newreader", Role.READER)
        self.coordinator = self.actor("coordinator")
        self._odds_and_ends()
        self._editions()
        self._schemes()

    def _person(self, work: Any, name: str, role: Role) -> None:
        user = accounts.add_user(work, f"{name}@example.org", name.capitalize(), role)
        user.password_hash = self._hash
        self._sessions[name] = {"user": user.number, "epoch": user.session_epoch, "library": work.library.id}

    def _odds_and_ends(self) -> None:
        self.odd = self.activity("Bytte og reparere – 12 Bæredygtige byer").number
        self.imported = self.activity("Vandets dag", "6.1", "13").number
        withdrawn = self.activity("Taget ud", "4").number
        self.withdrawn = withdrawn
        self.table = self.evidence(b"navn;antal\nKaffe;3\n", "tal.csv", activity=self.odd)
        self.returned = self.evidence(b"navn;antal\nTe;4\n", "te.csv", activity=self.odd)
        self.withdrawn_evidence = self.evidence(b"x\n", "brev.txt")
        self.marked = self.evidence(
            hostile.CASES["a PDF that starts a program"].make(), "Program.pdf", ties=[Wanted(1, "B2.1")]
        )
        self.agreed, self.objected = self.picture((300, 200)), self.picture((310, 200))
        self.apart = self.evidence(hostile.CASES["a text with a file in it"].make(), "Ansøgning.docx")
        self.evidence(hostile.CASES["a workbook that reads another"].make(), "Budget.xlsx")
        self.request = self.make.request(self.coordinator, "Referat af mødet", note="Fra i tirsdags.").number
        failure = {"code": "fetch-status", "facts": {"host": "avisen.example", "status": 404}}
        self.web_page = self.make.link(self.library, state="failed", failure=failure).number
        self.dead = self.evidence(b"En artikel\n", "artikel.txt")
        with self.workplace.reading(self.coordinator) as work:
            piece = queries.get(work, self.dead)
        self.make.link(self.library, piece, standing="dead", failing_since=piece.added_at.date(), failure=failure)
        with self.workplace.writing(self.coordinator) as work:
            activities.withdraw(work, withdrawn, "Skrevet to gange")
            revising.withdraw(work, self.withdrawn_evidence, "Forkert fil")
            for _person in range(2):
                consent = ConsentDetails(frozenset({"website", "print"}), work.today, persons=1, reference="samtykke 3")
                consents.add(work, self.agreed, consent)
            consents.withdraw(work, self.agreed, 1, work.today)
            objections.raise_objection(work, self.objected, ObjectionDetails(work.today, Measure.WITHDRAWN, "sag 12"))
            reviewing.review(work, self.returned, Decision.RETURNED, "Skriv, hvornår det er fra.")

    def _editions(self) -> None:
        """Freeze a report that an auditor may see, and a dossier whose files nobody makes."""
        with self.workplace.writing(self.coordinator) as work:
            self.edition = impact.freeze(work, 2025, self.locale).number
        self._owed = [job for job in self._owed if job[0] != "edition.build"]
        self.do_jobs()
        self.make.files_of(self.library, self.edition)
        with self.workplace.writing(self.coordinator) as work:
            edition = editions.get(work, self.edition)
            self.code = edition.short_code
            access = audit.invite(work, edition.number, "revisor@example.org", work.today + timedelta(days=30))
            self.access, self.audit = access.number, urlsplit(audit.link(work, access)).path
            gone = audit.invite(work, edition.number, "tidligere@example.org", work.today)
            audit.end(work, gone.number)
            self.access_ended, self.audit_ended = gone.number, urlsplit(audit.link(work, gone)).path
        self._audit()
        with self.workplace.writing(self.coordinator) as work:
            self.waiting = dossier.freeze(work, 1, self.locale).number
        with self.workplace.writing(self.coordinator) as work:
            self.later = impact.freeze(work, 2026, self.locale).number  # to be compared with the first
        with self.workplace.writing(self.coordinator) as work:
            composing.save(work, 1, Choices(self.locale))
            preview = previewing.ask(work, 1)
            drawn = work.blobs.put(io.BytesIO(files.pdf(2)))
            preview.state, preview.sha256, preview.size, preview.pages = "ready", drawn.sha256, drawn.size, 2
        self._owed.clear()

    def _audit(self) -> None:
        """Freeze a dossier that is being audited: with a sample, marks, findings and a question."""
        with self.workplace.writing(self.coordinator) as work:
            self.audited = dossier.freeze(work, 1, self.locale).number
            work.owed.clear()
        self.make.files_of(self.library, self.audited)
        with self.workplace.writing(self.coordinator) as work:
            tomorrow = work.today + timedelta(days=1)  # midnight may pass before the links are used
            found = audit.invite(work, self.audited, "auditor@example.org", tomorrow)
            self.audit_room = urlsplit(audit.link(work, found)).path
            used = audit.invite(work, self.audited, "kollega@example.org", tomorrow)
            used.bound, used.bound_at = "0" * 64, work.at
            self.audit_used = urlsplit(audit.link(work, used)).path
        with self.workplace.writing(entering.actor_of(found)) as work:
            auditing.draw(work, self.audited, "sommer", 3, Method.WEIGHTED)
            auditing.mark(work, self.audited, [Marking(1, MarkState.QUESTIONED, "Hvilket år er det?")])
            raise_finding(
                work, self.audited, FindingDetails(FindingKind.MAJOR, "Planen er ikke vedtaget.", "B2.1", (1,))
            )
            raise_finding(work, self.audited, FindingDetails(FindingKind.GOOD_PRACTICE, "Frøbiblioteket."))
            ask(work, self.audited, "Hvornår blev planen vedtaget?", "B2.1")

    def _schemes(self) -> None:
        """Publish a version of the library's own that differs in all ways, and begin the next, still incomplete."""
        one = {"da": "Noget nyt", "en": "Something new"}
        with self.workplace.writing(self.coordinator) as work:
            draft = drafts.start(work, SCHEME)
            asked = find(schemes.draft(work, draft.number)[1].document, Part.REQUIREMENT, "O1.2").row
            drafts.change_part(
                work, draft.number, At(Part.REQUIREMENT, "O1.2"), {**asked, "code": "O1.9"}, "O2", same=True
            )
            drafts.change_part(work, draft.number, At(Part.REQUIREMENT, "O2.1"), {**asked, "code": "O2.1"}, "O2")
            drafts.remove_part(work, draft.number, At(Part.REQUIREMENT, "O3.1"))
            drafts.publish(work, draft.number, "0.2")
            self.draft = drafts.start(work, SCHEME).number
            drafts.add_part(work, self.draft, Part.AREA, {"code": "N", "text": one})
            drafts.add_part(work, self.draft, Part.AREA, {"code": "M", "text": one})
            drafts.undo(work, self.draft)

    def signed_in(self, name: str) -> Any:
        """Return what the browser keeps of a person who has signed in."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.permanent = True
            session.update(self._sessions[name])
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        kept = {"name": cookie.key, "value": cookie.value, "domain": "127.0.0.1", "path": cookie.path}
        return {"cookies": [{**kept, "httpOnly": True, "sameSite": "Lax"}], "origins": []}

    def actor(self, name: str) -> Actor:
        """Return a person as they act."""
        with self.workplace.reading(SYSTEM, self.library_id) as work:
            return accounts_queries.actor_for(work, f"{name}@example.org")

    def activity(self, title: str, *codes: str, **values: Any) -> Activity:
        """Make an activity."""
        return self.make.activity(self.library, title, *codes, **values)

    def evidence(self, content: bytes, name: str, activity: int | None = None, ties: Sequence[Wanted] = ()) -> int:
        """Make a piece of evidence and return its number."""
        with self.workplace.reading(self.coordinator) as work:
            received = intake.receive(work, io.BytesIO(content), name)
        with self.workplace.writing(self.coordinator) as work:
            return adding.add(work, received, EvidenceDetails(activity=activity), ties).evidence.number

    def picture(self, size: tuple[int, int]) -> int:
        """Make a picture of people and return the number of its evidence."""
        number = self.evidence(files.jpeg(size), f"Fest {size[0]}.jpg")
        with self.workplace.writing(self.coordinator) as work:
            consents.describe(
                work, number, About(People.YES, children=True, basis="consent", informed="Skilt ved døren")
            )
        return number

    def link(self, name: str) -> str:
        """Return the path of a link with which a person chooses a password."""
        with self.workplace.writing(SYSTEM, self.library_id) as work:
            user = accounts_queries.by_email(work, f"{name}@example.org")
            assert user is not None
            return "/password/" + accounts.password_link(work, user).rpartition("/")[2]

    def text(self, message: str, **facts: object) -> str:
        """Return what the site says in its language."""
        found = catalogue(self.locale).gettext(message)
        return found % facts if facts else found

    def plural(self, one: str, many: str, number: int) -> str:
        """Return what the site says of this number of things."""
        return catalogue(self.locale).ngettext(one, many, number) % {"num": number}

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Use the site's language for what the program says inside the block."""
        with use_locale(self.locale):
            yield

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve the site on a port of its own."""
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server("127.0.0.1", 0, self.watched, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            self.workplace.engine.dispose()


class Visitor:
    """A person at a browser. What the browser complains of is remembered and fails the test."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.name = f"visitor {next(_visitors)}"  # what the browser calls itself
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", "base_url": site.url, **options}
        self.site = site
        self.context: BrowserContext = browser.new_context(locale=f"{site.locale}-DK", user_agent=self.name, **options)
        self.context.set_default_timeout(15_000)
        self.context.on("console", self._said)
        self.context.on("weberror", self._failed)
        self.context.on("requestfailed", self._asked)  # only 127.0.0.1 can be reached
        self.context.on("page", lambda page: page.on("framenavigated", self._went))
        self.page: Page = self.context.new_page()
        self.expected: set[int] = set()  # statuses that a test brings about
        self.complaints: list[str] = []

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        refused = _REFUSED.match(message.text)
        if not refused or int(refused[1]) not in self.expected:
            self.complaints.append(f"console at {message.location['url']}: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"error in a script: {error.error.message}")

    def _asked(self, request: Request) -> None:
        self._reached(request.url)

    def _went(self, frame: Frame) -> None:
        self._reached(frame.url)

    def _reached(self, url: str) -> None:
        if not url.startswith((self.site.url + "/", *OWN_SCHEMES)):
            self.complaints.append(f"a request to another host: {url}")

    def expect(self, *statuses: int) -> None:
        """Say which refusals a test brings about from here on."""
        self._tell_refused()
        self.expected.update(statuses)

    def go(self, path: str) -> Response:
        """Open an address of the site."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def sign_in(self, name: str) -> None:
        """Sign in through the form."""
        self.go("/sign-in")
        self.fill("E-mail", f"{name}@example.org")
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(self.site.url + "/")

    def field(self, label: str, within: Locator | None = None, **facts: object) -> Locator:
        """Find a field by its label, said to be optional or not."""
        words = re.escape(self.site.text(label, **facts))
        optional = re.escape(self.site.text("(optional)"))
        return (within or self.page.locator("main")).get_by_label(re.compile(rf"^\s*{words}(\s*{optional})?\s*$"))

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.field(label).fill(text)

    def choose(self, label: str, value: str) -> None:
        """Choose a value of a field."""
        self.field(label).select_option(value)

    def button(self, label: str) -> Locator:
        """Find a button by what it says."""
        return self.page.get_by_role("button", name=self.site.text(label), exact=True)

    def click(self, target: Locator) -> None:
        """Click, and wait until the page that this leads to has come as a whole, not its beginning only."""
        target.click()
        self.page.wait_for_load_state("domcontentloaded")

    def press(self, label: str) -> None:
        """Press a button."""
        self.click(self.button(label))

    def follow(self, label: str) -> None:
        """Follow a link."""
        self.click(self.link(label))

    def save_evidence(self) -> None:
        """Save the form of evidence, and put off what is still wanted of it."""
        self.press("Save evidence")
        self.page.wait_for_url("**/finish")
        self.follow("Later")

    def link(self, label: str) -> Locator:
        """Find a link by what it says."""
        return self.page.get_by_role("link", name=self.site.text(label), exact=True)

    def sees(self, message: str, **facts: object) -> bool:
        """Return whether the page's main part says this, or does so soon."""
        try:
            expect(self.page.locator("main")).to_contain_text(self.site.text(message, **facts))
        except AssertionError:
            return False
        return True

    def keep_pictures(self, name: str, *viewports: ViewportSize) -> None:
        """Keep the page as pictures, when somebody wants to look at it."""
        if not PICTURES:
            return
        before = self.page.viewport_size or DESKTOP
        for viewport in viewports or (DESKTOP, PHONE):
            self.page.set_viewport_size(viewport)
            path = Path(PICTURES) / f"{name}-{self.site.locale}-{viewport['width']}.png"
            self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size(before)

    def begin(self) -> None:
        """Begin another test with the same browser."""
        self.expected.clear()
        self.complaints.clear()
        self.site.watched.refused.pop(self.name, None)
        self.page.set_viewport_size(DESKTOP)

    def be_content(self) -> None:
        """Fail if the browser complained."""
        self._tell_refused()
        assert not self.complaints, "\n".join(self.complaints)

    def _tell_refused(self) -> None:
        refused = self.site.watched.refused.pop(self.name, [])
        self.complaints += [f"status {status} at {path}" for status, path in refused if status not in self.expected]

    def leave(self) -> None:
        """Close the browser's window; fail if it complained."""
        self.context.close()
        self.be_content()


Visit = Callable[..., Visitor]
