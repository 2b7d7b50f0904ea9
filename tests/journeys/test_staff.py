"""What staff do at a phone, with scripts and without, and what readers can't."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.site import PHONE, Site, Visit, Visitor

PLACE = 0x8825  # the EXIF block with the position


def photo(color: str) -> dict[str, Any]:
    """Return a picture as a phone makes it, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telefon"
    exif.get_ifd(PLACE)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), color).save(out, "JPEG", exif=exif)
    return {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def add_activity(visitor: Visitor, title: str) -> int:
    """Add an activity from the list and return its number."""
    visitor.go("/activities")
    visitor.follow("Add activity")
    visitor.fill("Title", title)
    visitor.field("Type").select_option("arrangement")
    visitor.fill("First day", "2026-02-14")
    visitor.fill("Attendance", "34")
    visitor.press("Save activity")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(title)
    assert visitor.sees("The activity is saved. Now say which goals it supports.")
    return int(visitor.page.url.rpartition("/")[2])


def add_picture(visitor: Visitor, color: str) -> None:
    """Add a picture to the activity that is open."""
    visitor.follow("Add evidence")
    visitor.field("Photos or documents").set_input_files(photo(color))  # type: ignore[arg-type]
    visitor.fill("Title", f"Foto {color}")
    visitor.save_evidence()
    visitor.page.wait_for_url("**/activities/*")
    assert visitor.link(f"Foto {color}").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_staff_adds_an_activity_and_a_picture_at_a_phone_and_sees_the_thumbnail(
    site: Site, visit: Visit, scripts: bool
) -> None:
    color = "teal" if scripts else "olive"
    visitor = visit("staff", viewport=PHONE, has_touch=True, java_script_enabled=scripts)
    add_activity(visitor, f"Byttedag {color}")
    add_picture(visitor, color)
    pictures = visitor.page.locator("main .piece img")
    assert pictures.count() == 0
    site.do_jobs()
    visitor.page.reload()
    assert pictures.count() == 1
    seen = visitor.context.request.get(str(pictures.get_attribute("src")))
    assert seen.headers["content-type"] == "image/jpeg"
    small = Image.open(io.BytesIO(seen.body()))
    assert max(small.size) < 1200
    assert small.getpixel((small.width // 2, small.height // 2)) == pytest.approx(
        Image.new("RGB", (1, 1), color).getpixel((0, 0)), abs=4
    )
    visitor.keep_pictures(f"phone-activity-{'js' if scripts else 'nojs'}")


def test_the_preview_comes_by_itself(site: Site, visit: Visit) -> None:
    visitor = visit("staff", viewport=PHONE)
    visitor.go("/evidence/new")
    visitor.field("Photos or documents").set_input_files(photo("navy"))  # type: ignore[arg-type]
    visitor.save_evidence()
    assert visitor.sees("The preview is on its way.")
    visitor.keep_pictures("preview-waits")
    site.do_jobs()
    expect(visitor.page.locator("main .preview img")).to_be_visible(timeout=10_000)
    assert visitor.page.evaluate("() => document.querySelector('main .preview img').decode().then(() => true)")


def test_the_place_of_a_picture_is_kept_from_all_but_the_coordinator(visit: Visit) -> None:
    staff = visit("staff")
    staff.go("/evidence/new")
    staff.field("Photos or documents").set_input_files(photo("maroon"))  # type: ignore[arg-type]
    staff.save_evidence()
    staff.page.wait_for_url(re.compile(r"/evidence/\d+$"))
    original = "Download as received, uncleaned"
    assert not staff.link(original).count()
    coordinator = visit("coordinator")
    coordinator.go(staff.page.url)
    for label, kept in (("Download", False), (original, True)):
        with coordinator.page.expect_download() as download:
            coordinator.follow(label)
        with Image.open(download.value.path()) as picture:
            assert bool(picture.getexif().get_ifd(PLACE)) is kept


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_several_files_come_in_at_once_and_one_that_is_refused_stops_them_all(
    site: Site, visit: Visit, scripts: bool
) -> None:
    visitor = visit("staff", java_script_enabled=scripts)
    visitor.expect(422)
    number = site.activity(f"Tre filer {scripts}").number
    files: list[Any] = [
        {"name": "tal.csv", "mimeType": "text/csv", "buffer": b"navn;antal\nTe;3\n"},
        {"name": "referat.txt", "mimeType": "text/plain", "buffer": "Referat af mødet\n".encode()},
    ]
    program = {"name": "program.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ" + bytes(200)}
    visitor.go(f"/evidence/new?activity={number}")
    visitor.field("Photos or documents").set_input_files([*files, program])
    if scripts:
        refused = visitor.page.locator(".upload", has_text="program.exe")
        expect(refused).to_have_attribute("data-state", "refused")
        visitor.press("Save evidence")
        assert visitor.sees("A file was not taken. Try it again or remove it, then save.")
        refused.get_by_role("button").click()
    else:
        visitor.press("Save evidence")
        assert "program.exe" in visitor.page.locator(".error-summary").inner_text()
        visitor.field("Photos or documents").set_input_files(files)
    visitor.save_evidence()
    visitor.page.wait_for_url(f"**/activities/{number}")
    assert visitor.page.locator("main .piece").count() == 2


def test_without_scripts_lists_are_narrowed_and_turned_by_plain_addresses(site: Site, visit: Visit) -> None:
    visitor = visit("staff", viewport=PHONE, java_script_enabled=False)
    visitor.go("/activities")
    visitor.field("Goal").select_option("12")
    visitor.press("Filter")
    assert "goal=12" in visitor.page.url
    assert visitor.field("Goal").input_value() == "12"
    visitor.go("/activities")
    visitor.follow("Next page")
    assert visitor.page.url.endswith("page=2")
    menu = visitor.page.get_by_role("navigation", name=site.text("Main menu"))
    visitor.click(menu.get_by_role("link", name=site.text("Goals"), exact=True))
    assert visitor.page.url.endswith("/goals")


def test_readers_see_no_buttons_that_change_and_get_no_forms(site: Site, visit: Visit) -> None:
    reader = visit("reader")
    reader.expect(403)
    changes = ["Add activity", "Import", "Add evidence", "Change", "Change the mapping", "Choose goals", "New version"]
    names = {site.text(label) for label in [*changes, "Withdraw this evidence", "Administration"]}
    for address in ("/", "/activities", "/activities/1", f"/activities/{site.odd}", "/evidence", "/evidence/1"):
        assert reader.go(address).status == 200
        found = reader.page.get_by_role("link").all_inner_texts()
        found += reader.page.locator("main").get_by_role("button").all_inner_texts()
        assert names.isdisjoint(text.strip() for text in found)
        assert reader.page.locator("main form[method=post]").count() == 0
    forms = ("/activities/new", "/activities/1/edit", "/activities/1/map", "/activities/import")
    for address in (*forms, "/evidence/new", "/evidence/1/edit", "/evidence/1/versions/new", "/evidence/1/withdraw"):
        assert reader.go(address).status == 403
        assert reader.sees("You don't have permission to do this.")
    assert reader.go("/admin/users").status == 403


def test_signing_in_leads_to_where_one_wanted_to_go_and_signing_out_ends_it(site: Site, visit: Visit) -> None:
    visitor = visit()
    visitor.go("/activities?goal=4")
    assert "/sign-in" in visitor.page.url
    visitor.fill("E-mail", "READER@example.org")
    visitor.fill("Password", "a sentence that only tests know")
    visitor.press("Sign in")
    visitor.page.wait_for_url("**/activities?goal=4")
    visitor.press("Sign out")
    visitor.page.wait_for_url("**/sign-in")
    visitor.page.go_back()
    visitor.go("/activities")
    assert "/sign-in" in visitor.page.url


def test_the_chosen_language_stays(site: Site, visit: Visit) -> None:
    visitor = visit("reader")
    visitor.go("/activities?goal=12")
    other, name = {"da": ("en", "English"), "en": ("da", "Dansk")}[site.locale]
    html = visitor.page.locator("html")
    visitor.click(visitor.page.get_by_role("button", name=name, exact=True))
    expect(html).to_have_attribute("lang", other)
    assert visitor.page.url.endswith("/activities?goal=12")
    visitor.go("/goals")
    expect(html).to_have_attribute("lang", other)
    visitor.click(visitor.page.locator(".sign-out button").first)
    visitor.page.wait_for_url("**/sign-in")
    expect(html).to_have_attribute("lang", other)
