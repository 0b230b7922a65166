"""Which parts a choice of engines needs, slowest to install first."""

from collections.abc import Sequence

from local_stack.errors import StackError
from local_stack.parts.consul import CONSUL
from local_stack.parts.dynamodb_local import DYNAMODB_LOCAL
from local_stack.parts.dynoxide import DYNOXIDE
from local_stack.parts.part import Part
from local_stack.parts.redis import REDIS
from local_stack.parts.versitygw import VERSITYGW

DYNAMODB_ENGINES = {"dynoxide": DYNOXIDE, "dynamodb-local": DYNAMODB_LOCAL}


def dynamodb_part(engine: str) -> Part:
    """The part behind a value of ENGINE. Raises StackError on an unknown one."""
    try:
        return DYNAMODB_ENGINES[engine]
    except KeyError:
        raise StackError(
            f"ENGINE={engine} is unknown; choose one of: {', '.join(DYNAMODB_ENGINES)}"
        ) from None


def parts_for(engine: str) -> Sequence[Part]:
    """All that the system needs to run on this machine, with this DynamoDB."""
    return (VERSITYGW, CONSUL, dynamodb_part(engine), REDIS)
