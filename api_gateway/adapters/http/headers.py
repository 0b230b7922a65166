"""The headers of answers, as the document describes them under `components/headers`."""

from typing import Any, NamedTuple


class _Header(NamedTuple):
    """`always`: whether it is on every answer that refers to it."""

    words: str
    example: str
    always: bool = True


_HEADERS = {
    "Accept-Ranges": _Header("Ranges of it can be asked for", "bytes"),
    "Content-Disposition": _Header(
        "Whether it may be shown in place, and its name", 'attachment; filename="a"'
    ),
    "Content-Range": _Header(
        "Which bytes these are, of how many; of several ranges, each part says it",
        "bytes 0-99/4096",
        always=False,
    ),
    "ETag": _Header("The node's revision, for If-Match; of a past version, its own", '"7"'),
    "Location": _Header(
        "Where the bytes are; of a 202, where to ask how far it is",
        "https://s3.example.com/stowage/blobs/e4/da/e4da3b7f?X-Amz-…",
    ),
    "Retry-After": _Header("Seconds", "1"),
    "Set-Cookie": _Header(
        "For browsers that use cookies: they are set anew, or cleared when the session is over",
        "stowage_csrf=…; Path=/; SameSite=strict",
        always=False,
    ),
    "Stowage-Seq": _Header(
        "The drive's place in its journal: `<driveid>.<journal_id>.<seq>`",
        "9f86d081884c7d659a2feaa0c55ad015.60303ae2.41",
        always=False,  # an upload that goes on has none yet
    ),
    "WWW-Authenticate": _Header("The scheme to use", "Bearer"),
    "X-Request-Id": _Header(
        "The id of this request in every log; yours if you sent a usable one",
        "0b7f5c9e1f6b4f0f9a3f6b2f8a1d2c3e",
    ),
}


def described() -> dict[str, Any]:
    """`components/headers`."""
    return {
        name: {
            "description": header.words,
            "schema": {"type": "string"},
            "example": header.example,
            **({"required": True} if header.always else {}),
        }
        for name, header in _HEADERS.items()
    }
