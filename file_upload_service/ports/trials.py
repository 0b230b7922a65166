"""What a stranger may try with a signed URL."""

from typing import Protocol


class Trials(Protocol):
    """Uses storage as clients do, by URLs that are signed for the purpose. Every method may raise Unavailable."""

    async def put(self, key: str, body: bytes, *, signed_for: bytes) -> bool:
        """Sends `body` by a URL that is bound to the length and SHA-256 of `signed_for`, and to the key's being free.

        Whether storage took it.
        """

    async def put_part(
        self, key: str, multipart_id: str, number: int, body: bytes, *, signed_for: bytes
    ) -> str | None:
        """The same for a part; its ETag, or None if storage refused it."""

    async def read(self, key: str) -> bytes:
        """The object's bytes."""
