"""Every page and every refusal: no violation that axe knows, in both languages, on a large screen and on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from sdg_tracker.installation import SCHEME
from tests.journeys import looking
from tests.journeys.site import PHONE, Site, Visit, Visitor

# endpoint -> addresses that show it. {…} is filled from the site.
ROOM = {  # pages of an auditor's room; the library sees the same ones
    "start": "",
    "requirements": "/requirements?order=weak",
    "requirement": "/requirements/{requirement}",
    "exhibits": "/exhibits",
    "exhibit": "/exhibits/1",
    "sample": "/sample",
    "findings": "/findings",
    "finding": "/findings/1",
    "questions": "/questions",
    "conclusion": "/conclusion",
}
PAGES = {
    "accounts.me": ["/account"],
    "activities.add": ["/activities/new"],
    "activities.import_": ["/activities/import"],
    "activities.index": [
        "/activities",
        "/activities?q=xyzzy&status=held&without_evidence=y",
        "/activities?withdrawn=y",
    ],
    "activities.map": ["/activities/1/map", "/activities/{odd}/map"],
    "activities.revise": ["/activities/1/edit"],
    "activities.show": ["/activities/1", "/activities/{odd}", "/activities/{withdrawn}"],
    "activities.withdraw": ["/activities/1/withdraw"],
    "admin.access": ["/admin/access"],
    "admin.add_branch": ["/admin/branches/new"],
    "admin.add_user": ["/admin/users/new"],
    "admin.branches": ["/admin/branches"],
    "admin.index": ["/admin"],
    "admin.installation": ["/admin/installation"],
    "admin.library": ["/admin/library"],
    "admin.revise_branch": ["/admin/branches/filialen/edit"],
    "admin.trail": ["/admin/trail"],
    "admin.user": ["/admin/users/{gone}", "/admin/users/1"],
    "admin.users": ["/admin/users"],
    "audit.access": ["/editions/auditors/{access}", "/editions/auditors/{access_ended}"],
    "audit.invite": ["/editions/{edition}/auditors/new"],
    "audit.log": ["/editions/auditors/{access_ended}/log"],
    "audit.show": ["/editions/{audited}/audit"],
    "room.preview_start": ["/editions/{audited}/as-auditor"],
    "certification.readiness": ["/certification/cycles/1", "/certification/cycles/1?view=roles&show=all"],
    "capture.code": ["/capture/code/1"],
    "capture.index": ["/capture", "/capture?activity=1", "/capture?q=læsning"],
    "certification.requirement": ["/certification/cycles/1/{requirement}"],
    "decisions.read_in": ["/editions/{edition}/audit/decisions"],
    "comparison.compare": ["/editions/compare?b={later}"],
    "checking.check": ["/certification/cycles/1/check"],
    "rolling.show": ["/certification/cycles/1/roll-forward"],
    "digest.show": ["/digest"],
    "dossier.compose": ["/editions/dossier/1"],
    "dossier.new": [],  # leads to the one before; it is a page only where there is no cycle
    "dossier.pages": ["/editions/dossier/1/pages"],
    "editions.correct": ["/editions/{edition}/corrections/new"],
    "editions.supersede": ["/editions/{edition}/supersede"],
    "editions.index": ["/editions"],
    "editions.show": ["/editions/{edition}", "/editions/{waiting}"],
    "editions.verify": ["/verify", "/verify?code={code}", "/verify?code=0123456789ab"],
    "effects.add_quote": [],
    "effects.index": ["/effects"],
    "effects.intend": [],
    "effects.quote": [],
    "effects.quote_consent": [],
    "effects.revise_quote": [],
    "effects.see": ["/activities/1/effect/seen"],
    "effects.take_quote_back": [],
    "effects.withdraw_quote": [],
    "evidence.add": ["/evidence/new", "/evidence/new?activity=1", "/evidence/new?cycle=1&requirement=B2.1"],
    "evidence.add_version": ["/evidence/1/versions/new"],
    "evidence.to_dispose_of": ["/evidence/disposal"],
    "evidence.index": [
        "/evidence",
        "/evidence?q=xyzzy",
        "/evidence?state=withdrawn",
        "/evidence?state=returned&giver=me",
    ],
    "evidence.judge": ["/evidence/1/requirements/1/B2.1"],
    "evidence.kept_apart": ["/evidence/quarantine"],
    "evidence.revise": ["/evidence/1/edit"],
    "evidence.show": [
        "/evidence/1",
        "/evidence/{table}",
        "/evidence/{withdrawn_evidence}",
        "/evidence/{marked}",
        "/evidence/{apart}",
        "/evidence/{returned}",
        "/evidence/{agreed}",
        "/evidence/{dead}",
    ],
    "evidence.withdraw": ["/evidence/1/withdraw"],
    "finishing.finish": ["/evidence/1/finish", "/evidence/{table}/finish"],
    "goals.index": ["/goals"],
    "goals.show": ["/goals/4", "/goals/7"],
    "goals.target": ["/goals/targets/12.5"],
    "impact.compose": ["/editions/impact/2026"],
    "impact.new": [],  # among the empty ones
    "impact.pages": ["/editions/impact/2025/pages"],
    "loading.import_": [],
    "measures.add": [],
    "measures.define": [],
    "measures.enter": ["/measures/1/enter?period=2026-Q4"],
    "measures.index": ["/measures"],
    "measures.revise": [],
    "measures.show": ["/measures/11"],
    "measures.withdraw": [],
    "unknowns.mark": [],
    "unknowns.take_back": [],
    "plandocument.compose": ["/editions/plan/evaluation-2025"],
    "plandocument.new": [],  # a form like the next; the pages are those of other editions
    "plandocument.pages": [],
    "readings.show": [],
    "links.add": ["/evidence/links/new", "/evidence/links/new?activity=1"],
    "links.index": ["/evidence/links", "/evidence/links?state=dead"],
    "links.show": ["/evidence/links/{web_page}"],
    "overview.index": ["/"],
    "people.add_consent": ["/evidence/1/consents/new"],
    "people.blur": ["/evidence/1/blur"],
    "people.objection": ["/evidence/{agreed}/objection", "/evidence/{objected}/objection"],
    "people.show": ["/evidence/1/people", "/evidence/{agreed}/people"],
    "people.withdraw_consent": ["/evidence/{agreed}/consents/2/withdraw"],
    "plans.index": ["/plan"],
    "plans.add": [],  # the other pages of the plan are made of what stands on these three
    "plans.approve": [],
    "plans.discard": [],
    "plans.draft": [],
    "plans.revise": [],
    "plans.show": [],
    "plans.versions": [],
    "plans.withdraw": [],
    "plan_parts.add_focus_goal": [],
    "plan_parts.add_initiative": [],
    "plan_parts.add_pledge": [],
    "plan_parts.revise_focus_goal": [],
    "plan_parts.revise_initiative": ["/plan/initiatives/1/edit"],
    "plan_parts.revise_pledge": [],
    "plan_parts.withdraw": [],
    "pledges.check": [],
    "pledges.initiative": [],
    "pledges.note": [],
    "pledges.overrule": [],
    "pledges.show": ["/plan/pledges/1"],
    "plan_ties.choose": ["/plan/initiatives/1/activities"],
    "pledges.take_back_check": [],
    "pledges.take_back_note": [],
    "pledges.tie": [],
    "proofs.mark": ["/evidence/{marked}/requirements/1/B2.1/page"],
    "publishing.publish": ["/editions/{edition}/publish"],
    "requests.ask": ["/evidence/requests/new", "/evidence/requests/new?activity=1"],
    "requests.cancel": ["/evidence/requests/{request}/cancel"],
    "requests.index": ["/evidence/requests", "/evidence/requests?state=done"],
    "requests.show": ["/evidence/requests/{request}"],
    "steering.by_strategy": ["/plan/strategy"],
    "steering.steer": ["/plan/steer"],
    "drafting.add": ["/certification/schemes/drafts/{draft}/fact/new"],
    "drafting.begin": ["/certification/schemes/new"],
    "drafting.change": ["/certification/schemes/drafts/{draft}/requirement/B2.1"],
    "drafting.head": ["/certification/schemes/drafts/{draft}/scheme"],
    "drafting.index": ["/certification/schemes"],
    "drafting.preview": ["/certification/schemes/drafts/{draft}/cycles/1"],
    "drafting.publish": ["/certification/schemes/drafts/{draft}/publish"],
    "drafting.show": ["/certification/schemes/drafts/{draft}"],
    "drafting.take": ["/certification/schemes/file"],
    "schemes.cycle": ["/certification/{scheme}/cycle"],
    "schemes.index": ["/certification"],
    "schemes.new_cycle": ["/certification/{scheme}/cycle/new"],
    "schemes.requirement": ["/certification/{scheme}/{requirement}"],
    "schemes.show": ["/certification/{scheme}"],
    "stories.add": [],
    "stories.consent": [],
    "stories.index": [],
    "stories.revise": [],
    "stories.show": ["/stories/4"],
    "stories.take_back": [],
    "stories.withdraw": [],
    "schemes.version": ["/certification/cycles/1/version"],
}
ENTRANCES = {
    "accounts.sign_in",
    "accounts.password",
    "audit.enter",
    *(f"room.{page}" for page in ROOM),
    *(f"room.preview_{page}" for page in ROOM if page != "start"),  # the same templates
}  # for those who have not signed in: below
NOT_PAGES = {
    "static",
    "audit.receipt",
    "room.download",
    "room.file",
    "room.picture",
    "room.preview_file",
    "room.preview_picture",
    "room.preview_proof",
    "room.preview_sheet",
    "room.proof",
    "room.sheet",
    "activities.export",
    "admin.healthz",
    "admin.readyz",
    "comparison.download",
    "dossier.picture",
    "impact.picture",
    "plandocument.picture",
    "drafting.download",
    "editions.download",
    "schemes.download",
    "evidence.download",
    "measures.export",
    "evidence.original",
    "evidence.thumbnail",
    "uploads.ask",
    "uploads.save",
    "people.picture",
    "proofs.sheet",
    *(f"public.{part}" for part in ("show", "goals", "data", "file", "picture")),  # test_public_page looks at them
    *(f"publishing.preview{part}" for part in ("", "_goals", "_data", "_file", "_picture")),  # the same bytes
}
ADDRESSES = [address for addresses in PAGES.values() for address in addresses]
EMPTY = [
    "/",
    "/activities",
    "/evidence",
    "/goals",
    "/goals/4",
    "/goals/targets/12.5",
    "/certification",
    "/admin/branches",
]
EMPTY += [
    "/evidence/disposal",
    "/evidence/quarantine",
    "/evidence/links",
    "/evidence/requests",
    "/digest",
    "/admin/users",
    "/admin/trail",
    "/evidence/new",
    "/capture",
    "/editions",
    "/editions/dossier",
    "/editions/impact",
]
MAIN = [
    "/",
    "/activities",
    "/activities/1",
    "/activities/new",
    "/evidence/1",
    "/goals",
    "/certification",
    "/certification/cycles/1",
]


def addresses_of(site: Site, address: str) -> str:
    """Return an address with the site's numbers in it."""
    values = {"scheme": SCHEME, "requirement": "B2.1", **vars(site)}
    return address.format(**values)


def test_every_page_of_the_address_table_is_looked_at(site: Site) -> None:
    found = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert found == PAGES.keys() | ENTRANCES | NOT_PAGES


def test_the_style_sheets_lock_no_page_to_one_way_of_holding_a_phone(look: Visit) -> None:
    visitor = look("coordinator")
    visitor.go("/")
    assert looking.locks(visitor.page) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_the_coordinator_is_usable_by_all(site: Site, look: Visit, address: str) -> None:
    visitor = look("coordinator")
    assert visitor.go(addresses_of(site, address)).status == 200
    looking.check(visitor, _name(address))


@pytest.mark.parametrize("address", EMPTY)
def test_a_page_of_a_library_that_has_nothing_is_usable_by_all(look: Visit, address: str) -> None:
    visitor = look("newcomer")
    assert visitor.go(address).status == 200
    looking.check(visitor, "empty-" + _name(address))


@pytest.mark.parametrize(
    ("name", "address"), [("auditor", "/"), ("newreader", "/activities"), ("reader", "/evidence/1")]
)
def test_a_page_of_those_who_only_read_is_usable_by_all(look: Visit, name: str, address: str) -> None:
    visitor = look(name)
    assert visitor.go(address).status == 200
    looking.check(visitor, f"{name}-{_name(address)}")


# What is refused ----------------------------------------------------------------------------------------------------


def sign_in_page(come: Visit) -> Visitor:
    visitor = come()
    visitor.go("/sign-in")
    return visitor


def wrong_password(come: Visit) -> Visitor:
    visitor = sign_in_page(come)
    visitor.expect(422)
    visitor.fill("E-mail", "nobody@example.org")
    visitor.fill("Password", "not the password")
    visitor.press("Sign in")
    assert visitor.sees("The e-mail or the password is not right.")
    return visitor


def password_link(come: Visit) -> Visitor:
    visitor = come()
    assert visitor.go(visitor.site.link("staff")).status == 200
    return visitor


def passwords_that_differ(come: Visit) -> Visitor:
    visitor = password_link(come)
    visitor.expect(422)
    visitor.fill("New password", "one sentence that nobody knows")
    visitor.fill("New password once more", "another sentence")
    visitor.press("Save password")
    assert visitor.sees("The two passwords are not the same.")
    return visitor


def password_link_that_is_not_whole(come: Visit) -> Visitor:
    visitor = come()
    visitor.expect(410)
    assert visitor.go(visitor.site.link("staff")[:-3]).status == 410
    return visitor


def present_password_wrong(come: Visit) -> Visitor:
    visitor = come("auditor")
    visitor.expect(422)
    visitor.go("/account")
    visitor.fill("Present password", "not my password")
    visitor.fill("New password", "a new sentence for the library")
    visitor.fill("New password once more", "a new sentence for the library")
    visitor.press("Change password")
    assert visitor.sees("This is not your present password.")
    return visitor


def activity_without_title(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/activities/new")
    visitor.fill("Title", "   ")
    visitor.field("Type").select_option(index=1)
    visitor.fill("First day", "2026-03-02")
    visitor.fill("Last day", "2026-03-01")
    visitor.press("Save activity")
    assert visitor.sees("Give the activity a title.")
    return visitor


def mapping_without_reason(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go(f"/activities/{visitor.site.odd}/map")
    visitor.field("Main goal or target").select_option("11.4")
    visitor.press("Save mapping")
    assert visitor.sees("Say in one line why you chose %(code)s.", code="11.4")
    return visitor


def activity_changed_meanwhile(come: Visit) -> Visitor:
    one, other = come("coordinator"), come("colleague")
    one.expect(409)
    for visitor in (one, other):
        visitor.go(f"/activities/{visitor.site.odd}/edit")
    other.fill("Attendance", str(len(other.page.content())))
    other.press("Save changes")
    one.fill("Description", "Skrevet af den første")
    one.press("Save changes")
    assert one.sees("Somebody else changed this activity while you had it open")
    return one


def evidence_changed_meanwhile(come: Visit) -> Visitor:
    one, other = come("coordinator"), come("colleague")
    one.expect(409)
    for visitor in (one, other):
        visitor.go(f"/evidence/{visitor.site.table}/edit")
    other.fill("Description", f"Skrevet af den anden, {len(other.page.content())}")
    other.press("Save the change")
    one.fill("Description", "Skrevet af den første")
    one.press("Save the change")
    return one


def import_with_faults(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/activities/import")
    rows = "title_da,type,goals,year,starts_on\nUden type,,4,2025,\nForkert mål,udstilling,18,2025,\n"
    rows += ",udstilling,4,x,32.13.2025\n"
    file: Any = {"name": "kalender.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    visitor.field("File").set_input_files(file)
    visitor.press("Look at the file")
    assert visitor.sees("Nothing was imported")
    return visitor


def import_preview(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.go("/activities/import")
    rows = "title_da,type,goals,year\nByttedag,arrangement,12,2025\nVand – 12 Bæredygtige byer,udstilling,6;14,2026\n"
    file: Any = {"name": "kalender.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    visitor.field("File").set_input_files(file)
    visitor.press("Look at the file")
    assert visitor.sees("What will be added")
    return visitor


def refused_file(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/evidence/new")
    file: Any = {"name": "program.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + bytes(300)}
    visitor.field("Photos or documents").set_input_files(file)
    visitor.page.wait_for_selector('.upload[data-state="refused"]')
    return visitor


def withdrawal_without_reason(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/evidence/2/withdraw")
    visitor.fill("Reason", "  ")
    visitor.press("Withdraw it")
    return visitor


def requirement_not_chosen(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/evidence/2")
    visitor.page.locator("form.tie-form").evaluate("form => form.noValidate = true")
    visitor.press("Tie")
    return visitor


def user_known(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(422)
    visitor.go("/admin/users/new")
    visitor.fill("Name", "Reader")
    visitor.fill("E-mail", "reader@example.org")
    visitor.press("Add user")
    assert visitor.page.locator(".form-error-message").count()
    return visitor


def link_made(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.go(f"/admin/users/{visitor.site.actor('staff').number}")
    visitor.press("New password link")
    visitor.page.wait_for_selector("main textarea")
    return visitor


def closed_to_readers(come: Visit) -> Visitor:
    visitor = come("reader")
    visitor.expect(403)
    assert visitor.go("/activities/new").status == 403
    return visitor


def no_such_page(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(404)
    assert visitor.go("/no-such-page").status == 404
    return visitor


def no_such_page_for_strangers(come: Visit) -> Visitor:
    visitor = come()
    visitor.expect(404)
    assert visitor.go("/no-such-page").status == 404
    return visitor


def withdrawn_activity_not_changed(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(409)
    assert visitor.go(f"/activities/{visitor.site.withdrawn}/edit").status == 409
    return visitor


def room_of_an_auditor(come: Visit) -> Visitor:
    visitor = come()
    assert visitor.go(visitor.site.audit).status == 200
    visitor.press("Open the edition")
    visitor.page.wait_for_url("**/audit")
    return visitor


def link_that_was_used(come: Visit) -> Visitor:
    visitor = come()
    visitor.expect(409)
    assert visitor.go(visitor.site.audit_used).status == 409
    return visitor


def room_that_is_closed(come: Visit) -> Visitor:
    visitor = come()
    visitor.expect(404)
    assert visitor.go(visitor.site.audit_ended).status == 404
    return visitor


def page_open_too_long(come: Visit) -> Visitor:
    visitor = come("coordinator")
    visitor.expect(400)
    visitor.go("/activities/new")
    visitor.fill("Title", "For sent")
    visitor.field("Type").select_option(index=1)
    form = visitor.page
    visitor.page = visitor.context.new_page()
    visitor.context.clear_cookies()
    visitor.sign_in("coordinator")  # in another window
    visitor.page = form
    visitor.press("Save activity")
    visitor.page.wait_for_selector(".error-page")
    return visitor


STATES: list[Callable[[Visit], Visitor]] = [
    sign_in_page,
    wrong_password,
    password_link,
    passwords_that_differ,
    password_link_that_is_not_whole,
    present_password_wrong,
    activity_without_title,
    mapping_without_reason,
    activity_changed_meanwhile,
    evidence_changed_meanwhile,
    import_with_faults,
    import_preview,
    refused_file,
    withdrawal_without_reason,
    requirement_not_chosen,
    user_known,
    link_made,
    closed_to_readers,
    room_of_an_auditor,
    room_that_is_closed,
    link_that_was_used,
    no_such_page,
    no_such_page_for_strangers,
    withdrawn_activity_not_changed,
    page_open_too_long,
]


def test_the_rooms_pages_are_usable_by_all(site: Site, visit: Visit) -> None:
    """All in one visit, for a link opens one browser only."""
    visitor = visit()
    visitor.go(site.audit_room)
    visitor.press("Open the edition")
    visitor.page.wait_for_url("**/audit")
    for name, address in ROOM.items():
        assert visitor.go("/audit" + addresses_of(site, address)).status == 200
        looking.check(visitor, f"room-{name}")


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_refused_is_usable_by_all(look: Visit, visit: Visit, state: Callable[[Visit], Visitor]) -> None:
    alone = state in (page_open_too_long, room_of_an_auditor)  # the session changes
    come = visit if alone else look
    looking.check(state(come), "state-" + state.__name__)


def test_what_is_pressed_is_waited_for_to_its_end(site: Site, look: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.watched, "halt", 0.3)
    user_known(look)  # reads at once what stands at the end of the page


def test_the_check_itself_finds_what_is_wrong(look: Visit) -> None:
    visitor = look("reader")
    visitor.go("/goals")
    visitor.page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
        '<img src="data:,"><div class="wrong">wide</div>')""")
    visitor.page.evaluate("() => { document.querySelector('.wrong').style = 'width: 3000px; color: #ccc'; }")
    for known in (False, True):
        found = looking.faults(visitor.page, frame_known=known)
        assert [fault.partition(":")[0] for fault in found if ":" in fault] == ["color-contrast", "image-alt"]
    assert any("DIV.wrong reaches" in fault for fault in found)


# Keyboard -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", MAIN)
def test_the_keyboard_goes_through_a_page_and_is_always_seen(look: Visit, address: str) -> None:
    visitor = look("coordinator")
    visitor.go(address)
    stops = looking.tab_stops(visitor.page, 10)
    assert [stop["what"] for stop in stops if stop["body"] or not stop["outlined"] or not stop["seen"]] == []
    assert len({stop["what"] for stop in stops}) > 5


@pytest.mark.parametrize("address", ["/", "/sign-in"])
def test_the_first_key_leads_past_the_menu(site: Site, look: Visit, address: str) -> None:
    visitor = look("coordinator") if address == "/" else look()
    visitor.go(address)
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("() => document.activeElement.textContent") == site.text("Go to the content")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("() => document.activeElement.id") == "main-content"


def test_the_menu_of_a_phone_opens_closes_and_gives_the_focus_back(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator", viewport=PHONE)
    visitor.go("/")
    page, menu = visitor.page, visitor.page.get_by_role("dialog")
    assert not menu.is_visible()
    visitor.press("Menu")
    assert menu.is_visible()
    assert looking.faults(page) == []
    visitor.keep_pictures("menu-open", PHONE)
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate("() => document.activeElement.textContent.trim()") == site.text("Menu")
    visitor.press("Menu")
    menu.get_by_role("link", name=site.text("Goals"), exact=True).click()
    page.wait_for_url("**/goals")


def _name(address: str) -> str:
    return re.sub(r"\W+", "-", address).strip("-") or "overview"
