"""What files were. Sizes are bytes."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api_gateway.adapters.http.models.bases import EARLIER, HASH, ID, LATER, Answer, Hash, sample

_PAST: dict[str, Any] = {
    "number": 1,
    "size": 3221225472,
    "content_type": "video/x-matroska",
    "content_hash": HASH,
    "layout": "p23",
    "created_at": EARLIER,
    "actor": f"account:{ID}",
    "kept": False,
    "current": False,
    "replaced_at": LATER,
}
_CURRENT: dict[str, Any] = {
    **_PAST,
    "number": 2,
    "created_at": LATER,
    "current": True,
    "replaced_at": None,
}


class Version(Answer):
    """A file's content at one time, when it came and by whom."""

    model_config = sample(**_PAST)

    number: int = Field(description="Grows with each version of the file; never given twice")
    size: int
    content_type: str
    content_hash: Hash
    layout: str = Field(description="How long its parts are: `p23` means 2^23 bytes")
    created_at: datetime
    actor: str = Field(description="Who made it: `account:<account id>`")
    kept: bool = Field(description="For ever, whatever the retention says")
    current: bool
    replaced_at: datetime | None = Field(description="Its age counts from here; null for the current one")


class VersionPage(Answer):
    """Some versions of a file, newest first."""

    model_config = sample(items=[_CURRENT, _PAST], next_cursor=None)

    items: list[Version]
    next_cursor: str | None = Field(description="null at the end")
