"""What the gateway itself refuses; everything else is the answer of a service."""

from chassis.errors import DomainError, InvalidArgument, Kind


class SessionEnded(DomainError):
    """The token is sound, but its session was ended."""

    kind = Kind.UNAUTHENTICATED
    code = "session_ended"


class RouteNotFound(DomainError):
    """No operation has this path."""

    kind = Kind.NOT_FOUND
    code = "route_not_found"


class BodyTooLarge(DomainError):
    """More bytes than the operation takes."""

    kind = Kind.TOO_LARGE
    code = "body_too_large"


class LengthRequired(InvalidArgument):
    """A part's length must be known before its first byte is relayed."""

    code = "length_required"


class PartLengthWrong(InvalidArgument):
    """The body is not as long as the part of this number is."""

    code = "part_length_wrong"


class PartRefused(InvalidArgument):
    """Storage refused the bytes: they are not the ones that were announced."""

    code = "part_refused"


class PathInvalid(InvalidArgument):
    """A path whose segments cannot be names."""

    code = "path_invalid"


class RangeNotSatisfiable(DomainError):
    """The range begins behind the file's end."""

    kind = Kind.INVALID
    code = "range_not_satisfiable"
