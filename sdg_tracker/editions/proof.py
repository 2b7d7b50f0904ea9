"""The check that somebody makes offline: a bag or a signed report, the signatures beside it, and what that proves."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from sdg_tracker.editions import contents, verify
from sdg_tracker.editions.contents import Tree
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import Text, format_datetime, lazy, ngettext_

CHECKER = "sdg_tracker.editions.signatures"  # loads pyHanko, so it is loaded when there is a signature
SIGNED, TAGS = "report-signed.pdf", "tagmanifest-sha256.txt.p7s"  # the files of a seal
SIGNED_ENDING, SIGNATURE = "signed.pdf", ".p7s"
words({"trust-unreadable": lazy("%(path)s is no certificate in PEM or DER form.")})


@dataclass
class Proof:
    """What a check found: each fault as a line in English, and what was there to be checked."""

    name: str
    faults: list[str] = field(default_factory=list)
    is_bag: bool = False
    fingerprint: str = ""
    title: str = ""
    library: str = ""
    number: int = 0
    frozen_at: str = ""
    exhibits: int = 0
    events: int = 0
    attached: bool = False  # the report holds the data, and they are those of the fingerprint
    signatures: list[Any] = field(default_factory=list)  # signatures.Signature, those that hold and those that don't
    asked_trust: bool = False

    @property
    def holds(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.faults

    @property
    def sound(self) -> list[Any]:
        """Return the signatures that hold."""
        return [one for one in self.signatures if not one.fault]

    def as_json(self) -> dict[str, object]:
        """Return everything as plain data."""
        found = {"holds": self.holds, **asdict(self)}
        for one in found["signatures"]:
            one["stamped_at"] = one["stamped_at"].isoformat() if one["stamped_at"] else None
        return {
            **found,
            "proved": [str(line) for line in proved(self)],
            "not_proved": [str(line) for line in not_proved(self)],
        }


def check(path: Path, given: Sequence[Path] = (), trust: Path | None = None) -> Proof:
    """Check a bag (a zip, or its folder) or a signed report, with the signatures beside it and those that are given.

    ``trust`` is a certificate that whoever checks has from elsewhere. Raises Invalid when it is none.
    """
    found = Proof(path.name, asked_trust=trust is not None)
    trusted = _trusted(trust)
    if path.is_file() and _is_pdf(path):
        _check_report(found, path, trusted)
        return found
    found.is_bag = True
    found.faults += verify.faults(path)
    signed = [*given, *(one for one in _beside(path) if one not in given)]
    with verify.opened(path) as tree:
        if tree is not None:
            _describe(found, tree)
            for one in signed:
                _check_signature(found, one, tree, trusted)
        elif signed:
            found.faults.append(f"{path.name}: expected a bag for the signatures, found none")
    _compare(found)
    return found


def _trusted(trust: Path | None) -> list[Any]:
    if trust is None:
        return []
    try:
        certificates: list[Any] = import_module(CHECKER).certificates(trust.read_bytes())
    except (ValueError, OSError) as error:
        raise Invalid("trust-unreadable", path=str(trust)) from error
    if not certificates:
        raise Invalid("trust-unreadable", path=str(trust))
    return certificates


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"%PDF-" or path.suffix.lower() == ".pdf"


def _beside(path: Path) -> Iterator[Path]:
    """Yield the signature files that lie beside a bag, under its name or under their own."""
    folder = path.absolute().parent
    stem = path.absolute().name if path.is_dir() else path.stem
    for names in ((f"{stem}.{TAGS}", TAGS), (f"{stem}-{SIGNED_ENDING}", SIGNED)):
        found = [folder / name for name in names if (folder / name).is_file()]
        yield from found[:1]


def _describe(found: Proof, tree: Tree) -> None:
    frozen = contents.snapshot(tree)
    found.fingerprint = sha256(contents.read(tree, contents.SNAPSHOT)).hexdigest()
    attached = contents.attached_to(contents.read(tree, contents.REPORT))
    found.attached = attached is not None and sha256(attached[0]).hexdigest() == found.fingerprint
    _name(found, frozen)


def _name(found: Proof, frozen: contents.Row) -> None:
    found.title, found.number = str(frozen.get("title", "")), int(frozen.get("number", 0))
    found.library = str(frozen.get("library", {}).get("name", ""))
    found.frozen_at = str(frozen.get("frozen_at", ""))
    chosen = frozen.get("composition", {})
    found.exhibits = len(frozen.get("evidence", ())) if chosen.get("files", True) else 0
    found.events = len(frozen.get("trail", {}).get("events", ()))


def _check_report(found: Proof, path: Path, trusted: Sequence[Any]) -> None:
    content = path.read_bytes()
    found.faults += contents.report_faults(path.name, content, None)
    attached = contents.attached_to(content)
    if attached is not None:
        found.attached, found.fingerprint = True, sha256(attached[0]).hexdigest()
        _name(found, contents.as_object(attached[0]))
    _note(found, import_module(CHECKER).of_pdf(path.name, content, trusted))


def _check_signature(found: Proof, path: Path, tree: Tree, trusted: Sequence[Any]) -> None:
    content, checker = path.read_bytes(), import_module(CHECKER)
    if path.suffix.lower() == SIGNATURE:
        _note(found, checker.of_tags(path.name, content, contents.read(tree, verify.TAGS), trusted))
        return
    _note(found, checker.of_pdf(path.name, content, trusted))
    if not content.startswith(contents.read(tree, contents.REPORT)):
        found.faults.append(f"{path.name}: {contents.REPORT}: expected the report of the bag, found another one")


def _note(found: Proof, signature: Any) -> None:
    found.signatures.append(signature)
    if signature.fault:
        found.faults.append(f"{signature.file}: signature: expected one that holds, found {signature.fault}")
    elif signature.trusted is False:
        who = f"one made with the certificate {signature.digest}"
        found.faults.append(f"{signature.file}: signature: expected one that is trusted, found {who}")


def _compare(found: Proof) -> None:
    """Of one edition both signatures are made with one key."""
    sound = found.sound
    for other in sound[1:]:
        if other.digest != sound[0].digest:
            found.faults.append(f"{other.file}: certificate: expected {sound[0].digest}, found {other.digest}")


# What it proves -----------------------------------------------------------------------------------------------------


def proved(found: Proof) -> list[Text | str]:
    """Return in plain words what the check has shown; nothing when something is wrong."""
    if not found.holds:
        return []
    lines: list[Text | str] = []
    if found.is_bag:
        lines.append(lazy("Every file is as it was when the bag was made, and none is missing or added."))
        lines += _of_contents(found)
    if found.attached:
        lines.append(lazy("The data inside the report are those of the fingerprint %(digest)s.", digest=_short(found)))
    for one in found.sound:
        lines.append(
            lazy("%(file)s is unchanged since it was sealed by: %(subject)s.", file=one.file, subject=one.subject)
        )
        if one.stamped_at is not None:
            lines.append(
                lazy(
                    "%(file)s existed at %(time)s (UTC), says the time server %(server)s.",
                    file=one.file,
                    time=format_datetime(one.stamped_at, "UTC"),
                    server=one.stamped_by,
                )
            )
        if one.lasting:
            lines.append(
                lazy("Proofs of the certificates are inside %(file)s, so this can be checked for years.", file=one.file)
            )
        if one.trusted:
            lines.append(lazy("The seal on %(file)s is by a certificate that you said you trust.", file=one.file))
    return lines


def _of_contents(found: Proof) -> Iterator[Text | str]:
    if found.exhibits:
        yield ngettext_(
            "%(num)s exhibit is the one that the frozen data name by its digest.",
            "%(num)s exhibits are those that the frozen data name by their digests.",
            found.exhibits,
        )
    if found.events:
        yield lazy(
            "The trail is one unbroken chain of %(events)s events; none was changed, removed or moved.",
            events=found.events,
        )


def not_proved(found: Proof) -> list[Text | str]:
    """Return in plain words what the check can't show."""
    if not found.holds:
        return [lazy("Something is wrong, so nothing is proved. Each fault stands on a line of its own.")]
    lines: list[Text | str] = []
    if not found.sound:
        lines.append(lazy("Who made it: there is no seal. Hold the fingerprint against the one the library gives you."))
    if any(one.own for one in found.sound) and not any(one.trusted for one in found.sound):
        lines.append(
            lazy(
                "Who made it: the key is the installation's own. It proves that the file is unchanged, not who made it."
            )
        )
    if any(not one.own and one.trusted is None for one in found.sound):
        lines.append(lazy("That the certificate is genuine: name the issuer's certificate with --trust to check that."))
    if found.sound and not any(one.stamped_at for one in found.sound):
        lines.append(lazy("When it was sealed: there is no time stamp from others."))
    lines.append(lazy("That what the library wrote is true: for that there is the evidence, and the auditor."))
    return lines


def _short(found: Proof) -> str:
    return "-".join(found.fingerprint[start : start + 4] for start in (0, 4, 8))
