"""Refresh tokens: what is in them, and who follows whom.

A token is base64url of: account id (16 bytes), session id (16), secret (32), seal (17): 81 bytes, 108
characters without padding. The secret of the first is random; that of a successor is HMAC(server secret,
presented token), so whoever repeats an exchange gets the same successor without its being stored anywhere.
Only SHA-256 of a token is stored: 256 random bits need no slow hash. The seal is a MAC of the rest. It
tells a token that was ours from one that was made up around a session's id, so that nobody can end a
session by "reusing" a token that never was.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from user_service.domain.errors import RefreshTokenInvalid
from user_service.domain.ids import AccountId, SessionId

SECRET_BYTES = 32
_ID_BYTES = 16
_SEAL_BYTES = 17
_BODY_BYTES = 2 * _ID_BYTES + SECRET_BYTES
_TEXT_LENGTH = 108


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A token whose seal was ours. `text` is what the client holds."""

    account_id: AccountId
    session_id: SessionId
    text: str = field(repr=False)

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RefreshTokenMint:
    """Makes, reads and follows tokens. Changing the server secret signs everybody out."""

    server_secret: bytes = field(repr=False)

    def first(self, account_id: AccountId, session_id: SessionId, random_secret: bytes) -> RefreshToken:
        body = bytes.fromhex(account_id) + bytes.fromhex(session_id) + random_secret
        text = base64.urlsafe_b64encode(body + self._seal(body)).decode()
        return RefreshToken(account_id, session_id, text)

    def read(self, text: str) -> RefreshToken:
        """Raises RefreshTokenInvalid unless this server secret sealed the token."""
        if len(text) != _TEXT_LENGTH:
            raise RefreshTokenInvalid
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise RefreshTokenInvalid from error
        body, seal = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body)):
            raise RefreshTokenInvalid
        account_id = AccountId(body[:_ID_BYTES].hex())
        session_id = SessionId(body[_ID_BYTES : 2 * _ID_BYTES].hex())
        # Spelled anew: the decoder also takes + and / for - and _, and the hash must know one spelling.
        return RefreshToken(account_id, session_id, base64.urlsafe_b64encode(raw).decode())

    def successor(self, presented: RefreshToken) -> RefreshToken:
        secret = self._mac(b"successor", presented.text.encode())
        return self.first(presented.account_id, presented.session_id, secret)

    def command_hash(self, email: str, command_id: str) -> str:
        """What recognises a repeated registration; keyed, so that the table tells nobody's command ids."""
        return self._mac(b"register", f"{email}\0{command_id}".encode()).hex()

    def _seal(self, body: bytes) -> bytes:
        return self._mac(b"seal", body)[:_SEAL_BYTES]

    def _mac(self, purpose: bytes, message: bytes) -> bytes:
        return hmac.digest(self.server_secret, purpose + b"\0" + message, "sha256")
