"""A gRPC server that takes calls only over mutual TLS, only from whom its policy names."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import grpc
from grpc_health.v1 import health as grpc_health
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chassis.health import Health
from chassis.rpc.interceptors import MAX_SECONDS, UnaryHandler, Verifier, guarded
from chassis.rpc.metrics import ServerMetrics, server_metrics
from chassis.rpc.policy import Policy, PolicyError, require_agreement
from chassis.tls import Certificates

Register = Callable[[grpc.aio.Server], None]
# So long a connection outlives what its certificate has come to mean since the handshake.
CONNECTION_SECONDS = 30 * 60.0
_MESSAGE_BYTES = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # two instances on one port would share calls in silence
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MESSAGE_BYTES),
    # Channels ping every 20 s (channels.py); without these grpc answers "too many pings" and cuts them off.
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


def _ages(connection_seconds: float) -> tuple[tuple[str, int], ...]:
    """Past its age a connection takes no new calls and ends with those in flight; callers connect anew."""
    return (
        ("grpc.max_connection_age_ms", int(connection_seconds * 1000)),
        ("grpc.max_connection_age_grace_ms", int((MAX_SECONDS + 30) * 1000)),
    )


class RpcServer:
    """Serves what `register` adds to it. Raises PolicyError if the policy does not name each method."""

    def __init__(
        self,
        *,
        certificates: Certificates,
        policy: Policy,
        register: Register,
        verifier: Verifier | None,
        health: Health | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        metrics: ServerMetrics | None = None,
        connection_seconds: float = CONNECTION_SECONDS,
    ) -> None:
        self._server = grpc.aio.server(options=(*_OPTIONS, *_ages(connection_seconds)))
        guard = _GuardedServer(self._server, policy, verifier, metrics or server_metrics())
        register(guard)
        require_agreement(policy, frozenset(guard.methods))
        self._health_service = grpc_health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health_service, self._server)
        self._health = health or Health()
        self._telling: set[asyncio.Task[None]] = set()
        self._credentials = certificates.server_credentials()
        self._address = f"{host}:{port}"

    async def start(self) -> int:
        """Listen; returns the port. Ends the process, in words, if the port is taken."""
        try:
            port = self._server.add_secure_port(self._address, self._credentials)
        except RuntimeError as error:
            raise SystemExit(f"STOWAGE_RPC_PORT: {self._address} cannot be listened on.") from error
        await self._server.start()
        self._health.on_change(self._tell)
        return port

    def _tell(self, ready: bool) -> None:  # noqa: FBT001  # the listener's form
        status = (
            health_pb2.HealthCheckResponse.SERVING if ready else health_pb2.HealthCheckResponse.NOT_SERVING
        )
        task = asyncio.get_running_loop().create_task(self._health_service.set("", status))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def drain(self, grace_seconds: float) -> None:
        """Take no new calls, let those in flight finish for up to `grace_seconds`, then cut them off."""
        await self._health_service.enter_graceful_shutdown()
        await self._server.stop(grace_seconds)


class _GuardedServer(grpc.aio.Server):
    """What the generated `add_…_to_server` functions register with: it wraps each handler once."""

    def __init__(
        self, server: grpc.aio.Server, policy: Policy, verifier: Verifier | None, metrics: ServerMetrics
    ) -> None:
        self._server = server
        self._policy = policy
        self._verifier = verifier
        self._metrics = metrics
        self.methods: set[str] = set()

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: "Mapping[str, grpc.RpcMethodHandler[Any, Any]]"
    ) -> None:
        guarded_handlers = {
            name: self._guard(f"/{service_name}/{name}", handler) for name, handler in method_handlers.items()
        }
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service_name, guarded_handlers),)
        )

    def _guard(
        self, method: str, handler: "grpc.RpcMethodHandler[Any, Any]"
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        self.methods.add(method)
        if handler.unary_unary is None:
            raise PolicyError(f"{method} streams; only calls of one message each way are guarded")
        if method not in self._policy:
            raise PolicyError(f"no policy says who may call {method}")
        row = self._policy[method]
        if row.token and self._verifier is None:
            raise PolicyError(f"{method} needs a token, and nothing here can verify one")
        return grpc.unary_unary_rpc_method_handler(
            guarded(
                cast("UnaryHandler", handler.unary_unary),
                method=method,
                row=row,
                verifier=self._verifier,
                metrics=self._metrics,
            ),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """Nothing: generated code hands the same handlers to add_registered_method_handlers."""

    def add_insecure_port(self, address: str) -> int:
        raise NotImplementedError("no plaintext")

    def add_secure_port(self, address: str, server_credentials: grpc.ServerCredentials) -> int:
        raise NotImplementedError("RpcServer.start listens")

    async def start(self) -> None:
        raise NotImplementedError("RpcServer.start")

    async def stop(self, grace: float | None) -> None:
        raise NotImplementedError("RpcServer.drain")

    async def wait_for_termination(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109  # grpc's name
        raise NotImplementedError("chassis.service waits for signals")
