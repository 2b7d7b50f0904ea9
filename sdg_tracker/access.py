"""Who may do what: the roles, the permissions and the one table that joins them. A missing line means no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sdg_tracker.foundation.errors import Forbidden
from sdg_tracker.foundation.i18n import Text, lazy


class Role(StrEnum):
    """What a person is in one library. ``anyone`` is whoever has not signed in, ``system`` the program itself."""

    ANYONE = "anyone"
    READER = "reader"
    STAFF = "staff"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


ROLE_NAMES: Mapping[Role, Text] = {
    Role.ANYONE: lazy("Anyone"),
    Role.READER: lazy("Reader"),
    Role.STAFF: lazy("Staff"),
    Role.COORDINATOR: lazy("Coordinator"),
    Role.AUDITOR: lazy("Auditor"),
    Role.ADMINISTRATOR: lazy("Administrator"),
    Role.SYSTEM: lazy("The program"),
}
MEMBER_ROLES = (Role.READER, Role.STAFF, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)


class Permission(StrEnum):
    """One thing that can be allowed."""

    PUBLIC_READ = "public.read"
    ACCOUNT_OWN = "account.own"
    OVERVIEW_READ = "overview.read"
    GOAL_READ = "goal.read"
    SCHEME_READ = "scheme.read"
    SCHEME_LOAD = "scheme.load"
    SCHEME_EDIT = "scheme.edit"
    CYCLE_MANAGE = "cycle.manage"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_WRITE = "assessment.write"
    TASK_ASSIGN = "task.assign"
    TASK_READY = "task.ready"
    TASK_APPROVE = "task.approve"
    COMMENT_WRITE = "comment.write"
    COMMENT_SHOW = "comment.show"
    ACTIVITY_READ = "activity.read"
    ACTIVITY_ADD = "activity.add"
    ACTIVITY_REVISE = "activity.revise"
    ACTIVITY_MAP = "activity.map"
    ACTIVITY_IMPORT = "activity.import"
    ACTIVITY_EXPORT = "activity.export"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_ADD = "evidence.add"
    EVIDENCE_REVISE = "evidence.revise"
    EVIDENCE_TIE = "evidence.tie"
    EVIDENCE_WITHDRAW = "evidence.withdraw"
    EVIDENCE_REVIEW = "evidence.review"
    EVIDENCE_ORIGINAL = "evidence.original"
    EVIDENCE_QUARANTINE = "evidence.quarantine"
    EVIDENCE_OBJECT = "evidence.object"
    EVIDENCE_PREPARE = "evidence.prepare"
    EVIDENCE_DISPOSE = "evidence.dispose"
    MEASURE_READ = "measure.read"
    MEASURE_MANAGE = "measure.manage"
    READING_ENTER = "reading.enter"
    READING_CORRECT = "reading.correct"
    READING_IMPORT = "reading.import"
    EFFECT_READ = "effect.read"
    EFFECT_WRITE = "effect.write"
    STORY_READ = "story.read"
    STORY_ADD = "story.add"
    STORY_REVISE = "story.revise"
    STORY_SHOW = "story.show"
    PLAN_READ = "plan.read"
    PLAN_WRITE = "plan.write"
    PLAN_APPROVE = "plan.approve"
    PLAN_TIE = "plan.tie"
    REQUEST_READ = "request.read"
    REQUEST_MAKE = "request.make"
    REQUEST_GIVE = "request.give"
    REQUEST_REMIND = "request.remind"
    DIGEST_READ = "digest.read"
    DIGEST_WRITE = "digest.write"
    MAIL_SEND = "mail.send"
    EDITION_LIST = "edition.list"
    EDITION_READ = "edition.read"
    EDITION_FREEZE = "edition.freeze"
    EDITION_APPROVE = "edition.approve"
    EDITION_BUILD = "edition.build"
    EDITION_SEAL = "edition.seal"
    EDITION_CORRECT = "edition.correct"
    IMPACT_PUBLISH = "impact.publish"
    AUDITOR_INVITE = "auditor.invite"
    AUDIT_ROOM = "audit.room"
    AUDIT_WRITE = "audit.write"
    AUDIT_ANSWER = "audit.answer"
    AUDIT_IMPORT = "audit.import"
    TRAIL_READ = "trail.read"
    ACCESS_READ = "access.read"
    USER_READ = "user.read"
    USER_MANAGE = "user.manage"
    LIBRARY_MANAGE = "library.manage"
    INSTALLATION_READ = "installation.read"
    INSTALLATION_SET_UP = "installation.set_up"
    STORE_KEEP = "store.keep"
    BACKUP_MAKE = "backup.make"


PERMISSION_NAMES: Mapping[Permission, Text] = {
    Permission.PUBLIC_READ: lazy("See what is public"),
    Permission.ACCOUNT_OWN: lazy("Change own password and language"),
    Permission.OVERVIEW_READ: lazy("See the overview"),
    Permission.GOAL_READ: lazy("See goals, targets and indicators"),
    Permission.SCHEME_READ: lazy("See schemes and their requirements"),
    Permission.SCHEME_LOAD: lazy("Load frameworks and schemes"),
    Permission.SCHEME_EDIT: lazy("Write and publish own versions of schemes"),
    Permission.CYCLE_MANAGE: lazy("Set up certification cycles"),
    Permission.ASSESSMENT_READ: lazy("See how far the certification is"),
    Permission.ASSESSMENT_WRITE: lazy("Assess requirements"),
    Permission.TASK_ASSIGN: lazy("Say who works on a requirement, and until when"),
    Permission.TASK_READY: lazy("Say that a requirement is ready for review"),
    Permission.TASK_APPROVE: lazy("Approve requirements, or send them back"),
    Permission.COMMENT_WRITE: lazy("Comment on requirements"),
    Permission.COMMENT_SHOW: lazy("Show comments to the auditor"),
    Permission.ACTIVITY_READ: lazy("See activities"),
    Permission.ACTIVITY_ADD: lazy("Add activities"),
    Permission.ACTIVITY_REVISE: lazy("Change activities"),
    Permission.ACTIVITY_MAP: lazy("Map activities to goals and targets"),
    Permission.ACTIVITY_IMPORT: lazy("Import activities"),
    Permission.ACTIVITY_EXPORT: lazy("Export activities"),
    Permission.EVIDENCE_READ: lazy("See and download evidence"),
    Permission.EVIDENCE_ADD: lazy("Add evidence"),
    Permission.EVIDENCE_REVISE: lazy("Change evidence"),
    Permission.EVIDENCE_TIE: lazy("Tie evidence to requirements"),
    Permission.EVIDENCE_WITHDRAW: lazy("Withdraw evidence"),
    Permission.EVIDENCE_REVIEW: lazy("Accept evidence or send it back"),
    Permission.EVIDENCE_ORIGINAL: lazy("Fetch the original of a picture"),
    Permission.EVIDENCE_QUARANTINE: lazy("See what is in quarantine, and release it"),
    Permission.EVIDENCE_DISPOSE: lazy("Dispose of withdrawn evidence"),
    Permission.EVIDENCE_OBJECT: lazy("Act on an objection to a picture"),
    Permission.EVIDENCE_PREPARE: lazy("Make thumbnails, read texts, ask the scanner again, follow links"),
    Permission.MEASURE_READ: lazy("See measures and their readings"),
    Permission.MEASURE_MANAGE: lazy("Add, change, define and withdraw measures"),
    Permission.READING_ENTER: lazy("Enter readings"),
    Permission.READING_CORRECT: lazy("Correct and withdraw readings"),
    Permission.READING_IMPORT: lazy("Import readings from a file"),
    Permission.EFFECT_READ: lazy("See effects of activities, and quotes"),
    Permission.EFFECT_WRITE: lazy("Say what an activity was meant to do and what was seen, and keep quotes"),
    Permission.STORY_READ: lazy("See impact stories"),
    Permission.STORY_ADD: lazy("Write impact stories"),
    Permission.STORY_REVISE: lazy("Change and withdraw impact stories"),
    Permission.STORY_SHOW: lazy("Say that stories and quotes may be shown to the public"),
    Permission.PLAN_READ: lazy("See the action plan and how its pledges stand"),
    Permission.PLAN_WRITE: lazy("Write the action plan, and note how its pledges are kept"),
    Permission.PLAN_APPROVE: lazy("Note that the action plan is approved"),
    Permission.PLAN_TIE: lazy("Tie activities to initiatives and pledges"),
    Permission.REQUEST_READ: lazy("See what is asked for"),
    Permission.REQUEST_MAKE: lazy("Ask people for evidence, and cancel what was asked for"),
    Permission.REQUEST_GIVE: lazy("Give what one was asked for"),
    Permission.REQUEST_REMIND: lazy("Remind people of what they were asked for"),
    Permission.DIGEST_READ: lazy("See one's own weekly digest"),
    Permission.DIGEST_WRITE: lazy("Write the weekly digests"),
    Permission.MAIL_SEND: lazy("Send mail to the library's people"),
    Permission.EDITION_LIST: lazy("See which editions there are"),
    Permission.EDITION_READ: lazy("See editions and download their files"),
    Permission.EDITION_FREEZE: lazy("Freeze dossiers and reports"),
    Permission.EDITION_APPROVE: lazy("Look at the pages of a dossier and approve them"),
    Permission.EDITION_BUILD: lazy("Make the files of an edition"),
    Permission.EDITION_SEAL: lazy("Seal editions"),
    Permission.EDITION_CORRECT: lazy("Note corrections to issued editions"),
    Permission.IMPACT_PUBLISH: lazy("Publish the page of a year, and withdraw it"),
    Permission.AUDITOR_INVITE: lazy("Invite auditors"),
    Permission.AUDIT_ROOM: lazy("Open the edition that one is invited to"),
    Permission.AUDIT_WRITE: lazy("Mark exhibits, draw samples, write findings, conclude the audit"),
    Permission.AUDIT_ANSWER: lazy("See an audit, and answer its findings and questions"),
    Permission.AUDIT_IMPORT: lazy("Read an auditor's decisions in from a file"),
    Permission.TRAIL_READ: lazy("Read the trail"),
    Permission.ACCESS_READ: lazy("See who may do what"),
    Permission.USER_READ: lazy("See the library's users"),
    Permission.USER_MANAGE: lazy("Add, change and disable users"),
    Permission.LIBRARY_MANAGE: lazy("Change the library and its branches"),
    Permission.INSTALLATION_READ: lazy("See how the installation is"),
    Permission.INSTALLATION_SET_UP: lazy("Set up libraries and users"),
    Permission.STORE_KEEP: lazy("Check stored files and take loose ones away"),
    Permission.BACKUP_MAKE: lazy("Back up and restore the installation"),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: the number of a user (None for anyone and for the program), in which role, in which library."""

    number: int | None
    role: Role
    library_id: int | None = None
    edition_id: int | None = None  # the one edition that an auditor is invited to
    access: int | None = None  # number of the access that lets the auditor in


ANYONE = Actor(None, Role.ANYONE)
SYSTEM = Actor(None, Role.SYSTEM)

Condition = Callable[[Actor, object], bool]


def always(_actor: Actor, _record: object) -> bool:
    """No condition."""
    return True


def own(actor: Actor, record: object) -> bool:
    """Only what this person entered."""
    return actor.number is not None and getattr(record, "added_by", None) == actor.number


def owned(actor: Actor, record: object) -> bool:
    """Only what this person was made the owner of."""
    return actor.number is not None and getattr(record, "owner_number", None) == actor.number


def responsible(actor: Actor, record: object) -> bool:
    """Only what this person entered or was made the owner of."""
    return own(actor, record) or owned(actor, record)


def asked(actor: Actor, record: object) -> bool:
    """Only what this person was asked for."""
    return actor.number is not None and getattr(record, "giver_number", None) == actor.number


def invited(actor: Actor, record: object) -> bool:
    """Only the edition that this auditor is invited to."""
    return actor.edition_id is not None and getattr(record, "id", None) == actor.edition_id


def with_account(actor: Actor, _record: object) -> bool:
    """Only who signed in with an account: a visitor who came by a link has none."""
    return actor.number is not None


def by_link(actor: Actor, _record: object) -> bool:
    """Only who came by the link of an invitation: an auditor who signed in has no edition."""
    return actor.edition_id is not None


CONDITION_NAMES: Mapping[Condition, Text] = {
    always: lazy("yes"),
    with_account: lazy("with an account"),
    by_link: lazy("with an invitation's link"),
    own: lazy("own only"),
    owned: lazy("what they are to work on only"),
    responsible: lazy("what they entered or are responsible for only"),
    asked: lazy("what they were asked for only"),
    invited: lazy("the invited one only"),
}

ABOUT_RECORDS = frozenset({own, owned, responsible, asked, invited})

_ALL = dict.fromkeys(Role, always)
_SIGNED_IN = dict.fromkeys(MEMBER_ROLES, with_account)
_INSIDE = dict.fromkeys((Role.READER, Role.STAFF, Role.COORDINATOR, Role.ADMINISTRATOR), always)
_WRITERS = dict.fromkeys((Role.STAFF, Role.COORDINATOR), always)
_LEADERS = dict.fromkeys((Role.COORDINATOR, Role.ADMINISTRATOR), always)

TABLE: Mapping[Permission, Mapping[Role, Condition]] = {
    Permission.PUBLIC_READ: _ALL,
    Permission.ACCOUNT_OWN: _SIGNED_IN,
    Permission.OVERVIEW_READ: _SIGNED_IN,
    Permission.GOAL_READ: _SIGNED_IN,
    Permission.SCHEME_READ: _SIGNED_IN,
    Permission.SCHEME_LOAD: {Role.SYSTEM: always},
    Permission.SCHEME_EDIT: {Role.COORDINATOR: always},
    Permission.CYCLE_MANAGE: {Role.COORDINATOR: always, Role.SYSTEM: always},
    Permission.ASSESSMENT_READ: _INSIDE,
    Permission.ASSESSMENT_WRITE: {Role.STAFF: owned, Role.COORDINATOR: always},
    Permission.TASK_ASSIGN: {Role.COORDINATOR: always},
    Permission.TASK_READY: {Role.STAFF: owned, Role.COORDINATOR: always},
    Permission.TASK_APPROVE: {Role.COORDINATOR: always},
    Permission.COMMENT_WRITE: _WRITERS,
    Permission.COMMENT_SHOW: {Role.COORDINATOR: always},
    Permission.ACTIVITY_READ: _INSIDE,
    Permission.ACTIVITY_ADD: _WRITERS,
    Permission.ACTIVITY_REVISE: _WRITERS,
    Permission.ACTIVITY_MAP: _WRITERS,
    Permission.ACTIVITY_IMPORT: {Role.COORDINATOR: always},
    Permission.ACTIVITY_EXPORT: _INSIDE,
    Permission.EVIDENCE_READ: _INSIDE,
    Permission.EVIDENCE_ADD: {**_WRITERS, Role.SYSTEM: always},  # the program adds what it fetched for somebody
    Permission.EVIDENCE_REVISE: {Role.STAFF: own, Role.COORDINATOR: always},
    Permission.EVIDENCE_TIE: {Role.STAFF: own, Role.COORDINATOR: always, Role.SYSTEM: always},
    Permission.EVIDENCE_WITHDRAW: {Role.STAFF: own, Role.COORDINATOR: always},
    Permission.EVIDENCE_REVIEW: {Role.COORDINATOR: always},
    Permission.EVIDENCE_ORIGINAL: {Role.COORDINATOR: always},
    Permission.EVIDENCE_QUARANTINE: {Role.COORDINATOR: always},
    Permission.EVIDENCE_DISPOSE: {Role.COORDINATOR: always},
    Permission.EVIDENCE_OBJECT: {Role.COORDINATOR: always},
    Permission.EVIDENCE_PREPARE: {Role.SYSTEM: always},
    Permission.MEASURE_READ: _INSIDE,
    Permission.MEASURE_MANAGE: {Role.COORDINATOR: always},
    Permission.READING_ENTER: _WRITERS,
    Permission.READING_CORRECT: {Role.STAFF: own, Role.COORDINATOR: always},
    Permission.READING_IMPORT: {Role.COORDINATOR: always},
    Permission.EFFECT_READ: _INSIDE,
    Permission.EFFECT_WRITE: {Role.STAFF: responsible, Role.COORDINATOR: always},
    Permission.STORY_READ: _INSIDE,
    Permission.STORY_ADD: _WRITERS,
    Permission.STORY_REVISE: {Role.STAFF: own, Role.COORDINATOR: always},
    Permission.STORY_SHOW: {Role.COORDINATOR: always},
    Permission.PLAN_READ: _INSIDE,
    Permission.PLAN_WRITE: {Role.COORDINATOR: always},
    Permission.PLAN_APPROVE: {Role.COORDINATOR: always},
    Permission.PLAN_TIE: {Role.STAFF: responsible, Role.COORDINATOR: always},
    Permission.REQUEST_READ: {Role.STAFF: asked, Role.COORDINATOR: always},
    Permission.REQUEST_MAKE: {Role.COORDINATOR: always},
    Permission.REQUEST_GIVE: {Role.STAFF: asked, Role.COORDINATOR: asked},
    Permission.REQUEST_REMIND: {Role.SYSTEM: always},
    Permission.DIGEST_READ: _WRITERS,
    Permission.DIGEST_WRITE: {Role.SYSTEM: always},
    Permission.MAIL_SEND: {Role.SYSTEM: always},
    Permission.EDITION_LIST: _INSIDE,
    Permission.EDITION_READ: {**_INSIDE, Role.AUDITOR: invited},
    Permission.EDITION_FREEZE: {Role.COORDINATOR: always},
    Permission.EDITION_APPROVE: _LEADERS,
    Permission.EDITION_BUILD: {Role.SYSTEM: always},
    Permission.EDITION_SEAL: {Role.COORDINATOR: always, Role.SYSTEM: always},
    Permission.EDITION_CORRECT: {Role.COORDINATOR: always},
    Permission.IMPACT_PUBLISH: {Role.COORDINATOR: always},
    Permission.AUDITOR_INVITE: {Role.COORDINATOR: always},
    Permission.AUDIT_ROOM: {Role.AUDITOR: by_link},
    Permission.AUDIT_WRITE: {Role.AUDITOR: invited},
    Permission.AUDIT_ANSWER: {Role.COORDINATOR: always},
    Permission.AUDIT_IMPORT: {Role.COORDINATOR: always, Role.AUDITOR: invited},
    Permission.TRAIL_READ: _LEADERS,
    Permission.ACCESS_READ: _INSIDE,
    Permission.USER_READ: _LEADERS,
    Permission.USER_MANAGE: {Role.ADMINISTRATOR: always, Role.COORDINATOR: always, Role.SYSTEM: always},
    Permission.LIBRARY_MANAGE: {Role.ADMINISTRATOR: always, Role.COORDINATOR: always, Role.SYSTEM: always},
    Permission.INSTALLATION_READ: _LEADERS,
    Permission.INSTALLATION_SET_UP: {Role.SYSTEM: always},
    Permission.STORE_KEEP: {Role.SYSTEM: always},
    Permission.BACKUP_MAKE: {Role.SYSTEM: always},
}


def may_ever(actor: Actor, permission: Permission) -> bool:
    """Return what a route can know before it has found the record: whether there is one that the actor may do it to."""
    condition = TABLE.get(permission, {}).get(actor.role)
    return condition is not None and (condition in ABOUT_RECORDS or condition(actor, None))


def allowed(actor: Actor, permission: Permission, record: object = None) -> bool:
    """Return whether the actor may do this to the record."""
    condition = TABLE.get(permission, {}).get(actor.role)
    return condition is not None and condition(actor, record)


def require(actor: Actor, permission: Permission, record: object = None) -> None:
    """Raise Forbidden unless allowed."""
    if not allowed(actor, permission, record):
        raise Forbidden("forbidden", permission=permission.value)
