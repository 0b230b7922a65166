"""Answers are read once however many ask, and kept while they are true and there is room."""

import asyncio
from dataclasses import replace

import pytest

from file_metadata_service.app.kept_answers import KeptAnswers, Read
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.ports.listings import PackedPage
from tests.fakes.metadata_answers import InMemoryAnswers, InMemoryCache, RecordingReadWatch

HEAD = Drive(id=DriveId("d"), journal_id="j", created_at_ms=1, seq=5)
PAGE = PackedPage(b"nodes", None)


class Store:
    """Answers when it is told to; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun = asyncio.Semaphore(0)
        self.answers = asyncio.Event()
        self.error: Exception | None = None

    async def read(self) -> Read[PackedPage]:
        self.asked += 1
        self.begun.release()
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        return Read(PAGE, HEAD, NodeId("n"))


class Kept:
    def __init__(self, max_weight: int = 100, max_passing_weight: int = 0) -> None:
        self.cache, self.watch, self.store = InMemoryCache(), RecordingReadWatch(), Store()
        self.answers = KeptAnswers[PackedPage](
            kind="page",
            cache=InMemoryAnswers(self.cache, "page", of_the_tree=False),
            watch=self.watch,
            weigh=lambda page: len(page.nodes),
            max_weight=max_weight,
            max_passing_weight=max_passing_weight,
        )

    async def ask(self, key: str = "k", head: Drive = HEAD, *, at_once: bool = True) -> PackedPage:
        return (await self.answers.get(head, key, self.store.read, at_once=at_once))[0]

    def results(self) -> list[str]:
        return [result for _, result in self.watch.looks]


async def test_many_who_ask_the_same_at_once_make_one_read() -> None:
    kept = Kept()
    asking = [asyncio.ensure_future(kept.ask()) for _ in range(50)]
    await kept.store.begun.acquire()
    kept.store.answers.set()
    assert await asyncio.gather(*asking) == [PAGE] * 50
    assert await kept.ask() == PAGE
    assert kept.store.asked == 1
    assert sorted(kept.results()) == ["memory", *["shared"] * 49, "store"]


async def test_who_read_a_newer_head_does_not_take_what_was_begun_at_an_older_one() -> None:
    kept = Kept()
    asking = [asyncio.ensure_future(kept.ask(head=replace(HEAD, seq=seq))) for seq in (5, 6)]
    for _ in asking:
        await kept.store.begun.acquire()
    kept.store.answers.set()
    await asyncio.gather(*asking)


async def test_the_others_get_their_answer_though_the_first_is_gone() -> None:
    kept = Kept()
    first, second = (asyncio.ensure_future(kept.ask()) for _ in range(2))
    await kept.store.begun.acquire()
    first.cancel()
    await asyncio.sleep(0)
    kept.store.answers.set()
    assert await second == PAGE
    assert (first.cancelled(), kept.store.asked) == (True, 1)


async def test_a_failure_is_everybodys_who_waits_and_nobodys_after() -> None:
    kept = Kept()
    kept.store.error = NodeNotFound("There is no such item.")
    kept.store.answers.set()
    failed = await asyncio.gather(*(kept.ask() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(it, NodeNotFound) for it in failed)
    kept.store.error = None
    assert await kept.ask() == PAGE
    assert kept.store.asked == 2


@pytest.mark.parametrize("moved", [{"seq": 6}, {"seq": 4}, {"journal_id": "k"}])
async def test_memory_is_true_at_one_head_only(moved: dict[str, int | str]) -> None:
    kept = Kept()
    kept.store.answers.set()
    await kept.ask()
    await kept.ask(head=replace(HEAD, **moved))  # type: ignore[arg-type]  # of that field
    assert kept.results() == ["store", "store"]


async def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept = Kept(max_weight=2 * len(PAGE.nodes))
    kept.store.answers.set()
    kept.cache.away = True
    for key in ("a", "b", "a", "c", "a", "b"):
        await kept.ask(key)
    assert kept.results() == ["store", "store", "memory", "store", "memory", "store"]


async def test_what_is_asked_for_once_can_be_left_out() -> None:
    kept = Kept()
    kept.store.answers.set()
    for _ in range(3):
        await kept.ask(at_once=False)
    assert kept.results() == ["store", "store", "memory"]


async def test_what_passed_through_is_shared_once_it_is_asked_for_again() -> None:
    kept = Kept(max_passing_weight=100)
    kept.store.answers.set()
    assert await kept.ask(at_once=False) == PAGE
    assert not kept.cache.kept
    assert await kept.ask(at_once=False) == PAGE
    assert [(head, about, answer) for head, about, answer in kept.cache.kept.values()] == [
        (HEAD, NodeId("n"), PAGE)
    ]
    assert kept.results() == ["store", "memory"]


async def test_what_passed_through_at_another_head_is_read_anew() -> None:
    kept = Kept(max_passing_weight=100)
    kept.store.answers.set()
    await kept.ask(at_once=False)
    await kept.ask(head=replace(HEAD, seq=6), at_once=False)
    assert kept.results() == ["store", "store"]


async def test_what_passes_through_pushes_out_nothing_but_what_passed_before() -> None:
    kept = Kept(max_weight=len(PAGE.nodes), max_passing_weight=2 * len(PAGE.nodes))
    kept.store.answers.set()
    kept.cache.away = True
    await kept.ask("needed")
    for key in ("a", "b", "c"):
        await kept.ask(key, at_once=False)
    await kept.ask("needed")
    await kept.ask("a", at_once=False)
    await kept.ask("c", at_once=False)
    assert kept.results() == ["store", "store", "store", "store", "memory", "store", "memory"]


async def test_what_is_too_large_is_not_kept() -> None:
    kept = Kept(max_weight=1)
    kept.store.answers.set()
    kept.cache.away = True
    assert [await kept.ask(), await kept.ask()] == [PAGE, PAGE]
    assert kept.results() == ["store", "store"]
