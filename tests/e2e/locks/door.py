"""Calls on the bare wire, with whatever certificate and token somebody holds."""

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from chassis.tls import Certificates
from local_stack.plan import SERVICES, Process
from local_stack.stack import Stack

UNAVAILABLE = (grpc.StatusCode.UNAVAILABLE, "", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal's status and stable code, or OK with what was answered."""

    status: grpc.StatusCode
    code: str
    detail: str
    body: bytes = field(repr=False, default=b"")


@dataclass
class Door:
    """All instances of all services, as one who holds `credentials` reaches them; None is plaintext."""

    stack: Stack
    credentials: grpc.ChannelCredentials | None
    _channels: dict[str, grpc.Channel] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in self._channels.values():
            channel.close()

    def instances(self, service: str) -> list[Process]:
        return [it for it in self.stack.plan.in_group(SERVICES) if name_of(it) == service]

    def call(self, method: str, request: bytes, *, token: str | None = None, instance: Process) -> Answer:
        metadata = (("authorization", f"Bearer {token}"),) if token is not None else ()
        bound: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel(instance).unary_unary(method)
        call = bound.future(request, timeout=15, metadata=metadata)
        status = call.code()
        trailing = dict(call.trailing_metadata() or ())
        body = call.result() if status is grpc.StatusCode.OK else b""
        return Answer(status, str(trailing.get("stowage-code", "")), str(call.details() or ""), body)

    def _channel(self, instance: Process) -> grpc.Channel:
        if instance.name not in self._channels:
            self._channels[instance.name] = self._open(instance)
        return self._channels[instance.name]

    def _open(self, instance: Process) -> grpc.Channel:
        if self.credentials is None:
            return grpc.insecure_channel(instance.address)
        options = (
            ("grpc.ssl_target_name_override", name_of(instance)),
            ("grpc.use_local_subchannel_pool", 1),
        )
        return grpc.secure_channel(instance.address, self.credentials, options)


def name_of(instance: Process) -> str:
    """The name in its certificate, which is also that of its folder of secrets."""
    return Path(instance.env["STOWAGE_SECRETS_DIR"]).name


def held_by(stack: Stack, name: str) -> grpc.ChannelCredentials:
    """What the service of that name shows."""
    return Certificates(stack.home.tls, name).channel_credentials()
