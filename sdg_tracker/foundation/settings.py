"""Settings: from the environment, else from ``sdg-tracker.toml`` in the working folder, else a default."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import LOCALES, lazy

FILE = "sdg-tracker.toml"
PREFIX = "SDG_TRACKER_"
MEGABYTE = 1_000_000
DOWNLOADS = ("streamed", "presigned")
SWITCH = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}

words(
    {
        "setting-unknown": lazy("%(where)s: there is no setting %(key)s. There are: %(known)s."),
        "setting-not-a-number": lazy("Setting %(key)s must be a whole number above 0, not %(value)r."),
        "setting-not-on-off": lazy("Setting %(key)s must be on or off, not %(value)r."),
        "setting-downloads": lazy("Setting %(key)s must be one of %(known)s, not %(value)r."),
        "setting-language": lazy("Setting %(key)s must be one of %(known)s, not %(value)r."),
        "setting-file-broken": lazy("%(where)s can't be read as TOML: %(reason)s."),
        "secret-missing": lazy("There is no secret yet. Run: sdg-tracker init"),
        "setting-timestamp": lazy("Setting %(key)s must be an address that begins with http:// or https://."),
        "seal-missing": lazy("There is no key to seal with: %(path)s. Run: sdg-tracker init"),
        "seal-unreadable": lazy("The key to seal with, %(path)s, can't be read: %(reason)s"),
    }
)


@dataclass(frozen=True)
class Settings:
    """All that can be set from outside; each field is documented in the README."""

    database: str = "sqlite:///var/tracker.sqlite"
    store: str = "file:var/store"
    s3_endpoint: str = ""  # empty: Amazon's own for the region
    s3_key: str = field(default="", repr=False)
    s3_secret: str = field(default="", repr=False)
    s3_region: str = ""
    downloads: str = "streamed"  # or "presigned": the bucket itself gives files out, after the permission check
    backup: str = ""  # the folder that the worker backs up to once a week; empty: it does not
    jobs: str = "sqlite:///var/jobs.sqlite"
    secret: str = field(default="", repr=False)  # empty: read from secret_file
    secret_file: str = "var/secret"  # noqa: S105 - a path
    seal: str = ""  # a PKCS#12 file with the library's certificate; empty: the key of its own in seal_file
    seal_password: str = field(default="", repr=False)
    seal_file: str = "var/seal.p12"
    timestamp: str = ""  # the address of an RFC 3161 server; empty: seals carry no time of others
    language: str = "da"
    url: str = "http://127.0.0.1:8000"
    smtp: str = field(default="", repr=False)  # smtp://user:password@host:port?from=address; empty: no mail is sent
    upload_limit_mb: int = 50  # megabytes of 1,000,000 bytes
    proxies: int = 0  # trusted proxies in front of the web process
    fetch: bool = True  # whether the worker may fetch pages that people give as evidence
    clamd: str = ""  # the scanner for harmful code: unix:/path or tcp:host:port; empty: none
    log_level: str = "INFO"

    @property
    def upload_limit(self) -> int:
        """Return the largest upload in bytes."""
        return self.upload_limit_mb * MEGABYTE

    @property
    def s3(self) -> Mapping[str, str]:
        """Return how an S3 store is reached."""
        return {
            "endpoint": self.s3_endpoint,
            "key": self.s3_key,
            "secret": self.s3_secret,
            "region": self.s3_region,
        }

    def key(self) -> str:
        """Return the secret that signs cookies and links.

        Raises Invalid (``secret-missing``) before ``init`` has made one.
        """
        if self.secret:
            return self.secret
        try:
            return Path(self.secret_file).read_text("ascii").strip()
        except FileNotFoundError:
            raise Invalid("secret-missing") from None

    def seal_key(self) -> bytes:
        """Return the PKCS#12 that editions are sealed with. Raises Invalid when there is none, or it can't be read."""
        path = Path(self.seal or self.seal_file)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise Invalid("seal-missing", path=str(path)) from None
        except OSError as error:
            raise Invalid("seal-unreadable", path=str(path), reason=error.strerror) from error

    def own_seal_key(self) -> bytes:
        """Return the key that this installation has made to seal with; nothing where there is none."""
        path = Path(self.seal_file)
        return path.read_bytes() if not self.seal and path.is_file() else b""

    def keep_seal_key(self, content: bytes) -> bool:
        """Make the file of a seal's own key, readable by its owner only, unless there is one; return if it lacked."""
        return not self.seal and _new_private(Path(self.seal_file), content)

    def make_key(self, secret: str = "") -> bool:
        """Make the secret file, readable by its owner only, with a new secret or a given one; return if it lacked."""
        return not self.secret and _new_private(
            Path(self.secret_file), (secret or secrets.token_urlsafe(48)).encode("ascii")
        )


def _new_private(path: Path, content: bytes) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return True


def load(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings.

    Raises Invalid for an unknown key, a number that is none, a language that the product lacks.
    """
    environment = os.environ if environment is None else environment
    path = (folder or Path.cwd()) / FILE
    values: dict[str, object] = {}
    if path.is_file():
        try:
            values.update(tomllib.loads(path.read_text("utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise Invalid("setting-file-broken", where=path.name, reason=str(error)) from error
        _only_known(path.name, values)
    found = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    _only_known("environment", found)
    values.update(found)
    return Settings(**{key: _converted(key, value) for key, value in values.items()})  # type: ignore[arg-type]


def _only_known(where: str, values: Mapping[str, object]) -> None:
    known = Settings.__dataclass_fields__
    for key in values:
        if key not in known:
            raise Invalid("setting-unknown", where=where, key=key, known=", ".join(known))


def _converted(key: str, value: object) -> object:
    if key == "language" and value not in LOCALES:
        raise Invalid("setting-language", key=key, value=value, known=", ".join(LOCALES))
    if key == "downloads" and value not in DOWNLOADS:
        raise Invalid("setting-downloads", key=key, value=value, known=", ".join(DOWNLOADS))
    if key == "timestamp" and value and not str(value).startswith(("http://", "https://")):
        raise Invalid("setting-timestamp", key=key)
    kind = Settings.__dataclass_fields__[key].type
    if kind is bool:
        if str(value).lower() not in SWITCH:
            raise Invalid("setting-not-on-off", key=key, value=value)
        return SWITCH[str(value).lower()]
    if kind is not int:
        return str(value)
    if not str(value).isdigit() or (key != "proxies" and int(str(value)) == 0):
        raise Invalid("setting-not-a-number", key=key, value=value)
    return int(str(value))
