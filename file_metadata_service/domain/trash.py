"""The trash: the top node of each deletion, and where it was."""

from dataclasses import dataclass, replace

from file_metadata_service.domain.nodes import Node

DAY_MS = 24 * 3600 * 1000
RETENTION_MS = 30 * DAY_MS
# What is not counted by then is looked at by the sweeper.
COUNTED_WITHIN_MS = 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashItem:
    """`node` is as it was; `original_path` is for people, as it was at the deletion.

    `size_bytes`, `node_count`: of all that was deleted with it, itself included, current versions only: past ones
    count as versions wherever their files are. None until they are counted.
    """

    node: Node
    original_path: str
    trashed_at_ms: int
    expires_at_ms: int
    size_bytes: int | None = None
    node_count: int | None = None

    @property
    def due_at_ms(self) -> int:
        """When somebody must look at it next: to count, or to purge it."""
        if self.size_bytes is None:
            return min(self.expires_at_ms, self.trashed_at_ms + COUNTED_WITHIN_MS)
        return self.expires_at_ms

    def counted(self, *, size_bytes: int, node_count: int) -> "TrashItem":
        return replace(self, size_bytes=size_bytes, node_count=node_count)
