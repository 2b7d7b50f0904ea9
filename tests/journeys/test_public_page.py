"""The public page of a year: published through the page, then opened by somebody whom the product does not know."""

from playwright.sync_api import Response

from tests.journeys import looking
from tests.journeys.site import DESKTOP, PHONE, Site, Visit

LIGHT = 150_000  # bytes of everything but pictures


def test_a_report_is_published_and_everybody_can_read_it(site: Site, visit: Visit) -> None:
    coordinator, anyone = visit("coordinator"), visit()
    coordinator.go(f"/editions/{site.edition}/publish")
    coordinator.press("Publish the page")
    assert coordinator.sees("This report is public")

    answers: list[Response] = []
    anyone.context.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - it marks what it calls
    anyone.go(f"/{site.library.slug}/impact/2025?lang={site.locale}")
    page = anyone.page
    page.wait_for_load_state()
    light = [answer for answer in answers if "/pictures/" not in answer.url]
    assert 20_000 < sum(len(answer.body()) for answer in light) < LIGHT
    assert all("/static/" in answer.url or "/impact/2025" in answer.url for answer in answers)
    assert anyone.context.cookies() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "content"
    page.evaluate(looking.OPEN_ALL)
    anyone.keep_pictures("public-page")
    found = []
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        found += looking.faults(page)
    assert found == []

    frame = page.locator("pre.code").inner_text().replace(site.workplace.settings.url, site.url)
    others = f"<!doctype html><html lang=en><title>Others</title><main><h1>Theirs</h1>{frame}</main>"
    page.route("**/others", lambda route: route.fulfill(body=others, content_type="text/html"))  # without our headers
    page.goto("/others")
    tiles = page.frame_locator("iframe").locator(".tile")
    tiles.first.wait_for()
    assert tiles.count() == 17
