"""The channel to one instance."""

import asyncio
from contextlib import suppress
from typing import Any

import grpc

from chassis.consul_client import Instance
from chassis.errors import Unavailable
from chassis.rpc.methods import Method

_MESSAGE_BYTES = 16 * 1024 * 1024
_RANKS = {
    grpc.ChannelConnectivity.READY: 0,
    grpc.ChannelConnectivity.IDLE: 1,
    grpc.ChannelConnectivity.CONNECTING: 1,
    grpc.ChannelConnectivity.TRANSIENT_FAILURE: 2,
    grpc.ChannelConnectivity.SHUTDOWN: 2,
}


class Link:
    """The channel to one address."""

    def __init__(self, instance: Instance, service: str, credentials: grpc.ChannelCredentials) -> None:
        self.instance = instance
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._calls: dict[Method, grpc.aio.UnaryUnaryMultiCallable[Any, Any]] = {}
        host = f"[{instance.host}]" if ":" in instance.host else instance.host
        self._channel = grpc.aio.secure_channel(
            f"{host}:{instance.port}", credentials, options=_options(service)
        )
        self.rank()  # connects ahead of the first call

    def rank(self) -> int:
        """0: connected; 1: not yet; 2: the last attempt failed. Asking makes an idle channel connect."""
        return _RANKS[self._channel.get_state(try_to_connect=True)]

    async def connected(self) -> None:
        """Returns when it is; tries for ever."""
        await self._channel.channel_ready()

    async def call(
        self, method: Method, request: Any, timeout_seconds: float, metadata: tuple[tuple[str, str], ...]
    ) -> Any:
        """Raises AioRpcError, or Unavailable if the channel was closed over the call."""
        call = self._calls.get(method)
        if call is None:
            call = self._calls[method] = self._channel.unary_unary(
                method.path, method.request_serializer, method.response_deserializer
            )
        self._in_flight += 1
        self._idle.clear()
        try:
            return await call(request, timeout=timeout_seconds, metadata=metadata)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # grpc cancels calls whose channel closes; nobody cancelled us.
            raise Unavailable("The connection was closed.") from error
        finally:
            self._in_flight -= 1
            if self._in_flight == 0:
                self._idle.set()

    async def close(self, drain_seconds: float) -> None:
        """Close when no call is in flight any more, or after `drain_seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                await self._idle.wait()
        await self._channel.close()


def _options(service: str) -> tuple[tuple[str, str | int], ...]:
    return (
        # Addresses are IPs; the certificate names the service. So a false registration gets no connection.
        ("grpc.ssl_target_name_override", service),
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        # An instance that comes back is found within seconds, not after grpc's two minutes.
        ("grpc.initial_reconnect_backoff_ms", 100),
        # Despite its name: how long one attempt to connect may take.
        ("grpc.min_reconnect_backoff_ms", 3_000),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        # A link that was drained leaves nothing behind for the next one to the same address.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_http_proxy", 0),
    )
