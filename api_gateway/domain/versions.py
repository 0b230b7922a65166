"""What files were before they were replaced, as clients see it. Sizes are bytes, hashes hex."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A file's content at one time. `replaced_at` is null for the current one."""

    number: int
    size: int
    content_type: str
    content_hash: str
    layout: str
    created_at: datetime
    actor: str
    kept: bool
    current: bool
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Some versions of a file, newest first; `next_cursor` null at the end."""

    items: tuple[Version, ...]
    next_cursor: str | None
