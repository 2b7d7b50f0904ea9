"""The dossier as a workbook: for those who want to filter, sort and count for themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from sdg_tracker.audit.wording import FINDING_KINDS, MARK_NAMES
from sdg_tracker.certification import leaving
from sdg_tracker.certification.readiness import Status
from sdg_tracker.certification.wording import STATE_NAMES, STATUS_NAMES
from sdg_tracker.dossier import earlier
from sdg_tracker.evidence.wording import STRENGTH_NAMES, TICK_NAMES
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import Text, _, use_locale
from sdg_tracker.printing import served
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import day as written_day
from sdg_tracker.printing.texts import said, utc
from sdg_tracker.schemes.words import CLAIM_TYPES, CONFIDENCE, KINDS, PERIODS, SCOPES, with_unit
from sdg_tracker.schemes.words import decision as rule_in_words
from sdg_tracker.workbooks import book, planned, sheets
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong, place
from sdg_tracker.workbooks.sheets import Row, day, listed, yes_no

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OF_WORK = {"work", "comments", "score"}  # keys of a requirement that not every edition has


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the workbook, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        book.write(
            target,
            head,
            [
                _overview(head),
                _requirements(head),
                _needs(head),
                sheets.activities(head, with_period=True),
                sheets.mappings(head),
                sheets.evidence(head, with_requirements=True, more=_of_auditor(MARK_NAMES)),
                _ties(head),
                *earlier.sheet(head, _requirement_places(snapshot)),
                *([planned.pledges(head), planned.initiatives(head)] if "plan" in snapshot else []),
                sheets.trail(head),
            ],
        )


def _overview(head: Head) -> Sheet:
    columns = (Column("", "", 48), Column("", "", 20), *(Column("", "", 14) for _column in range(8)))
    meaning = _("The edition at a glance. All of it can be counted again from the other sheets.")
    return Sheet(sheets.names()["overview"], meaning, columns, _overview_rows(head), table=False)


def _overview_rows(head: Head) -> Iterator[Sequence[Cell]]:
    edition = head.snapshot
    scheme, cycle = edition["scheme"], edition["cycle"]
    yield (Strong(edition["title"]),)
    yield (head.library,)
    if scheme["label"]:
        yield (Strong(said(scheme["label"])),)
    yield ()
    yield (_("Scheme"), said(scheme["name"]))
    yield (_("Version"), scheme["version"])
    yield (_("Owner of the scheme"), scheme["owner"]["name"])
    yield (_("Kind of statement"), str(CLAIM_TYPES[scheme["claim_type"]]))
    yield (_("Decided by"), said(scheme["decided_by"]))
    yield (_("First day of the period"), day(cycle["starts_on"]))
    yield (_("Last day of the period"), day(cycle["ends_on"]))
    yield (_("Edition"), head.number)
    yield (_("Frozen (UTC)"), utc(edition["frozen_at"]))
    yield (_("Fingerprint"), head.fingerprint)
    yield (_("Check it here"), Link(head.check_address, head.check_address))
    yield from sheets.of_earlier(head)
    yield ()
    yield from _readiness(_("Area"), edition["readiness"]["areas"], edition["readiness"]["whole"])
    yield ()
    yield from _readiness(_("Role"), edition["readiness"]["roles"])
    yield ()
    yield from _figures(head)
    yield ()
    yield from _goals(head)
    yield ()
    yield from _conclusion(edition)
    yield ()
    yield from _answers(cycle)


def _readiness(title: str, rows: Sequence[Row], whole: Row | None = None) -> Iterator[Sequence[Cell]]:
    yield (Strong(title), *(Strong(word) for word in (_("All"), *map(str, STATE_NAMES.values()), _("Gaps"))))
    for row in rows:
        yield (f"{row['code']} {said(row['title'])}" if whole else said(row["title"]), *_counts(row))
    if whole:
        yield (_("Whole"), *_counts(whole))


def _counts(row: Row) -> Sequence[int]:
    return [row[key] for key in ("total", *STATE_NAMES, "gaps")]


def _figures(head: Head) -> Iterator[Sequence[Cell]]:
    edition = head.snapshot
    activities = edition["activities"]
    yield (Strong(_("Figures")), Strong(_("Number")))
    yield (_("Requirements"), len(edition["requirements"]))
    yield (_("Activities"), len(activities))
    yield (_("Activities in the period"), sum(row["in_period"] for row in activities))
    yield (_("Activities held or ongoing"), sum(served.counts(row) for row in activities))
    yield (_("Activities without a goal"), len(served.unmapped(edition)))
    yield (_("Activities with an exhibit"), sum(bool(row["exhibits"]) for row in activities))
    yield (_("Mappings"), sum(len(row["mappings"]) for row in activities))
    yield (_("Exhibits"), len(edition["evidence"]))
    yield (_("Events of the trail"), len(edition["trail"]["events"]))


def _goals(head: Head) -> Iterator[Sequence[Cell]]:
    headings = (_("Goal"), _("As main goal"), _("Beside another"), _("All"), _("Exhibits"))
    yield tuple(Strong(heading) for heading in headings)
    for goal in served.by_goal(head.snapshot):
        yield (f"{goal.code} {head.goals[goal.code]}", goal.main, goal.other, goal.all, goal.exhibits)
    yield (_("Activities that were held or are going on are counted."),)


def _conclusion(edition: Row) -> Iterator[Sequence[Cell]]:
    decision = edition["decision"]
    reached = _("not counted") if decision["reached"] is None else yes_no(decision["reached"])
    yield (Strong(_("When the scheme is met")), rule_in_words({"decision": edition["scheme"]["decision"]}))
    yield (_("Met by what was counted"), reached)
    for reason in decision["reasons"]:
        yield ("", said(reason))
    if "areas" in decision:  # only where the rule counts points, and not in older editions
        yield ()
        headings = (_("Points by area"), _("Reached"), _("Possible"), _("Percent"), _("Weight"), _("Counts"))
        yield tuple(Strong(heading) for heading in headings)
        for area in decision["areas"]:
            numbers = (None if area[key] is None else Decimal(area[key]) for key in ("got", "of", "percent", "weight"))
            yield (f"{area['code']} {said(area['title'])}", *numbers, yes_no(area["counted"]))


def _answers(cycle: Row) -> Iterator[Sequence[Cell]]:
    yield (Strong(_("Values that the scheme leaves open")), Strong(_("Value")), Strong(_("Given by the owner")))
    for setting in cycle["settings"]:
        yield (said(setting["text"]), _value(setting), yes_no(setting["known"]))
    for fact in cycle["facts"]:
        yield (said(fact["text"]), _value(fact))


def _value(row: Row) -> Cell:
    """Return a value as what it is: a number as a number, a day as a day, a choice in words."""
    value, unit = row["value"], row.get("unit")
    if value is None:
        return _("not set")
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int | float):
        return with_unit(value, unit) if unit else value if isinstance(value, int) else Decimal(str(value))
    if "shown" in row:
        return day(value) if DAY.fullmatch(value) else said(row["shown"])
    return str(value)


def _of_auditor(names: Mapping[str, Text]) -> Sequence[Column]:
    return sheets.auditors_columns(_("Left empty for the auditor."), [str(name) for name in names.values()])


def _requirement_places(edition: Row) -> dict[str, str]:
    sheet = _("Requirements")
    return {row["code"]: place(sheet, index) for index, row in enumerate(edition["requirements"], sheets.FIRST)}


def _requirements(head: Head) -> Sheet:
    columns: tuple[Column, ...] = (
        Column(_("Code"), _("Code of the requirement in the scheme."), 8),
        Column(_("Area"), _("Part of the scheme."), 16),
        Column(_("Criterion"), _("Group of requirements in the area."), 30),
        Column(_("Requirement"), _("What the scheme asks."), 50),
        Column(_("Guidance"), _("How the scheme says that it can be shown."), 50),
        Column(_("Mandatory"), _("Whether the scheme insists on it."), 11),
        Column(_("Roles"), _("The library's roles that it belongs to."), 18),
        Column(
            _("What is asked for"), _("A document, a description, a number of activities, a measure or a list."), 22
        ),
        Column(_("Scope"), _("Whether it is asked of the whole library, of each house or of each activity."), 20),
        Column(_("Quantity"), _("How much the scheme asks for; empty where nothing is counted."), 26),
        Column(_("Known from"), _("How the wording is known."), 30),
        Column(_("Applies"), _("Whether it applies to this library."), 9),
        Column(_("Assessment"), _("The library's own judgement."), 16),
        Column(_("How it is met"), _("How the library says that it meets it."), 70),
        Column(_("Why not"), _("Why it does not apply or is not pursued."), 40),
        Column(_("Assessed on"), _("The day of the judgement."), 12),
        Column(_("Count"), _("What the program counted, beside the library's judgement."), 22),
        Column(_("Lacking"), _("What the count found too little of; nothing is left out."), 40),
        Column(_("Exhibits"), _("How many exhibits show something for it."), 9),
        Column(_("Exhibit numbers"), _("Their numbers; in brackets on which pages."), 26),
        *_of_auditor(FINDING_KINDS),
    )
    worked = any(OF_WORK & row.keys() for row in head.snapshot["requirements"])  # in no edition of the first versions
    if worked:
        columns += (
            Column(_("Points"), _("Points reached, in schemes that count them."), 9),
            Column(_("Points possible"), _("Points that the scheme gives it."), 9),
            Column(_("Approval"), _("Whether the library has approved it, in which role and when."), 34),
            Column(_("Comments for the auditor"), _("What the library says to the auditor of it."), 50),
        )
    asked = _asked_beside(head.snapshot)
    if asked is not None:
        columns += (Column(_("Ready-made reason"), _("Which of the scheme's own reasons it is left out for."), 30),)
        columns += tuple(Column(name, _("What else the scheme wants written of it."), 40) for name in asked.values())
    rows = _requirement_rows(head, worked=worked, asked=None if asked is None else list(asked))
    return Sheet(_("Requirements"), _("One row for each requirement of the scheme, in its order."), columns, rows)


def _requirement_rows(head: Head, *, worked: bool, asked: Sequence[str] | None) -> Iterator[Sequence[Cell]]:
    edition = head.snapshot
    areas = {area["code"]: said(area["title"]) for area in edition["areas"]}
    criteria = {row["code"]: said(row["title"]) for area in edition["areas"] for row in area["criteria"]}
    roles = {row["code"]: said(row["title"]) for row in edition["readiness"]["roles"]}
    for row in edition["requirements"]:
        assessment = row["assessment"]
        yield (
            row["code"],
            f"{row['area']} {areas[row['area']]}",
            f"{row['criterion']} {criteria[row['criterion']]}",
            said(row["text"]),
            said(row["guidance"]),
            yes_no(row["mandatory"]),
            listed([roles.get(code, code) for code in row["roles"]]),
            str(KINDS[row["kind"]]),
            str(SCOPES[row["scope"]]),
            _quantity(row["quantity"]),
            str(CONFIDENCE[row["confidence"]]),
            yes_no(row["applies"]),
            str(STATE_NAMES[assessment["state"] or "unassessed"]),
            assessment["narrative"],
            assessment["reason"],
            day(assessment["assessed_on"]),
            str(STATUS_NAMES[Status(row["readiness"]["status"])]),
            "\n".join(lacking(head, row)),
            len(row["exhibits"]),
            listed([_shown(tie) for tie in row["exhibits"]]),
            *(_of_work(head, row) if worked else ()),
            *(_of_scheme(assessment, asked) if asked is not None else ()),
        )


def _asked_beside(edition: Row) -> dict[str, str] | None:
    """Return the names of what the scheme asks for beside, by key; None where nobody has answered any of it."""
    if not any({"omission", "answers"} & row["assessment"].keys() for row in edition["requirements"]):
        return None
    return {key: said(text) for key, text in leaving.fields(edition["scheme"]["decision"]).items()}


def _of_scheme(assessment: Row, asked: Sequence[str]) -> Sequence[Cell]:
    given = {answer["key"]: answer["value"] for answer in assessment.get("answers", ())}
    omission = assessment.get("omission")
    return (said(omission["text"]) if omission else None, *(given.get(key) for key in asked))


def _of_work(head: Head, row: Row) -> Sequence[Cell]:
    roles = {code: said(name) for code, name in head.snapshot["names"]["roles"].items()}
    score = row.get("score")
    return (
        Decimal(score["got"]) if score else None,
        Decimal(score["of"]) if score else None,
        _approval(row["work"]["approved"], roles) if "work" in row else "",
        "\n".join(
            f"{roles[told['role']]}, {written_day(told['day'])}: {told['text']}" for told in row.get("comments", ())
        ),
    )


def _approval(approved: Row | None, roles: Mapping[str, str]) -> str:
    if approved is None:
        return _("not approved")
    values = {"name": approved["name"], "role": roles[approved["role"]], "day": written_day(approved["on"])}
    if approved["changed"]:
        return _("%(day)s, %(name)s, %(role)s; changed since", **values)
    return _("%(day)s, %(name)s, %(role)s", **values)


def _quantity(quantity: Row | None) -> str:
    if quantity is None:
        return ""
    if quantity["min"] is None:
        return _("not set")
    much = with_unit(quantity["min"], quantity["unit"])
    return _("At least %(amount)s %(per)s", amount=much, per=PERIODS[quantity["per"]])


def _shown(tie: Row) -> str:
    return f"{tie['exhibit']} ({tie['pages']})" if tie["pages"] else str(tie["exhibit"])


def lacking(head: Head, requirement: Row) -> list[str]:
    """Return what a requirement lacks, in the current language; nothing where it does not apply."""
    needs = requirement["readiness"]["needs"] if requirement["applies"] else ()
    return [_lack(head, need) for need in needs if not need["met"]]


def _lack(head: Head, need: Row) -> str:
    label = said(need["label"])
    where = head.place(need["period"])
    of = _("%(found)s of %(needed)s", found=need["found"], needed=need["needed"])
    lack = f"{label} ({where}): {of}" if where else f"{label}: {of}"
    return _("%(text)s (the year is not over)", text=lack) if need["running"] else lack


def _needs(head: Head) -> Sheet:
    columns = (
        Column(_("Code"), _("Code of the requirement; leads to it."), 8),
        Column(_("What is needed"), _("What is counted for the requirement."), 44),
        Column(
            _("Year or house"), _("The stretch of time or the house that it is needed for; empty for the whole."), 26
        ),
        Column(_("Needed"), _("How many are needed; 1 where it is a question of yes or no."), 9),
        Column(_("Found"), _("How many were found."), 9),
        Column(_("Enough"), _("Whether enough was found."), 9),
        Column(_("Year not over"), _("Yes where the year was not over when it was counted."), 11),
    )
    rows = _need_rows(head)
    return Sheet(_("Needed and found"), _("One row for each thing that a requirement needs."), columns, rows)


def _need_rows(head: Head) -> Iterator[Sequence[Cell]]:
    places = _requirement_places(head.snapshot)
    for row in head.snapshot["requirements"]:
        for need in row["readiness"]["needs"]:
            yield (
                Link(places[row["code"]], row["code"]),
                said(need["label"]),
                head.place(need["period"]),
                need["needed"],
                need["found"],
                yes_no(need["met"]),
                yes_no(True) if need["running"] else None,  # noqa: FBT003 - a truth in words
            )


def _ties(head: Head) -> Sheet:
    columns = (
        Column(_("Requirement"), _("Code of the requirement; leads to it."), 11),
        Column(_("Area"), _("Part of the scheme."), 16),
        Column(_("Assessment"), _("The library's own judgement."), 16),
        Column(_("Exhibit"), _("Number of the exhibit; leads to it."), 8),
        Column(_("Title"), _("As the library wrote it."), 44),
        Column(_("Kind"), _("Which kind of document it is."), 14),
        Column(_("State"), _("Whether somebody in the library has reviewed it."), 14),
        Column(_("Year"), _("The year in which it was made; empty where it is not known."), 7),
        Column(_("Pages"), _("On which pages of it; empty for the whole."), 10),
        Column(_("How directly"), _("Observed, asked for or inferred; empty where nobody has said."), 13),
        *(Column(str(name), _("Whether this was checked by the library."), 11) for name in TICK_NAMES.values()),
        Column(_("File"), _("The file in the bag; leads to it."), 46),
        Column("SHA-256", _("Digest of the file in the bag, 64 hexadecimal digits."), 68),
        *_of_auditor(MARK_NAMES),
    )
    meaning = _(
        "One row for each exhibit under each requirement that it shows something for, made for a pivot table. An "
        "exhibit stands in as many rows as it has requirements."
    )
    return Sheet(sheets.names()["ties"], meaning, columns, _tie_rows(head), kept=1)


def _tie_rows(head: Head) -> Iterator[Sequence[Cell]]:
    edition = head.snapshot
    requirements, exhibits = _requirement_places(edition), sheets.evidence_places(head)
    areas = {area["code"]: said(area["title"]) for area in edition["areas"]}
    states = {"submitted": _("submitted"), "accepted": _("accepted")}
    words = {truth: yes_no(truth) for truth in (True, False)}
    for requirement in edition["requirements"]:
        code, area = requirement["code"], f"{requirement['area']} {areas[requirement['area']]}"
        judged = str(STATE_NAMES[requirement["assessment"]["state"] or "unassessed"])
        for tie in requirement["exhibits"]:
            row, strength, ticks = head.exhibits[tie["exhibit"]], tie.get("strength"), tie.get("ticks", ())
            yield (
                Link(requirements[code], code),
                area,
                judged,
                Link(exhibits[row["exhibit"]], row["exhibit"]),
                row["title"],
                said(row["kind"]),
                states.get(row["state"], row["state"]),
                row["collected_on"][:4] if row["collected_on"] else None,
                tie["pages"],
                str(STRENGTH_NAMES[strength]) if strength else None,
                *(words[tick in ticks] for tick in TICK_NAMES),
                sheets.file_cell(head, row),
                row["sha256"],
            )
