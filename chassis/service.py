"""One running service, from its settings to SIGTERM: what `bootstrap` and `__main__` share.

    def main() -> None:
        run("user-service", load(UserSettings), build)

    async def build(service: Service[UserSettings]) -> Server:
        dynamodb = await service.stack.enter_async_context(open_dynamodb(...))
        service.probe("dynamodb", dynamodb.ping)
        keys = service.channel("user-service")
        verifier = service.verifier(fetch_keys)
        return service.rpc_server(policy=POLICY, register=register, verifier=verifier)

`build` must not wait for anything outside this process: a service starts and stays up while a dependency is
missing, reports itself not ready, and recovers.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Generic, Protocol, TypeVar

import uvloop

from chassis.consul import ConsulRegistration, ConsulResolver, Instance, Resolver
from chassis.errors import Unavailable
from chassis.health import Health, HealthServer, probing
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.policy import Policy
from chassis.rpc.server import Register, RpcServer
from chassis.settings import ServiceSettings
from chassis.telemetry import configure_logging, get_logger
from chassis.tls import channel_credentials
from chassis.tokens import TokenVerifier

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
_KEYS_EVERY_SECONDS = 300.0
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
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def channel(self, service: str, *, required: bool = False) -> ServiceChannel:
        """Calls to another service. `required`: without a known instance of it this one is not ready."""
        credentials = channel_credentials(self.settings.tls_dir, self.name)
        channel = ServiceChannel(service, self.resolver, credentials)
        self.stack.push_async_callback(channel.close)
        if required:
            why = f"no instance of {service} is known"
            channel.links.on_change(lambda count: self.health.set_ready(service, count > 0, why))
        return channel

    def verifier(self, fetch_keys: Callable[[], Awaitable[str]]) -> TokenVerifier:
        """Proves access tokens; fetches the keys now, again until it has them, and every few minutes."""
        verifier = TokenVerifier(fetch_keys)

        async def refresh() -> None:
            try:
                await verifier.refresh()
            except Unavailable:
                if not verifier.has_keys:
                    raise

        self.probe("token_keys", refresh, every_seconds=_KEYS_EVERY_SECONDS)
        return verifier

    def probe(
        self, condition: str, probe: Callable[[], Awaitable[object]], *, every_seconds: float = 15.0
    ) -> None:
        """Ready only while `probe` does not raise; asked every `every_seconds`, sooner while it fails."""
        self.health.set_ready(condition, False, "not asked yet")  # noqa: FBT003  # reads well
        self.start(
            probing(self.health, condition, probe, every_seconds=every_seconds), name=f"probe-{condition}"
        )

    def rpc_server(self, *, policy: Policy, register: Register, verifier: TokenVerifier | None) -> RpcServer:
        """The gRPC server of this service. Raises PolicyError if the policy misses a method."""
        return RpcServer(
            service=self.name,
            tls_dir=self.settings.tls_dir,
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


Build = Callable[[Service[SettingsT]], Awaitable[Server]]


def run(name: str, settings: SettingsT, build: Build[SettingsT]) -> None:
    """Serve until SIGTERM or SIGINT; then: not serving, deregister, drain, stop."""
    configure_logging(name, settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signalled(name, settings, build))


async def _until_signalled(name: str, settings: SettingsT, build: Build[SettingsT]) -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    await serve(name, settings, build, until=asked_to_stop)


async def serve(
    name: str,
    settings: SettingsT,
    build: Build[SettingsT],
    *,
    until: asyncio.Event,
    lame_duck_seconds: float = 1.0,
    grace_seconds: float = 15.0,
) -> None:
    """`run` within a loop that somebody else owns, `until` an event instead of a signal."""
    async with AsyncExitStack() as stack:
        token = settings.consul_http_token.get_secret_value()
        resolver = ConsulResolver(settings.consul_http_addr, token=token)
        stack.push_async_callback(resolver.close)
        service = Service(name, settings, stack, resolver)
        try:
            server = await build(service)
            registration = await _open_doors(service, server)
            await _first(until, service.failed)
            service.health.stop_serving()
            await registration.leave()
            # Callers learn of it by their watch; until then their calls are still served.
            await asyncio.sleep(lame_duck_seconds)
            await server.drain(grace_seconds)
        finally:
            await service.stop_work()
    _logger.info("stopped")
    if service.failed.is_set():
        raise SystemExit(1)


async def _open_doors(service: Service[Any], server: Server) -> ConsulRegistration:
    settings = service.settings
    port = await server.start()
    instance = Instance(f"{service.name}-{settings.reachable_host}-{port}", settings.reachable_host, port)
    health_server = HealthServer(service.health, instance_id=instance.id)
    health_port = await health_server.start(settings.bind_host, settings.health_port)
    service.stack.push_async_callback(health_server.stop)
    registration = ConsulRegistration(
        settings.consul_http_addr,
        token=settings.consul_http_token.get_secret_value(),
        service=service.name,
        instance=instance,
        health_port=health_port,
    )
    service.start(registration.keep(), name="registration")
    _logger.info("serving", instance=instance.id, port=port, health_port=health_port)
    return registration


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
