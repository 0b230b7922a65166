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
import gc
import resource
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import uvloop

from chassis.building import Server, Service, SettingsT
from chassis.consul import ConsulRegistration, ConsulResolver, Instance
from chassis.health import HealthServer
from chassis.loop_lag import watch_loop_lag
from chassis.telemetry import configure_logging, get_logger
from chassis.tracing import start_tracing

__all__ = ["Build", "Server", "Service", "allow_many_connections", "run", "serve", "settled"]

_logger = get_logger(__name__)
_OPEN_FILES = 20_000
Build = Callable[[Service[SettingsT]], Awaitable[Server]]


def run(name: str, settings: SettingsT, build: Build[SettingsT]) -> None:
    """Serve until SIGTERM or SIGINT; then: not serving, deregister, drain, stop."""
    configure_logging(name, settings.log_level)
    allow_many_connections()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signalled(name, settings, build))


def allow_many_connections() -> None:
    """Shells and containers often grant 1,024 open files; each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _until_signalled(name: str, settings: SettingsT, build: Build[SettingsT]) -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    await serve(name, settings, settled(build), until=asked_to_stop)


def settled(build: Build[SettingsT]) -> Build[SettingsT]:
    """The same, and what stands then, modules and routes and models, is never looked through for garbage again.

    It lives as long as the process. Walking it, every few hundred requests, was a twentieth of the gateway's time.
    """

    async def build_and_settle(service: Service[SettingsT]) -> Server:
        server = await build(service)
        gc.collect()
        gc.freeze()
        return server

    return build_and_settle


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
        if settings.otlp_endpoint:
            stack.callback(start_tracing(name, settings.otlp_endpoint))
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
    try:
        health_port = await health_server.start(settings.bind_host, settings.health_port)
    except OSError as error:
        raise SystemExit(f"STOWAGE_HEALTH_PORT: {settings.health_port} cannot be listened on.") from error
    service.stack.push_async_callback(health_server.stop)
    registration = ConsulRegistration(
        settings.consul_http_addr,
        token=settings.consul_http_token.get_secret_value(),
        service=service.name,
        instance=instance,
        health_port=health_port,
    )
    service.start(registration.keep(), name="registration")
    service.start(watch_loop_lag(), name="loop-lag")
    _logger.info("serving", instance=instance.id, port=port, health_port=health_port)
    return registration


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
