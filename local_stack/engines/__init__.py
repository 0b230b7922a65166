"""How each real engine is started and asked whether it is well; for the stack and for tests alike."""

from local_stack.engines.engine import Credentials, Engine
from local_stack.engines.launches import consul, dynamodb, redis, s3
from local_stack.engines.probe import is_healthy, wait_until_healthy

__all__ = [
    "Credentials",
    "Engine",
    "consul",
    "dynamodb",
    "is_healthy",
    "redis",
    "s3",
    "wait_until_healthy",
]
