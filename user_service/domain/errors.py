"""What user_service refuses, one class per thing that a caller can act on.

DomainError
├── InvalidArgument
│   ├── EmailInvalid
│   ├── PasswordUnacceptable
│   └── DisplayNameInvalid
├── EmailTaken
├── AccountNotFound
├── CredentialsWrong
├── TooManyAttempts
├── RefreshTokenInvalid
├── SessionEnded
└── SessionNotFound
"""

from chassis.errors import DomainError, InvalidArgument, Kind


class EmailInvalid(InvalidArgument):
    """The text is not an e-mail address that Stowage takes."""

    code = "email_invalid"


class PasswordUnacceptable(InvalidArgument):
    """The password breaks the rules for new ones."""

    code = "password_unacceptable"


class DisplayNameInvalid(InvalidArgument):
    """The name that others would see is too long or cannot be shown."""

    code = "invalid_argument"


class EmailTaken(DomainError):
    """Another account has the address."""

    kind = Kind.CONFLICT
    code = "email_taken"


class AccountNotFound(DomainError):
    """There is no such account (any more)."""

    kind = Kind.NOT_FOUND
    code = "account_not_found"

    def __init__(self, detail: str = "There is no such account.") -> None:
        super().__init__(detail)


class CredentialsWrong(DomainError):
    """E-mail and password do not belong together; which of the two is wrong is never said."""

    kind = Kind.UNAUTHENTICATED
    code = "credentials_wrong"

    def __init__(self, detail: str = "E-mail or password is wrong.") -> None:
        super().__init__(detail)


class TooManyAttempts(DomainError):
    """The throttle, or no room to check another password now. `retry_after_seconds` is always set."""

    kind = Kind.THROTTLED
    code = "too_many_attempts"


class RefreshTokenInvalid(DomainError):
    """The refresh token is unknown, was used before, or its session is over: sign in again."""

    kind = Kind.UNAUTHENTICATED
    code = "refresh_token_invalid"

    def __init__(
        self, detail: str = "This refresh token is not valid any more. Please sign in again."
    ) -> None:
        super().__init__(detail)


class SessionEnded(DomainError):
    """The session is over: sign in again."""

    kind = Kind.UNAUTHENTICATED
    code = "session_ended"

    def __init__(self, detail: str = "This session was ended. Please sign in again.") -> None:
        super().__init__(detail)


class SessionNotFound(DomainError):
    """The account has no such session."""

    kind = Kind.NOT_FOUND
    code = "session_not_found"

    def __init__(self, detail: str = "There is no such session.") -> None:
        super().__init__(detail)
