"""The machine's source of randomness."""

import secrets
import uuid


class SystemEntropy:
    """getrandom(2)."""

    def new_id(self) -> str:
        return uuid.uuid4().hex

    def secret(self, size_bytes: int) -> bytes:
        return secrets.token_bytes(size_bytes)
