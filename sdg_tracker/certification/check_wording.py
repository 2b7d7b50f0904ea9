"""What the check before freezing found, in words."""

from collections.abc import Mapping
from datetime import date

from sdg_tracker.certification.preflight import PICTURE_TIES, PIECE_TIES, Case, Kind, Subject, Weight
from sdg_tracker.foundation.i18n import Text, format_date, lazy, ngettext_

WEIGHT_NAMES: Mapping[Weight, Text] = {
    Weight.STOPS: lazy("Stops an honest dossier"),
    Weight.WEAK: lazy("Weak"),
    Weight.LOOK: lazy("Worth a look"),
}
KIND_NAMES: Mapping[Kind, Text] = {
    Kind.NO_EVIDENCE: lazy("Assessed as met, and there is no evidence"),
    Kind.NO_NARRATIVE: lazy("The scheme asks for a description, and there is none"),
    Kind.PEOPLE_UNKNOWN: lazy("Nobody has said whether people can be recognised"),
    Kind.SHOWS_OBJECTED: lazy("Shows somebody who has objected or was blurred later"),
    Kind.CONSENT: lazy("A consent is lacking, has expired or was taken back"),
    Kind.NOT_ASSESSED: lazy("Not assessed"),
    Kind.LEFT: lazy("The text is left from the period before"),
    Kind.UNREVIEWED: lazy("Only evidence that nobody has reviewed"),
    Kind.EXPIRED: lazy("Evidence that has expired or is too old"),
    Kind.EXPIRES: lazy("Evidence that will have expired on the day of the audit"),
    Kind.STRETCHED: lazy("One piece is to show many requirements"),
    Kind.EMPTY: lazy("The description is empty"),
    Kind.MISMATCH: lazy("A goal's number stands beside the name of another"),
    Kind.NO_SOURCE: lazy("A figure without evidence"),
    Kind.CHANGED: lazy("Changed since it was approved"),
    Kind.NOT_APPROVED: lazy("Not approved"),
    Kind.COMMENTS: lazy("Open comments that the auditor is shown"),
    Kind.DEAD_LINK: lazy("The link is dead"),
    Kind.OLD: lazy("Assessed more than a year ago"),
    Kind.EARLIER_YEAR: lazy("The text names a year before the period"),
}
KIND_HINTS: Mapping[Kind, Text] = {
    Kind.NO_EVIDENCE: lazy("Add evidence that counts, or change the assessment."),
    Kind.NO_NARRATIVE: lazy("Write how it is done."),
    Kind.PEOPLE_UNKNOWN: lazy("Say whether people can be recognised in the picture."),
    Kind.SHOWS_OBJECTED: lazy("Accept the version that is blurred, or withdraw the piece."),
    Kind.CONSENT: lazy("Write the consent down, blur the picture, or use another one."),
    Kind.NOT_ASSESSED: lazy("Assess the requirement; leaving it out needs a reason."),
    Kind.LEFT: lazy("Say what is so in this period, or confirm that nothing has changed."),
    Kind.UNREVIEWED: lazy("Accept the evidence, or send it back."),
    Kind.EXPIRED: lazy("Add a newer piece, or say until when this one holds."),
    Kind.EXPIRES: lazy("Add a newer piece before the audit, or say until when this one holds."),
    Kind.STRETCHED: lazy(
        "A picture that shows more than %(pictures)s requirements, or another piece that shows more than %(pieces)s,"
        " shows each of them weakly. Add more, or name the pages.",
        pictures=PICTURE_TIES,
        pieces=PIECE_TIES,
    ),
    Kind.EMPTY: lazy("A few sentences on how it is done help the auditor."),
    Kind.MISMATCH: lazy("Correct the number or the name."),
    Kind.NO_SOURCE: lazy("Add evidence for how many came or were helped; say where a reading comes from."),
    Kind.CHANGED: lazy("Look at what has changed, and approve it again."),
    Kind.NOT_APPROVED: lazy("Approve it, or freeze it as it is: the dossier says that it is not approved."),
    Kind.COMMENTS: lazy("Resolve them, or let the auditor see them as open."),
    Kind.DEAD_LINK: lazy("The copy is kept and is shown. See whether the page has moved."),
    Kind.OLD: lazy("Look whether it still holds, and save it again."),
    Kind.EARLIER_YEAR: lazy("See whether the sentence is about this period."),
}
_WITH_DAY: Mapping[Kind, Text] = {
    Kind.EXPIRED: lazy("held until %(day)s"),
    Kind.EXPIRES: lazy("holds until %(day)s"),
    Kind.OLD: lazy("assessed on %(day)s"),
}


def more(case: Case) -> str:
    """Return what helps to find a case: a day, a quotation, a number; empty where nothing does."""
    if case.kind in _WITH_DAY:
        return _WITH_DAY[case.kind].with_facts({"day": format_date(date.fromisoformat(case.more))})
    if case.subject is Subject.MEASURE:
        return ngettext_("%(num)s reading without a source", "%(num)s readings without a source", int(case.more))
    if case.kind is Kind.STRETCHED:
        return ngettext_("%(num)s requirement", "%(num)s requirements", int(case.more))
    if case.kind is Kind.COMMENTS:
        return ngettext_("%(num)s comment", "%(num)s comments", int(case.more))
    return f"»{case.more}«" if case.kind is Kind.MISMATCH else case.more
