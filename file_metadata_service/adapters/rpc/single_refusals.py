"""One of many that is refused: said in the answer, so that the others are answered, too."""

from collections.abc import Sequence

from chassis.errors import DomainError, InvalidArgument, Kind
from chassis.telemetry import get_logger
from file_metadata_service.adapters.rpc import messages
from stowage.metadata.v1.metadata_pb2 import Refusal

MAX_AT_ONCE = 100
_logger = get_logger(__name__)


def check_many(items: Sequence[object]) -> None:
    """Raises InvalidArgument for more than 100."""
    if len(items) > MAX_AT_ONCE:
        raise InvalidArgument(f"At most {MAX_AT_ONCE} at a time.")


def refused(error: Exception) -> Refusal:
    """What the caller may be told of it. What nobody foresaw is logged here: nothing outside will see it."""
    if not isinstance(error, DomainError) or error.kind is Kind.INTERNAL:
        _logger.error("one_of_many_failed", exc_info=error)
    return messages.refusal(error)
