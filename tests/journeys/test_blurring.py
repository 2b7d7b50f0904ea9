"""Blurring with a pointer and with the keyboard alone: what is marked is what is blurred."""

import re

import pytest

from sdg_tracker.evidence import queries
from sdg_tracker.evidence.models import Version
from tests.journeys.site import Site, Visit, Visitor


@pytest.fixture
def number(site: Site) -> int:
    """A picture that nobody has blurred."""
    return site.picture((400, 300))


def current(site: Site, number: int) -> Version:
    with site.workplace.reading(site.coordinator) as work:
        return queries.get(work, number).current


def marked(visitor: Visitor) -> list[list[float]]:
    """What the number fields of the places in use say."""
    rows = visitor.page.locator("[data-boxes-row]:visible").all()
    return [[float(field.input_value()) for field in row.locator("input").all()] for row in rows]


def test_faces_are_marked_by_pointer_and_by_keys(site: Site, visit: Visit, number: int) -> None:
    visitor = visit("coordinator")
    visitor.go(f"/evidence/{number}/blur")
    page, mouse, keys = visitor.page, visitor.page.mouse, visitor.page.keyboard
    picture = page.locator("[data-boxes-picture]")
    picture.scroll_into_view_if_needed()
    edges = picture.bounding_box()
    assert edges is not None

    def at(left: float, top: float) -> tuple[float, float]:
        return edges["x"] + edges["width"] * left / 100, edges["y"] + edges["height"] * top / 100

    assert marked(visitor) == []
    mouse.move(*at(10, 10))
    mouse.down()
    mouse.move(*at(20, 25), steps=3)
    mouse.move(*at(30, 40), steps=3)
    mouse.up()
    assert marked(visitor) == [pytest.approx([10, 10, 20, 30], abs=0.5)]
    mouse.move(*at(20, 25))
    mouse.down()
    mouse.move(*at(30, 45), steps=3)  # by its middle it is moved
    mouse.up()
    assert marked(visitor) == [pytest.approx([20, 30, 20, 30], abs=0.5)]

    visitor.button("Add a place").focus()
    keys.press("Enter")
    assert marked(visitor)[1] == [35, 30, 20, 20]
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        keys.press(key)
    assert marked(visitor)[1] == [34, 28, 21, 21]
    assert page.locator("[data-boxes-said]").text_content() == site.text(
        "From the left %(left)s, from the top %(top)s, width %(width)s, height %(height)s percent",
        left="34",
        top="28",
        width="21",
        height="21",
    )
    keys.press("Delete")
    assert len(marked(visitor)) == 1
    focused = page.evaluate("document.activeElement.className")
    assert focused == "blur-mark"
    for key in ("ArrowRight", "Shift+ArrowLeft"):
        keys.press(key)
    visitor.keep_pictures("blur")
    wanted = marked(visitor)[0]
    visitor.press("Blur and save")
    page.wait_for_url(re.compile(rf"/evidence/{number}$"))
    version = current(site, number)
    assert version.ordinal == 2
    assert [list(box.values()) for box in version.boxes] == [wanted]
