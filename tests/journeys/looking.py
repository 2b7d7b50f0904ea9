"""What every page has to keep: it is usable by all, fits its window, and can be walked through with the keyboard."""

from typing import Any

from playwright.sync_api import Page

from tests.journeys.site import AXE, AXE_PATH, DESKTOP, PHONE, Visitor

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ORIENTATION = "css-orientation-lock"  # the one rule that reads the style sheets, which all pages share: asked once
LOAD = """path => 'axe' in window || !!document.querySelector("script[src^='/']") && new Promise(done => {
  const script = document.createElement("script");
  script.onload = () => { script.remove(); done(true); };
  script.onerror = () => { script.remove(); done(false); };
  script.src = path;
  document.head.append(script);
})"""  # by its address, so that what the browser has made of it once serves for all pages that let scripts in
RUN = """only => axe.run(document, {runOnly: only, preload: only.type === "rule", resultTypes: ["violations"]})
  .then(found =>
  found.violations.map(one => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 5).map(node =>
    `${node.target.join(" ")}: ${node.failureSummary}`).join("; ")))"""
BROKEN = """({tags, known}) => {
  const selector = known ? ":not(body > header *, body > footer *)" : "*";
  axe.configure({noHtml: true, rules: ["color-contrast", "target-size"].map(id => ({id, selector}))});
  const reporter = (rules, _, done) => done(rules.filter(rule => rule.violations.length).map(rule => rule.id));
  return axe.run(document, {runOnly: {type: "tag", values: tags}, preload: false, reporter});
}"""  # without words for what is in order: a fifth of the time
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return Array.from(document.body.querySelectorAll("*"), element => [element, element.getBoundingClientRect()])
    .filter(([_, box]) => box.width && box.right > width + 1)
    .slice(0, 5).map(([element, box]) => `${element.tagName}.${element.className} reaches ${Math.round(box.right)} px`)
    .concat(`the page is ${document.documentElement.scrollWidth} px wide`);
}"""
OPEN_ALL = "() => { for (const fold of document.querySelectorAll('details')) fold.open = true; }"
BEGINNING = """() => {
  (OPEN_ALL)();
  return {
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    title: document.title,
    frame: Array.from(document.querySelectorAll("body > header, body > footer"), part =>
      part.outerHTML.replace(/ (href|value|content|action)="[^"]*"/g, "")).join(),
  };
}""".replace("OPEN_ALL", OPEN_ALL)
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
    _bring_axe(page)
    broken: list[str] = page.evaluate(BROKEN, {"tags": RULES, "known": frame_known})
    if broken:
        broken = page.evaluate(RUN, {"type": "tag", "values": RULES}) or broken
    return [*broken, *page.evaluate(STICKING_OUT)]


def locks(page: Page) -> list[str]:
    """Return where the style sheets lock a page to one way of holding a phone."""
    _bring_axe(page)
    found: list[str] = page.evaluate(RUN, {"type": "rule", "values": [ORIENTATION]})
    return found


def _bring_axe(page: Page) -> None:
    if not page.evaluate(LOAD, AXE_PATH):
        page.evaluate(AXE.read_text(encoding="utf-8"))


def check(visitor: Visitor, name: str) -> None:
    """Look at the page on a large screen and on a phone; the picture is kept under the name."""
    page = visitor.page
    page.wait_for_load_state()
    visitor.keep_pictures(name)
    beginning = page.evaluate(BEGINNING)
    found = _beginning_faults(visitor, beginning)
    known = beginning["frame"] in visitor.site.frames
    for viewport in (DESKTOP, PHONE):
        if page.viewport_size != viewport:
            page.set_viewport_size(viewport)
        found += [f"{viewport['width']} px: {fault}" for fault in faults(page, frame_known=known)]
    assert not found, "\n".join([page.url, *found])
    visitor.site.frames.add(beginning["frame"])


def _beginning_faults(visitor: Visitor, beginning: dict[str, Any]) -> list[str]:
    found = []
    if beginning["headings"] != 1:
        found.append(f"{beginning['headings']} headings of the first level")
    if beginning["language"] != visitor.site.locale:
        found.append("the wrong language is named")
    if len(beginning["title"]) < len("SDG Tracker") + 3:
        found.append(f"the title says nothing: {beginning['title']!r}")
    return found


def tab_stops(page: Page, number: int) -> list[dict[str, Any]]:
    """Return where the focus goes with the tabulator key."""
    stops = []
    for _ in range(number):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    return stops
