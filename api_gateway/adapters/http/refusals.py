"""What HTTP itself has refusals for; they mean nothing beyond this adapter."""

from chassis.errors import DomainError, InvalidArgument, Kind, Unauthenticated


class RouteNotFound(DomainError):
    """No operation has this path."""

    kind = Kind.NOT_FOUND
    code = "route_not_found"


class MethodNotAllowed(InvalidArgument):
    """The path exists, the method on it does not."""

    code = "method_not_allowed"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"This takes {', '.join(allowed)}.")
        self.allowed = allowed


class RequestMalformed(InvalidArgument):
    """Not HTTP, or not enough of it."""

    code = "request_malformed"


class HeadersTooLarge(InvalidArgument):
    """More headers, or a longer address, than any request of ours needs."""

    code = "headers_too_large"


class BodyTooLarge(DomainError):
    """More bytes than the operation takes."""

    kind = Kind.TOO_LARGE
    code = "body_too_large"


class BodyMalformed(InvalidArgument):
    """The body is not JSON, or nested deeper than any body of ours."""

    code = "body_malformed"


class FormMalformed(InvalidArgument):
    """The body is not a form, or not of the fields that the operation takes, in their order."""

    code = "form_malformed"


class MediaTypeUnsupported(InvalidArgument):
    """The operation takes another form of body than the request says that it has."""

    code = "unsupported_media_type"


class LengthRequired(InvalidArgument):
    """What is relayed must have its length known before its first byte."""

    code = "length_required"


class CsrfFailed(DomainError):
    """Cookies came along, but nothing shows that a page of ours sent them."""

    kind = Kind.FORBIDDEN
    code = "csrf_failed"


class CookiesContradictory(Unauthenticated):
    """Two cookies of one name: another site has set one of them, and nobody knows which."""


class RefreshTokenMissing(DomainError):
    """Neither the body nor a cookie holds one."""

    kind = Kind.UNAUTHENTICATED
    code = "refresh_token_invalid"
