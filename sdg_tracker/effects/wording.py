"""The words for effects, quotes and stories."""

from collections.abc import Mapping

from sdg_tracker.effects.rules import Basis, Dimension, StoryState, Why
from sdg_tracker.evidence.people import Reason
from sdg_tracker.evidence.wording import REASON_NAMES as EVIDENCE_REASONS
from sdg_tracker.foundation.i18n import Text, lazy

DIMENSION_NAMES: Mapping[str, Text] = {
    Dimension.FRIRUM.value: lazy("Haven"),
    Dimension.PERSPEKTIV.value: lazy("Perspective"),
    Dimension.KREATIVITET.value: lazy("Creativity"),
    Dimension.FAELLESSKAB.value: lazy("Community"),
}
DIMENSION_HINTS: Mapping[str, Text] = {
    Dimension.FRIRUM.value: lazy("Room to be oneself, to rest, to be absorbed in something."),
    Dimension.PERSPEKTIV.value: lazy("New knowledge, new questions, the world seen with others' eyes."),
    Dimension.KREATIVITET.value: lazy("Trying things, making things, the courage for something new."),
    Dimension.FAELLESSKAB.value: lazy("Meeting others, belonging, doing something together."),
}
SCORE_NAMES: Mapping[int, Text] = {
    1: lazy("1 – hardly at all"),
    2: lazy("2 – a little"),
    3: lazy("3 – somewhat"),
    4: lazy("4 – much"),
    5: lazy("5 – very much"),
}
BASIS_NAMES: Mapping[str, Text] = {
    Basis.OBSERVATION.value: lazy("We saw it ourselves"),
    Basis.SURVEY.value: lazy("People answered a few questions"),
    Basis.INTERVIEWS.value: lazy("We talked with people"),
}
STATE_NAMES: Mapping[str, Text] = {
    StoryState.DRAFT.value: lazy("Draft"),
    StoryState.READY.value: lazy("Ready for the report"),
}
STATE_SIGNS: Mapping[str, str] = {StoryState.READY.value: "success"}  # kinds of badge
REASON_NAMES: Mapping[str, Text] = {
    **EVIDENCE_REASONS,
    Reason.NOT_PUBLIC.value: lazy("The coordinator has not said that it may be shown to the public."),
    Reason.WITHDRAWN.value: lazy("It is withdrawn."),
    Reason.PAUSED.value: lazy("Somebody in it has said no. Tell it without them, or withdraw it."),
    Reason.UNKNOWN.value: lazy("Nobody has said whether somebody can be recognised in it."),
    Reason.CHILDREN.value: lazy("A child is told about, so a consent for the website is needed."),
    Reason.SENSITIVE.value: lazy("It tells something sensitive, so a consent for the website is needed."),
    Reason.NO_CONSENT.value: lazy("No consent for the website holds."),
    Reason.EXPIRED.value: lazy("The consent for the website has expired."),
    Why.DRAFT.value: lazy("It is a draft."),
    Why.UNFINISHED.value: lazy("One of the three parts is empty."),
    Why.NO_GOALS.value: lazy("No goal is chosen."),
    Why.NO_ACTIVITIES.value: lazy("No activity is named."),
}
TAKEN_NAMES: Mapping[str, Text] = {
    "consent": lazy("A consent was taken back"),
    "objection": lazy("Somebody objected"),
}
