"""What a dossier freezes: the scheme, the library's judgement, what was counted, activities, evidence, the trail."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sdg_tracker import dossier
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.audit import telling
from sdg_tracker.certification import leaving, queries, task_queries, wording
from sdg_tracker.certification.decisions import Decision
from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.needs import Need, What
from sdg_tracker.certification.queries import Readiness
from sdg_tracker.certification.readiness import STATES, Result, Status, Tally
from sdg_tracker.certification.readiness import tally as tallied
from sdg_tracker.certification.task_queries import NOTHING, Standing
from sdg_tracker.collecting import activity_rows, events, evidence_rows, exhibits, heading, plan_rows, vocabulary
from sdg_tracker.collecting.plain import Row, both
from sdg_tracker.collecting.vocabulary import Terms
from sdg_tracker.dossier.rules import Composed, Variant
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.foundation.i18n import LOCALES, _, lazy, use_locale
from sdg_tracker.schemes.models import Cycle, Requirement
from sdg_tracker.schemes.words import ROLES, answer
from sdg_tracker.work import Work

TOLD = ("pages", "strength", "ticks", "proof")  # of a tie, where a requirement names its exhibits
COUNTED = (Status.MET, Status.GAP, Status.OWN_JUDGEMENT)  # of which the snapshot says what was needed and found


def take(work: Work, cycle: Cycle, number: int, language: str, composed: Composed | None = None) -> dict[str, Any]:
    """Return the snapshot of a dossier under its edition's number, in a number of statements that does not grow.

    Without a composition it holds everything of the whole cycle.
    """
    chosen = composed or Composed()
    first, last = chosen.first or cycle.starts_on, chosen.last or cycle.ends_on
    areas = [area for area in cycle.scheme.document["areas"] if not chosen.areas or area["code"] in chosen.areas]
    order = [row["code"] for area in areas for one in area["criteria"] for row in one["requirements"]]
    words = vocabulary.terms(work)
    activities = activity_rows.activities(work, words, first, last)
    found, readiness = evidence_rows.evidence(work, words, cycle), queries.readiness(work, cycle)
    if chosen.areas:
        found, readiness = _shown_for(found, order), _narrowed(readiness, order)
    longest = exhibits.name_length(work.library.slug)
    evidence = exhibits.number_exhibits(activities, found, order, longest=longest)
    head, told = heading.head(work), events.trail(work)
    whole = {
        "format": FORMAT,
        "kind": dossier.KIND,
        "number": number,
        "language": language,
        "title": chosen.title or title(cycle, language, chosen),
        **head,
        "targets": heading.targets(work, activities),
        "activities": activities,
        "evidence": evidence,
        "scheme": _scheme(cycle),
        "cycle": _cycle(cycle),
        "areas": [_area(area) for area in areas],
        "requirements": _requirements(work, readiness, words, head["library"], evidence),
        "readiness": _readiness(readiness),
        "decision": _decision(cycle, readiness.decision),
        "trail": told if chosen.trail else {**told, "events": []},
        "names": events.names(told, work.actor.role.value),
    }
    if planned := plan_rows.plan(work, work.today):
        whole["plan"], whole["measures"] = planned
    audited = telling.earlier(work, cycle)
    if audited:
        whole["findings"] = [row for row in audited if not row["requirement"] or row["requirement"] in order]
    return whole if composed is None else {**whole, "composition": _composition(cycle, chosen, language)}


def _shown_for(evidence: Sequence[Row], codes: Collection[str]) -> list[Row]:
    """Return the evidence that shows something for one of the requirements."""
    return [row for row in evidence if any(tie["code"] in codes for tie in row["requirements"])]


def _narrowed(found: Readiness, codes: Collection[str]) -> Readiness:
    """Return the readiness of some requirements only; the scheme's decision stays that of the whole."""
    results = [one for one in found.results if one.code in codes]
    kept = {found.requirements[one.code].criterion.area.code for one in results}
    roles = [(role, tallied(one for one in results if role in one.roles)) for role, _counted in found.roles]
    return replace(
        found,
        results=results,
        whole=tallied(results),
        areas=[(area, counted) for area, counted in found.areas if area.code in kept],
        roles=[(role, counted) for role, counted in roles if counted.total],
    )


def _composition(cycle: Cycle, chosen: Composed, language: str) -> Row:
    logo = chosen.logo
    return {
        "period": {
            "first": (chosen.first or cycle.starts_on).isoformat(),
            "last": (chosen.last or cycle.ends_on).isoformat(),
        },
        "areas": list(chosen.areas),
        "files": chosen.files,
        "trail": chosen.trail,
        "languages": [language, *([chosen.also] if chosen.also else [])],
        "title_also": (chosen.title or title(cycle, chosen.also, chosen)) if chosen.also else "",
        "foreword": chosen.foreword,
        "logo": None if logo is None else {"sha256": logo.sha256, "size": logo.size, "media_type": logo.media_type},
        "variant": chosen.variant.value,
        "year": chosen.year,
        "proposal": chosen.proposal,
        "approved": None,
    }


def title(cycle: Cycle, language: str, chosen: Composed | None = None) -> str:
    """Return what a dossier is called where nobody has given it a title."""
    with use_locale(language):
        if chosen is not None and chosen.variant is Variant.COMMITTEE and chosen.year is not None:
            return _("Evaluation of %(year)s and proposal for %(next)s", year=chosen.year, next=chosen.year + 1)
        years = f"{cycle.starts_on.year}-{cycle.ends_on.year}"
        return _("Dossier: %(scheme)s %(years)s", scheme=cycle.scheme.name, years=years)


def _text(given: Mapping[str, str]) -> Row:
    return {"da": given["da"], "en": given["en"]}


def _scheme(cycle: Cycle) -> Row:
    scheme, document = cycle.scheme, cycle.scheme.document
    return {
        "slug": scheme.slug,
        "version": scheme.version,
        "status": scheme.status,
        "label": _text(document["label"]) if "label" in document else None,
        "name": _text(document["name"]),
        "summary": _text(document["summary"]),
        "owner": {"name": document["owner"]["name"], "url": document["owner"].get("url")},
        "claim_type": document["claim_type"],
        "decided_by": _text(document["decided_by"]),
        "decision": document["decision"],
    }


def _cycle(cycle: Cycle) -> Row:
    document = cycle.scheme.document
    return {
        "number": cycle.number,
        "starts_on": cycle.starts_on.isoformat(),
        "ends_on": cycle.ends_on.isoformat(),
        "settings": [
            {
                "key": row["key"],
                "text": _text(row["text"]),
                "value": cycle.settings.get(row["key"], row["value"]),
                "unit": row.get("unit"),
                "known": row["known"],
                **_in_words(row, cycle.settings.get(row["key"], row["value"])),
            }
            for row in document.get("settings", [])
        ],
        "facts": [
            {
                "key": row["key"],
                "text": _text(row["text"]),
                "value": cycle.facts.get(row["key"]),
                **_in_words(row, cycle.facts.get(row["key"])),
            }
            for row in document.get("facts", [])
        ],
    }


def _in_words(definition: Mapping[str, Any], value: Any) -> Row:
    """Return how a choice or a day reads; nothing for values that read the same as they are kept."""
    if value is None or definition["type"] not in ("choice", "date"):
        return {}
    return {"shown": _each(lambda _locale: answer(definition, value))}


def _area(area: Row) -> Row:
    return {
        "code": area["code"],
        "title": _text(area["text"]),
        "criteria": [
            {
                "code": one["code"],
                "title": _text(one["text"]),
                "requirements": [row["code"] for row in one["requirements"]],
            }
            for one in area["criteria"]
        ],
    }


def _requirements(work: Work, found: Readiness, words: Terms, library: Row, evidence: Sequence[Row]) -> list[Row]:
    settings = {row["key"]: row["value"] for row in _cycle(found.cycle)["settings"]}
    names, standings = _names(found.cycle, words, library), task_queries.standings(work, found)
    approvers = accounts.names(work, [row.approved.approved_by for row in standings.values() if row.approved])
    shown: dict[str, list[Row]] = {code: [] for code in found.requirements}
    for piece in evidence:
        for tie in piece["requirements"]:
            shown[tie["code"]].append({"exhibit": piece["exhibit"], **{key: tie[key] for key in TOLD if key in tie}})
    return [
        {
            **_asked(requirement, settings),
            "applies": result.status is not Status.NOT_APPLICABLE,
            "assessment": _assessment(work, found.cycle, found.assessments.get(result.code)),
            "readiness": {
                "status": result.status.value,
                "needs": [_need(need, requirement, names) for need in _needs(result)],
            },
            "exhibits": shown[result.code],
            **_worked_on(work, standings.get(result.code, NOTHING), approvers),
            **({"score": found.points[result.code].told()} if result.code in found.points else {}),
        }
        for result in found.results
        for requirement in (found.requirements[result.code],)
    ]


def _worked_on(work: Work, standing: Standing, approvers: Mapping[int, str]) -> Row:
    """Return the work on a requirement and the comments that the auditor is shown; nothing where there are none."""
    found: Row = {}
    if standing.task:
        found["work"] = {
            "state": standing.state.value,
            "due_on": standing.due_on.isoformat() if standing.due_on else None,
            "approved": _approved(work, standing, approvers),
        }
    told = [comment for comment in standing.comments if comment.shown]
    if told:
        found["comments"] = [
            {
                "role": comment.added_role,
                "day": _day(work, comment.added_at),
                "text": comment.text,
                "resolved": comment.resolved_at is not None,
            }
            for comment in told
        ]
    return found


def _approved(work: Work, standing: Standing, approvers: Mapping[int, str]) -> Row | None:
    approval = standing.approved
    if approval is None:
        return None
    return {
        "role": approval.approved_role,
        "name": approvers.get(approval.approved_by or 0, ""),
        "on": _day(work, approval.approved_at),
        "sha256": approval.digest,
        "changed": standing.changed,
    }


def _day(work: Work, at: datetime) -> str:
    return at.astimezone(heading.zone(work)).date().isoformat()


def _asked(requirement: Requirement, settings: Mapping[str, Any]) -> Row:
    definition = requirement.definition
    quantity = definition.get("quantity")
    return {
        "code": requirement.code,
        "area": requirement.criterion.area.code,
        "criterion": requirement.criterion.code,
        "text": _text(definition["text"]),
        "guidance": _text(definition["guidance"]) if "guidance" in definition else None,
        "kind": requirement.kind,
        "scope": requirement.scope,
        "mandatory": requirement.mandatory,
        "roles": list(definition["roles"]),
        "confidence": definition["confidence"],
        "quantity": {**quantity, "min": _set(quantity["min"], settings)} if quantity else None,
        "accepted_kinds": requirement.kinds,
    }


def _set(value: Any, settings: Mapping[str, Any]) -> Any:
    return settings[value["setting"]] if isinstance(value, Mapping) else value


def _assessment(work: Work, cycle: Cycle, made: Assessment | None) -> Row:
    if made is None or made.unconfirmed:
        return {"state": None, "narrative": "", "reason": "", "assessed_on": None}
    day = _day(work, made.assessed_at)
    also = leaving.told(cycle.scheme.document["decision"], made.omission, made.answers)
    return {"state": made.state, "narrative": made.narrative, "reason": made.reason, "assessed_on": day, **also}


def _needs(result: Result) -> Sequence[Need]:
    return result.needs if result.status in COUNTED else ()


def _need(need: Need, requirement: Requirement, names: Mapping[str, wording.Names]) -> Row:
    return {
        "what": need.what.value,
        "label": _each(lambda locale: _label(need, requirement, names[locale])),
        "needed": need.needed,
        "found": need.found,
        "met": need.met,
        "period": " ".join(part for part in (need.branch, need.year) if part),
        "running": need.running,
        "unaccepted": need.unaccepted,
    }


def _label(need: Need, requirement: Requirement, names: wording.Names) -> str:
    named = {What.FACT: names.facts, What.SETTING: names.settings}.get(need.what)
    label = wording.label(need, requirement, names)
    return label if named is None else f"{label}: {named.get(need.key, need.key)}"


def _each(said: Callable[[str], str]) -> Row:
    """Return what is said in each language."""
    found = {}
    for locale in LOCALES:
        with use_locale(locale):
            found[locale] = said(locale)
    return found


def _names(cycle: Cycle, words: Terms, library: Row) -> dict[str, wording.Names]:
    document = cycle.scheme.document
    settings, facts = ({row["key"]: row["text"] for row in document.get(key, [])} for key in ("settings", "facts"))
    return {
        locale: wording.Names(
            branches={
                row["code"]: (row["name_en"] if locale == "en" else "") or row["name"] for row in library["branches"]
            },
            kinds={code: term[locale] for code, term in words["evidence-kind"].items()},
            settings={key: text[locale] for key, text in settings.items()},
            facts={key: text[locale] for key, text in facts.items()},
        )
        for locale in LOCALES
    }


def _readiness(found: Readiness) -> Row:
    return {
        "areas": [{"code": area.code, "title": _text(area.text), **_counts(tally)} for area, tally in found.areas],
        "roles": [{"code": role, "title": both(ROLES[role]), **_counts(tally)} for role, tally in found.roles],
        "whole": _counts(found.whole),
    }


def _counts(tally: Tally) -> Row:
    return {"total": tally.total, **{state: tally.of(state) for state in STATES}, "gaps": tally.gaps}


def _decision(cycle: Cycle, found: Decision) -> Row:
    rule = cycle.scheme.document["decision"]
    reasons = [_each(lambda _locale: wording.decision(found))]
    if found.lacking:
        reasons.append(both(lazy("They are: %(codes)s.", codes=", ".join(found.lacking))))
    open_still = [row for row in _cycle(cycle)["settings"] if row["key"] in rule.get("settings_agreed", ())]
    if any(not row["known"] for row in open_still):
        text = lazy(
            "The numbers stand as the library set them; %(owner)s has not confirmed them.", owner=rule["agreed_with"]
        )
        reasons.append(both(text))
    return {"rule": found.rule, "reached": found.reached, "reasons": reasons, **_points(cycle, found)}


def _points(cycle: Cycle, found: Decision) -> Row:
    """Return what each area brings to a rule that counts points; nothing under other rules. Decimals are text."""
    if not found.areas:
        return {}
    titles = {area["code"]: area["text"] for area in cycle.scheme.document["areas"]}
    return {
        "areas": [
            {
                "code": area.code,
                "title": _text(titles[area.code]),
                "got": f"{area.got:g}",
                "of": f"{area.of:g}",
                "percent": None if area.share is None else f"{100 * area.share:.1f}",
                "counted": area.counted,
                "weight": f"{100 * area.weight:g}" if found.score is not None else None,
            }
            for area in found.areas
        ]
    }
