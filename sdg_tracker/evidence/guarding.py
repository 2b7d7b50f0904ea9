"""What keeps people out of where they should not be: their numbers in texts, pictures that are closed or paused."""

from sdg_tracker.access import Permission
from sdg_tracker.evidence import file_queries, people, personal
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.people import People
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words(
    {
        "personal-number-typed": lazy(
            "This holds what looks like a CPR number. Take it out, or tick below that it is none."
        ),
        "picture-closed": lazy(
            "“%(name)s” was blurred or objected to in evidence %(number)s. "
            "Use the picture that stands there, or ask the coordinator."
        ),
        "people-unknown-answer": lazy("Say whether people can be recognised: no, yes or unknown."),
    }
)


def check_typed(**texts: str) -> None:
    """Refuse the first text that holds what looks like a CPR number; the names are those of the fields."""
    for field, text in texts.items():
        if personal.typed(text):
            raise Invalid("personal-number-typed", field=field)


def check_answer(said: str) -> None:
    """Refuse what is no answer to whether people can be recognised."""
    if said not in ("", *People):
        raise Invalid("people-unknown-answer", field="people")


def check_open(work: Work, sha256: str, name: str) -> None:
    """Refuse a picture that was blurred, or that somebody in it objected to, to those who may not fetch originals."""
    closed = file_queries.closed(work, sha256)
    if closed and not work.can(Permission.EVIDENCE_ORIGINAL):
        raise Invalid("picture-closed", field="document", name=name, number=closed[0])


def answer(evidence: Evidence, said: str, kind: str) -> dict[str, object]:
    """Return what changes when somebody says whether people can be recognised."""
    kept = people.answered(said, kind, evidence.current.media_type, evidence.people)
    if kept in (People.YES, evidence.people):
        return {"people": kept}
    return {"people": kept, "children": False, "sensitive": False}


def ask_anew(evidence: Evidence, before: Version, version: Version) -> bool:
    """Forget what was said of people when another picture comes; return whether there was anything to forget."""
    another = before.original_sha256 != version.original_sha256 and people.is_picture(evidence.kind, version.media_type)
    if not another or evidence.people == People.UNKNOWN:
        return False
    evidence.people = People.UNKNOWN.value
    return True


def settle(work: Work, evidence: Evidence) -> None:
    """Let a picture count for nothing while a consent is withdrawn and it shows those who gave it.

    What is said of people is said of the newest version, so it lifts nothing while an earlier one is shown.
    """
    shown = evidence.shown
    if evidence.paused_at is not None and shown is not evidence.current:
        return
    paused = people.pauses(evidence, evidence.consents, shown.added_at if shown.boxes else None)
    if paused != (evidence.paused_at is not None):
        evidence.paused_at = work.at if paused else None
