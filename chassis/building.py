"""What a service is built with: its settings, its health, channels to others, and what runs beside the calls."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from contextvars import Context
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from chassis.consul import Resolver
from chassis.consul_leadership import ConsulLeadership
from chassis.consul_lock import ConsulLock
from chassis.errors import Unavailable
from chassis.health import Health, probing
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.policy import Policy
from chassis.rpc.server import Register, RpcServer
from chassis.settings import ServiceSettings
from chassis.telemetry import bind_request_id, current_request_id, get_logger
from chassis.tls import LOOK_EVERY_SECONDS, Certificates
from chassis.tokens import TokenVerifier

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
# So long a token key that was revoked is still believed.
KEYS_EVERY_SECONDS = 60.0
_logger = get_logger(__name__)


class Server(Protocol):
    """What takes this service's calls: RpcServer, or the gateway's HTTP server."""

    async def start(self) -> int:
        """Listen; returns the port."""

    async def drain(self, grace_seconds: float) -> None:
        """Take no new calls, let those in flight finish for up to `grace_seconds`, then cut them off."""


class Service(Generic[SettingsT]):
    """What `build` builds with. Whatever is opened goes onto `stack`, and is closed in reverse."""

    def __init__(self, name: str, settings: SettingsT, stack: AsyncExitStack, resolver: Resolver) -> None:
        self.name = name
        self.settings = settings
        self.stack = stack
        self.health = Health()
        self.resolver = resolver
        self.failed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run work beside the calls until the service ends.

        It handles the failures it knows. One that it does not know ends the service, in order and with code 1: a
        supervisor's fresh start is better than a service of which a part is silently dead.
        """
        # Of the call that may have asked for it only the request id: neither its deadline nor its identity.
        context = Context()
        if request_id := current_request_id():
            context.run(bind_request_id, request_id)
        task = asyncio.get_running_loop().create_task(work, name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    @cached_property
    def certificates(self) -> Certificates:
        """What this service calls and is called with; looked after as long as the service runs."""
        certificates = Certificates(self.settings.tls_dir, self.name)
        looking = probing(self.health, "certificate", certificates.check, every_seconds=LOOK_EVERY_SECONDS)
        self.start(looking, name="certificates")
        return certificates

    def channel(self, service: str, *, required: bool = False) -> ServiceChannel:
        """Calls to another service. `required`: without a known instance of it this one is not ready."""
        certificates = self.certificates
        channel = ServiceChannel(service, self.resolver, certificates.channel_credentials())
        certificates.on_change(lambda: channel.renew(certificates.channel_credentials()))
        self.stack.push_async_callback(channel.close)
        if required:
            why = f"no instance of {service} is known"
            channel.links.on_change(lambda count: self.health.set_ready(service, count > 0, why))
        return channel

    def verifier(self, fetch_keys: Callable[[], Awaitable[str]]) -> TokenVerifier:
        """Proves access tokens; fetches the keys now, again until it has them, and every minute."""
        verifier = TokenVerifier(fetch_keys)

        async def refresh() -> None:
            try:
                await verifier.refresh()
            except Unavailable:
                if not verifier.has_keys:
                    raise

        self.probe("token_keys", refresh, every_seconds=KEYS_EVERY_SECONDS)
        return verifier

    def probe(
        self, condition: str, probe: Callable[[], Awaitable[object]], *, every_seconds: float = 5.0
    ) -> None:
        """Ready only while `probe` does not raise; asked every `every_seconds`, sooner while it fails."""
        self.health.set_ready(condition, False, "not asked yet")  # noqa: FBT003  # reads well
        self.start(
            probing(self.health, condition, probe, every_seconds=every_seconds), name=f"probe-{condition}"
        )

    def leadership(self, lock: str) -> ConsulLeadership:
        """Whether this instance is the one that does what one is enough for. `lock`: a name that all of them share."""
        consul = ConsulLock(
            self.settings.consul_http_addr,
            lock,
            holder=f"{os.uname().nodename}/{os.getpid()}",
            token=self.settings.consul_http_token.get_secret_value(),
        )
        leadership = ConsulLeadership(consul)
        self.stack.push_async_callback(leadership.close)
        return leadership

    def rpc_server(self, *, policy: Policy, register: Register, verifier: TokenVerifier | None) -> RpcServer:
        """The gRPC server of this service. Raises PolicyError if the policy misses a method."""
        return RpcServer(
            certificates=self.certificates,
            policy=policy,
            register=register,
            verifier=verifier,
            health=self.health,
            host=self.settings.bind_host,
            port=self.settings.rpc_port,
        )

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("background_work_failed", task=task.get_name(), exc_info=error)
            self.failed.set()

    async def stop_work(self) -> None:
        """Cancel what `start` started, and wait for it: it uses what `stack` holds."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
