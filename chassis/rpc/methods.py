"""Which method a generated stub means: its path and messages, without a channel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import grpc


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One method of a stub: its path and how its messages are written and read."""

    path: str
    request_serializer: Any
    response_deserializer: Any


class _Recorder:
    """Stands where a stub expects its channel, and remembers what the stub asks for."""

    def unary_unary(
        self, path: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Method:
        return Method(path, request_serializer, response_deserializer)

    def __getattr__(self, _streaming: str) -> Callable[..., None]:
        return lambda *_, **__: None


def record(multicallable: Callable[[grpc.aio.Channel], object]) -> Method:
    """Which method `lambda channel: SomeStub(channel).SomeMethod` means. Raises TypeError if it streams."""
    method = multicallable(cast("grpc.aio.Channel", _Recorder()))
    if not isinstance(method, Method):
        raise TypeError("only methods with one message each way can be called")
    return method
