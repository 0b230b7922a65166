"""AWS Signature Version 4 in the query, for S3 with a body that is bound by its own headers.

botocore signs any request of any service, and took a third of what a bundle costs this service; a test proves both URLs
equal. Source: AWS, "Authenticating Requests: Using Query Parameters".
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"
_PORTS = {"http": 80, "https": 443}


class Keys(Protocol):
    """Credentials as of one moment, as botocore freezes them; `token` comes with the short-lived ones."""

    @property
    def access_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def token(self) -> str | None: ...


def presigned(
    method: str,
    url: str,
    *,
    region: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    keys: Keys,
    now: datetime,
    life: timedelta,
) -> str:
    """`url` with the query and a signature over both, over the host and over all `headers`: whoever uses it must send
    them exactly so. `url` has no query and its path is escaped; `now` is UTC; `life` at most 7 days."""
    path, stamp = urlsplit(url).path, now.strftime("%Y%m%dT%H%M%SZ")
    signed = {name.lower(): value for name, value in headers.items()} | {"host": _host(url)}
    names = sorted(signed)
    scope = f"{stamp[:8]}/{region}/{_SERVICE}/aws4_request"
    said = dict(query) | {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{keys.access_key}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(int(life.total_seconds())),
        "X-Amz-SignedHeaders": ";".join(names),
    }
    if keys.token:
        said["X-Amz-Security-Token"] = keys.token
    asked = "&".join(sorted(f"{_escaped(name)}={_escaped(value)}" for name, value in said.items()))
    lines = "".join(f"{name}:{' '.join(signed[name].split())}\n" for name in names)
    canonical = f"{method}\n{path}\n{asked}\n{lines}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    signature = _mac(_day_key(keys.secret_key, stamp[:8], region), to_sign).hex()
    return f"{url}?{asked}&X-Amz-Signature={signature}"


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")


def _host(url: str) -> str:
    """As clients send it: without the port that goes without saying."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


@lru_cache(maxsize=16)
def _day_key(secret_key: str, day: str, region: str) -> bytes:
    """Derived once a day, not for each URL."""
    key = _mac(f"AWS4{secret_key}".encode(), day)
    for part in (region, _SERVICE, "aws4_request"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
