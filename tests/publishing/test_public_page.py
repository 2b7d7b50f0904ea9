"""What everybody gets: nothing that must stay inside, in no file; and at once less when somebody says no."""

import csv
import io
import json
import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image

from sdg_tracker.access import Actor
from sdg_tracker.cli import acting, main
from sdg_tracker.effects import queries as quotes
from sdg_tracker.evidence import objections
from sdg_tracker.evidence.objections import Measure, ObjectionDetails
from sdg_tracker.foundation.errors import Conflict, Forbidden
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.keeping import names
from sdg_tracker.publishing import services
from sdg_tracker.publishing.models import Publication
from sdg_tracker.publishing.rules import TABLES, Settings
from sdg_tracker.web.lifecycle import HEADERS
from sdg_tracker.work import Workplace
from tests.factories import Factories
from tests.pages import read
from tests.publishing.conftest import PUBLIC, YEAR, Planted, gps_jpeg, take_consent_back
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]
Publish = Callable[..., Publication]
PAGE = f"/impact/{YEAR}"
FILES = [f"{name}.csv" for name in TABLES] + ["datapackage.json", "impact.jsonld"]
UNIQUE = ("measure", "period", "branch")
EVERYTHING = ["", "?lang=en", "/goals", "/goals?goal=12", "/goals?lang=en", "/data/", "/data/?lang=en"]
EVERYTHING += [f"/data/{name}" for name in FILES]


def pictures(page: str) -> list[str]:
    """Return the addresses of all pictures that a page names, without the site."""
    return sorted(set(re.findall(r"\d+/pictures/([\w.-]+)", page)))


def test_nothing_that_stays_inside_is_in_any_file(planted: Planted, publish: Publish, client_of: Clients) -> None:
    anyone = client_of(None)
    assert [anyone.get(PAGE + part).status_code for part in ("", "/goals", "/data/", "/pictures/card-da.png")] == [
        404
    ] * 4

    publish(planted)

    answers = {part: anyone.get(PAGE + part) for part in EVERYTHING}
    assert {part: answer.status_code for part, answer in answers.items()} == dict.fromkeys(EVERYTHING, 200)
    page = answers[""].text
    for name in pictures(page + answers["?lang=en"].text):
        answers[name] = anyone.get(f"{PAGE}/pictures/{name}", buffered=True)
        assert answers[name].status_code == 200, name
    for part, answer in answers.items():
        assert b"SECRET" not in answer.data, part
        for digest in (planted.edition.fingerprint, *(row[:12] for row in _digests(planted))):
            assert digest.encode() not in answer.data or part.endswith("json"), part
    assert [text for text in PUBLIC if text not in page] == []
    assert [
        text
        for text in PUBLIC[:2]
        if text not in answers["/data/activities.csv"].text + answers["/data/exhibits.csv"].text
    ] == []
    assert [text for text in ("Flere besøg",) if text not in answers["/data/pledges.csv"].text] == []
    assert b"SECRET" in gps_jpeg(1)  # the pictures held secrets before they were drawn anew
    shown = {name: Image.open(io.BytesIO(answers[name].data)) for name in answers if name.endswith((".jpg", ".png"))}
    assert len(shown) == 8  # three photos at two widths, two cards
    for name, picture in shown.items():
        assert picture.size in ((320, 240), (640, 480), (1200, 630)), name
        assert not picture.getexif(), name
        assert set(picture.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }, name


def _digests(planted: Planted) -> list[str]:
    return [planted.edition.artefacts[0].sha256]


def test_a_page_stands_by_itself_in_both_languages(
    planted: Planted, publish: Publish, client_of: Clients, workplace: Workplace
) -> None:
    publish(planted)
    for language, said in (("da", "Metode og data"), ("en", "Method and data")):
        answer = client_of(planted.coordinator).get(f"{PAGE}?lang={language}")
        page = read(answer.data)
        assert page.faults() == []
        leads = {link[1:] for link in page.links if link.startswith("#")}
        assert leads - set(page.names) == set()
        assert (
            {name[1:] for name in leads if name[0] == "m" and name[1:].isdigit()}
            == {name[1:] for name in leads if name[0] == "f" and name[1:].isdigit()}
            != set()
        )  # each mark leads to what its figure is made of, and back
        assert page.language == language
        assert said in page.text
        assert "script" not in page.tags - {"script"}
        assert answer.text.count("<script") == answer.text.count('<script type="application/ld+json">') == 1
        linked = json.loads(re.findall(r"ld\+json\">(.*?)</script>", answer.text)[0])
        assert [goal["@id"] for goal in linked["about"]] == [
            f"http://metadata.un.org/sdg/{code}" for code in (4, 12, 13)
        ]
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
    goals = client_of(None).get(f"{PAGE}/goals?goal=12")
    assert "frame-ancestors *" in goals.headers["Content-Security-Policy"]
    assert goals.text.count('class="tile-code"') == 1
    assert HEADERS.items() - goals.headers.items() == {("Content-Security-Policy", HEADERS["Content-Security-Policy"])}
    assert f'property="og:image" content="{workplace.settings.url}{PAGE}/pictures/card-en.png"' in answer.text


def test_who_says_no_is_gone_at_once(
    planted: Planted, publish: Publish, client_of: Clients, workplace: Workplace
) -> None:
    publish(planted)
    anyone = client_of(None)
    before = anyone.get(PAGE)
    assert anyone.get(PAGE, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    wanted = {name.partition("-")[0]: name for name in pictures(before.text) if name.endswith("-320.jpg")}
    numbers = {row["number"]: row["exhibit"] for row in _evidence(workplace, planted)}

    take_consent_back(workplace, planted)
    with workplace.writing(planted.coordinator) as work:
        objections.raise_objection(
            work, planted.pieces["objected"], ObjectionDetails(work.today, Measure.WITHDRAWN, "sag 12")
        )
        quotes.quote(work, 1).paused_at = work.at
        quotes.story(work, 1).changed = "Fortalt uden dem, det handlede om."

    after = anyone.get(PAGE, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    for name, title in (("consent", "Foto med samtykke"), ("objected", "Foto af nogen")):
        assert title in before.text
        picture = wanted[str(numbers[planted.pieces[name]])]
        assert anyone.get(f"{PAGE}/pictures/{picture}", buffered=True).status_code == 404
        for part in EVERYTHING:
            assert title not in anyone.get(PAGE + part).text, part
            assert picture not in anyone.get(PAGE + part).text, part
    assert "Åbent foto" in after.text
    for text in ("Det var en god dag.", "Cyklen fra Søndervang"):
        assert (text in before.text, text in after.text) == (True, False)
    left_out = client_of(planted.coordinator).get(f"/editions/{planted.edition.number}/publish").text
    assert "Foto af nogen" in left_out
    assert f"/evidence/{planted.pieces['consent']}/people" in left_out


def _evidence(workplace: Workplace, planted: Planted) -> list[dict[str, int]]:
    with workplace.reading(planted.coordinator) as work, work.blobs.open(planted.edition.fingerprint) as file:
        rows: list[dict[str, int]] = json.load(file)["evidence"]
    return rows


def test_the_preview_is_the_page_byte_for_byte(planted: Planted, publish: Publish, client_of: Clients) -> None:
    settings = Settings(small_numbers=False, tables=("goals", "mappings"), licence="CC0-1.0")
    inside = f"/editions/{planted.edition.number}/publish/{settings.code}/{YEAR}"
    client, anyone = client_of(planted.coordinator), client_of(None)
    page = client.get(inside)
    parts = ["", "?lang=en", "/goals", "/data/", "/data/goals.csv", "/data/datapackage.json"]
    parts += [f"/pictures/{name}" for name in pictures(page.text)]
    seen = {part: client.get(inside + part).data for part in parts}
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get(f"/editions/{planted.edition.number}/publish/CC0-1.0~no~x/{YEAR}").status_code == 404

    answer = client.post(
        f"/editions/{planted.edition.number}/publish",
        data={"licence": "CC0-1.0", "hide_small": "y", "tables": ["goals", "mappings"], "step": "publish", "seen": "0"},
    )

    assert answer.status_code == 303, answer.text
    assert {part: anyone.get(PAGE + part, buffered=True).data for part in parts} == seen
    assert len(seen[""]) > 5000
    assert anyone.get(f"{PAGE}/data/activities.csv").status_code == 404
    assert "3 fremmødte" not in anyone.get(PAGE).text
    again = client.post(
        f"/editions/{planted.edition.number}/publish", data={"licence": "CC0-1.0", "step": "publish", "seen": "0"}
    )
    assert again.status_code == 409
    assert 'value="CC0-1.0"' in again.text


def test_the_tables_are_what_their_descriptor_says(planted: Planted, publish: Publish, client_of: Clients) -> None:
    publish(planted)
    anyone = client_of(None)
    package = anyone.get(f"{PAGE}/data/datapackage.json")
    assert package.headers["Access-Control-Allow-Origin"] == "*"
    told = json.loads(package.data)
    assert [row["name"] for row in told["resources"]] == list(TABLES)
    assert told["licenses"][0]["name"] == "CC-BY-4.0"
    rows = {}
    for resource in told["resources"]:
        content = anyone.get(f"{PAGE}/data/{resource['path']}").data
        assert (len(content), f"sha256:{sha256(content).hexdigest()}") == (resource["bytes"], resource["hash"])
        assert content.count(b"\r\n") == content.count(b"\n")
        head, *lines = list(csv.reader(io.StringIO(content.decode(), newline="")))
        fields = resource["schema"]["fields"]
        assert head == [one["name"] for one in fields]
        rows[resource["name"]] = [dict(zip(head, line, strict=True)) for line in lines]
        keys = [
            tuple(row[name] for name in resource["schema"].get("primaryKey", UNIQUE)) for row in rows[resource["name"]]
        ]
        assert len(set(keys)) == len(keys)
        for one in fields:
            if one["type"] in ("integer", "number"):
                assert all(re.fullmatch(r"-?\d*(\.\d+)?", row[one["name"]]) for row in rows[resource["name"]])
    for resource in told["resources"]:
        for lead in resource["schema"].get("foreignKeys", ()):
            there = {row[lead["reference"]["fields"][0]] for row in rows[lead["reference"]["resource"]]}
            assert {row[lead["fields"][0]] for row in rows[resource["name"]]} <= there | {""}
    assert [row["title"] for row in rows["activities"]] == ["Repair Café", "'=HYPERLINK(1)"]
    assert [row["uri"] for row in rows["mappings"]] == [
        f"http://metadata.un.org/sdg/{code}" for code in ("12.5", "4", "13")
    ]
    assert [row["value"] for row in rows["readings"]] == ["101", "102", "103", ""]
    assert [row["unknown"] for row in rows["readings"]] == ["", "", "", "Der var ingen tæller."]
    assert (rows["pledges"][0]["status"], rows["pledges"][0]["computed"]) == ("on_track", "behind")


def test_a_withdrawn_page_says_so_and_another_takes_its_place(
    planted: Planted, publish: Publish, client_of: Clients, make: Factories, workplace: Workplace
) -> None:
    publish(planted)
    client, anyone, number = client_of(planted.coordinator), client_of(None), planted.edition.number
    show = f"/editions/{number}/publish"
    assert client.post(f"{show}/withdraw", data={"reason": " ", "revision": "1"}).status_code == 422
    kept = client.post(f"{show}/withdraw", data={"reason": "Et navn", "revision": "7"})
    assert (kept.status_code, "Et navn" in kept.text) == (409, True)
    assert anyone.get(PAGE).status_code == 200

    assert client.post(f"{show}/withdraw", data={"reason": "SECRET-why", "revision": "1"}).status_code == 303

    for part in ("", "?lang=en", "/goals", "/data/", "/data/goals.csv", "/pictures/card-da.png"):
        gone = anyone.get(PAGE + part)
        assert gone.status_code == 410, part
        assert b"SECRET" not in gone.data
        assert "no-store" in gone.headers["Cache-Control"]
    assert "trukket tilbage" in anyone.get(PAGE).text
    with workplace.reading(planted.coordinator) as work, work.blobs.open(planted.edition.fingerprint) as file:
        later = {**json.load(file), "title": "En senere", "composition": None}
    planted.edition = make.edition(planted.library, kind="impact", year=YEAR, snapshot=later)
    publish(planted)
    assert f"udgave {planted.edition.number}" in anyone.get(PAGE).text
    assert "Denne årsrapport er offentlig" in client.get(f"/editions/{planted.edition.number}/publish").text
    assert "er offentlig for dette år" in client.get(f"/editions/{number}").text
    assert PAGE in client.get("/").text


def test_an_address_without_the_library_stays_when_a_second_one_comes(
    planted: Planted, publish: Publish, client_of: Clients, make: Factories
) -> None:
    publish(planted)
    anyone, slug = client_of(None), planted.library.slug
    assert anyone.get(f"/{slug}{PAGE}").status_code == 200
    assert anyone.get(f"/andetsteds{PAGE}").status_code == 404

    other = make.library("Nabobyen")

    assert anyone.get(f"{PAGE}/goals?goal=4").location == f"/{slug}{PAGE}/goals?goal=4"
    assert f"{slug}{PAGE}/pictures/card-da.png" in anyone.get(f"/{slug}{PAGE}").text
    assert anyone.get(f"/{other.slug}{PAGE}").status_code == 404


def test_only_a_coordinator_publishes_a_report_whose_files_are_made(
    planted: Planted, workplace: Workplace, staff: Actor, make: Factories
) -> None:
    with workplace.reading(staff) as work, pytest.raises(Forbidden):
        services.draw(work, planted.edition.number, Settings())
    dossier = make.edition(planted.library)
    waiting = make.edition(planted.library, kind="impact", year=YEAR, state="building")
    with workplace.reading(planted.coordinator) as work:
        for edition, code in ((dossier, "publication-not-report"), (waiting, "publication-not-ready")):
            with pytest.raises(Conflict) as refused:
                services.publish(work, edition.number, Settings(), [])
            assert refused.value.code == code


def test_the_commands_publish_tell_what_is_left_out_and_withdraw(
    planted: Planted, client_of: Clients, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)
    anyone = client_of(None)

    def run(*arguments: str) -> tuple[int, str, str]:
        with use_locale("en"):
            result = CliRunner().invoke(main, ["impact", *arguments])
        return result.exit_code, result.stdout, result.stderr

    status, told, _complaint = run("publish", str(YEAR), "--preview")
    assert (status, anyone.get(PAGE).status_code) == (0, 404)
    assert f"Edition {planted.edition.number} would be public at" in told
    assert f"  {planted.pieces['inside']} SECRET-inside" in told  # the coordinator may know
    number = str(planted.edition.number)
    assert run("publish", number, "--hide-small", "--table", "goals")[0] == 0
    assert [anyone.get(PAGE + part).status_code for part in ("", "/data/goals.csv", "/data/pledges.csv")] == [
        200,
        200,
        404,
    ]
    assert "would be public" in run("publish", number, "--preview")[1]
    assert run("withdraw", str(YEAR))[0] == 2
    assert run("withdraw", str(YEAR), "--reason", "Et navn")[0] == 0
    assert anyone.get(PAGE).status_code == 410
    for arguments in (("publish", "1999"), ("publish", "99"), ("withdraw", str(YEAR), "--reason", "Igen")):
        status, _told, complaint = run(*arguments)
        assert (status, bool(complaint)) == (1, True)


def test_statements_do_not_grow_and_every_picture_is_kept(
    planted: Planted, publish: Publish, client_of: Clients, workplace: Workplace, make: Factories
) -> None:
    published = publish(planted)
    anyone = client_of(None)
    anyone.get(PAGE)
    with counted(workplace.engine) as few:
        assert anyone.get(PAGE).status_code == 200
    for _more in range(5):
        make.evidence(planted.library, b"x", public=True, accepted_version=1, state="accepted")
    with counted(workplace.engine) as many:
        assert anyone.get(PAGE).status_code == 200
    assert len(many) == len(few) <= 14
    with workplace.reading(planted.coordinator) as work:
        names.check_complete(work)
        named = names.naming(work, published.pictures[0].sha256)
    assert [one.file for one in named] == [f"public picture {published.pictures[0].name}"]
