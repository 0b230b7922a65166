"""What to do when somebody else has written the upload in between: look again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis.errors import Unavailable
from file_upload_service.ports.uploads import UploadMoved

S = TypeVar("S")
T = TypeVar("T")
TRIES = 6


async def rereading(
    read: Callable[[], Awaitable[S]], attempt: Callable[[S], Awaitable[T]], *, first: S | None = None
) -> T:
    """Attempts with what `read` gives (at first with `first`, if it is known) until nobody overtakes it.

    Raises Unavailable if somebody always does.
    """
    seen = first
    for _ in range(TRIES):
        seen = await read() if seen is None else seen
        try:
            return await attempt(seen)
        except UploadMoved:
            seen = None
    raise Unavailable("Many are changing this upload at once.", retry_after_seconds=1)
