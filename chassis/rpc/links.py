"""The channels below a ServiceChannel: one per address, added and drained, never rebuilt."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc

from chassis.consul_client import Instance
from chassis.errors import Unavailable
from chassis.rpc.methods import Method
from chassis.rpc.routing import routing_order
from chassis.telemetry import get_logger

_logger = get_logger(__name__)
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


class Links:
    """The usable links of one service, and those that drain."""

    def __init__(self, service: str, credentials: grpc.ChannelCredentials, *, drain_seconds: float) -> None:
        self._service = service
        self._credentials = credentials
        self._drain_seconds = drain_seconds
        self._by_address: dict[tuple[str, int], Link] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self._turn = 0
        self.healthy = 0
        self._listeners: list[Callable[[int], None]] = []

    def on_change(self, listener: Callable[[int], None]) -> None:
        """Call `listener` now and after each change with the number of healthy instances."""
        self._listeners.append(listener)
        listener(self.healthy)

    def update(self, instances: tuple[Instance, ...]) -> None:
        """Take over a new list: new addresses get a channel, gone ones drain, the others stay as they are.

        An empty list changes no channel: after a restart Consul calls everybody sick until it has asked them,
        and to an instance that is truly gone a call fails no worse than without one.
        """
        _logger.info("instances_changed", of=self._service, instances=[each.id for each in instances])
        self.healthy = len(instances)
        if instances:
            self._take_over(instances)
        for listener in self._listeners:
            listener(self.healthy)

    def _take_over(self, instances: tuple[Instance, ...]) -> None:
        wanted = {(each.host, each.port): each for each in instances}
        for address in self._by_address.keys() - wanted.keys():
            self._drain(self._by_address.pop(address))
        for address, instance in wanted.items():
            known = self._by_address.get(address)
            if known is None:
                self._by_address[address] = Link(instance, self._service, self._credentials)
            else:
                known.instance = instance  # restarted on the same port

    def pick(self, drive_id: str | None, tried: set[Link]) -> Link | None:
        """The link to use next: an untried one before a tried one, then by rank."""
        order = self._routed(drive_id) if drive_id else self._rotated()
        best = None
        for link in order:
            rank = (link in tried, link.rank())
            if rank == (False, 0):
                return link
            if best is None or rank < best[0]:
                best = (rank, link)
        return best[1] if best else None

    def _rotated(self) -> list[Link]:
        links = list(self._by_address.values())
        self._turn += 1
        cut = self._turn % len(links) if links else 0
        return links[cut:] + links[:cut]

    def _routed(self, drive_id: str) -> list[Link]:
        by_id = {link.instance.id: link for link in self._by_address.values()}
        return [by_id[each] for each in routing_order(drive_id, by_id)]

    def _drain(self, link: Link) -> None:
        task = asyncio.get_running_loop().create_task(link.close(self._drain_seconds))
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)

    async def close(self) -> None:
        """Drain everything."""
        for link in self._by_address.values():
            self._drain(link)
        self._by_address.clear()
        await asyncio.gather(*self._draining)


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
