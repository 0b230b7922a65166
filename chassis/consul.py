"""Discovery: where this instance is, told to Consul, and where the others are, watched.

Consul only says where somebody is; who somebody is, their certificate says. python-consul2 is a blocking
client, so each watch has a thread of its own and registration borrows one.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import quote

from chassis.consul_client import ConsulClient, ConsulError, Instance
from chassis.telemetry import get_logger

__all__ = ["ConsulRegistration", "ConsulResolver", "Instance", "OnInstances", "Resolver"]

_logger = get_logger(__name__)
_CALL_SECONDS = 5.0
OnInstances = Callable[[tuple[Instance, ...]], None]


class Resolver(Protocol):
    """Knows where the healthy instances of a service are."""

    def watch(self, service: str, on_instances: OnInstances) -> None:
        """Call `on_instances`, in the event loop, with the list as soon as it is known and after each change.

        While the source is gone nothing is said: the last list stands.
        """


class ConsulRegistration:
    """Keeps this instance in Consul's list for as long as `keep` runs, and takes it out at the end."""

    def __init__(
        self,
        address: str,
        *,
        service: str,
        instance: Instance,
        health_port: int,
        token: str = "",
        every_seconds: float = 3.0,
    ) -> None:
        self._address = address
        self._token = token
        self._service = service
        self._instance = instance
        host = f"[{instance.host}]" if ":" in instance.host else instance.host
        self._check_url = f"http://{host}:{health_port}/health/ready?instance={quote(instance.id)}"
        self._every_seconds = every_seconds
        # Guards the two below: a thread may still be registering when the loop wants to leave.
        self._lock = threading.Lock()
        self._registered = False
        self._leaving = False

    async def keep(self) -> None:
        """Register, and again whenever the agent has forgotten us: it may have lost its data. For ever."""
        known = True
        while True:
            try:
                if await asyncio.to_thread(self._assert):
                    _logger.info("registered", instance=self._instance.id)
                known = True
            except ConsulError as error:
                if known:
                    _logger.warning("registration_waits_for_consul", error=str(error))
                known = False
            await asyncio.sleep(self._every_seconds)

    async def leave(self) -> None:
        """Leave the list, and stay out whatever `keep` does.

        Consul being away is no reason to stay: its check will find out.
        """
        try:
            await asyncio.to_thread(self._deregister)
            _logger.info("deregistered", instance=self._instance.id)
        except ConsulError as error:
            _logger.warning("deregistration_failed", error=str(error))

    def _assert(self) -> bool:
        with self._lock, self._client() as client:
            # At first register in any case: the agent may know a former self with another health port.
            if self._leaving or (self._registered and client.knows(self._instance.id)):
                return False
            client.register(self._service, self._instance, check_url=self._check_url)
            self._registered = True
            return True

    def _deregister(self) -> None:
        with self._lock, self._client() as client:
            self._leaving = True
            client.deregister(self._instance.id)

    def _client(self) -> ConsulClient:
        return ConsulClient(self._address, token=self._token, timeout_seconds=_CALL_SECONDS)


class ConsulResolver:
    """Watches services with blocking queries of at most `wait_seconds`; a Resolver."""

    def __init__(self, address: str, *, token: str = "", wait_seconds: int = 10) -> None:
        self._address = address
        self._token = token
        self._wait_seconds = wait_seconds
        self._watches: list[_Watch] = []

    def watch(self, service: str, on_instances: OnInstances) -> None:
        loop = asyncio.get_running_loop()

        def deliver(instances: tuple[Instance, ...]) -> None:
            with suppress(RuntimeError):  # the loop closed while the answer was on its way
                loop.call_soon_threadsafe(on_instances, instances)

        client = ConsulClient(
            self._address, token=self._token, timeout_seconds=self._wait_seconds + _CALL_SECONDS
        )
        watch = _Watch(client, service, self._wait_seconds, deliver)
        self._watches.append(watch)
        watch.start()

    async def close(self) -> None:
        """End every watch at once, also one in the middle of its query."""
        for watch in self._watches:
            watch.stop()
        for watch in self._watches:
            await asyncio.to_thread(watch.join, _CALL_SECONDS)
        self._watches.clear()


class _Watch(threading.Thread):
    """One service, one thread, one connection."""

    def __init__(self, client: ConsulClient, service: str, wait_seconds: int, deliver: OnInstances) -> None:
        super().__init__(name=f"consul-watch-{service}", daemon=True)
        self._client = client
        self._service = service
        self._wait_seconds = wait_seconds
        self._deliver = deliver
        self._stopped = threading.Event()
        self._instances: tuple[Instance, ...] | None = None

    def stop(self) -> None:
        self._stopped.set()
        self._client.interrupt()

    def run(self) -> None:
        index: int | None = None
        failures = 0
        with self._client:
            while not self._stopped.is_set():
                try:
                    index = self._ask(index)
                    failures = 0
                    pause = 0.05  # a list that flutters costs 20 queries a second, no more
                except ConsulError as error:
                    index = None  # a restarted Consul counts from the beginning
                    failures += 1
                    pause = min(0.1 * 2**failures, 5.0)
                    if failures == 1 and not self._stopped.is_set():
                        _logger.warning("consul_away", watching=self._service, error=str(error))
                self._stopped.wait(pause)

    def _ask(self, index: int | None) -> int | None:
        following, instances = self._client.healthy(self._service, index, self._wait_seconds)
        if instances != self._instances:
            self._instances = instances
            self._deliver(instances)
        # Consul's rule: an index that went backwards starts over, and none is below 1.
        return None if index is not None and following < index else max(following, 1)
