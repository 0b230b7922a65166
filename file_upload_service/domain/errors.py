"""What can be refused, and what the caller can do about it."""

from chassis.errors import DomainError, Kind


class UploadNotFound(DomainError):
    """No such upload, or somebody else's."""

    kind = Kind.NOT_FOUND
    code = "upload_not_found"


class BundleNotFound(DomainError):
    """No such bundle, or somebody else's."""

    kind = Kind.NOT_FOUND
    code = "bundle_not_found"


class UploadNotOpen(DomainError):
    """The upload takes no more parts."""

    kind = Kind.CONFLICT
    code = "upload_not_open"


class AlreadyAborted(DomainError):
    """The upload has been ended; start another one."""

    kind = Kind.CONFLICT
    code = "already_aborted"


class AlreadyCommitted(DomainError):
    """The upload has become a file; delete that instead."""

    kind = Kind.CONFLICT
    code = "already_committed"


class CommandIdReused(DomainError):
    """This command_id has started another upload; choose a fresh one."""

    kind = Kind.CONFLICT
    code = "command_id_reused"


class TooManyUploads(DomainError):
    """The account has as many open uploads as it may; complete or abort some."""

    kind = Kind.THROTTLED
    code = "too_many_uploads"


class FileTooLarge(DomainError):
    """Larger than 1,000 parts of 5 GiB."""

    kind = Kind.TOO_LARGE
    code = "file_too_large"


class LengthUnknown(DomainError):
    """Nobody has said how long this stream is; say it with its completion."""

    kind = Kind.CONFLICT
    code = "length_unknown"


class LengthDecided(DomainError):
    """Another length was said before, or parts were announced that this one does not have."""

    kind = Kind.CONFLICT
    code = "length_decided"


class OffsetWrong(DomainError):
    """The stream does not end where it is to be gone on with; ask how far it is."""

    kind = Kind.CONFLICT
    code = "offset_wrong"


class SegmentInvalid(DomainError):
    """No segment of a stream's tail can be like that."""

    kind = Kind.INVALID
    code = "segment_invalid"


class PartNumberInvalid(DomainError):
    """A part that this layout does not have, or that is named twice in one request."""

    kind = Kind.INVALID
    code = "part_number_invalid"


class PartClaimed(DomainError):
    """The part was announced with another hash; a part's content is decided once."""

    kind = Kind.CONFLICT
    code = "part_claimed"


class PartNotSigned(DomainError):
    """A report of a part for which no URL was ever asked."""

    kind = Kind.CONFLICT
    code = "part_not_signed"


class PartsMissing(DomainError):
    """Not everything has arrived; send the rest and complete again."""

    kind = Kind.CONFLICT
    code = "parts_missing"


class CursorInvalid(DomainError):
    """A cursor that this listing did not give."""

    kind = Kind.INVALID
    code = "cursor_invalid"
