"""Access tokens that prove nothing, though each is nearly right."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwt

from local_stack.stack import Stack
from local_stack.vault import Vault


def forgeries(stack: Stack, good: str) -> dict[str, str | None]:
    """By what is wrong with each. Those that must be signed by the real key are."""
    header, claims = jwt.get_unverified_header(good), jwt.get_unverified_claims(good)
    real = (Vault(stack.home.secrets).token_keys / f"{header['kid']}.pem").read_bytes()
    public = serialization.load_pem_private_key(real, None).public_key()
    public_pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    past = int((datetime.now(UTC) - timedelta(seconds=1)).timestamp())
    head, body, signature = good.split(".")

    def signed(key: bytes = real, *, kid: str | None = header["kid"], **changes: Any) -> str:
        content = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(content, key.decode(), "ES256", headers={"kid": kid} if kid else None)

    return {
        "none": None,
        "empty": "",
        "no JWT": "rubbish",
        "expired": signed(exp=past),
        "without an end": signed(exp=None),
        "for another audience": signed(aud="elsewhere"),
        "without an audience": signed(aud=None),
        "without an account": signed(sub=None),
        "without a session": signed(sid=None),
        "of a key of one's own": signed(new_key()),
        "of an unknown key": signed(new_key(), kid="20200101T000000Z-00000000"),
        "of a key in another place": signed(new_key(), kid="../../tls/ca"),
        "of no key": signed(new_key(), kid=None),
        "alg none": f"{encoded({'alg': 'none', 'kid': header['kid']})}.{body}.",
        "alg none, signed": f"{encoded({'alg': 'none', 'kid': header['kid']})}.{body}.{signature}",
        "HS256 with the public key": with_hmac({"alg": "HS256", "kid": header["kid"]}, body, public_pem),
        "another account's claims": f"{head}.{encoded({**claims, 'sub': '0' * 32})}.{signature}",
        "cut": good[:-4],
        "no signature": f"{head}.{body}.",
    }


def encoded(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def with_hmac(header: dict[str, Any], body: str, key: bytes) -> str:
    """By hand: libraries refuse to sign so."""
    text = f"{encoded(header)}.{body}"
    signature = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
