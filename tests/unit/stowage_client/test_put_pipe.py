"""`stowage put -`: what another program writes."""

import asyncio
import hashlib
import io
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

import pytest

from stowage_client.api.upload_models import Claim, PartReport
from stowage_client.api.uploads import UploadsApi
from stowage_client.errors import ExitCode, LocalError
from stowage_client.layout import MIB, Span, content_hash, spans, stream_spans
from stowage_client.storage.errors import Interrupted, Refused
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.part_sender import PartSender
from stowage_client.transfer.pipe import Pipe, PipedPart
from stowage_client.transfer.stream import _Flow
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

PART = 8 * MIB
CREW = Crew(movers=4)  # its threads begin with their first work, and get none
LONG = os.urandom(3 * PART + 99)


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 3 * PART, len(LONG)])
def test_every_length_arrives_whole(world: World, size: int) -> None:
    result = world.pipe(LONG[:size], "put", "-", "/all.bin", "--json")

    assert result.exit_code == 0, result.output
    assert world.stored("/all.bin") == LONG[:size]
    [file] = json.loads(result.stdout)["files"]
    assert (file["outcome"], file["target"], file["size"]) == ("done", "/all.bin", size)
    [upload] = world.gateway.uploads.by_id.values()
    assert (upload["layout"], upload["size"]) == ("s1", size)


def test_what_is_said_at_the_end(world: World) -> None:
    said = world.pipe(b"hello", "put", "-", "/a.txt").stdout

    assert said.startswith("- → /a.txt\nSent 1 file: 5 B in ")


def test_missing_folders_are_made_if_asked_and_the_name_says_the_type(world: World) -> None:
    assert world.pipe(b"{}", "put", "-p", "-", "/backup/2026/a.json").exit_code == 0

    assert world.stored("/backup/2026/a.json") == b"{}"
    [upload] = world.gateway.uploads.by_id.values()
    assert upload["content_type"] == "application/json"


@pytest.mark.parametrize("target", ["/", "/films/", "/films"])
def test_a_folder_is_no_name_for_a_pipe(world: World, target: str) -> None:
    world.gateway.drive.folder("/films")

    result = world.pipe(b"hello", "put", "-", target)

    assert result.exit_code == ExitCode.USAGE
    assert "is a folder" in result.stderr
    assert "stowage put - /backup/home.tar" in result.stderr
    assert world.gateway.uploads.by_id == {}


def test_a_pipe_stands_alone(world: World) -> None:
    result = world.pipe(b"hello", "put", "-", world.file("a.txt", b""), "/")

    assert result.exit_code == ExitCode.USAGE
    assert "stands alone" in result.stderr


def test_a_pipe_is_not_rehearsed(world: World) -> None:
    result = world.pipe(b"hello", "put", "-n", "-", "/a.txt")

    assert result.exit_code == ExitCode.USAGE
    assert world.gateway.uploads.by_id == {}


def test_a_file_called_like_a_pipe_is_sent_by_its_whole_path(world: World) -> None:
    world.do("put", world.file("-", b"not a pipe"), "/a.txt")

    assert world.stored("/a.txt") == b"not a pipe"


def test_a_name_that_is_taken_is_refused_before_anything_is_sent(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.path("/")["id"], "a.txt", b"old")

    result = world.pipe(b"new", "put", "-", "/a.txt")

    assert result.exit_code == ExitCode.CONFLICT
    assert world.storage.sends == []
    assert world.stored("/a.txt") == b"old"
    assert world.pipe(b"new", "put", "-", "/a.txt", "--conflict", "replace").exit_code == 0
    assert world.stored("/a.txt") == b"new"


def test_what_is_cut_on_the_way_is_sent_again_from_what_is_held(world: World) -> None:
    world.storage.send_failures.extend([(1000, Interrupted("reset"))] * 3)

    assert world.pipe(LONG, "put", "-", "/all.bin").exit_code == 0

    assert world.stored("/all.bin") == LONG


def test_a_pipe_that_cannot_be_sent_leaves_nothing_and_says_that_it_begins_anew(world: World) -> None:
    world.storage.send_failures.append((0, Refused("400 no")))

    result = world.pipe(LONG, "put", "-", "/all.bin")

    assert result.exit_code == ExitCode.FAILED
    assert "run the whole command again" in result.stderr
    assert [upload["state"] for upload in world.gateway.uploads.by_id.values()] == ["aborted"]


def test_a_quota_that_is_reached_on_the_way_is_told(world: World) -> None:
    full = Problem(507, "quota_exceeded", "There is no room.")
    world.gateway.refusals.append(("POST", r"/uploads/\w+/urls", full))

    result = world.pipe(LONG, "put", "-", "/all.bin")

    assert result.exit_code == ExitCode.NO_ROOM
    assert [upload["state"] for upload in world.gateway.uploads.by_id.values()] == ["aborted"]


def test_what_the_drive_refuses_in_the_end_is_kept_and_can_be_finished_otherwise(world: World) -> None:
    world.gateway.uploads.commit_refusal = Problem(409, "name_taken", "There is one already.")

    result = world.pipe(LONG, "put", "-", "/all.bin")

    [upload] = world.gateway.uploads.by_id.values()
    assert result.exit_code == ExitCode.CONFLICT
    assert f"stowage uploads resume {upload['id']}" in result.stderr
    world.do("uploads", "resume", upload["id"], "--conflict", "rename")
    assert world.stored("/all.bin") == LONG


def test_an_open_stream_is_listed_without_a_length_and_not_gone_on_with(world: World) -> None:
    begin = {"folder_id": world.gateway.drive.path("/")["id"], "name": "s.bin", "size": None}
    upload_id = world.gateway.uploads.route("POST", "uploads", {}, {**begin, "conflict": "fail"}, "k")[1]
    assert upload_id is not None
    [upload] = world.gateway.uploads.by_id.values()

    assert "length open" in world.do("uploads")
    assert "0 parts arrived" in world.do("uploads", "show", upload["id"])
    result = world.run("uploads", "resume", upload["id"], world.file("a.txt", b"x"))
    assert result.exit_code == ExitCode.USAGE
    assert f"stowage uploads cancel {upload['id']}" in result.stderr


def test_spans_of_a_stream_are_those_of_a_file_of_that_layout() -> None:
    size = 14_401 * MIB
    known = list(spans("s1", size))
    growing = stream_spans()

    assert [next(growing) for _ in known[:-1]] == known[:-1]
    assert len([*growing]) == 1000 - len(known) + 1


class Trickle(io.RawIOBase):
    """Gives a few bytes at a time, as pipes do."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def read(self, size: int = -1, /) -> bytes:
        return self._rest.read(min(size, 1000))


async def test_a_part_is_read_whole_however_little_comes_at_a_time() -> None:
    content = os.urandom(10_000)
    pipe = Pipe(cast("IO[bytes]", Trickle(content)))

    first = await pipe.part(Span(1, 0, 6000))
    last = await pipe.part(Span(2, 6000, 6000))

    assert (first.span.size_bytes, last.span.size_bytes) == (6000, 4000)
    assert first.digest == hashlib.sha256(content[:6000]).digest()
    assert last.read(100, 6000) == content[6000:6100]
    assert last.read(5000, 9000) == content[9000:]


async def test_a_large_part_waits_in_a_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    content = os.urandom(PART + 5)

    part = await Pipe(io.BytesIO(content)).part(Span(201, 7, PART + 5))

    assert part.read(PART, 7) + part.read(PART, PART + 7) == content
    assert os.listdir(tmp_path) == []
    part.close()


async def test_no_room_for_a_large_part_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/nowhere")

    with pytest.raises(LocalError) as refusal:
        await Pipe(io.BytesIO(b"x")).part(Span(201, 0, PART + 1))

    assert "TMPDIR" in (refusal.value.hint or "")


class Endless(io.RawIOBase):
    def read(self, size: int = -1, /) -> bytes:
        return bytes(size)


class Never:
    """A sender that has everything on its hands and finishes nothing, until it is told to."""

    def __init__(self) -> None:
        self.held: list[PipedPart] = []
        self.hands_full = asyncio.Event()

    async def send(self, part: PipedPart, _: object) -> str:
        self.held.append(part)
        if len(self.held) == CREW.feeder_count:
            self.hands_full.set()
        await asyncio.Event().wait()
        return "never"


class AnyUploads:
    async def sign(self, _: str, claims: list[Claim], *, size: int | None = None) -> list[Any]:
        return [SimpleNamespace(number=claim.number) for claim in claims]

    async def report(self, _: str, reports: list[PartReport]) -> None:
        assert len(reports) <= 100


async def test_what_is_held_is_bounded_however_fast_the_pipe_and_however_slow_the_line() -> None:
    sender = Never()
    flow = _Flow(
        "id",
        Pipe(cast("IO[bytes]", Endless())),
        uploads=cast("UploadsApi", AnyUploads()),
        sender=cast("PartSender", sender),
        crew=CREW,
    )
    running = asyncio.create_task(flow.run())
    await sender.hands_full.wait()
    for _ in range(50):  # long enough for many parts more
        await asyncio.to_thread(os.urandom, PART // 8)

    assert len(sender.held) == CREW.feeder_count
    running.cancel()
    await asyncio.wait({running})


def test_the_hash_of_what_came_is_the_one_that_a_file_would_have(world: World) -> None:
    world.pipe(LONG, "put", "-", "/all.bin")

    digests = [hashlib.sha256(LONG[start : start + PART]).digest() for start in range(0, len(LONG), PART)]
    assert world.gateway.drive.path("/all.bin")["content_hash"] == content_hash(digests)


async def test_of_a_pipe_that_does_not_block_nothing_yet_is_not_the_end() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    async def write() -> None:
        for data in (b"half", b"and half"):
            await asyncio.sleep(0.05)
            os.write(writing, data)
        os.close(writing)

    with os.fdopen(reading, "rb") as stream:
        part, _ = await asyncio.gather(Pipe(stream).part(Span(1, 0, PART)), write())
        assert part.read(PART, 0) == b"halfand half"
        part.close()
