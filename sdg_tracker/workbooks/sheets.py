"""The sheets that dossier and report share: activities, mappings, evidence, trail. All counts are the snapshot's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sdg_tracker.activities.rules import CONTRIBUTION_NAMES, QUALIFIER_NAMES, STANCE_NAMES, STATUS_NAMES
from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.evidence.wording import STRENGTH_NAMES, TICK_NAMES
from sdg_tracker.foundation.i18n import _, current_locale, language_name
from sdg_tracker.printing.head import Head, named
from sdg_tracker.printing.texts import said, utc
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong, beside, place

FIRST = 2  # the row below the head of a table
Row = Mapping[str, Any]


def names() -> dict[str, str]:
    """Return what the sheets are called in the current language."""
    return {
        "overview": _("Overview"),
        "activities": _("Activities"),
        "mappings": _("Mappings"),
        "evidence": _("Evidence"),
        "ties": _("Exhibits by requirement"),
        "trail": _("Trail"),
    }


def day(value: str | None) -> date | None:
    """Return a day of a snapshot as a day."""
    return date.fromisoformat(value) if value else None


def yes_no(value: bool | None) -> str:
    """Return a truth in words, empty for none."""
    return "" if value is None else _("yes") if value else _("no")


def listed(values: Sequence[object]) -> str:
    """Return several values in one cell."""
    return ", ".join(str(value) for value in values)


def auditors_columns(judgement: str, choices: Sequence[str]) -> tuple[Column, ...]:
    """Return the empty columns in which an auditor works; ``judgement`` says what the choices are about."""
    return (
        Column(_("Auditor: checked"), _("Left empty for the auditor."), 11, open=True, choices=(_("yes"), _("no"))),
        Column(_("Auditor: judgement"), judgement, 24, open=True, choices=choices),
        Column(_("Auditor: note"), _("Left empty for the auditor; any text."), 50, open=True),
    )


def of_earlier(head: Head) -> Iterator[Sequence[Cell]]:
    """Yield what an edition says of earlier ones: whose place it takes, and what was corrected in them."""
    for one in head.snapshot.get("supersedes", ()):
        yield (_("Takes the place of edition %(number)s", number=one["number"]), one["reason"])
    rows = head.snapshot.get("corrections", ())
    if rows:
        yield ()
        titles = (_("Corrections"), _("Edition"), _("As it stood"), _("What is right"), _("Why"), _("Noted"))
        yield tuple(Strong(title) for title in titles)
    for row in rows:
        about = {"requirement": _("Requirement"), "exhibit": _("Exhibit")}.get(row["about"], "")
        what = f"{about} {row['key']}".strip()
        yield (what, row["edition"], row["old"], row["new"], row["reason"], day(row["noted_on"]))


def attendance(figure: Row | None) -> tuple[Cell, Cell]:
    """Return the number who came, and how it is to be read."""
    if figure is None:
        return None, None
    return figure["value"], str(QUALIFIER_NAMES[Qualifier(figure["qualifier"])])


def attendance_columns() -> tuple[Column, ...]:
    """Return the columns of the three headcounts, which are never added to each other."""
    return (
        Column(_("Came"), _("People who came. Empty where nobody has counted."), 9),
        Column(_("How exact"), _("Whether the number who came is exact, more than the number given, or about it."), 11),
        Column(_("Signed up"), _("People who signed up. Not the same as those who came."), 9),
        Column(_("Helped"), _("People who got help. Not the same as those who came."), 9),
    )


def activities(head: Head, *, with_period: bool) -> Sheet:
    """Return the sheet of all activities; ``with_period`` adds whether each is in the certification period."""
    columns = [
        Column(_("No."), _("Number of the activity in the library."), 7),
        Column(_("Activity"), _("Its title, as the library wrote it."), 40),
        Column(_("Description"), _("What was done, as the library wrote it."), 60),
        Column(_("Type"), _("Which kind of activity it is."), 14),
        Column(_("Status"), _("How far it was when the edition was frozen."), 11),
        Column(_("First day"), _("Its first day; empty where it is not known."), 12),
        Column(_("Last day"), _("Its last day; empty while it goes on, and where it is not known."), 12),
        Column(_("Year"), _("Year of the first day, or all that is known of when it was."), 7),
        Column(_("Houses"), _("Houses that it took place in; empty for one outside the houses."), 26),
        Column(_("Audiences"), _("Whom it was for."), 18),
        *attendance_columns(),
        Column(_("Partners"), _("With whom it was made, separated by semicolons."), 28),
        Column(_("Campaigns"), _("Weeks or themes that it belongs to, separated by semicolons."), 22),
        Column(_("Strategy actions"), _("Codes of the actions of the strategy that it serves."), 12),
        Column(_("Goals and targets"), _("Codes of the goals and targets that it supports, the main one first."), 20),
        Column(_("Exhibits"), _("How many exhibits it has."), 9),
        Column(_("Exhibit numbers"), _("Numbers of its exhibits."), 16),
        Column(_("Source"), _("Another organisation that it was taken over from."), 18),
    ]
    if with_period:
        period = _("Whether it took place, at least in part, in the certification period.")
        columns.insert(8, Column(_("In the period"), period, 10))
    rows = _activity_rows(head, with_period=with_period)
    return Sheet(names()["activities"], _("One row for each activity."), columns, rows, kept=2)


def _activity_rows(head: Head, *, with_period: bool) -> Iterator[Sequence[Cell]]:
    statuses = {status.value: str(name) for status, name in STATUS_NAMES.items()}
    for row in head.snapshot["activities"]:
        came, exact = attendance(row["attendance"])
        supported = [mapping["code"] for mapping in row["mappings"] if mapping["stance"] == Stance.SUPPORTS.value]
        cells: list[Cell] = [
            row["number"],
            row["title"],
            row["description"],
            said(row["type"]),
            statuses[Status(row["status"]).value],
            day(row["starts_on"]),
            day(row["ends_on"]),
            str(row["year"]) if row["year"] is not None else None,
            listed([head.branches.get(code, code) for code in row["branches"]]),
            listed([said(audience) for audience in row["audiences"]]),
            came,
            exact,
            row["signups"],
            row["helped"],
            "; ".join(named(partner) for partner in row["partners"]),
            "; ".join(named(campaign) for campaign in row["campaigns"]),
            listed(row["strategy_actions"]),
            listed(supported),
            len(row["exhibits"]),
            listed(row["exhibits"]),
            row["source_library"],
        ]
        if with_period:
            cells.insert(8, yes_no(row["in_period"]))
        yield cells


def activity_places(head: Head) -> dict[int, str]:
    """Return where each activity stands, by its number."""
    sheet = names()["activities"]
    return {row["number"]: place(sheet, index) for index, row in enumerate(head.snapshot["activities"], FIRST)}


def mappings(head: Head) -> Sheet:
    """Return the sheet of all mappings of activities to goals and targets."""
    columns = (
        Column(_("Activity no."), _("Number of the activity; leads to it."), 9),
        Column(_("Activity"), _("Its title."), 40),
        Column(_("Type"), _("Which kind of activity it is."), 14),
        Column(_("Status"), _("How far it was when the edition was frozen."), 11),
        Column(_("Year"), _("Year of the first day, or all that is known of when it was."), 7),
        Column(_("Exhibits"), _("How many exhibits it has; the same in each of its rows."), 9),
        Column(_("Goal"), _("Number of the goal, 1 to 17."), 7),
        Column(_("Code"), _("Code of the goal or target, such as 4 or 4.7."), 8),
        Column(_("Goal or target"), _("Its short name."), 42),
        Column(_("Main"), _("Whether it is the activity's main goal; an activity has one at most."), 8),
        Column(_("What it does"), _("Whether the activity supports it, works against it, or nobody knows."), 15),
        Column(_("Contribution"), _("Whether it supports it directly or indirectly; empty where nobody has said."), 13),
        Column(_("Reason"), _("Why, as the library wrote it."), 60),
        Column(_("Confirmed"), _("Whether a person has confirmed it; one from an import without a reason is not."), 11),
    )
    meaning = _(
        "One row for each goal or target that an activity is mapped to, made for a pivot table. An activity stands in "
        "as many rows as it has goals."
    )
    return Sheet(names()["mappings"], meaning, columns, _mapping_rows(head), kept=2)


def _mapping_rows(head: Head) -> Iterator[Sequence[Cell]]:
    places = activity_places(head)
    statuses = {status.value: str(name) for status, name in STATUS_NAMES.items()}
    stances = {stance.value: str(name) for stance, name in STANCE_NAMES.items()}
    contributions = {given.value: str(name) for given, name in CONTRIBUTION_NAMES.items()}
    titles = {**head.goals, **{code: said(text) for code, text in head.snapshot["targets"].items()}}
    words = {truth: yes_no(truth) for truth in (True, False)}
    for activity in head.snapshot["activities"]:
        number = activity["number"]
        kind, status = said(activity["type"]), statuses[activity["status"]]
        year = str(activity["year"]) if activity["year"] is not None else None
        for row in activity["mappings"]:
            contribution = row["contribution"]
            yield (
                Link(places[number], number),
                activity["title"],
                kind,
                status,
                year,
                len(activity["exhibits"]),
                row["goal"],
                row["code"],
                titles.get(row["code"], ""),
                words[row["main"]],
                stances[Stance(row["stance"]).value],
                contributions[Contribution(contribution).value] if contribution else None,
                row["reason"],
                words[row["confirmed"]],
            )


def evidence(head: Head, *, with_requirements: bool, more: Sequence[Column] = ()) -> Sheet:
    """Return the sheet of all exhibits; ``with_requirements`` adds what each shows something for, ``more`` columns."""
    columns = [
        Column(_("Exhibit"), _("Number of the exhibit in this edition."), 8),
        Column(_("No."), _("Number of the piece of evidence in the library."), 7),
        Column(_("Title"), _("As the library wrote it."), 44),
        Column(_("Description"), _("As the library wrote it."), 40),
        Column(_("Kind"), _("Which kind of document it is."), 14),
        Column(
            _("State"),
            _("Accepted: somebody in the library has reviewed it; submitted: nobody has. Nobody outside has."),
            11,
        ),
        Column(_("Made on"), _("The day on which it was made; empty where it is not known."), 12),
        Column(_("Added on"), _("The day on which it was added here."), 12),
        Column(_("Valid until"), _("The last day on which it holds; empty where it does not expire."), 12),
        Column(_("Made by"), _("Who made it, as the library wrote it."), 24),
        Column(_("Web page"), _("Address of the page that it is a copy of; empty for other exhibits."), 40),
        Column(_("Page seen on"), _("The day on which somebody of the library saw the page."), 12),
        Column(_("Language"), _("The language of the file."), 10),
        Column(_("What it shows"), _("A picture in words, for those who do not see it."), 40),
        Column(_("Public"), _("Whether it may be shown outside the library."), 8),
        Column(_("Activity no."), _("Number of the activity that it is about; leads to it."), 9),
        Column(_("File"), _("The file in the bag; leads to it."), 46),
        Column(_("Type of file"), _("What the file is, told from its bytes."), 18),
        Column(_("Bytes"), _("Its size."), 11),
        Column("SHA-256", _("Digest of the file in the bag, 64 hexadecimal digits."), 68),
        Column(
            _("SHA-256 as received"),
            _("Digest of the file as it was received; another one where data on place and camera were taken out."),
            68,
        ),
        Column(_("Read again on"), _("When the stored file was last read again; empty where it never was."), 13),
        Column(_("Read again: result"), _("pass: as its digest says; fail: missing or changed (words of PREMIS)."), 12),
    ]
    if with_requirements:
        meaning = _(
            "Codes of the requirements that it shows something for; in brackets on which pages, how directly, and what "
            "was checked."
        )
        columns.insert(3, Column(_("Requirements"), meaning, 20))
    columns += more
    rows = _evidence_rows(head, with_requirements=with_requirements)
    return Sheet(names()["evidence"], _("One row for each exhibit."), columns, rows, kept=1)


def _evidence_rows(head: Head, *, with_requirements: bool) -> Iterator[Sequence[Cell]]:
    places = activity_places(head)
    states = {"submitted": _("submitted"), "accepted": _("accepted")}
    words = {truth: yes_no(truth) for truth in (True, False)}
    for row in head.snapshot["evidence"]:
        about, fixity, link = row["activity"], row.get("fixity"), row.get("link") or {}
        cells: list[Cell] = [
            row["exhibit"],
            row["number"],
            row["title"],
            row["description"],
            said(row["kind"]),
            states.get(row["state"], row["state"]),
            day(row["collected_on"]),
            day(row["added_on"]),
            day(row.get("valid_until")),
            row.get("source", ""),
            link.get("url", ""),
            day(link.get("seen_on")),
            language_name(row["language"]) if "language" in row else "",
            row.get("alt", ""),
            words[row["public"]],
            Link(places[about], about) if about in places else None,
            file_cell(head, row),
            row["media_type"],
            row["size"],
            row["sha256"],
            row["original_sha256"],
            day(fixity["at"][:10]) if fixity else None,
            fixity["outcome"] if fixity else "",
        ]
        if with_requirements:
            cells.insert(3, listed([_tie(tie) for tie in row["requirements"]]))
        yield cells


def _tie(tie: Row) -> str:
    strength = tie.get("strength")
    told = [
        tie["pages"],
        str(STRENGTH_NAMES[strength]).lower() if strength else "",
        *(str(TICK_NAMES[tick]).lower() for tick in tie.get("ticks", ())),
    ]
    return f"{tie['code']} ({'; '.join(filter(None, told))})" if any(told) else str(tie["code"])


def file_cell(head: Head, exhibit: Row) -> Cell:
    """Return the name of an exhibit's file, which leads to it where the bag holds it."""
    name = str(exhibit["file"]).removeprefix("evidence/")
    return Link(beside(exhibit["file"]), name) if head.with_files else name


def evidence_places(head: Head) -> dict[int, str]:
    """Return where each exhibit stands, by its number."""
    sheet = names()["evidence"]
    return {row["exhibit"]: place(sheet, index) for index, row in enumerate(head.snapshot["evidence"], FIRST)}


def trail(head: Head) -> Sheet:
    """Return the sheet of everything that happened up to the freezing."""
    columns = (
        Column(_("No."), _("Number of the event, counted from 1 without a gap."), 8),
        Column(_("Time (UTC)"), _("When it happened, to the second."), 20),
        Column(_("Event"), _("What happened."), 32),
        Column(_("Role"), _("In which role somebody did it. Names of persons are not in the trail."), 14),
        Column(_("User no."), _("Number of the user; empty for the program itself."), 9),
        Column(_("About"), _("Kind of thing that it is about."), 14),
        Column(_("About no."), _("Number of that thing in the library."), 9),
        Column(_("Facts"), _("What else is told of it, as JSON."), 60),
        Column(_("Digest before"), _("Digest of the event before; empty for the first."), 68),
        Column(_("Digest"), _("Digest over everything in the event, the digest before among it."), 68),
    )
    meaning = _("One row for each event. trail.jsonl holds the same with everything that the digests cover.")
    return Sheet(names()["trail"], meaning, columns, _trail_rows(head), kept=2)


def _trail_rows(head: Head) -> Iterator[Sequence[Cell]]:
    locale = current_locale()
    known = head.snapshot["names"]
    actions = {code: name[locale] for code, name in known["actions"].items()}
    roles = {code: name[locale] for code, name in known["roles"].items()}
    for row in head.snapshot["trail"]["events"]:
        yield (
            row["number"],
            utc(row["at"]).replace(microsecond=0),
            actions.get(row["action"], row["action"]),
            roles.get(row["role"], row["role"]),
            row["actor"],
            row["subject"],
            row["subject_number"],
            json.dumps(row["facts"], ensure_ascii=False, sort_keys=True) if row["facts"] else None,
            row["previous"],
            row["digest"],
        )
