"""The words for what evidence is and how far it is."""

from collections.abc import Mapping

from sdg_tracker.evidence.models import CopyState, Decision, Standing, State, Strength
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
