"""A small authority of this test run: it stamps times, says what was revoked, and has certified a library's seal."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NAMES = {"root": "Demorod", "tsa": "Demotid", "seal": "Demoby Bibliotekerne"}


@dataclass(frozen=True)
class Authority:
    """Where time stamps are asked for, and the seal that the authority has certified (without a password)."""

    address: str
    seal: bytes
    root: bytes  # its certificate, as DER


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def serving(folder: Path) -> Iterator[Authority]:
    """Serve an authority on a port of its own."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        answered: Iterable[bytes] = animator(environ, start)
        return answered

    for name in NAMES:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(pem)
    server = make_server("127.0.0.1", 0, answer, handler_class=_Quiet)  # its port is in what it is made of
    site = f"http://127.0.0.1:{server.server_port}"
    config = CertomancerConfig(_described(site), key_search_dir=str(folder), lazy_load_keys=True)
    (demo,) = config.pki_archs.values()
    animator = Animator(AnimatorArchStore(config.pki_archs), with_web_ui=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(f"{site}/demo/tsa/tsa", demo.package_pkcs12("seal"), demo.get_cert("root").dump())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _described(site: str) -> dict[str, object]:
    validity = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2060-01-01T00:00:00+0000"}
    revoked = {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["root"]}},
    }
    stamps = [
        {
            "id": "key_usage",
            "critical": True,
            "smart-value": {"schema": "key-usage", "params": ["digital_signature"]},
        },
        {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
        revoked,
    ]
    authority = {"profiles": [{"id": "simple-ca", "params": {"crl-repo": "root"}}]}
    sealing = {"profiles": [{"id": "digsig-commitment"}], "extensions": [revoked]}
    kinds: dict[str, Mapping[str, object]] = {"root": authority, "seal": sealing, "tsa": {"extensions": stamps}}
    return {
        "external-url-prefix": site,
        "keysets": {"demo": {"keys": {name: {"path": f"{name}.pem"} for name in NAMES}}},
        "pki-architectures": {
            "demo": {
                "keyset": "demo",
                "entity-defaults": {"country-name": "DK"},
                "entities": {name: {"common-name": title} for name, title in NAMES.items()},
                "certs": {
                    name: {"subject": name, "issuer": "root", "validity": validity, **kind}
                    for name, kind in kinds.items()
                },
                "services": {
                    "crl-repo": {
                        "root": {"for-issuer": "root", "signing-key": "root", "simulated-update-schedule": "P90D"}
                    },
                    "time-stamping": {"tsa": {"signing-cert": "tsa"}},
                },
            }
        },
    }
