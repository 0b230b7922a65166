"""Archives that are made ahead of their client, and take longer than a token lives."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from api_gateway.adapters.rpc.callers import VerifiedTokens
from api_gateway.app.zip_nodes import Zip, ZipNodes
from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import Download, Reach
from api_gateway.ports.storage import Content
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from chassis.rpc.context import identity
from chassis.tokens import TokenVerifier
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_tree import NewFile

MINUTE = timedelta(minutes=1)
LARGE = 3 * 2**20


@dataclass
class Evening:
    """A drive, a clock that somebody turns, and services that look at the token of each call."""

    world: GatewayWorld = field(default_factory=GatewayWorld)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    signed: list[int] = field(default_factory=list)
    fetching: int = 0
    most_fetching: int = 0

    def __post_init__(self) -> None:
        self.world.people.now = lambda: self.now
        self.tokens = VerifiedTokens(TokenVerifier(self.world.keys.fetch, clock=lambda: self.now))

    async def caller(self) -> Caller:
        """Whoever has signed in just now."""
        session = self.world.people.open_session("a" * 32)
        return await self.tokens.prove(
            self.world.keys.token(sub="a" * 32, sid=session.session_id, now=self.now)
        )

    async def zip(self, caller: Caller, contents: Sequence[bytes]) -> Zip:
        tree = self.world.tree
        ids = []
        for number, content in enumerate(contents):
            new = NewFile("root", f"{number:04}", len(content), "text/plain", sha256(content).hexdigest())
            self.world.uploads.by_hash[new.content_hash] = content
            ids.append(tree.put_file(caller, new, "fail").id)
        zips = ZipNodes(tree, self, self, self.world.people, self.tokens, lambda: self.now)
        return await zips(caller, ids)

    async def sign_download(
        self, caller: Caller, node_id: str, reach: Reach, *, version: int | None
    ) -> Download:
        return await self.world.uploads.sign_download(caller, node_id, reach, version=version)

    async def sign_downloads(
        self, caller: Caller, wanted: Sequence[tuple[str, int]], reach: Reach
    ) -> Sequence[Download | DomainError]:
        if identity().expires_at <= self.now:
            raise RemoteError(Kind.UNAUTHENTICATED, "unauthenticated", "The token has ended.")
        self.signed.append(len(wanted))
        answers = await self.world.uploads.sign_downloads(caller, wanted, reach)
        return [
            replace(each, expires_at=self.now + 5 * MINUTE) if isinstance(each, Download) else each
            for each in answers
        ]

    async def send(self, part: object, chunks: object) -> str:
        raise AssertionError("an archive only reads")

    @asynccontextmanager
    async def fetch(self, url: str, byte_range: str | None) -> AsyncIterator[Content]:
        self.fetching += 1
        self.most_fetching = max(self.most_fetching, self.fetching)
        await asyncio.sleep(0)
        try:
            async with self.world.storage.fetch(url, byte_range) as content:
                yield content
        finally:
            self.fetching -= 1


def opened(body: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return [archive.read(name) for name in archive.namelist()]


async def test_many_small_ones_are_signed_together_and_fetched_side_by_side_and_stay_in_order() -> None:
    evening = Evening()
    contents = [str(number).encode() * 100 for number in range(200)]

    made = await evening.zip(await evening.caller(), contents)
    body = b"".join([chunk async for chunk in made.chunks])

    assert opened(body) == contents
    assert made.length == len(body)
    assert sum(evening.signed) == 200
    assert len(evening.signed) < 15
    assert 1 < evening.most_fetching <= 16


async def test_whoever_takes_nothing_has_little_fetched_for_it() -> None:
    evening = Evening()
    made = await evening.zip(await evening.caller(), [bytes([number]) * 2**20 for number in range(40)])

    await anext(made.chunks)
    await asyncio.sleep(0.05)

    assert evening.world.storage.bytes_read <= 6 * 2**20
    await made.chunks.aclose()
    assert (evening.fetching, evening.world.storage.open_downloads) == (0, 0)


async def test_an_archive_goes_on_while_its_session_does_though_tokens_end() -> None:
    evening = Evening()
    contents = [bytes([number]) * LARGE for number in range(12)]
    made = await evening.zip(await evening.caller(), contents)

    body = bytearray()
    async for chunk in made.chunks:  # 64 KiB each: ten hours in all
        body += chunk
        evening.now += MINUTE

    assert opened(bytes(body)) == contents
    assert evening.world.people.prolonged >= 36 * 2**20 / 2**16 / 10


async def test_a_url_that_has_grown_old_is_signed_anew() -> None:
    evening = Evening()
    contents = [b"a" * LARGE, b"b" * LARGE]
    made = await evening.zip(await evening.caller(), contents)

    body = await anext(made.chunks)
    evening.now += 6 * MINUTE
    body += b"".join([chunk async for chunk in made.chunks])

    assert opened(body) == contents
    assert evening.signed == [1, 1, 1]


async def test_the_end_of_a_session_ends_its_archives_within_minutes() -> None:
    evening = Evening()
    caller = await evening.caller()
    made = await evening.zip(caller, [b"a" * LARGE, b"b" * LARGE, b"c" * LARGE])
    taken: list[bytes] = []
    evening.world.people.ended.add(caller.session_id)

    async def take() -> None:
        async for chunk in made.chunks:
            taken.append(chunk)
            evening.now += MINUTE

    with pytest.raises(Unavailable):
        await take()
    assert len(taken) <= 7


async def test_a_user_service_that_is_away_for_a_moment_cuts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evening = Evening()
    asked = 0
    prolong = evening.world.people.prolong_access

    async def sometimes() -> object:
        nonlocal asked
        asked += 1
        if asked < 4:
            raise Unavailable("away")
        return await prolong()

    monkeypatch.setattr(evening.world.people, "prolong_access", sometimes)
    contents = [bytes([number]) * LARGE for number in range(4)]
    made = await evening.zip(await evening.caller(), contents)

    body = bytearray()
    async for chunk in made.chunks:
        body += chunk
        evening.now += MINUTE / 2

    assert opened(bytes(body)) == contents
