"""What coordinators do: import a year, map it, change things at the same time, find them again, let others in."""

import re

from playwright.sync_api import Page, Request, expect

from sdg_tracker.demo.files import seed_file
from tests.journeys.site import PASSWORD, Site, Visit, Visitor

REAL = 133  # activities of Danish libraries


def found(visitor: Visitor) -> int:
    """Return how many the list says that it holds."""
    return max(
        int(number.replace(".", "")) for number in re.findall(r"[\d.]+", visitor.page.inner_text(".result-count"))
    )


def codes(visitor: Visitor) -> list[list[str]]:
    """Return the codes of goals and targets of each row of the list."""
    rows = visitor.page.locator("#rows tbody tr").all()
    return [[text.split()[0] for text in row.locator(".goal-chip").all_inner_texts()] for row in rows]


def go_back(page: Page) -> None:
    """Go a step back and wait until htmx has fetched the whole page anew."""
    page.evaluate("() => { window.left = true; history.back(); }")
    page.wait_for_function("() => !window.left && document.readyState === 'complete'")


def test_a_calendar_is_looked_at_and_then_imported_as_a_whole(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    visitor.go("/activities")
    before = found(visitor)
    visitor.follow("Import")
    visitor.field("File").set_input_files(seed_file("real-activities.csv"))
    visitor.press("Look at the file")
    assert visitor.sees("What will be added")
    assert visitor.page.locator(".metric-value").first.inner_text() == str(REAL)
    visitor.keep_pictures("import-real")
    button = site.plural("Import %(num)s activity", "Import %(num)s activities", REAL)
    visitor.click(visitor.page.get_by_role("button", name=button))
    visitor.page.wait_for_url("**/activities?order=-number")
    done = site.plural("%(num)s activity was imported.", "%(num)s activities were imported.", REAL)
    assert done in visitor.page.inner_text("#messages")
    assert found(visitor) == before + REAL


def test_an_activity_is_mapped_with_reasons(site: Site, visit: Visit) -> None:
    number = site.activity("Kaffe i genbrugskopper").number
    visitor = visit("coordinator")
    visitor.go(f"/activities/{number}")
    visitor.follow("Choose goals")
    main = visitor.page.get_by_role("group", name=site.text("Main goal or target"), exact=True)
    visitor.field("Main goal or target", main).select_option("12.5")
    visitor.field("Contribution", main).select_option("direct")
    visitor.field("Reason", main).fill("Ingen kopper bliver smidt væk")
    second = visitor.page.get_by_role(
        "group", name=site.text("Secondary goal or target %(number)s", number=1), exact=True
    )
    visitor.field("Secondary goal or target %(number)s", second, number=1).select_option("6")
    visitor.field("What does the activity do to it?", second).select_option("against")
    visitor.field("Reason", second).fill("Der bliver brugt vand til opvask")
    visitor.press("Save mapping")
    visitor.page.wait_for_url(f"**/activities/{number}")
    rows = visitor.page.locator("#goals tbody tr")
    assert rows.count() == 2
    assert "12.5" in rows.nth(0).inner_text()
    assert site.text("Main") in rows.nth(0).inner_text()
    assert "Ingen kopper bliver smidt væk" in rows.nth(0).inner_text()
    assert site.text("Works against") in rows.nth(1).inner_text()
    visitor.keep_pictures("mapped")


def test_two_change_the_same_activity_and_nothing_typed_is_lost(site: Site, visit: Visit) -> None:
    number = site.activity("Læseklub", "4").number
    one, other = visit("coordinator"), visit("colleague")
    one.expect(409)
    for visitor in (one, other):
        visitor.go(f"/activities/{number}/edit")
    other.fill("Title", "Læseklub om klima")
    other.press("Save changes")
    other.page.wait_for_url(f"**/activities/{number}")
    typed = {"Title": "Læseklub for alle", "Description": "Vi læser\nom havet", "Attendance": "17"}
    for label, text in typed.items():
        one.fill(label, text)
    one.press("Save changes")
    assert one.sees("Somebody else changed this activity while you had it open")
    assert {label: one.field(label).input_value() for label in typed} == typed
    assert "Læseklub om klima" in one.page.locator("main table").inner_text()
    other.page.reload()
    expect(other.page.get_by_role("heading", level=1)).to_have_text("Læseklub om klima")
    one.press("Save over it")
    one.page.wait_for_url(f"**/activities/{number}")
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Læseklub for alle")


def test_a_filter_fetches_only_the_rows_and_the_address_follows(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    page = visitor.page
    visitor.go("/activities")
    everything = found(visitor)
    asked: list[Request] = []
    page.on(
        "request", lambda request: asked.append(request) if request.resource_type in ("document", "fetch") else None
    )
    page.evaluate("() => { window.same = true; }")
    visitor.choose("Goal", "13")
    page.wait_for_url("**/activities?goal=13")  # what is not chosen is not in the address
    expect(page.locator("#rows tbody tr").first).to_be_visible()
    page.wait_for_function(
        "all => !document.querySelector('.result-count').textContent.includes(all)", arg=str(everything)
    )
    assert [request.headers.get("hx-request-type") for request in asked] == ["partial"]
    assert page.evaluate("() => window.same")
    assert 0 < found(visitor) < everything
    assert all(any(code.split(".")[0] == "13" for code in row) for row in codes(visitor))
    page.locator("#rows thead a").first.click()  # by title
    page.wait_for_url("**/activities?*order=title*")
    assert "goal=13" in page.url
    titles = page.locator("#rows tbody th a")
    expect(page.locator("#rows thead th").first).to_have_attribute("aria-sort", "ascending")
    assert titles.count() > 1
    go_back(page)
    page.wait_for_url("**/activities?goal=13")
    go_back(page)
    page.wait_for_url("**/activities")
    expect(page.locator(".result-count")).to_contain_text(str(everything))
    expect(visitor.field("Goal")).to_have_value("")


def test_pages_of_a_list_are_turned_in_place(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    page = visitor.page
    visitor.go("/activities?order=number")
    first = page.locator("#rows tbody th a").first
    before = first.inner_text()
    page.evaluate("() => { window.same = true; }")
    page.get_by_role("link", name=site.text("Next page"), exact=True).click()
    page.wait_for_url("**page=2**")
    expect(first).not_to_have_text(before)
    assert page.evaluate("() => window.same")
    go_back(page)
    expect(first).to_have_text(before)


def test_an_error_while_a_list_is_fetched_is_said_and_the_list_stays(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    visitor.expect(403)
    visitor.go("/activities")
    before = found(visitor)
    visitor.context.route(
        "**/activities?*",
        lambda route: route.fulfill(
            status=403,
            content_type="text/html",
            body="<html><body><h1 data-error-title>Lukket</h1><p data-error-text>Prøv igen</p></body></html>",
        ),
    )
    visitor.choose("Goal", "13")
    expect(visitor.page.locator("#messages .alert-error")).to_contain_text("Lukket")
    assert found(visitor) == before


def test_evidence_is_tied_to_a_requirement_and_freed_again(site: Site, visit: Visit) -> None:
    number = site.evidence("Referat af mødet\n".encode(), "referat.txt")
    visitor = visit("coordinator")
    visitor.go(f"/evidence/{number}")
    requirement = visitor.field("Requirement", visitor.page.locator(".tie-form"))
    requirement.select_option(requirement.locator("option[value]").nth(3).get_attribute("value"))
    visitor.fill("Pages", "2-3")
    visitor.press("Tie")
    tied = visitor.page.locator("#requirements .tied li")
    expect(tied).to_have_count(1)
    assert site.text("Pages %(pages)s", pages="2-3") in tied.inner_text()
    visitor.keep_pictures("tied")
    tied.get_by_role("button").click()
    expect(tied).to_have_count(0)


def test_a_new_person_is_let_in_by_a_link(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    visitor.go("/admin/users/new")
    visitor.fill("Name", "Ny Kollega")
    visitor.fill("E-mail", f"ny-{site.locale}@example.org")
    visitor.press("Add user")
    link = visitor.page.locator("main textarea, main input[readonly]").first.input_value()
    newcomer = visit()
    newcomer.expect(410)
    path = "/password/" + link.strip().rpartition("/")[2]
    newcomer.go(path)
    newcomer.fill("New password", PASSWORD)
    newcomer.fill("New password once more", PASSWORD)
    newcomer.press("Save password")
    assert newcomer.sees("Your password is saved. Sign in with it.")
    assert newcomer.go(path).status == 410
    newcomer.sign_in(f"ny-{site.locale}")
    assert not newcomer.link("Administration").count()


def test_a_report_is_frozen_its_files_come_by_themselves_and_anybody_can_check_it(site: Site, visit: Visit) -> None:
    visitor = visit("coordinator")
    page = visitor.page
    visitor.go("/editions")
    visitor.follow("Compose a yearly report")
    visitor.choose("Year", "2025")
    visitor.press("Choose what goes in")
    sections = page.locator(".compose-section").get_by_role("checkbox")
    kept = visitor.field("The year on one page")
    sections.evaluate_all("boxes => boxes.forEach(box => { box.checked = false; })")  # a page is enough to look at
    kept.check()
    visitor.press("Save")
    assert visitor.sees("Saved. The report can be looked at now.")
    assert sections.evaluate_all("boxes => boxes.filter(box => box.checked).length") == 1
    assert kept.is_checked()
    visitor.press("Freeze")
    page.wait_for_url(re.compile(r"/editions/\d+$"))
    assert page.locator("main progress").is_visible()
    site.do_jobs()
    expect(page.locator(".downloads a")).to_have_count(3)
    with page.expect_download() as download:
        page.locator(".downloads a").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    address = page.get_by_role("link", name=site.text("Check this edition")).get_attribute("href")
    anybody = visit()
    anybody.go(str(address))
    assert anybody.sees("Intact")
