"""What a gateway holds of a stream while it comes in, for how long, and on whose behalf."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from api_gateway.adapters.rpc.callers import VerifiedTokens
from api_gateway.app.append_stream import AppendStream
from api_gateway.app.cells import Cells
from api_gateway.app.relay_places import RelayPlaces
from api_gateway.app.spool import Spool
from api_gateway.domain.errors import OffsetWrong, TooManyRelays
from api_gateway.domain.identity import Caller
from api_gateway.domain.streams import CELL_BYTES, Segment, StreamTail
from api_gateway.domain.uploads import SignedPart, UploadIntent
from chassis.errors import Kind, RemoteError
from chassis.rpc.context import identity
from chassis.tokens import TokenVerifier
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_streams import InMemoryStreams

MIB = 2**20


@dataclass
class Evening:
    """A drive, a clock that somebody turns, and a service that looks at the token of each call."""

    world: GatewayWorld = field(default_factory=GatewayWorld)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    spool: Spool = field(
        default_factory=lambda: Spool(CELL_BYTES, account_bytes=CELL_BYTES, patience_seconds=5.0)
    )
    places: RelayPlaces = field(default_factory=lambda: RelayPlaces(in_total=4, of_one_account=2))
    tails: int = 0

    def __post_init__(self) -> None:
        self.world.people.now = lambda: self.now
        self.tokens = VerifiedTokens(TokenVerifier(self.world.keys.fetch, clock=lambda: self.now))
        self.streams = InMemoryStreams(self.world.uploads)

    async def caller(self, account_id: str = "a" * 32) -> Caller:
        """Whoever has signed in just now."""
        session = self.world.people.open_session(account_id)
        return await self.tokens.prove(
            self.world.keys.token(sub=account_id, sid=session.session_id, now=self.now)
        )

    async def begun(self, caller: Caller) -> str:
        intent = UploadIntent("root", "stream.bin", None, "", "fail", None)
        started = await self.world.uploads.start(caller, intent, command_id="c" + caller.account_id, parts=())
        return started.answer.upload.id

    def appender(self, piece_seconds: float = 5.0) -> AppendStream:
        return AppendStream(
            self,
            self.world.uploads,
            self.world.storage,
            self.spool,
            self.places,
            self.world.people,
            self.tokens,
            lambda: self.now,
            piece_seconds,
        )

    async def tail(self, caller: Caller, upload_id: str) -> StreamTail:
        self.tails += 1
        return await self.streams.tail(caller, upload_id)

    async def sign_segment(self, caller: Caller, upload_id: str, segment: Segment) -> SignedPart:
        if identity().expires_at <= self.now:
            raise RemoteError(Kind.UNAUTHENTICATED, "unauthenticated", "The token has ended.")
        return await self.streams.sign_segment(caller, upload_id, segment)

    async def append(self, caller: Caller, upload_id: str, segment: Segment) -> int:
        return await self.streams.append(caller, upload_id, segment)


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_body_goes_on_while_its_session_does_though_tokens_end() -> None:
    evening = Evening()
    caller = await evening.caller()
    upload_id = await evening.begun(caller)

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(30):
            evening.now += timedelta(minutes=1)
            yield b"x"
            await asyncio.sleep(0.01)

    appended = await evening.appender(piece_seconds=0.0)(caller, upload_id, offset=0, body=slowly())

    assert appended == 30
    assert evening.world.people.prolonged >= 3


async def test_a_silent_body_keeps_nobody_elses_waiting() -> None:
    evening = Evening()
    silent, other = await evening.caller(), await evening.caller("b" * 32)
    first, second = await evening.begun(silent), await evening.begun(other)
    go_on = asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        yield b"Dear "
        await go_on.wait()
        yield b"Charles"

    append = evening.appender(piece_seconds=0.01)
    task = asyncio.create_task(append(silent, first, offset=0, body=waiting()))

    assert await append(other, second, offset=0, body=chunks(b"hello")) == 5
    assert not task.done()
    go_on.set()
    assert await task == 12
    assert evening.spool.free_bytes == CELL_BYTES


async def test_pieces_that_are_kept_on_the_way_are_joined_and_become_the_part() -> None:
    evening = Evening()
    caller = await evening.caller()
    upload_id = await evening.begun(caller)
    sent = [bytes([number]) * MIB for number in range(9)]

    async def slowly() -> AsyncIterator[bytes]:
        for each in sent:
            yield each
            await asyncio.sleep(0.005)

    append = evening.appender(piece_seconds=0.0)
    assert await append(caller, upload_id, offset=0, body=slowly()) == 9 * MIB

    await append.close(caller, upload_id, 9 * MIB)
    stored = evening.world.storage.objects
    assert stored[f"internal://{upload_id}/1"] + stored[f"internal://{upload_id}/2"] == b"".join(sent)


async def test_the_tail_is_not_asked_for_after_each_piece() -> None:
    evening = Evening()
    caller = await evening.caller()
    upload_id = await evening.begun(caller)

    await evening.appender()(caller, upload_id, offset=0, body=chunks(bytes(CELL_BYTES + 5)))

    assert evening.tails == 1


async def test_no_more_of_a_body_is_held_than_a_piece() -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(4 * CELL_BYTES // 2**16):
            yield bytes(2**16)

    async def send(part: SignedPart, sent: AsyncIterator[bytes]) -> str:
        sha256 = hashlib.sha256()
        async for chunk in sent:
            sha256.update(chunk)
        assert sha256.hexdigest() == part.headers["sha256"]
        return '"etag"'

    evening = Evening()
    evening.world.storage.send = send
    caller = await evening.caller()
    upload_id = await evening.begun(caller)

    tracemalloc.start()
    try:
        await evening.appender()(caller, upload_id, offset=0, body=body())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert CELL_BYTES < peak < 1.3 * CELL_BYTES


async def test_what_others_append_behind_the_same_piece_is_not_built_upon() -> None:
    evening = Evening(spool=Spool(2 * CELL_BYTES, account_bytes=2 * CELL_BYTES))
    caller = await evening.caller()
    upload_id = await evening.begun(caller)
    signing = evening.sign_segment

    async def overtaken(caller: Caller, upload_id: str, segment: Segment) -> SignedPart:
        evening.sign_segment = signing
        again = await evening.caller()
        await evening.appender()(again, upload_id, offset=0, body=chunks(b"Dear "))
        await evening.appender()(again, upload_id, offset=5, body=chunks(b"A"))
        return await signing(caller, upload_id, segment)

    evening.sign_segment = overtaken
    with pytest.raises(OffsetWrong) as refusal:
        await evening.appender()(caller, upload_id, offset=0, body=chunks(b"Dear "))

    assert refusal.value.offset == 6
    assert (await evening.streams.tail(caller, upload_id)).offset == 6


async def test_whoever_has_no_place_left_makes_no_part_of_what_waits() -> None:
    evening = Evening()
    caller = await evening.caller()
    upload_id = await evening.begun(caller)
    append = evening.appender()
    await append(caller, upload_id, offset=0, body=chunks(b"hello"))

    with evening.places.taken_by(caller.account_id), pytest.raises(TooManyRelays):
        await append.close(caller, upload_id, 5)

    await append.close(caller, upload_id, 5)
    assert evening.places.taken == 0


async def test_what_breaks_while_nobody_waits_for_it_is_left_behind() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionError

    cells = Cells(broken())
    assert await cells.more()
    assert await cells.next(5, seconds=0.0) == b"x"
    await cells.aclose()


def read_nothing() -> AsyncIterator[bytes]:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("a byte was read")
        yield b""

    return body()


async def test_an_upload_whose_length_was_said_is_refused_before_a_byte_is_read() -> None:
    evening = Evening()
    caller = await evening.caller()
    known = UploadIntent("root", "known.bin", 5, "", "fail", None)
    upload = (await evening.world.uploads.start(caller, known, command_id="k", parts=())).answer.upload
    closed = await evening.begun(caller)
    await evening.world.uploads.sign(caller, closed, [], "internal", size=5)

    for upload_id, code in ((upload.id, "offset_wrong"), (closed, "length_decided")):
        with pytest.raises(RemoteError) as refusal:
            await evening.appender()(caller, upload_id, offset=0, body=read_nothing())
        assert refusal.value.code == code
