"""Tokens that must open nothing, made with the stack's own keys: a thief of less could do no better."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from jose import jwk, jwt

from chassis.tokens import ALGORITHM
from local_stack.stack import Stack
from local_stack.vault import Vault
from tests.fakes.token_keys import private_pem

NOBODY = "0" * 32


@dataclass(frozen=True, slots=True)
class Genuine:
    """A token that works, and the key that signed it."""

    token: str
    pem: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def of(cls, stack: Stack, token: str) -> "Genuine":
        header = jwt.get_unverified_header(token)
        pem = (Vault(stack.home.secrets).token_keys / f"{header['kid']}.pem").read_text()
        return cls(token, pem, header, jwt.get_unverified_claims(token))

    def signed(self, *, without: str = "", **claims: Any) -> str:
        """As the user service would sign these claims."""
        changed = {name: value for name, value in (self.claims | claims).items() if name != without}
        return str(jwt.encode(changed, self.pem, ALGORITHM, headers=self.header))

    def public(self) -> dict[str, Any]:
        return dict(jwk.construct(self.pem, ALGORITHM).public_key().to_dict())

    def public_pem(self) -> bytes:
        key = serialization.load_pem_private_key(self.pem.encode(), password=None).public_key()
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def forgeries(genuine: Genuine) -> dict[str, str]:
    """Tokens that prove nothing to anybody, by what is wrong with each."""
    altered = {**_altered(genuine), "no token at all": "nonsense"}
    return {**altered, **dict(_unsigned(genuine)), **dict(_of_other_keys(genuine))}


def _altered(genuine: Genuine) -> dict[str, str]:
    head, body, signature = genuine.token.split(".")
    now = int(time.time())
    return {
        "expired": genuine.signed(iat=now - 700, exp=now - 1),
        "without an end": genuine.signed(without="exp"),
        "for another audience": genuine.signed(aud="elsewhere"),
        "for no audience": genuine.signed(without="aud"),
        "for no account": genuine.signed(without="sub"),
        "for no session": genuine.signed(without="sid"),
        "an end that is no time": genuine.signed(exp="never"),
        "changed after signing": f"{head}.{_part(genuine.claims | {'sub': NOBODY})}.{signature}",
        "cut": f"{head}.{body}.{signature[:-4]}",
        "without its signature": f"{head}.{body}.",
        "with a second signature": f"{genuine.token}.{signature}",
    }


def _unsigned(genuine: Genuine) -> Iterator[tuple[str, str]]:
    for algorithm in ("none", "None", "nOnE", ""):
        head = _part(genuine.header | {"alg": algorithm})
        yield f"alg={algorithm or 'empty'}", f"{head}.{_part(genuine.claims)}."
    yield "alg=none, signed", f"{_part(genuine.header | {'alg': 'none'})}.{genuine.token.partition('.')[2]}"


def _of_other_keys(genuine: Genuine) -> Iterator[tuple[str, str]]:
    own = private_pem()

    def by_own_key(header: dict[str, Any]) -> str:
        return str(jwt.encode(genuine.claims, own, ALGORITHM, headers=header))

    yield "another key, known kid", by_own_key(genuine.header)
    yield "another key, unknown kid", by_own_key(genuine.header | {"kid": "20260101T000000Z-00000000"})
    yield "another key, no kid", by_own_key({})
    yield (
        "another key that it brings along",
        by_own_key(genuine.header | {"jwk": jwk.construct(own, ALGORITHM).public_key().to_dict()}),
    )
    yield "a kid that is a path", by_own_key(genuine.header | {"kid": "../../../../dev/null"})
    # The classic: a verifier that takes the algorithm from the token uses the public key as a shared secret.
    secrets: dict[str, bytes] = {
        "PEM": genuine.public_pem(),
        "PEM without its last newline": genuine.public_pem().rstrip(),
        "JWK": json.dumps(genuine.public()).encode(),
    }
    for name, secret in secrets.items():
        yield f"HS256 with the public key as {name}", _hs256(genuine, secret, hashlib.sha256)


def _hs256(genuine: Genuine, secret: bytes, digest: Callable[..., Any]) -> str:
    signed = f"{_part(genuine.header | {'alg': 'HS256'})}.{_part(genuine.claims)}"
    return f"{signed}.{_base64(hmac.new(secret, signed.encode(), digest).digest())}"


def _part(value: object) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
