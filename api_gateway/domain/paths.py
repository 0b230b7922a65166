"""Paths as they stand in a URL: names joined by `/`, each percent-encoded (RFC 3986, UTF-8)."""

import re
from urllib.parse import unquote_to_bytes

from api_gateway.domain.errors import PathInvalid

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# A folder lies at most 128 deep when it is made; what hangs below a moved one may lie deeper.
MAX_SEGMENTS = 1000


def segments_of(raw_path: bytes) -> tuple[str, ...]:
    """The names in an undecoded path; none means the root. A slash within a name is `%2F`.

    Raises PathInvalid for empty names, `.` and `..`, a broken escape, and bytes that are not UTF-8.
    """
    if not raw_path:
        return ()
    if _BROKEN_ESCAPE.search(raw_path):
        raise PathInvalid("A percent sign must be followed by two hexadecimal digits.")
    try:
        names = tuple(unquote_to_bytes(segment).decode() for segment in raw_path.split(b"/"))
    except UnicodeDecodeError as error:
        raise PathInvalid("The path is not UTF-8.") from error
    if not all(names):
        raise PathInvalid("The path has an empty name in it.")
    if "." in names or ".." in names:
        raise PathInvalid("'.' and '..' have no meaning in a drive.")
    if len(names) > MAX_SEGMENTS:
        raise PathInvalid(f"The path has more than {MAX_SEGMENTS} names.")
    return names
