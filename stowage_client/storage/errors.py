"""What can happen to bytes on their way, for the transfer engine; what it cannot mend becomes a ClientError.

StorageError
├── LinkExpired       403: sign again
├── Interrupted       cut, slow or busy: send again
├── AlreadyStored     412: an earlier try arrived after all
├── BytesRefused      these are not the bytes that were signed for
└── Refused           anything else; would be refused again
"""


class StorageError(Exception):
    """`detail` is what storage said, for people."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class LinkExpired(StorageError):
    """The URL is no longer good, or never was: storage does not tell the two apart."""


class Interrupted(StorageError):
    """The connection broke, nothing came, or storage is too busy. Repeating is safe."""


class AlreadyStored(StorageError):
    """The object exists (`If-None-Match: *`); its bytes are those that the URL was signed for."""


class BytesRefused(StorageError):
    """Hash or length differ from what was signed."""


class Refused(StorageError):
    """Storage will not do it."""
