"""Connections that fail in each of the ways they can, and a database that dies and comes back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.dynamodb import DynamoDB, NotSent, OutcomeUnknown, Table, TableMissing, open_dynamodb
from local_stack.ports import free_port
from tests.engines import REGION, dynamodb_url, start_dynamodb

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    id: str


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@asynccontextmanager
async def database(handle: Handler) -> AsyncIterator[DynamoDB]:
    """A server that treats each connection as `handle` does, and a client of it."""

    ended: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.get_running_loop().create_future())
        end = ended[-1]
        await reader.readuntil(b"\r\n\r\n")
        await handle(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        end.set_result(None)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        async with open_dynamodb(endpoint=endpoint, region=REGION, deadline_seconds=1) as db:
            yield db
        await asyncio.gather(*ended)


def rows(db: DynamoDB) -> Table[Row]:
    return Table(db, "rows", Row, partition_key="id")


async def test_where_nobody_listens_nothing_was_sent_and_writes_are_tried_again() -> None:
    async with open_dynamodb(endpoint=f"http://127.0.0.1:{free_port()}", region=REGION) as db:
        with pytest.raises(NotSent):
            await rows(db).put(Row("x"))

        assert db.calls["PutItem"] > 1


async def test_a_connection_that_is_cut_leaves_the_outcome_of_a_write_unknown() -> None:
    async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()

    async with database(cut) as db:
        with pytest.raises(OutcomeUnknown):
            await rows(db).put(Row("x"))

        assert db.calls["PutItem"] == 1


async def test_a_connection_that_closes_without_a_word_is_read_again() -> None:
    connections = 0

    async def second_answers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            body = b'{"Item": {"id": {"S": "x"}}}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async with database(second_answers) as db:
        assert await rows(db).get("x") == Row("x")
        assert db.calls["GetItem"] == 2


async def test_an_answer_from_something_else_is_no_answer() -> None:
    async def gateway(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>")

    async with database(gateway) as db:
        with pytest.raises(OutcomeUnknown):
            await rows(db).put(Row("x"))


async def test_silence_ends_at_the_deadline() -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass

    async with database(say_nothing) as db, asyncio.timeout(10):
        with pytest.raises(OutcomeUnknown):
            await rows(db).put(Row("x"))


async def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async with open_dynamodb(endpoint=f"http://127.0.0.1:{free_port()}", region=REGION) as db:
        with pytest.raises(NotSent, match="credentials"):
            await rows(db).put(Row("x"))


async def test_opening_for_aws_asks_nobody() -> None:
    async with open_dynamodb(endpoint=None, region="eu-central-1") as db:
        assert not db.calls


async def test_a_database_that_was_killed_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    with start_dynamodb(tmp_path) as process:
        async with open_dynamodb(endpoint=dynamodb_url(process), region=REGION) as db:
            with pytest.raises(TableMissing):
                await rows(db).get("x")
            process.kill()
            with pytest.raises(OutcomeUnknown):
                await rows(db).get("x")
            await asyncio.to_thread(process.start)

            with pytest.raises(TableMissing):
                await rows(db).get("x")
