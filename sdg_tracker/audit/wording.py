"""Words for the closed sets of an audit."""

from collections.abc import Mapping

from sdg_tracker.audit.sampling import Weakness
from sdg_tracker.audit.states import Decision, FindingKind, FindingState, MarkState, Method
from sdg_tracker.foundation.i18n import Text, _, lazy

MARK_NAMES: Mapping[str, Text] = {
    MarkState.SEEN: lazy("Seen"),
    MarkState.ACCEPTED: lazy("Accepted as proof"),
    MarkState.QUESTIONED: lazy("Questioned"),
}
FINDING_KINDS: Mapping[str, Text] = {
    FindingKind.MAJOR: lazy("Major nonconformity"),
    FindingKind.MINOR: lazy("Minor nonconformity"),
    FindingKind.OPPORTUNITY: lazy("Opportunity for improvement"),
    FindingKind.CONFORMITY: lazy("Conformity"),
    FindingKind.GOOD_PRACTICE: lazy("Good practice"),
}
FINDING_HINTS: Mapping[str, Text] = {
    FindingKind.MAJOR: lazy("The requirement is not met. The library must answer before you can conclude."),
    FindingKind.MINOR: lazy("The requirement is met as a whole, but something is not as it should be."),
    FindingKind.OPPORTUNITY: lazy("The requirement is met. It could be done better; an answer is not asked for."),
    FindingKind.CONFORMITY: lazy("The requirement is met, and you have seen the proof."),
    FindingKind.GOOD_PRACTICE: lazy("Something that others can learn from."),
}
FINDING_STATES: Mapping[str, Text] = {
    FindingState.OPEN: lazy("Waits for the library's answer"),
    FindingState.ANSWERED: lazy("Answered by the library"),
    FindingState.CLOSED: lazy("Closed"),
}
DECISION_NAMES: Mapping[str, Text] = {
    Decision.RECOMMENDED: lazy("Recommended without conditions"),
    Decision.WITH_CONDITIONS: lazy("Recommended with conditions"),
    Decision.NOT_RECOMMENDED: lazy("Not recommended"),
}
METHOD_NAMES: Mapping[str, Text] = {
    Method.RANDOM: lazy("Random: every exhibit has the same chance"),
    Method.WEIGHTED: lazy("Weighted to the weak: what deserves a look has more chances"),
}
WEAKNESS_NAMES: Mapping[str, Text] = {
    Weakness.UNREVIEWED: lazy("not reviewed by the library"),
    Weakness.EXPIRES_SOON: lazy("expired, or expires within 90 days of the freezing"),
    Weakness.USED_OFTEN: lazy("shown for four requirements or more"),
    Weakness.INFERRED: lazy("shows it only indirectly"),
    Weakness.UNDER_WAY: lazy("shown for a requirement that is under way or missing"),
}
PLACE_NAMES: Mapping[str, Text] = {  # of the room's pages, as the trail has them
    "start": lazy("Start"),
    "requirements": lazy("Requirements"),
    "exhibits": lazy("Exhibits"),
    "sample": lazy("Sample"),
    "findings": lazy("Findings"),
    "questions": lazy("Questions"),
    "conclusion": lazy("Conclusion"),
}


def page_name(page: str) -> str:
    """Return what a page of the room is called that the trail has as ``exhibits`` or ``exhibit 12``."""
    place, _blank, which = page.partition(" ")
    if place == "requirement":
        return _("Requirement %(code)s", code=which)
    if place == "exhibit":
        return _("Exhibit %(number)s", number=which)
    if place == "finding":
        return _("Finding %(number)s", number=which)
    return str(PLACE_NAMES.get(place, page))
