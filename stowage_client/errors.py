"""Everything that can stop a command, in words a person can act on, with the exit code a script can act on.

ClientError
├── UsageError          the command makes no sense as given
├── NotSignedIn         no session, or one that has ended
├── Unreachable         no answer, after retrying
├── NotUnderstood       an answer, but not one of Stowage's
├── ApiError            the server refused; carries its stable code and the request id
├── LocalError          a file or folder on this machine
│   └── FileChanged     it changed while it was read
├── StorageRefused      S3 refused for good
├── UploadFailed        all was sent, and the server could not make a file of it
├── DamagedContent      the bytes that came are not the bytes that were put
├── RemoteChanged       the file on the server became another one during the download
└── SomeFailed          of several files; each was reported by itself
"""

from collections.abc import Set
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process answers to its shell. Stable; listed in `stowage --help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    CONFLICT = 5
    FORBIDDEN = 6
    NO_ROOM = 7
    UNAVAILABLE = 8
    DAMAGED = 9
    LOCAL = 10
    INTERRUPTED = 130


_EXIT_CODES_BY_STATUS = {
    401: ExitCode.NOT_SIGNED_IN,
    403: ExitCode.FORBIDDEN,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.CONFLICT,
    412: ExitCode.CONFLICT,
    413: ExitCode.NO_ROOM,
    422: ExitCode.USAGE,
    429: ExitCode.UNAVAILABLE,
    502: ExitCode.UNAVAILABLE,
    503: ExitCode.UNAVAILABLE,
    504: ExitCode.UNAVAILABLE,
    507: ExitCode.NO_ROOM,
}


class ClientError(Exception):
    """Why the command stopped. `code` is stable, `hint` says what to do next."""

    code: ClassVar[str] = "failed"
    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
        self.request_id: str | None = None

    @property
    def stable_code(self) -> str:
        return self.code


class UsageError(ClientError):
    """The command makes no sense as given."""

    code = "usage"
    exit_code = ExitCode.USAGE


class NotSignedIn(ClientError):
    """There is no session for this server, or it has ended."""

    code = "not_signed_in"
    exit_code = ExitCode.NOT_SIGNED_IN

    def __init__(self, detail: str) -> None:
        super().__init__(detail, hint="Sign in with: stowage login --email YOU@EXAMPLE.ORG")


class Unreachable(ClientError):
    """No answer from the server or from its storage, after retrying."""

    code = "unreachable"
    exit_code = ExitCode.UNAVAILABLE


class NotUnderstood(ClientError):
    """Something answered, but not as Stowage answers."""

    code = "not_understood"


class ApiError(ClientError):
    """The server refused. `status`, `server_code` and `request_id` are as it sent them."""

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        server_code: str,
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(detail or server_code)
        self.status = status
        self.server_code = server_code
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds
        self.exit_code = _EXIT_CODES_BY_STATUS.get(status, ExitCode.FAILED)

    @property
    def stable_code(self) -> str:
        return self.server_code

    @property
    def is_passing(self) -> bool:
        """Whether it may be otherwise in a while; of a mutation the outcome may be unknown."""
        return self.status == 429 or self.status >= 500


class LocalError(ClientError):
    """A file or folder on this machine cannot be read, written or replaced."""

    code = "local"
    exit_code = ExitCode.LOCAL


class FileChanged(LocalError):
    """A file changed while it was being sent; what was sent of it is dropped."""

    code = "file_changed"


class StorageRefused(ClientError):
    """S3 refused, and would again."""

    code = "storage_refused"


class UploadFailed(ClientError):
    """The bytes arrived, but no file came of them; `server_code` says why."""

    def __init__(self, detail: str, *, server_code: str) -> None:
        super().__init__(detail or server_code)
        self.server_code = server_code

    @property
    def stable_code(self) -> str:
        return self.server_code


class DamagedContent(ClientError):
    """What was received is not what was put, by its hash."""

    code = "damaged_content"
    exit_code = ExitCode.DAMAGED


class RemoteChanged(ClientError):
    """The file on the server became another one while it was fetched."""

    code = "remote_changed"
    exit_code = ExitCode.CONFLICT


class SomeFailed(ClientError):
    """Some of several files failed; the exit code is theirs if they agree."""

    code = "some_failed"

    def __init__(self, count: int, exit_codes: Set[ExitCode], *, of: int) -> None:
        super().__init__(f"{count:,} of {of:,} failed")
        self.exit_code = next(iter(exit_codes)) if len(exit_codes) == 1 else ExitCode.FAILED
