"""What files were before they were replaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.nodes import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVersion:
    """`replaced_at_ms`: when it ceased to be the current one; None in rows of old, see `dated`.

    `due_at_ms`: when somebody must look whether it may go; None while it is kept for ever.
    """

    version: Version
    replaced_at_ms: int | None
    due_at_ms: int | None = None

    @property
    def number(self) -> int:
        return self.version.number


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """A version as people see it, or as it was. `replaced_at_ms` None: it is the current one, or nobody knows."""

    file_id: NodeId
    version: Version
    current: bool
    replaced_at_ms: int | None = None


def dated(past: Sequence[PastVersion], current: Version) -> list[PastVersion]:
    """The same, oldest first, each with the time at which it was replaced: by the next one, if it does not say."""
    ordered = sorted(past, key=lambda it: it.number)
    followers = [*(it.version for it in ordered[1:]), current]
    return [
        it if it.replaced_at_ms is not None else replace(it, replaced_at_ms=follower.created_at_ms)
        for it, follower in zip(ordered, followers, strict=True)
    ]
