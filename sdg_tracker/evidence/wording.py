"""The words for what evidence is and how far it is."""

from collections.abc import Mapping

from sdg_tracker.evidence.people import Basis, People, Reason, Scope
from sdg_tracker.evidence.states import CopyState, Decision, Standing, State, Strength
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.foundation.i18n import Text, lazy

STATE_NAMES: Mapping[str, Text] = {
    State.DRAFT.value: lazy("Draft"),
    State.SUBMITTED.value: lazy("To be reviewed"),
    State.ACCEPTED.value: lazy("Accepted"),
    State.RETURNED.value: lazy("Sent back"),
}
STATE_SIGNS: Mapping[str, str] = {State.ACCEPTED.value: "success", State.RETURNED.value: "warning"}  # kinds of badge
DECISION_NAMES: Mapping[str, Text] = {
    Decision.ACCEPTED.value: lazy("Accept"),
    Decision.RETURNED.value: lazy("Send back"),
}
DECISION_HINTS: Mapping[str, Text] = {
    Decision.ACCEPTED.value: lazy("It counts, and editions show it as accepted."),
    Decision.RETURNED.value: lazy("It does not count until it is submitted again. Write what is to be changed."),
}
STRENGTH_NAMES: Mapping[str, Text] = {
    Strength.OBSERVED.value: lazy("Observed"),
    Strength.SOLICITED.value: lazy("Solicited"),
    Strength.INFERRED.value: lazy("Inferred"),
}
STRENGTH_HINTS: Mapping[str, Text] = {
    Strength.OBSERVED.value: lazy("It can be seen in the document itself."),
    Strength.SOLICITED.value: lazy("Somebody said so when asked."),
    Strength.INFERRED.value: lazy("It can be concluded from the document."),
}
TICK_NAMES: Mapping[str, Text] = {
    "relevant": lazy("Relevant"),
    "credible": lazy("Credible"),
    "current": lazy("Up to date"),
    "public": lazy("Open to the public"),
}
VALIDITY_NAMES: Mapping[str, Text] = {
    Validity.SOON.value: lazy("Expires within 60 days"),
    Validity.EXPIRED.value: lazy("Expired"),
}
COPY_NAMES: Mapping[str, Text] = {
    CopyState.OWED.value: lazy("Being fetched"),
    CopyState.FETCHING.value: lazy("Being fetched"),
    CopyState.KEPT.value: lazy("Copy kept"),
    CopyState.FAILED.value: lazy("Without a copy"),
    CopyState.GIVEN_UP.value: lazy("Given up"),
}
STANDING_NAMES: Mapping[str, Text] = {
    Standing.UNSEEN.value: lazy("Not checked yet"),
    Standing.ALIVE.value: lazy("Still there"),
    Standing.SHUT.value: lazy("Could not be checked"),
    Standing.FAILING.value: lazy("Did not answer"),
    Standing.DEAD.value: lazy("Dead link"),
}
STANDING_SIGNS: Mapping[str, str] = {
    Standing.ALIVE.value: "success",
    Standing.FAILING.value: "warning",
    Standing.DEAD.value: "error",
}
LINK_FILTERS: Mapping[str, Text] = {
    "waiting": lazy("Being fetched"),
    "failed": lazy("Without a copy"),
    "dead": lazy("Dead link"),
    "given_up": lazy("Given up"),
}

# People in pictures --------------------------------------------------------------------------------------------------

PEOPLE_NAMES: Mapping[str, Text] = {
    People.NO.value: lazy("Nobody can be recognised"),
    People.YES.value: lazy("People can be recognised"),
    People.UNKNOWN.value: lazy("Not known whether people can be recognised"),
}
PEOPLE_SIGNS: Mapping[str, str] = {People.NO.value: "success", People.UNKNOWN.value: "warning"}  # kinds of badge
BASIS_NAMES: Mapping[str, Text] = {
    Basis.NONE_NEEDED.value: lazy("No consent needed"),
    Basis.PUBLIC_TASK.value: lazy("The library's public task"),
    Basis.CONSENT.value: lazy("Consent"),
}
BASIS_HINTS: Mapping[str, Text] = {
    Basis.NONE_NEEDED.value: lazy("A picture of a place or an event where nobody is the subject, weighed as a whole."),
    Basis.PUBLIC_TASK.value: lazy("The library documents or tells of its task, and those in it must expect that."),
    Basis.CONSENT.value: lazy("Those in it have agreed, and can take it back. Add each consent below."),
}
SCOPE_NAMES: Mapping[str, Text] = {
    Scope.INTERNAL_REPORT.value: lazy("Internal report"),
    Scope.WEBSITE.value: lazy("Website and public report"),
    Scope.PRINT.value: lazy("Printed matter"),
    Scope.SOCIAL_MEDIA.value: lazy("Social media"),
}
REASON_NAMES: Mapping[str, Text] = {
    Reason.NOT_PUBLIC.value: lazy("It is not marked as one that may be shown outside the library."),
    Reason.WITHDRAWN.value: lazy("The evidence is withdrawn."),
    Reason.PAUSED.value: lazy("A consent is withdrawn. Blur those who gave it, or withdraw the evidence."),
    Reason.UNKNOWN.value: lazy("Nobody has said whether people can be recognised in it."),
    Reason.NO_BASIS.value: lazy("Nobody has said by what right it is used."),
    Reason.CHILDREN.value: lazy("Children are in it, so a consent for this use is needed."),
    Reason.SENSITIVE.value: lazy("It tells of something sensitive, so a consent for this use is needed."),
    Reason.NO_CONSENT.value: lazy("No consent for this use holds."),
    Reason.EXPIRED.value: lazy("The consent for this use has expired."),
}
MEASURE_NAMES: Mapping[str, Text] = {
    "withdrawn": lazy("Withdraw every copy"),
    "blurred": lazy("Put the blurred picture in the place of every copy"),
}
MEASURES_DONE: Mapping[str, Text] = {
    "withdrawn": lazy("Every copy was withdrawn."),
    "blurred": lazy("The blurred picture took the place of every copy."),
}
