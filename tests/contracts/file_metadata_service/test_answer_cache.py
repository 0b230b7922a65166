"""What the cache that instances share promises, in memory and on Redis alike."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from chassis.redis_line import open_redis
from file_metadata_service.adapters.redis.answer_cache import RedisAnswerCache, RedisChangeNotes, RedisOutbox
from file_metadata_service.adapters.redis.answer_forms import dump_page, dump_placed, load_page, load_placed
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import Version, new_file, new_folder
from file_metadata_service.ports.answer_cache import AnswerCache, ChangeNotes, Placed
from file_metadata_service.ports.listings import PackedPage
from tests.engines import PATIENCE_SECONDS
from tests.fakes.metadata_answers import InMemoryAnswers, InMemoryCache, InMemoryNotes
from tests.fakes.metadata_service import ANN

FOLDER, OTHER = NodeId("f" * 32), NodeId("e" * 32)
PAGE, NEWER = PackedPage(bytes(range(256)), None), PackedPage(b"", '["f", {"ä": 1}]\n')


@dataclass(frozen=True, slots=True)
class World:
    """`settled`: what was told before has arrived."""

    pages: AnswerCache[PackedPage]
    places: AnswerCache[Placed]
    notes: ChangeNotes
    settled: Callable[[], Awaitable[None]]
    head: Drive

    async def landed(self, head: Drive, *touched: NodeId) -> None:
        self.notes.landed(head.position, frozenset(touched))
        await self.settled()

    async def keep(self, head: Drive, page: PackedPage = PAGE) -> None:
        self.pages.keep(head, "k", FOLDER, page)
        await self.settled()

    def at(self, seq: int) -> Drive:
        return replace(self.head, seq=seq)


@asynccontextmanager
async def on_redis(url: str, head: Drive) -> AsyncIterator[World]:
    async with open_redis(url, as_text=False, answer_seconds=PATIENCE_SECONDS) as line:
        outbox = RedisOutbox(line)
        yield World(
            RedisAnswerCache(line, outbox, kind="page", of_the_tree=False, dump=dump_page, load=load_page),
            RedisAnswerCache(
                line, outbox, kind="place", of_the_tree=True, dump=dump_placed, load=load_placed
            ),
            RedisChangeNotes(outbox),
            outbox.finish,
            head,
        )


@pytest.fixture(params=["memory", "redis"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    head = Drive(id=DriveId(uuid4().hex), journal_id="j", created_at_ms=1, seq=10, tree_epoch=3)
    if request.param == "redis":
        async with on_redis(request.getfixturevalue("redis_url"), head) as world:
            yield world
        return
    cache = InMemoryCache()

    async def settled() -> None:
        pass

    yield World(
        InMemoryAnswers(cache, "page", of_the_tree=False),
        InMemoryAnswers(cache, "place", of_the_tree=True),
        InMemoryNotes(cache),
        settled,
        head,
    )


async def test_what_was_kept_is_given_at_the_same_head(world: World) -> None:
    assert await world.pages.get(world.head, "k") is None
    await world.keep(world.head)
    assert await world.pages.get(world.head, "k") == PAGE
    assert await world.pages.get(world.head, "another") is None
    assert await world.pages.get(replace(world.head, journal_id="another"), "k") is None
    assert await world.pages.get(replace(world.head, id=DriveId("another")), "k") is None


async def test_it_is_given_later_if_every_writing_since_is_known_not_to_have_touched_it(world: World) -> None:
    await world.keep(world.at(10))
    await world.landed(world.at(11), OTHER)
    await world.landed(world.at(12))
    assert await world.pages.get(world.at(12), "k") == PAGE
    await world.landed(world.at(13), OTHER, FOLDER)
    assert await world.pages.get(world.at(13), "k") is None
    await world.landed(world.at(14), OTHER)
    assert await world.pages.get(world.at(14), "k") is None
    assert await world.pages.get(world.at(12), "k") == PAGE


async def test_a_writing_that_nobody_noted_may_have_touched_it(world: World) -> None:
    await world.keep(world.at(10))
    await world.landed(world.at(12), OTHER)
    assert await world.pages.get(world.at(12), "k") is None
    await world.landed(world.at(11), OTHER)
    assert await world.pages.get(world.at(12), "k") == PAGE


async def test_who_has_read_an_older_head_is_not_given_what_is_newer(world: World) -> None:
    await world.keep(world.at(10))
    assert await world.pages.get(world.at(9), "k") is None


async def test_an_older_answer_does_not_replace_a_newer_one(world: World) -> None:
    await world.keep(world.at(10), NEWER)
    await world.keep(world.at(9), PAGE)
    assert await world.pages.get(world.at(10), "k") == NEWER
    await world.keep(world.at(11), PAGE)
    assert await world.pages.get(world.at(11), "k") == PAGE


async def test_places_end_with_the_shape_of_the_tree_and_pages_do_not(world: World) -> None:
    root = world.head.root
    placed = Placed(new_folder(FOLDER, root, "ä", at_ms=1, seq=2), (root,))
    world.places.keep(world.head, "k", None, placed)
    await world.keep(world.head)
    assert await world.places.get(world.head, "k") == placed
    moved = replace(world.at(11), tree_epoch=4)
    await world.landed(moved, OTHER)
    assert await world.places.get(moved, "k") is None
    assert await world.places.get(world.at(11), "k") == placed
    assert await world.pages.get(moved, "k") == PAGE


async def test_a_file_comes_back_whole_with_the_way_to_it(world: World) -> None:
    version = Version(7, BlobId("b"), 5 * 2**40, "text/plain", "c0", "p23", 1764138000123, ANN)
    above = new_folder(FOLDER, world.head.root, "ü", at_ms=1, seq=2)
    placed = Placed(new_file(OTHER, above, "a b", version, seq=9), (world.head.root, above))
    world.places.keep(world.head, "k", OTHER, placed)
    await world.settled()
    assert await world.places.get(world.head, "k") == placed


async def test_a_hundred_writings_are_proven_and_not_more(
    world: World, request: pytest.FixtureRequest
) -> None:
    await world.keep(world.at(10))
    for seq in range(11, 112):
        await world.landed(world.at(seq), OTHER)
    assert await world.pages.get(world.at(110), "k") == PAGE
    if "redis" in request.node.name:
        assert await world.pages.get(world.at(111), "k") is None
