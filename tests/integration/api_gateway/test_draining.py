"""The door opens when there is something to give, and closes on nobody who has come or spoken already."""

import asyncio
import socket

import pytest

from api_gateway.adapters.http.server import HttpServer
from tests.fakes.gateway import GatewayWorld
from tests.integration.api_gateway.wire import Upstream, gateway, read_answer

ASK = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


async def answered(client: socket.socket) -> tuple[int, bytes]:
    """The answer, and that nothing follows it."""
    client.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=client)
    status, head, _ = await read_answer(reader)
    assert await reader.read() == b""
    writer.close()
    return status, head


async def test_the_door_opens_when_the_gateway_is_ready() -> None:
    world = GatewayWorld()
    world.health.set_ready("services", False, "looking for the services")
    server = HttpServer(world.application(), host="127.0.0.1", port=0, health=world.health)
    port = await server.start()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)

    world.health.set_ready("services", True)

    async with asyncio.timeout(10):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
        writer.write(ASK)
        assert (await read_answer(reader))[0] == 200
        writer.close()
    await server.drain(1)


async def test_a_door_that_never_opened_can_be_closed() -> None:
    world = GatewayWorld()
    world.health.set_ready("services", False, "looking for the services")
    server = HttpServer(world.application(), host="127.0.0.1", port=0, health=world.health)
    await server.start()

    async with asyncio.timeout(3):
        await server.drain(1)


async def test_before_it_closes_every_answer_is_the_last_of_its_connection() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        writer.write(ASK)
        _, before, _ = await read_answer(reader)

        door.world.health.stop_serving()
        writer.write(ASK)
        status, after, _ = await read_answer(reader)

        assert b"connection: close" not in before
        assert status == 200
        assert b"connection: close" in after
        assert await reader.read() == b""
        writer.close()


async def test_who_stands_at_the_door_when_it_closes_is_let_in() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        writer.write(ASK)
        await read_answer(reader)  # so the server runs by now
        writer.close()
        at_the_door = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(5)]
        for client in at_the_door:
            client.sendall(ASK)

        draining = asyncio.create_task(door.server.drain(5))

        for client in at_the_door:
            status, head = await answered(client)
            assert status == 200
            assert b"connection: close" in head
        await draining


async def test_who_speaks_on_an_idle_connection_while_it_closes_is_heard() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        clients = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(2)]
        while door.server.connections < 2:  # noqa: ASYNC110  # there is nobody to tell us
            await asyncio.sleep(0.01)

        draining = asyncio.create_task(door.server.drain(5))
        clients[0].sendall(ASK)

        assert (await answered(clients[0]))[0] == 200
        assert await asyncio.to_thread(clients[1].recv, 1) == b""
        clients[1].close()
        await draining
