"""What whoever added evidence is told."""

from flask import flash

from sdg_tracker.evidence import findings
from sdg_tracker.evidence.adding import Added
from sdg_tracker.foundation.i18n import _, ngettext_


def tell(added: list[Added]) -> None:
    """Say what was saved, and what should be known of it."""
    numbers = ", ".join(str(one.evidence.number) for one in added)
    flash(
        ngettext_(
            "The evidence is saved as number %(numbers)s.",
            "%(num)s files are saved as evidence %(numbers)s.",
            len(added),
            numbers=numbers,
        )
    )
    for one in added:
        tell_held(one)
        tell_findings(one)
    for code in sorted({code for one in added for code in one.unaccepted}):
        tell_unaccepted(code)


def tell_held(one: Added) -> None:
    """Say when the library had a file already."""
    if one.held_by:
        held = ", ".join(str(number) for number in one.held_by)
        name = one.evidence.current.file_name
        flash(
            _("“%(name)s” was here already: the same file is kept as evidence %(numbers)s.", name=name, numbers=held),
            "info",
        )


def tell_findings(one: Added) -> None:
    """Say what the check of a file found, and what follows."""
    version = one.evidence.current
    found = " ".join(f"{finding.text} {finding.advice}" for finding in findings.of(version.findings))
    if version.quarantined:
        text = _("“%(name)s” is in quarantine until the coordinator has looked at it.", name=version.file_name)
        flash(f"{text} {found}", "warning")
    elif found:
        flash(_("About “%(name)s”: %(found)s", name=version.file_name, found=found), "info")


def tell_unaccepted(code: str) -> None:
    """Say that a requirement asks for other kinds of evidence."""
    flash(
        _("Requirement %(code)s asks for other kinds of evidence. The tie is saved all the same.", code=code), "warning"
    )
