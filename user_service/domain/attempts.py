"""How often somebody may try a password, and who "somebody" is.

Three buckets are asked at each attempt, all or none:
- per address and account: strict; this is what stops somebody who guesses one account's password;
- per account, whatever the address: medium; this is what stops many addresses that guess one account's;
- per address: generous, because a whole office may stand behind it.
An attempt that one bucket refuses costs the others nothing, so a client that hammers on one account locks
out neither the office behind its address nor, by more than its own strict share, the account.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What is attempted; each has its own buckets."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of an attempt, not a secret


@dataclass(frozen=True, slots=True)
class Limit:
    """A token bucket: `burst` attempts at once, which come back evenly over `refill_seconds`."""

    burst: int
    refill_seconds: float

    def __str__(self) -> str:
        return f"{self.burst}/{self.refill_seconds:g}"

    @property
    def per_second(self) -> float:
        return self.burst / self.refill_seconds


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket: `key` is ASCII and tells neither e-mail nor address."""

    key: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """The defaults let one address guess 60 passwords of an account in an hour, all addresses together 100.

    The pair's must stay well below the account's, else one address alone could keep the owner out.
    """

    per_pair: Limit = Limit(burst=10, refill_seconds=600)
    per_account: Limit = Limit(burst=100, refill_seconds=3600)
    per_address: Limit = Limit(burst=300, refill_seconds=60)

    def of_account(self, purpose: Purpose, *, account: str, address: str) -> tuple[Bucket, ...]:
        """Gives what only attempts at this account empty; `account` is an e-mail or id, existing or not."""
        return (
            Bucket(_key(purpose, "pair", client_of(address), account), self.per_pair),
            Bucket(_key(purpose, "account", account), self.per_account),
        )

    def of_address(self, purpose: Purpose, *, address: str) -> tuple[Bucket, ...]:
        return (Bucket(_key(purpose, "address", client_of(address)), self.per_address),)


def client_of(address: str) -> str:
    """Gives what counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber has at will."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)


def _key(purpose: Purpose, scope: str, *subjects: str) -> str:
    digest = hashlib.sha256("\0".join(subjects).encode()).hexdigest()[:32]
    return f"throttle:{purpose}:{scope}:{digest}"
