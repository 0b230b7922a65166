"""Calls to instances that come, go, fail and hang."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chassis import rpc
from chassis.consul import Instance
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel, owner
from chassis.rpc.context import enter_call
from chassis.telemetry import bind_request_id, current_request_id
from tests.chassis_rig import SERVICE, Say, calling, echo_server, running, say
from tests.fakes.resolver import InMemoryResolver


class NameTaken(DomainError):
    kind = Kind.CONFLICT
    code = "name_taken"


class Fleet:
    """Servers that answer with their name; `set` says which of them are on the list."""

    def __init__(self, tls_dir: Path, stack: AsyncExitStack, resolver: InMemoryResolver) -> None:
        self._tls_dir = tls_dir
        self._stack = stack
        self._resolver = resolver

    async def start(self, name: str, say: Say | None = None) -> Instance:
        async def name_yourself(_request: bytes) -> bytes:
            return name.encode()

        server = echo_server(self._tls_dir, say or name_yourself)
        return await self._stack.enter_async_context(running(server, name))

    def set(self, *instances: Instance) -> None:
        self._resolver.set(SERVICE, *instances)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def resolver() -> InMemoryResolver:
    return InMemoryResolver()


@pytest.fixture
async def channel(
    tls_dir: Path, resolver: InMemoryResolver, stack: AsyncExitStack
) -> AsyncIterator[ServiceChannel]:
    async with calling(tls_dir, resolver) as opened:
        yield opened


@pytest.fixture
def fleet(tls_dir: Path, stack: AsyncExitStack, resolver: InMemoryResolver) -> Fleet:
    return Fleet(tls_dir, stack, resolver)


async def connected(channel: ServiceChannel) -> None:
    """Until every listed instance has a connection."""
    for link in channel.links._by_address.values():
        await link._channel.channel_ready()


async def test_calls_go_round(fleet: Fleet, channel: ServiceChannel) -> None:
    fleet.set(*[await fleet.start(name) for name in ("one", "two", "three")])
    await connected(channel)
    echo = say(channel)
    answers = Counter([await echo(b"") for _ in range(30)])
    assert answers == {b"one": 10, b"two": 10, b"three": 10}


async def test_calls_for_a_drive_go_to_its_owner(fleet: Fleet, channel: ServiceChannel) -> None:
    names = ["one", "two", "three"]
    fleet.set(*[await fleet.start(name) for name in names])
    await connected(channel)
    echo = say(channel)
    for drive in ("d1", "d2", "d3", "d4", "d5", "d6"):
        assert await echo(b"", drive_id=drive) == owner(drive, names).encode()


class Gate:
    """Holds every call that is in a handler until it opens."""

    def __init__(self) -> None:
        self.waiting = 0
        self._open = asyncio.Event()
        self._arrived = asyncio.Condition()

    async def hold(self, _request: bytes) -> bytes:
        async with self._arrived:
            self.waiting += 1
            self._arrived.notify_all()
        opened = self._open
        await opened.wait()
        return b"done"

    async def holds(self, calls: int) -> None:
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.waiting == calls)

    def open(self) -> None:
        self.waiting = 0
        self._open.set()
        self._open = asyncio.Event()


async def test_instances_come_and_go_and_no_call_in_flight_fails(
    fleet: Fleet, channel: ServiceChannel
) -> None:
    gate = Gate()
    servers = [await fleet.start(f"i{number}", gate.hold) for number in range(4)]
    fleet.set(servers[0])
    echo = say(channel, idempotent=False)
    for turn in range(12):
        calls = [asyncio.create_task(echo(b"")) for _ in range(10)]
        await gate.holds(10)
        fleet.set(servers[turn % 4], servers[(turn + 1) % 4])
        late = [asyncio.create_task(echo(b"")) for _ in range(10)]
        await gate.holds(20)
        fleet.set(servers[(turn + 2) % 4])
        gate.open()
        assert set(await asyncio.gather(*calls, *late)) == {b"done"}


async def test_a_channel_is_kept_when_the_list_changes_around_it(
    fleet: Fleet, channel: ServiceChannel
) -> None:
    one, two = await fleet.start("one"), await fleet.start("two")
    fleet.set(one)
    (kept,) = channel.links._by_address.values()
    fleet.set(one, two)
    fleet.set(Instance("one-restarted", one.host, one.port))
    assert list(channel.links._by_address.values()) == [kept]
    assert kept.instance.id == "one-restarted"


async def test_an_empty_list_takes_nothing_away(fleet: Fleet, channel: ServiceChannel) -> None:
    counts: list[int] = []
    channel.links.on_change(counts.append)
    fleet.set(await fleet.start("one"))
    fleet.set()
    assert await say(channel)(b"") == b"one"
    assert counts == [0, 1, 0]
    assert not channel.has_instances


async def test_nobody_known_is_unavailable(channel: ServiceChannel) -> None:
    with pytest.raises(Unavailable, match="No instance of user-service is known"):
        await say(channel, idempotent=False)(b"")


async def test_a_call_waits_a_little_for_the_first_instance(fleet: Fleet, channel: ServiceChannel) -> None:
    one = await fleet.start("one")
    call = asyncio.create_task(say(channel)(b""))
    await asyncio.sleep(0)
    fleet.set(one)
    assert await call == b"one"


async def test_a_dead_instance_costs_no_call_when_another_lives(
    tls_dir: Path, fleet: Fleet, channel: ServiceChannel
) -> None:
    doomed = echo_server(tls_dir, lambda _: asyncio.sleep(0, b"doomed"))
    async with running(doomed, "doomed") as instance:
        fleet.set(await fleet.start("one"), instance)
        await connected(channel)
    echo = say(channel)
    assert {await echo(b"") for _ in range(20)} == {b"one"}


async def test_a_refusal_arrives_with_kind_code_and_words(fleet: Fleet, channel: ServiceChannel) -> None:
    calls: list[bytes] = []

    async def refuse(request: bytes) -> bytes:
        calls.append(request)
        raise NameTaken("That name is taken.")

    fleet.set(await fleet.start("one", refuse))
    with pytest.raises(RemoteError) as refusal:
        await say(channel)(b"x")
    assert (refusal.value.kind, refusal.value.code) == (Kind.CONFLICT, "name_taken")
    assert refusal.value.detail == "That name is taken."
    assert calls == [b"x"]


async def test_unavailable_is_asked_of_another_instance_first(fleet: Fleet, channel: ServiceChannel) -> None:
    async def be_away(_request: bytes) -> bytes:
        raise Unavailable

    fleet.set(await fleet.start("away", be_away), await fleet.start("one"))
    await connected(channel)
    echo = say(channel)
    assert {await echo(b"") for _ in range(6)} == {b"one"}


async def test_what_must_not_be_repeated_is_not(fleet: Fleet, channel: ServiceChannel) -> None:
    calls: list[bytes] = []

    async def be_away(request: bytes) -> bytes:
        calls.append(request)
        raise Unavailable

    fleet.set(await fleet.start("one", be_away))
    with pytest.raises(Unavailable):
        await say(channel, idempotent=False)(b"x")
    assert calls == [b"x"]


async def test_repeating_ends_after_four_attempts(fleet: Fleet, channel: ServiceChannel) -> None:
    calls: list[bytes] = []

    async def be_away(request: bytes) -> bytes:
        calls.append(request)
        raise Unavailable("The table is away.")

    fleet.set(await fleet.start("one", be_away))
    with pytest.raises(Unavailable, match="The table is away"):
        await say(channel)(b"x")
    assert len(calls) == 4


async def test_the_deadline_ends_a_call_and_the_handler(fleet: Fleet, channel: ServiceChannel) -> None:
    ended = asyncio.Event()

    async def hang(_request: bytes) -> bytes:
        try:
            return await asyncio.Event().wait() and b""
        finally:
            ended.set()

    fleet.set(await fleet.start("one", hang))
    with pytest.raises(Unavailable):
        await say(channel, timeout_seconds=0.2)(b"")
    async with asyncio.timeout(5):
        await ended.wait()


async def test_the_callers_own_deadline_goes_along(fleet: Fleet, channel: ServiceChannel) -> None:
    async def tell_patience(_request: bytes) -> bytes:
        return str(rpc.remaining_seconds()).encode()

    fleet.set(await fleet.start("one", tell_patience))
    assert 2 < float(await say(channel, timeout_seconds=3)(b"")) <= 3


async def test_a_task_that_outlives_its_call_is_not_bound_by_the_calls_deadline(
    fleet: Fleet, channel: ServiceChannel
) -> None:
    async def answer(_request: bytes) -> bytes:
        return b"done"

    fleet.set(await fleet.start("one", answer))
    enter_call("api-gateway", remaining=-1.0)
    assert await say(channel)(b"") == b"done"


async def test_cancelling_the_caller_cancels_the_handler(fleet: Fleet, channel: ServiceChannel) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def hang(_request: bytes) -> bytes:
        started.set()
        try:
            return await asyncio.Event().wait() and b""
        finally:
            ended.set()

    fleet.set(await fleet.start("one", hang))
    call = asyncio.create_task(say(channel)(b""))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    async with asyncio.timeout(5):
        await ended.wait()


async def test_the_request_id_goes_along_and_stays_apart(fleet: Fleet, channel: ServiceChannel) -> None:
    async def tell_request_id(_request: bytes) -> bytes:
        await asyncio.sleep(0)
        return current_request_id().encode()

    fleet.set(await fleet.start("one", tell_request_id))
    echo = say(channel)

    async def ask(number: int) -> bool:
        bind_request_id(f"request-{number}")
        return await echo(b"") == f"request-{number}".encode()

    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(ask(number)) for number in range(10)]
    assert all(task.result() for task in asked)


async def test_a_channel_closed_over_a_call_is_unavailable_not_cancelled(
    tls_dir: Path, fleet: Fleet, resolver: InMemoryResolver
) -> None:
    started = asyncio.Event()

    async def hang(_request: bytes) -> bytes:
        started.set()
        return await asyncio.Event().wait() and b""

    fleet.set(await fleet.start("one", hang))
    async with calling(tls_dir, resolver) as channel:
        call = asyncio.create_task(say(channel, idempotent=False)(b""))
        await started.wait()
        (link,) = channel.links._by_address.values()
        await link.close(drain_seconds=0)
        with pytest.raises(Unavailable):
            await call
