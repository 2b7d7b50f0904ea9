"""An auditor's whole visit: from the invitation to the concluded audit, with the library answering in between."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from sdg_tracker.access import SYSTEM
from sdg_tracker.dossier import page as dossier_page
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from tests.journeys.site import Site, Visit, Visitor


def radio(visitor: Visitor, label: str, within: str = "main") -> None:
    """Choose one of several by its label."""
    visitor.page.locator(within).get_by_label(visitor.site.text(label), exact=True).first.check()


def _bring_from_the_desk(site: Site, browser: Browser, library: Visitor, folder: Path) -> None:
    """Work at the desk of the unpacked bag, without a network; the coordinator reads the file in."""
    with site.workplace.reading(SYSTEM, site.library_id) as work, (folder / "index.html").open("wb") as page:
        edition = editions.get(work, site.audited)
        dossier_page.build(build.snapshot_of(work.blobs, edition), edition.fingerprint, work.blobs, page)
    context = browser.new_context(offline=True)
    desk = context.new_page()
    desk.goto((folder / "index.html").as_uri())
    desk.locator("#mark-2").select_option("questioned")
    desk.locator("#note-2").fill("Skrevet ved bordet: hvilken udgave?")
    desk.locator("#desk-kind").select_option("opportunity")
    desk.locator("#desk-exhibits").fill("2")
    desk.locator("#desk-text").fill("Skriv kilden på billedet.")
    desk.locator("#desk-finding button").first.click()
    with desk.expect_download() as download:
        desk.locator("#desk-save").click()
    download.value.save_as(folder / "decisions.json")
    context.close()
    library.go(f"/editions/{site.audited}/audit/decisions")
    library.page.locator("input[type=file]").set_input_files(folder / "decisions.json")
    library.press("Look at the file")
    assert library.page.get_by_text("Skrevet ved bordet: hvilken udgave?").count() == 1
    library.press("Read it in")
    library.page.wait_for_url(f"**/editions/{site.audited}/audit")
    for told in ("Skriv kilden på billedet.", "Skrevet ved bordet: hvilken udgave?"):
        assert library.page.get_by_text(told).count() == 1, told


def test_an_auditor_visits_from_the_invitation_to_the_conclusion(
    site: Site, visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    library, auditor = visit("coordinator"), visit()
    library.go(f"/editions/{site.audited}/auditors/new")
    library.follow("See exactly what the auditor will see")
    assert library.page.get_by_text(site.text("Nothing can be written here.")).count() == 1
    library.go(f"/editions/{site.audited}/auditors/new")
    library.fill("E-mail of the auditor", "hele.vejen@example.org")
    library.field("Last day").fill((datetime.now(UTC).date() + timedelta(days=9)).isoformat())
    library.page.get_by_label(site.text("Ask for a code beside the link")).check()
    library.press("Invite")
    link = library.page.locator(".link-to-copy").inner_text()
    code = library.page.locator(".alert strong").first.inner_text()

    auditor.expect(422)
    auditor.go(link.removeprefix(site.workplace.settings.url))
    auditor.fill("Code of six digits", "000000" if code != "000 000" else "111111")
    auditor.press("Open the edition")
    assert auditor.sees("The code is not right. The library has told you six digits.")
    auditor.fill("Code of six digits", code)
    auditor.press("Open the edition")
    auditor.page.wait_for_url("**/audit")
    another = visit()
    another.expect(409)
    assert another.go(link.removeprefix(site.workplace.settings.url)).status == 409

    nav = auditor.page.locator(".room-nav")
    auditor.click(nav.get_by_role("link", name=site.text("Sample"), exact=True))
    auditor.fill("Seed", "kastet med terning 4-2-6")
    auditor.fill("How many exhibits", "2")
    auditor.press("Draw")
    assert auditor.sees("The sample is drawn.")
    auditor.click(auditor.page.locator("#drawn tbody a").first)
    auditor.page.wait_for_url("**/exhibits/*")
    radio(auditor, "Accepted as proof", "#mark")
    auditor.press("Save the mark")
    assert auditor.sees("Your marks are saved.")

    auditor.click(nav.get_by_role("link", name=site.text("Requirements"), exact=True))
    auditor.click(auditor.page.locator("tbody a").first)
    auditor.page.wait_for_url("**/requirements/*")
    auditor.click(auditor.page.locator("a[rel=next]"))
    auditor.page.go_back()
    auditor.follow("Write a finding")
    radio(auditor, "Major nonconformity", "#new")
    auditor.fill("What you found", "Handleplanen er ikke vedtaget af ledelsen.")
    auditor.press("Save the finding")
    auditor.page.wait_for_url("**/findings/*")
    number = auditor.page.url.rpartition("/")[2]
    _bring_from_the_desk(site, browser, library, tmp_path)
    auditor.click(nav.get_by_role("link", name=site.text("Conclusion"), exact=True))
    assert auditor.sees("Not yet: the library has not answered every major nonconformity")

    for finding in ("1", number):  # the first one was there before
        library.go(f"/editions/{site.audited}/audit")
        answer = library.page.locator(f"#finding-{finding}")
        answer.get_by_label(site.text("What we do about it")).fill("Planen vedtages den 4. maj.")
        answer.locator("input[type=date]").fill("2027-05-04")
        library.click(answer.get_by_role("button"))
        assert library.sees("The answer is saved; the auditor sees it now.")
        auditor.go(f"/audit/findings/{finding}")
        assert auditor.page.get_by_text("Planen vedtages den 4. maj.").count() == 1
        auditor.press("Close the finding")
        assert auditor.sees("The finding is closed.")

    auditor.click(nav.get_by_role("link", name=site.text("Conclusion"), exact=True))
    radio(auditor, "Recommended with conditions")
    auditor.fill("Conditions", "Den vedtagne plan sendes til os.")
    auditor.fill("Reasons", "Stikprøven og alle krav er set.")
    auditor.press("Conclude the audit")
    assert auditor.sees("The audit is concluded. The library sees it now.")
    auditor.keep_pictures("room-concluded")
    library.go(f"/editions/{site.audited}/audit")
    assert library.page.get_by_text("Den vedtagne plan sendes til os.").count() == 1

    auditor.page.once("dialog", lambda dialog: dialog.accept())
    auditor.press("Open the audit again")  # other tests look at an audit that goes on
    assert auditor.sees("The audit is open again.")

    library.go(f"/editions/{site.audited}")
    library.click(library.page.locator("#auditors li", has_text="hele.vejen@example.org").get_by_role("link"))
    library.page.once("dialog", lambda dialog: dialog.accept())
    library.press("End the access")
    library.follow("See the receipt of what was opened")
    assert library.page.locator("#previews tbody tr").count() > 0
    assert auditor.go("/audit").url.endswith("/sign-in?next=/audit")
