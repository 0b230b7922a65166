"""AWS Signature Version 4 for the one shape of request that DynamoDB's JSON protocol has.

botocore signs any request of any service, and takes four times as long; a test proves both signatures equal.
Source: AWS, "Create a signed AWS API request".
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

SERVICE = "dynamodb"
# Of requests that are the same as one before, as reads of a busy drive's head are.
_SHORT_BYTES, _MOST_REMEMBERED = 1_000, 1_000
CONTENT_TYPE = "application/x-amz-json-1.0"
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials as of one moment; `session_token` comes with the short-lived ones."""

    access_key: str
    secret_key: str
    session_token: str | None


class Signer:
    """Signs for one endpoint. The day's key is derived once, not per request, and who asks the same short question
    again in one second, which is all that a signature knows of time, sends the same one.
    """

    def __init__(self, *, host: str, region: str) -> None:
        self._host = host
        self._region = region
        self._derived_from: tuple[str, str] | None = None
        self._day_key = b""
        self._signed_by: tuple[str, Keys] | None = None
        self._signed: dict[tuple[str, bytes], dict[str, str]] = {}

    def headers(self, target: str, body: bytes, keys: Keys, now: datetime) -> dict[str, str]:
        """All headers of a POST to `/`, signed; not to be changed. `now` is UTC; AWS allows 5 minutes of difference."""
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        if len(body) > _SHORT_BYTES:
            return self._sign(target, body, keys, stamp)
        if self._signed_by != (stamp, keys) or len(self._signed) == _MOST_REMEMBERED:
            self._signed_by = (stamp, keys)
            self._signed.clear()
        signed = self._signed.get((target, body))
        if signed is None:
            signed = self._signed[target, body] = self._sign(target, body, keys, stamp)
        return signed

    def _sign(self, target: str, body: bytes, keys: Keys, stamp: str) -> dict[str, str]:
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Host": self._host,
            "X-Amz-Date": stamp,
            "X-Amz-Target": target,
        }
        if keys.session_token:
            headers["X-Amz-Security-Token"] = keys.session_token
        lines = sorted(f"{name.lower()}:{value}\n" for name, value in headers.items())
        names = ";".join(line.partition(":")[0] for line in lines)
        canonical = f"POST\n/\n\n{''.join(lines)}\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{stamp[:8]}/{self._region}/{SERVICE}/aws4_request"
        to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        signature = _mac(self._key(stamp[:8], keys.secret_key), to_sign).hex()
        credential = f"{keys.access_key}/{scope}"
        headers["Authorization"] = (
            f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _key(self, day: str, secret_key: str) -> bytes:
        if self._derived_from != (day, secret_key):
            key = _mac(f"AWS4{secret_key}".encode(), day)
            for part in (self._region, SERVICE, "aws4_request"):
                key = _mac(key, part)
            self._derived_from, self._day_key = (day, secret_key), key
        return self._day_key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
