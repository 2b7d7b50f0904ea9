"""Sealing, in a process of its own: nothing else loads pyHanko, and the key is in the memory of no other process.

What is asked for comes as one line of JSON, then the report as PDF. The signed report goes to the target; the answer
holds the signature on the bag's tag manifest and what is to be known of both.
"""

import asyncio
import io
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, BinaryIO, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from asn1crypto import cms, pem, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from sdg_tracker.foundation import children

T = TypeVar("T")
FIELD, TIME_FIELD = "Seal", "SealTime"
DIGEST = "sha256"
SECONDS = 20  # to wait for the server of time stamps
LARGEST = 1 << 20  # bytes of its answer
NO_TIME = (OSError, PathError, SigningError, ValueError)  # what a server that is away, wrong or not believed leads to
PROOFS_FIRST = DSSContentSettings(  # so that the last time stamp covers the whole file
    include_vri=False, next_ts_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
)


class Unusable(Exception):
    """The key can't be used."""


class Stamps(TimeStamper):
    """The server of time stamps, asked over HTTP as RFC 3161 says."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask it. Raises OSError, ValueError for an answer that is none."""
        return await asyncio.to_thread(self._asked, req.dump())

    def _asked(self, question: bytes) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with urlopen(Request(self.address, question, headers), timeout=SECONDS) as answer:  # noqa: S310 - a setting
                return tsp.TimeStampResp.load(answer.read(LARGEST), strict=True)
        except HTTPError as error:
            error.close()
            raise OSError(f"HTTP {error.code}") from None


def signer_of(key: bytes, password: str) -> SimpleSigner:
    """Return who signs with the key and certificate of a PKCS#12. Raises Unusable."""
    try:
        found: SimpleSigner = SimpleSigner.load_pkcs12_data(key, other_certs=[], passphrase=password.encode() or None)
    except ValueError as error:
        raise Unusable("it is no PKCS#12 file, or the password is another") from error
    if found.signing_cert is None:
        raise Unusable("it holds no certificate")
    return found


def anchors(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return the certificates whose issuer is not among the others, or that issued themselves."""
    subjects = {certificate.subject.hashable for certificate in certificates}
    return [one for one in certificates if one.self_issued or one.issuer.hashable not in subjects]


def named(name: x509.Name) -> str:
    """Return a name of a certificate as one line, the most telling part first."""
    parts = name.native
    told = [parts.pop(key) for key in ("common_name", "organization_name") if key in parts]
    return ", ".join(str(part) for value in [*told, *parts.values()] for part in _each(value))


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def context(
    signer: SimpleSigner, stamps: list[x509.Certificate], fetchers: AIOHttpFetcherBackend | None
) -> ValidationContext:
    """Return what holds for the proofs that are put into the PDF: whether certificates were revoked, as far as told."""
    chain = [signer.signing_cert, *signer.cert_registry]
    return ValidationContext(
        trust_roots=[*anchors(chain), *anchors(stamps)],
        other_certs=[*chain, *stamps],
        allow_fetching=fetchers is not None,
        fetcher_backend=fetchers,
        revocation_mode="soft-fail",
    )


async def stamped_by(stamps: Stamps) -> list[x509.Certificate]:
    """Return the certificates that the server of time stamps sends with its answers."""
    token = await stamps.async_dummy_response(DIGEST)
    return [one.chosen for one in token["content"]["certificates"] if isinstance(one.chosen, x509.Certificate)]


async def sealed(asked: dict[str, Any], pdf: bytes, signer: SimpleSigner, stamps: Stamps | None) -> tuple[bytes, bytes]:
    """Return the signed PDF and the detached signature on the tag manifest; with time stamps both have the time."""
    proofs, fetchers = None, None
    if stamps is not None:
        fetchers = AIOHttpFetcherBackend(per_request_timeout=SECONDS) if asked["fetch"] else None
        proofs = context(signer, await stamped_by(stamps), fetchers)
    try:
        return await _signed(asked, pdf, signer, stamps, proofs)
    finally:
        if fetchers is not None:
            await fetchers.close()  # type: ignore[no-untyped-call]


async def _signed(
    asked: dict[str, Any],
    pdf: bytes,
    signer: SimpleSigner,
    stamps: Stamps | None,
    proofs: ValidationContext | None,
) -> tuple[bytes, bytes]:
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=asked["name"],
        reason=asked["reason"],
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=proofs is not None,
        use_pades_lta=proofs is not None,
        timestamp_field_name=TIME_FIELD,
        validation_context=proofs,
        dss_settings=PROOFS_FIRST,
    )
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    await PdfSigner(meta, signer=signer, timestamper=stamps).async_sign_pdf(writer, output=out)
    tags = b64decode(asked["tags"])
    signature: cms.ContentInfo = await signer.async_sign_general_data(
        tags, DIGEST, detached=True, timestamper=stamps, use_cades=True
    )
    return out.getvalue(), signature.dump()


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Return what pyHanko has done, in a thread of its own: where a loop is running already there can't be another."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, asyncio.run, work).result()


def seal(asked: dict[str, Any], pdf: bytes, target: BinaryIO) -> dict[str, Any]:
    """Write the signed report; return the rest. Without an answer of the time server it is signed without a time."""
    signer = signer_of(b64decode(asked["key"]), asked["password"])
    certificate: x509.Certificate = signer.signing_cert
    fault = ""
    stamps = Stamps(asked["timestamp"]) if asked["timestamp"] else None
    try:
        signed, tags = awaited(sealed(asked, pdf, signer, stamps))
    except NO_TIME as error:
        if stamps is None:
            raise
        fault = str(error) or type(error).__name__
        signed, tags = awaited(sealed(asked, pdf, signer, None))
    target.write(signed)
    return {
        "tags": b64encode(tags).decode(),
        "certificate": pem.armor("CERTIFICATE", certificate.dump()).decode(),
        "digest": certificate.sha256.hex(),
        "subject": named(certificate.subject),
        "own": bool(certificate.self_issued),
        "level": "B-B" if stamps is None or fault else "B-LTA",
        "time_fault": fault[:300],
    }


def main(arguments: list[str]) -> None:
    """Seal one edition."""
    source, target, _rest = children.begin(arguments)
    asked = json.loads(source.readline())
    with target:
        try:
            found = seal(asked, source.read(), target)
        except Unusable as error:
            found = {"unusable": str(error)}
    children.answer(**found)


if __name__ == "__main__":
    main(sys.argv[1:])
