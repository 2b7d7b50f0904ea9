"""An auditor's whole visit: from the invitation to the concluded audit, with the library answering in between."""

from datetime import UTC, datetime, timedelta

from tests.journeys.site import Site, Visit, Visitor


def radio(visitor: Visitor, label: str, within: str = "main") -> None:
    """Choose one of several by its label."""
    visitor.page.locator(within).get_by_label(visitor.site.text(label), exact=True).first.check()


def test_an_auditor_visits_from_the_invitation_to_the_conclusion(site: Site, visit: Visit) -> None:
    library, auditor = visit("coordinator"), visit()
    library.go(f"/editions/{site.audited}/auditors/new")
    library.link("See exactly what the auditor will see").click()
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
    nav.get_by_role("link", name=site.text("Sample"), exact=True).click()
    auditor.fill("Seed", "kastet med terning 4-2-6")
    auditor.fill("How many exhibits", "2")
    auditor.press("Draw")
    assert auditor.sees("The sample is drawn.")
    auditor.page.locator("#drawn tbody a").first.click()
    auditor.page.wait_for_url("**/exhibits/*")
    radio(auditor, "Accepted as proof", "#mark")
    auditor.press("Save the mark")
    assert auditor.sees("Your marks are saved.")

    nav.get_by_role("link", name=site.text("Requirements"), exact=True).click()
    auditor.page.locator("tbody a").first.click()
    auditor.page.wait_for_url("**/requirements/*")
    auditor.page.locator("a[rel=next]").click()
    auditor.page.go_back()
    auditor.link("Write a finding").click()
    radio(auditor, "Major nonconformity", "#new")
    auditor.fill("What you found", "Handleplanen er ikke vedtaget af ledelsen.")
    auditor.press("Save the finding")
    auditor.page.wait_for_url("**/findings/*")
    number = auditor.page.url.rpartition("/")[2]
    nav.get_by_role("link", name=site.text("Conclusion"), exact=True).click()
    assert auditor.sees("Not yet: the library has not answered every major nonconformity")

    for finding in ("1", number):  # the first one was there before
        library.go(f"/editions/{site.audited}/audit")
        answer = library.page.locator(f"#finding-{finding}")
        answer.get_by_label(site.text("What we do about it")).fill("Planen vedtages den 4. maj.")
        answer.locator("input[type=date]").fill("2027-05-04")
        answer.get_by_role("button").click()
        assert library.sees("The answer is saved; the auditor sees it now.")
        auditor.go(f"/audit/findings/{finding}")
        assert auditor.page.get_by_text("Planen vedtages den 4. maj.").count() == 1
        auditor.press("Close the finding")
        assert auditor.sees("The finding is closed.")

    nav.get_by_role("link", name=site.text("Conclusion"), exact=True).click()
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
    library.page.locator("#auditors li", has_text="hele.vejen@example.org").get_by_role("link").click()
    library.page.once("dialog", lambda dialog: dialog.accept())
    library.press("End the access")
    library.link("See the receipt of what was opened").click()
    assert library.page.locator("#previews tbody tr").count() > 0
    assert auditor.go("/audit").url.endswith("/sign-in?next=/audit")
