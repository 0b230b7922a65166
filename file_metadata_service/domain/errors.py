"""Every refusal of this service that a caller can act on."""

from chassis.errors import DomainError, Kind


class NodeNotFound(DomainError):
    """It does not exist, lies in the trash, or is not for the caller to see: all the same answer."""

    kind = Kind.NOT_FOUND
    code = "node_not_found"


class BlobGone(NodeNotFound):
    """The bytes were collected, or are about to be: what has none is not there."""


class ContentUnknown(DomainError):
    """The bytes that were known are not there any more, or never were for this drive: they have to be sent."""

    kind = Kind.NOT_FOUND
    code = "content_unknown"


class VersionNotFound(DomainError):
    """The file has no version of that number, or has it no more."""

    kind = Kind.NOT_FOUND
    code = "version_not_found"


class VersionIsCurrent(DomainError):
    """The current version is neither deleted nor restored."""

    kind = Kind.CONFLICT
    code = "version_is_current"


class NotAFolder(DomainError):
    """A file stands where a folder must."""

    kind = Kind.CONFLICT
    code = "not_a_folder"


class NotAFile(DomainError):
    """Only files have content."""

    kind = Kind.CONFLICT
    code = "not_a_file"


class IsAFolder(DomainError):
    """A folder has the name of the file that was to be replaced."""

    kind = Kind.CONFLICT
    code = "is_a_folder"


class NameTaken(DomainError):
    """The folder holds that name already, perhaps in another case or Unicode form."""

    kind = Kind.CONFLICT
    code = "name_taken"


class NameInvalid(DomainError):
    """No node may be called that."""

    kind = Kind.INVALID
    code = "name_invalid"


class TooDeep(DomainError):
    """Folders are made, moved and restored at most 128 deep."""

    kind = Kind.CONFLICT
    code = "too_deep"


class WouldMakeCycle(DomainError):
    """A folder cannot lie below itself."""

    kind = Kind.CONFLICT
    code = "would_make_cycle"


class RootIsFixed(DomainError):
    """The root is neither renamed, moved nor deleted."""

    kind = Kind.CONFLICT
    code = "root_is_fixed"


class RevisionStale(DomainError):
    """The file has changed since the caller saw it."""

    kind = Kind.STALE
    code = "revision_stale"


class QuotaExceeded(DomainError):
    """The drive has no room for that many bytes more."""

    kind = Kind.QUOTA
    code = "quota_exceeded"


class CursorInvalid(DomainError):
    """This listing never gave that cursor."""

    kind = Kind.INVALID
    code = "cursor_invalid"


class CursorReset(DomainError):
    """What lies behind that place in the journal is not known any more; whoever followed it lists the drive anew."""

    kind = Kind.CONFLICT
    code = "cursor_reset"


class CommandIdReused(DomainError):
    """The same command id came with another request before."""

    kind = Kind.CONFLICT
    code = "command_id_reused"


class BlobAbandoned(DomainError):
    """It was decided, for ever, that this blob becomes no version."""

    kind = Kind.CONFLICT
    code = "blob_abandoned"


class DriveBusy(DomainError):
    """More changes wait for this drive than may."""

    kind = Kind.THROTTLED
    code = "drive_busy"


class StepsOverlap(DomainError):
    """Two steps of one command are on the same node."""

    kind = Kind.INVALID
    code = "steps_overlap"


class JobNotFound(DomainError):
    """There is no such job, or it is not the caller's."""

    kind = Kind.NOT_FOUND
    code = "job_not_found"


class StepRefused(DomainError):
    """One step of a command may not be, so none was done: of the kind and code of `refusal`. `index`: from 0."""

    def __init__(self, index: int, refusal: DomainError) -> None:
        super().__init__(refusal.detail, retry_after_seconds=refusal.retry_after_seconds)
        # Instance values over the class's: it is every kind there is.
        self.kind = refusal.kind  # type: ignore[misc]  # ClassVar by design for all others
        self.code = refusal.code  # type: ignore[misc]  # same
        self.index = index
