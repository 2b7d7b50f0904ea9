"""Files on their way from a browser: dropped, pasted, on a broken line, after a reload, and a phone at an event."""

import hashlib
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from sdg_tracker.evidence import listing, queries
from sdg_tracker.evidence.models import Evidence
from tests.evidence import files
from tests.journeys import looking
from tests.journeys.site import PHONE, Site, Visit, Visitor
from tests.journeys.test_staff import photo

FINISH = re.compile(r"/evidence/\d+/finish$")
PARTS = "**/evidence/uploads/*"
DROP = """([selector, name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/plain", lastModified: 1}));
  const target = document.querySelector(selector);
  for (const type of ["dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: carried}));
  }
}"""
PASTE = """bytes => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], "image.png", {type: "image/png", lastModified: 2}));
  document.body.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: carried}));
}"""


def table(seed: int, rows: int = 60_000) -> dict[str, Any]:
    """Return a table of more than a megabyte, which takes several parts."""
    chance = random.Random(seed)
    content = b"navn;antal\n" + b"".join(b"Kaffe %d;%d\n" % (row, chance.randrange(1000)) for row in range(rows))
    return {"name": f"tal-{seed}.csv", "mimeType": "text/csv", "buffer": content}


class Line:
    """The connection of a visitor: how many parts come through before it breaks."""

    def __init__(self, visitor: Visitor, parts: int) -> None:
        self.visitor, self.left, self.broken = visitor, parts, 0
        visitor.context.route(PARTS, self._pass)

    def _pass(self, route: Route) -> None:
        if "upload-offset" not in route.request.headers or self.left > 0:
            self.left -= "upload-offset" in route.request.headers
            route.continue_()
        else:
            self.broken += 1
            route.abort("connectionreset")

    def mend(self) -> None:
        """Let everything through, and say so."""
        self.left = 10_000
        self.visitor.page.evaluate("() => window.dispatchEvent(new Event('online'))")


def newest(site: Site) -> Evidence:
    with site.workplace.reading(site.coordinator) as work:
        rows, _total = listing.one_page(work, listing.Filters(), "-number", 1, 0)
        return queries.get(work, rows[0].number)


def originals(site: Site, titles: set[str]) -> dict[str, str]:
    with site.workplace.reading(site.coordinator) as work:
        rows, _total = listing.one_page(work, listing.Filters(), "-number", 20, 0)
        return {row.title: row.current.original_sha256 for row in rows if row.title in titles}


def digest(file: dict[str, Any]) -> str:
    return hashlib.sha256(file["buffer"]).hexdigest()


def row(visitor: Visitor, name: str) -> Any:
    return visitor.page.locator(".upload", has_text=name)


def test_files_are_dropped_pasted_and_chosen_and_saved_together(site: Site, visit: Visit) -> None:
    visitor = visit("staff")
    page = visitor.page
    visitor.go("/evidence/new")
    chosen = table(1)
    page.evaluate(DROP, ["#add-evidence", "lagt.txt", "lagt på siden\n"])
    page.evaluate(PASTE, list(files.png()))
    visitor.field("Photos or documents").set_input_files(chosen)  # type: ignore[arg-type]
    here = page.locator('.upload[data-state="here"]')
    expect(here).to_have_count(3)
    assert here.locator("progress").evaluate_all("bars => bars.map(bar => bar.value)") == [100, 100, 100]
    assert looking.faults(page) == []
    visitor.keep_pictures("uploads-here")
    page.evaluate(DROP, ["#add-evidence", "fjernet.txt", "skal væk\n"])
    expect(row(visitor, "fjernet.txt")).to_have_attribute("data-state", "here")
    row(visitor, "fjernet.txt").get_by_role("button").press("Enter")
    expect(page.locator("[data-told]")).to_have_text(site.text("%(name)s is removed.", name="fjernet.txt"))
    visitor.press("Save evidence")
    page.wait_for_url(FINISH)
    found = originals(site, {"tal-1", "lagt"})
    assert found == {"tal-1": digest(chosen), "lagt": hashlib.sha256("lagt på siden\n".encode()).hexdigest()}
    visitor.go("/evidence/new")
    expect(row(visitor, "tal-1.csv")).to_have_count(0)
    visitor.context.clear_cookies()
    page.evaluate(DROP, ["#add-evidence", "for sent.txt", "logget ud\n"])
    ended = "Your session has ended. Reload the page and sign in; what has been sent is not lost."
    expect(row(visitor, "for sent.txt")).to_contain_text(site.text(ended))


def test_a_broken_line_is_waited_for_and_a_reload_goes_on_where_it_was(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit("staff", viewport=PHONE)
    page, file = visitor.page, table(2)
    path = tmp_path / file["name"]  # a real one, which tells when it was changed last
    path.write_bytes(file["buffer"])
    line = Line(visitor, parts=1)
    forgive(visitor)
    visitor.go("/evidence/new")
    visitor.field("Photos or documents").set_input_files(path)
    expect(row(visitor, "tal-2.csv")).to_have_attribute("data-state", "pausing")
    here = int(row(visitor, "tal-2.csv").locator("progress").evaluate("bar => bar.value"))
    assert 0 < here < 100
    visitor.keep_pictures("uploads-broken", PHONE)
    visitor.press("Save evidence")  # it waits
    expect(page.locator("[data-told]")).to_have_text(
        site.text("It is saved as soon as all files are here. Leave the page open until then.")
    )
    page.reload()
    left = site.text("Choose the same file again and it goes on at %(percent)s %%.", percent=here)
    expect(row(visitor, "tal-2.csv")).to_contain_text(left)
    assert looking.faults(page) == []
    visitor.keep_pictures("uploads-left", PHONE)
    offsets: list[int] = []
    page.on("request", lambda asked: offsets.append(int(asked.headers.get("upload-offset", "-1"))))
    line.mend()
    visitor.field("Photos or documents").set_input_files(path)
    visitor.press("Save evidence")
    page.wait_for_url(FINISH)
    assert min(offset for offset in offsets if offset >= 0) > 0
    assert newest(site).current.original_sha256 == digest(file)
    assert line.broken


def test_an_answer_that_is_lost_and_a_line_that_comes_back_lose_nothing(site: Site, visit: Visit) -> None:
    visitor = visit("staff")
    file = table(3)
    forgive(visitor)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if "upload-offset" in route.request.headers and not lost:
            route.fetch()
            lost.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    visitor.context.route(PARTS, lose)
    visitor.expect(409)
    visitor.go("/evidence/new")
    visitor.field("Photos or documents").set_input_files(file)  # type: ignore[arg-type]
    visitor.press("Save evidence")
    visitor.page.wait_for_url(FINISH)
    assert lost == ["0"]
    assert newest(site).current.original_sha256 == digest(file)


def test_a_file_that_is_refused_says_why_at_once_and_stops_the_saving(site: Site, visit: Visit) -> None:
    visitor = visit("staff")
    page = visitor.page
    visitor.expect(422)
    visitor.go("/evidence/new")
    film: dict[str, Any] = {
        "name": "program.pdf",
        "mimeType": "application/pdf",
        "buffer": b"MZ\x90\x00" + bytes(900_000),
    }
    visitor.field("Photos or documents").set_input_files([table(4), film])  # type: ignore[arg-type]
    refused = row(visitor, "program.pdf")
    expect(refused).to_have_attribute("data-state", "refused")
    expect(row(visitor, "tal-4.csv")).to_have_attribute("data-state", "here")
    visitor.press("Save evidence")
    expect(page.locator("[data-told]")).to_have_text(
        site.text("A file was not taken. Try it again or remove it, then save.")
    )
    visitor.keep_pictures("uploads-refused")
    refused.get_by_role("button").last.click()
    visitor.press("Save evidence")
    page.wait_for_url(FINISH)
    assert newest(site).title == "tal-4"


def forgive(visitor: Visitor) -> None:
    """Let the browser complain of the line that a test breaks."""
    said: Callable[[Any], None] = visitor._said

    def hear(message: Any) -> None:
        if "ERR_CONNECTION_RESET" not in message.text and "ERR_INTERNET_DISCONNECTED" not in message.text:
            said(message)

    visitor.context.remove_listener("console", visitor._said)
    visitor.context.on("console", hear)


# A phone ------------------------------------------------------------------------------------------------------------


def test_a_phone_sends_a_picture_over_a_broken_line_and_it_is_accepted(site: Site, visit: Visit) -> None:
    with site.workplace.reading(site.coordinator) as work:
        activity = site.activity(f"Høstfest {site.locale}", starts_on=work.today)
    visitor = visit("staff", viewport=PHONE, has_touch=True)
    page, picture = visitor.page, photo("purple")
    forgive(visitor)
    visitor.go("/")
    visitor.press("Menu")
    page.get_by_role("dialog").get_by_role("link", name=site.text("Take a photo"), exact=True).click()
    page.wait_for_url("**/capture")
    visitor.context.set_offline(True)
    visitor.field("Take a photo").set_input_files(picture)  # type: ignore[arg-type]
    expect(row(visitor, "IMG_2041.jpg")).to_have_attribute("data-state", "pausing")
    page.get_by_label(activity.title).check()
    visitor.press("Send")
    expect(page.locator("[data-told]")).to_contain_text("0")
    assert looking.faults(page) == []
    visitor.keep_pictures("capture-offline", PHONE)
    visitor.context.set_offline(False)
    expect(page.locator(".capture-done")).to_be_visible()
    visitor.keep_pictures("capture-done", PHONE)
    made = newest(site)
    assert (made.activity and made.activity.number, made.state) == (activity.number, "submitted")
    assert made.current.original_sha256 == digest(picture)
    colleague = visit("coordinator")
    colleague.go(f"/evidence/{made.number}")
    colleague.field("Accept").check()
    colleague.press("Save the decision")
    assert colleague.sees("The evidence is accepted.")
    assert newest(site).state == "accepted"


def test_a_phone_keeps_the_picture_until_the_next_visit(site: Site, visit: Visit) -> None:
    activity = site.activity(f"Fra koden {site.locale}", starts_on=None)
    visitor = visit("staff", viewport=PHONE, has_touch=True)
    page, picture = visitor.page, photo("orange")
    forgive(visitor)
    visitor.go("/capture")
    assert not page.get_by_label(activity.title).count()
    visitor.fill("Find another activity", activity.title)
    page.keyboard.press("Enter")
    page.get_by_label(activity.title).check()
    Line(visitor, parts=0)
    visitor.field("Choose pictures").set_input_files(picture)  # type: ignore[arg-type]
    expect(row(visitor, "IMG_2041.jpg")).to_have_attribute("data-state", "pausing")
    expect(page.locator("[data-told]")).to_have_text(site.text("It is kept on this device until it is sent."))
    visitor.go("/")  # without a word
    visitor.context.unroute(PARTS)
    visitor.go("/capture")
    drafts = page.locator(".capture-drafts")
    expect(drafts).to_contain_text(activity.title)
    assert looking.faults(page) == []
    visitor.keep_pictures("capture-drafts", PHONE)
    visitor.press("Go on")
    expect(row(visitor, "IMG_2041.jpg")).to_have_attribute("data-state", "here")
    expect(page.get_by_label(activity.title)).to_be_checked()
    visitor.press("Send")
    expect(page.locator(".capture-done")).to_be_visible()
    made = newest(site)
    assert made.activity is not None
    assert made.activity.number == activity.number
    assert made.current.original_sha256 == digest(picture)
    visitor.go("/capture")
    expect(drafts).to_be_hidden()
