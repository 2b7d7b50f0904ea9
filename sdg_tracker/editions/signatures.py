"""What a signature proves, read without a network: the only other module that loads pyHanko, see ``sealing``."""

import io
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import generic_cms, pdf_embedded
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import (
    SignatureCoverageLevel,
    StandardCMSSignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from sdg_tracker.editions import later
from sdg_tracker.editions.sealing import anchors, awaited, named

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what does not hold is returned, and said in our own words
PDF, TAGS = "report-signed.pdf", "tagmanifest-sha256.txt.p7s"


@dataclass(frozen=True)
class Signature:
    """A signature. ``fault`` says in English why it does not hold; empty when it does."""

    file: str
    fault: str = ""
    subject: str = ""
    issuer: str = ""
    digest: str = ""  # SHA-256 of the certificate
    own: bool = False  # the certificate names only itself as its issuer
    trusted: bool | None = None  # None: nobody has said whom to trust
    stamped_at: datetime | None = None
    stamped_by: str = ""
    lasting: bool = False  # an archive time stamp is around it and all its proofs


def certificates(content: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM or DER file. Raises ValueError for what is none."""
    if not pem.detect(content):
        return [x509.Certificate.load(content, strict=True)]
    return [x509.Certificate.load(der) for kind, _head, der in pem.unarmor(content, multiple=True) if kind]


def of_pdf(name: str, content: bytes, trusted: Sequence[x509.Certificate] = ()) -> Signature:
    """Return the seal of a PDF. Whatever the bytes are, it says what is wrong with them."""
    return _safely(name, lambda: _of_pdf(name, content, trusted))


def of_tags(name: str, content: bytes, tags: bytes, trusted: Sequence[x509.Certificate] = ()) -> Signature:
    """Return the detached signature on a tag manifest."""
    return _safely(name, lambda: _of_tags(name, content, tags, trusted))


def _safely(name: str, checked: Callable[[], Coroutine[Any, Any, Signature]]) -> Signature:
    try:
        return awaited(checked())
    except Exception as error:  # noqa: BLE001 - a byte that was changed can lead a reader of PDF or ASN.1 anywhere
        return Signature(name, f"unreadable bytes ({type(error).__name__})")


async def _of_pdf(name: str, content: bytes, trusted: Sequence[x509.Certificate]) -> Signature:
    reader = PdfFileReader(io.BytesIO(content))
    seals, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    if len(seals) != 1:
        return Signature(name, f"{len(seals)} signatures")
    seal = seals[0]
    stamp_certificates = _stamp_certificates(seal.signed_data)
    found = _described(name, seal.signer_cert)
    moment = _stamped(seal.signed_data) or datetime.now(UTC)
    status = await pdf_embedded.async_validate_pdf_signature(
        seal,
        _context(trusted or [seal.signer_cert], moment, reader),
        _context(anchors(stamp_certificates), moment),
        skip_diff=True,
    )
    found = _with_time(found, status.timestamp_validity)
    last = max([seal, *stamps], key=lambda one: one.signed_revision)
    last.compute_integrity_info(skip_diff=True)
    fault = _fault(status)
    if not fault and not all([await _stamp_holds(stamp) for stamp in stamps]):
        fault = "an archive time stamp of other bytes"
    if not fault and last.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        fault = "bytes after what was signed"
    if not fault and not later.only_proofs(content, sum(list(seal.byte_range)[2:])):
        fault = "changes after it was signed"
    judged = bool(status.trusted) if trusted else None
    return replace(found, fault=fault, trusted=judged, lasting=bool(stamps))


async def _stamp_holds(stamp: pdf_embedded.EmbeddedPdfSignature) -> bool:
    roots = anchors(_certificates(stamp.signed_data))
    held = await pdf_embedded.async_validate_pdf_timestamp(
        stamp, _context(roots, held_at(stamp.signed_data)), skip_diff=True
    )
    return bool(held.intact and held.valid)


async def _of_tags(name: str, content: bytes, tags: bytes, trusted: Sequence[x509.Certificate]) -> Signature:
    signed = cms.ContentInfo.load(content, strict=True)["content"]
    inside = _certificates(signed)
    mine = signed["signer_infos"][0]["sid"].chosen
    signer = next(one for one in inside if _is_named(one, mine))
    moment = _stamped(signed) or datetime.now(UTC)
    status = await generic_cms.async_validate_detached_cms(
        tags,
        signed,
        _context(trusted or [signer], moment),
        _context(anchors(_stamp_certificates(signed)), moment),
    )
    found = _with_time(_described(name, signer), status.timestamp_validity)
    judged = bool(status.trusted) if trusted else None
    return replace(found, fault=_fault(status), trusted=judged)


def _is_named(one: x509.Certificate, sid: Any) -> bool:
    if isinstance(sid, cms.IssuerAndSerialNumber):
        return bool(one.issuer == sid["issuer"] and one.serial_number == sid["serial_number"].native)
    return bool(one.key_identifier == sid.native)


def _fault(status: StandardCMSSignatureStatus) -> str:
    stamp = status.timestamp_validity
    if not status.intact:
        return "a signature of other bytes"
    if not status.valid:
        return "a signature that its certificate did not make"
    return "" if stamp is None or (stamp.intact and stamp.valid) else "a time stamp of other bytes"


def _context(
    roots: Sequence[x509.Certificate], moment: datetime, reader: PdfFileReader | None = None
) -> ValidationContext:
    values: dict[str, Any] = {
        "trust_roots": list(roots),
        "moment": moment,
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
        "retroactive_revinfo": True,
    }
    if reader is not None:
        try:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(values)
        except NoDSSFoundError:
            pass
    return ValidationContext(**values)


def _described(name: str, certificate: x509.Certificate) -> Signature:
    return Signature(
        name,
        subject=named(certificate.subject),
        issuer=named(certificate.issuer),
        digest=certificate.sha256.hex(),
        own=bool(certificate.self_issued),
    )


def _with_time(found: Signature, stamp: TimestampSignatureStatus | None) -> Signature:
    if stamp is None or not (stamp.intact and stamp.valid):
        return found
    return replace(found, stamped_at=stamp.timestamp, stamped_by=named(stamp.signing_cert.subject))


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    return [one.chosen for one in signed["certificates"] if isinstance(one.chosen, x509.Certificate)]


def _tokens(signed: cms.SignedData) -> list[cms.SignedData]:
    return list(generic_cms.extract_tst_data_iter(signed["signer_infos"][0], signed=False))


def _stamp_certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    return [one for token in _tokens(signed) for one in _certificates(token)]


def held_at(token: cms.SignedData) -> datetime:
    """Return the moment that a time stamp tells."""
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _stamped(signed: cms.SignedData) -> datetime | None:
    return next((held_at(token) for token in _tokens(signed)), None)
