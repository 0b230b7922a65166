"""The channels below a ServiceChannel: one per address, added and drained."""

import asyncio
from collections.abc import Callable

import grpc

from chassis.consul_client import Instance
from chassis.rpc.link import Link
from chassis.rpc.routing import routing_order
from chassis.rpc.successors import Address, Successors
from chassis.telemetry import get_logger

__all__ = ["Link", "Links"]

_logger = get_logger(__name__)


class Links:
    """The usable links of one service, and those that drain."""

    def __init__(self, service: str, credentials: grpc.ChannelCredentials, *, drain_seconds: float) -> None:
        self._service = service
        self._credentials = credentials
        self._drain_seconds = drain_seconds
        self._by_address: dict[Address, Link] = {}
        self._successors = Successors(self._succeed)
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
            self._successors.drop(address)
            self._drain(self._by_address.pop(address))
        for address, instance in wanted.items():
            known = self._by_address.get(address)
            if known is None:
                self._by_address[address] = Link(instance, self._service, self._credentials)
            else:
                known.instance = instance  # restarted on the same port

    def renew(self, credentials: grpc.ChannelCredentials) -> None:
        """Use these from now on. A link is replaced, and drains, once its successor is connected.

        So no call waits for a handshake, and credentials that the other end does not take cost nothing.
        """
        self._credentials = credentials
        for address, link in self._by_address.items():
            self._successors.add(address, Link(link.instance, self._service, credentials))

    def _succeed(self, address: Address, link: Link) -> None:
        former = self._by_address[address]
        link.instance = former.instance  # which may have restarted meanwhile
        self._by_address[address] = link
        self._drain(former)

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
        await self._successors.close()
        for link in self._by_address.values():
            self._drain(link)
        self._by_address.clear()
        await asyncio.gather(*self._draining)
