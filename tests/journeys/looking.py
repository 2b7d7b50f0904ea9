"""What every page has to keep: it is usable by all, fits its window, and can be walked through with the keyboard."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.site import DESKTOP, PHONE, Visitor

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ORIENTATION = "css-orientation-lock"  # the one rule that reads the style sheets, which all pages share: asked once
FRAME = """() => Array.from(document.querySelectorAll("body > header, body > footer"), part =>
  part.outerHTML.replace(/ (href|value|content|action)="[^"]*"/g, "")).join()"""
COSTLY = """selector => axe.configure({rules: ["color-contrast", "target-size"].map(id => ({id, selector}))})"""
RUN = """only => axe.run(document, {runOnly: only, preload: only.type === "rule", resultTypes: ["violations"]})
  .then(found =>
  found.violations.map(one => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 5).map(node =>
    `${node.target.join(" ")}: ${node.failureSummary}`).join("; ")))"""
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return Array.from(document.body.querySelectorAll("*"), element => [element, element.getBoundingClientRect()])
    .filter(([_, box]) => box.width && box.right > width + 1)
    .slice(0, 5).map(([element, box]) => `${element.tagName}.${element.className} reaches ${Math.round(box.right)} px`)
    .concat(`the page is ${document.documentElement.scrollWidth} px wide`);
}"""
OPEN_ALL = "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"
FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  return {
    what: `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`,
    body: element === document.body,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 1 && box.height > 1 && box.right > 0 && box.left < innerWidth && box.bottom > 0
      && box.top < innerHeight,
  };
}"""


def faults(page: Page, *, frame_known: bool = False) -> list[str]:
    """Return what is wrong with the page as it stands in its window.

    Where its head and foot were seen before, the two rules that cost most, contrast and the size of targets, look at
    the rest only; every other rule looks at the whole page.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(COSTLY, ":not(body > header *, body > footer *)" if frame_known else "*")
    return [*page.evaluate(RUN, {"type": "tag", "values": RULES}), *page.evaluate(STICKING_OUT)]


def locks(page: Page) -> list[str]:
    """Return where the style sheets lock a page to one way of holding a phone."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN, {"type": "rule", "values": [ORIENTATION]})
    return found


def check(visitor: Visitor, name: str) -> None:
    """Look at the page on a large screen and on a phone; the picture is kept under the name."""
    page = visitor.page
    found = _frame_faults(visitor)
    visitor.keep_pictures(name)
    page.evaluate(OPEN_ALL)
    frame = page.evaluate(FRAME)
    known = frame in visitor.site.frames
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        found += [f"{viewport['width']} px: {fault}" for fault in faults(page, frame_known=known)]
    assert not found, "\n".join([page.url, *found])
    visitor.site.frames.add(frame)


def _frame_faults(visitor: Visitor) -> list[str]:
    page, found = visitor.page, []
    page.wait_for_load_state()
    try:
        expect(page.locator("h1")).to_have_count(1)
    except AssertionError:
        found.append(f"{page.locator('h1').count()} headings of the first level")
    if page.locator("html").get_attribute("lang") != visitor.site.locale:
        found.append("the wrong language is named")
    if len(page.title()) < len("SDG Tracker") + 3:
        found.append(f"the title says nothing: {page.title()!r}")
    return found


def tab_stops(page: Page, number: int) -> list[dict[str, Any]]:
    """Return where the focus goes with the tabulator key."""
    stops = []
    for _ in range(number):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    return stops
