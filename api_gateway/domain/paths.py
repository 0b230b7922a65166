"""Paths as they stand in a URL: names joined by `/`, each percent-encoded (RFC 3986, UTF-8)."""

from urllib.parse import unquote_to_bytes

from api_gateway.domain.errors import PathInvalid


def segments_of(raw_path: bytes) -> tuple[str, ...]:
    """The names in an undecoded path; none means the root. A slash within a name is `%2F`, one at the end is ignored.

    Raises PathInvalid for an empty name and for bytes that are not UTF-8.
    """
    trimmed = raw_path.strip(b"/")
    if not trimmed:
        return ()
    try:
        names = tuple(unquote_to_bytes(segment).decode() for segment in trimmed.split(b"/"))
    except UnicodeDecodeError as error:
        raise PathInvalid("The path is not UTF-8.") from error
    if not all(names):
        raise PathInvalid("The path has an empty name in it.")
    return names
