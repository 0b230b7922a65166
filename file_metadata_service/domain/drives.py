"""The drive: one tree, one owner, one quota, one journal. Its row is the head: each write moves it by one."""

from dataclasses import dataclass, replace

from file_metadata_service.domain.errors import CursorReset, QuotaExceeded
from file_metadata_service.domain.ids import DriveId, Position, root_of
from file_metadata_service.domain.nodes import Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """State as of `seq`. `bytes_used` counts every version in full, past ones and those in the trash too, whether
    or not it shares its bytes with another one. `versions_bytes`: how much of it the past ones are, wherever their
    files stand; None in rows of old until they are recounted.

    The journal has an entry for each seq above `journal_floor`, up to `seq`, in the history called `journal_id`.
    `trash_bytes`: how much of it are current versions of files in the trash, without the `trash_uncounted` items that
    nobody has counted yet.

    `tree_epoch` grows with each rename, move, deletion and restore of a folder: as long as it stands, every
    known folder is where it was. `quota_bytes` None means no limit.
    """

    id: DriveId
    journal_id: str
    created_at_ms: int
    seq: int = 0
    journal_floor: int = 0
    tree_epoch: int = 0
    bytes_used: int = 0
    file_count: int = 0
    quota_bytes: int | None = None
    versions_bytes: int | None = 0
    trash_bytes: int = 0
    trash_uncounted: int = 0

    @property
    def position(self) -> Position:
        return Position(self.id, self.journal_id, self.seq)

    @property
    def root(self) -> Folder:
        """The root needs no row: all there is to it stands here."""
        return Folder(
            id=root_of(self.id),
            drive_id=self.id,
            parent_id=None,
            name="",
            revision=1,
            seq=0,
            created_at_ms=self.created_at_ms,
            updated_at_ms=self.created_at_ms,
        )

    def check_place(self, place: Position) -> None:
        """Raises CursorReset unless every change behind that place of this drive still stands in the journal."""
        if place.journal_id != self.journal_id or not self.journal_floor <= place.seq <= self.seq:
            raise CursorReset("What happened since is not known any more. Please list the drive anew.")

    def check_room(self, size_bytes: int) -> None:
        """Raises QuotaExceeded if that many bytes more do not fit."""
        if self.quota_bytes is not None and self.bytes_used + size_bytes > self.quota_bytes:
            raise QuotaExceeded("The drive is full.")

    def storing(self, size_bytes: int, *, new_files: int) -> "Drive":
        """With that much more in it. Raises QuotaExceeded."""
        self.check_room(size_bytes)
        return replace(self, bytes_used=self.bytes_used + size_bytes, file_count=self.file_count + new_files)

    def superseding(self, size_bytes: int) -> "Drive":
        """A version of that size is a past one now."""
        return replace(self, versions_bytes=_plus(self.versions_bytes, size_bytes))

    @property
    def trash_size_bytes(self) -> int | None:
        """None while something in the trash is still to be counted."""
        return None if self.trash_uncounted else self.trash_bytes

    def trashing(self, size_bytes: int | None) -> "Drive":
        """With one item more in the trash; None: its size is to be counted."""
        return self._with_trash(1, size_bytes)

    def untrashing(self, size_bytes: int | None) -> "Drive":
        """With that item no longer in the trash."""
        return self._with_trash(-1, size_bytes)

    def _with_trash(self, more: int, size_bytes: int | None) -> "Drive":
        """Below nothing it does not go: items of old were in nobody's count."""
        if size_bytes is None:
            return replace(self, trash_uncounted=max(0, self.trash_uncounted + more))
        return replace(self, trash_bytes=max(0, self.trash_bytes + more * size_bytes))

    def freeing(self, *, current_bytes: int = 0, past_bytes: int = 0, files: int = 0) -> "Drive":
        """With so much less in it, of current and of past versions, and so many files less."""
        return replace(
            self,
            bytes_used=self.bytes_used - current_bytes - past_bytes,
            versions_bytes=_plus(self.versions_bytes, -past_bytes),
            file_count=self.file_count - files,
        )

    def rearranged(self) -> "Drive":
        """A folder is no longer where, or called what, it was."""
        return replace(self, tree_epoch=self.tree_epoch + 1)

    def advanced(self) -> "Drive":
        """One change later."""
        return replace(self, seq=self.seq + 1)


def _plus(counted: int | None, more: int) -> int | None:
    """What was never counted stays unknown."""
    return None if counted is None else counted + more
