"""Addresses that open one object of a bucket for a short while (AWS Signature Version 4 in the query)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Signer:
    """Where a bucket is, and who signs. ``base`` is its address, such as ``https://s3.example/evidence``."""

    base: str
    region: str
    key: str
    secret: str = field(repr=False)

    def address(self, name: str, at: datetime, seconds: int, answer: Mapping[str, str]) -> str:
        """Return the address of an object, good for so many seconds from ``at`` (UTC).

        ``answer`` is what the store is to say of it: ``response-content-type``, ``response-content-disposition``.
        """
        parts = urlsplit(f"{self.base.rstrip('/')}/{name}")
        path, moment = quote(parts.path), at.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        asked = {
            **answer,
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self.key}/{scope}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        query = "&".join(f"{quote(one, safe='')}={quote(asked[one], safe='')}" for one in sorted(asked))
        request = f"GET\n{path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        told = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        return f"{parts.scheme}://{parts.netloc}{path}?{query}&X-Amz-Signature={self._signature(told, scope)}"

    def _signature(self, told: str, scope: str) -> str:
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, told.encode(), "sha256").hex()
