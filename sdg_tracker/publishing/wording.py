"""What is left out of a public page, in words: why, what mends it, and what never stands on one."""

from collections.abc import Mapping, Sequence

from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.publishing.still import Why

WHY: Mapping[Why, Text] = {
    Why.NOT_ACCEPTED: lazy("Evidence that was not accepted when the report was frozen"),
    Why.INSIDE: lazy("Evidence that was not open to everybody when the report was frozen"),
    Why.SINCE: lazy("Evidence that was open when the report was frozen and may not be shown any more"),
    Why.QUOTE: lazy("Quotes that the one who said it has not agreed to show on the website, or not any more"),
    Why.PLAN: lazy("The action plan, for nobody had approved it when the report was frozen"),
    Why.STORY: lazy("Stories that those in them have not agreed to show on the website, or not any more"),
}
MENDED: Mapping[Why, Text] = {
    Why.NOT_ACCEPTED: lazy("Accept it, then freeze the report anew."),
    Why.INSIDE: lazy("Mark it as open to everybody where that is right, then freeze the report anew."),
    Why.SINCE: lazy("It is off the page already. Nothing has to be done."),
    Why.QUOTE: lazy("Ask the speaker, write the consent down, then freeze the report anew."),
    Why.PLAN: lazy("Have it approved, then freeze the report anew."),
    Why.STORY: lazy("Ask those in the story, write the consent down, then freeze the report anew."),
}
NEVER: Sequence[Text] = (
    lazy("descriptions of activities, and the reasons for their mappings"),
    lazy("who entered, accepted or answers for something, and the whole trail"),
    lazy("notes, comments and corrections"),
    lazy("names of files, digests of evidence that stays inside, and the evidence files themselves"),
    lazy("the report as PDF, for its list of exhibits names evidence that stays inside: print the page instead"),
)
