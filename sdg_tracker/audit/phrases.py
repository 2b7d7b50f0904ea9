"""Ready-made phrases for findings: a beginning that the auditor goes on with."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdg_tracker.audit.states import FindingKind
from sdg_tracker.foundation.i18n import Text, lazy


@dataclass(frozen=True)
class Phrase:
    """A phrase and the kind of finding that it is for."""

    kind: FindingKind
    text: Text


PHRASES: Mapping[str, Phrase] = {
    "met": Phrase(FindingKind.CONFORMITY, lazy("The requirement is met. The exhibits that were looked at show it.")),
    "met-sample": Phrase(
        FindingKind.CONFORMITY, lazy("The requirement is met as far as the sample shows; nothing speaks against it.")
    ),
    "no-proof": Phrase(FindingKind.MAJOR, lazy("The requirement is assessed as met, but no exhibit shows it.")),
    "not-done": Phrase(FindingKind.MAJOR, lazy("What the requirement asks for has not been done in the period.")),
    "other-thing": Phrase(FindingKind.MAJOR, lazy("The exhibits show something else than what the requirement asks.")),
    "undated": Phrase(FindingKind.MINOR, lazy("The exhibits do not show when it was done or by whom.")),
    "expired": Phrase(FindingKind.MINOR, lazy("An exhibit has expired and is to be replaced by one that holds.")),
    "thin": Phrase(FindingKind.MINOR, lazy("One exhibit alone stands for much. A second source is needed.")),
    "figures": Phrase(FindingKind.MINOR, lazy("The figures can't be found again in the source that is given.")),
    "text": Phrase(FindingKind.MINOR, lazy("The description does not say how the work is followed up.")),
    "clearer": Phrase(
        FindingKind.OPPORTUNITY, lazy("The description could say more clearly what was achieved, and for whom.")
    ),
    "earlier": Phrase(FindingKind.OPPORTUNITY, lazy("Documentation could be collected at once, while it is done.")),
    "visible": Phrase(FindingKind.OPPORTUNITY, lazy("The work could be made more visible to the users.")),
    "share": Phrase(FindingKind.GOOD_PRACTICE, lazy("The work is worth sharing with other libraries.")),
    "users": Phrase(FindingKind.GOOD_PRACTICE, lazy("The users have been drawn into the work in a way that lasts.")),
}
