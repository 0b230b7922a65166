"""Search as people have it: what they may see, as it is now, or an honest word that it is not."""

import asyncio
from dataclasses import replace

import pytest

from chassis.errors import InvalidArgument, Unavailable
from file_metadata_service.domain.errors import CursorInvalid, NodeNotFound, NotAFolder
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.search import Filters
from file_metadata_service.ports.search_index import Mark
from tests.fakes.metadata_searching import Searching
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)


@pytest.fixture
def searching(world: FakeWorld) -> Searching:
    return Searching(world)


async def test_what_was_there_before_the_first_question_is_found(
    service: Service, searching: Searching
) -> None:
    films = (await service.mkdir("films")).result
    await service.commit("Holiday in Łódź.mkv", films.id)

    page = await searching.ask("lodz hol")

    assert [found.node.name for found in page.items] == ["Holiday in Łódź.mkv"]
    assert [folder.name for folder in page.items[0].ancestors] == ["", "films"]
    assert page.complete
    assert page.position == (await service.use.get_drive(ANN)).position


async def test_what_is_written_later_is_found_by_the_very_next_question(
    service: Service, searching: Searching
) -> None:
    await searching.names()

    landed = await service.commit("report.pdf")
    page = await searching.ask("report")

    assert [found.node.id for found in page.items] == [landed.result.id]
    assert page.position == landed.position
    assert searching.watch.causes == ["new"]


async def test_a_question_when_nothing_changed_reads_the_head_and_no_more(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    await service.commit("report.pdf")
    await searching.names()
    world.store.calls.clear()

    await searching.names("report")

    assert world.store.calls == ["head"]


async def test_nothing_is_found_in_the_trash_or_below_it_until_it_is_restored(
    service: Service, searching: Searching
) -> None:
    outer = (await service.mkdir("outer")).result
    inner = (await service.mkdir("inner", outer.id)).result
    await service.commit("deep.txt", inner.id)
    await searching.names()

    await service.trash(outer.id)
    hidden = await searching.names()
    await service.restore(outer.id)

    assert hidden == []
    assert sorted(await searching.names()) == ["deep.txt", "inner", "outer"]


async def test_what_was_trashed_before_the_index_was_built_is_found_when_it_is_restored(
    service: Service, searching: Searching
) -> None:
    outer = (await service.mkdir("outer")).result
    await service.commit("deep.txt", outer.id)
    await service.trash(outer.id)
    assert await searching.names() == []

    await service.restore(outer.id)

    assert sorted(await searching.names()) == ["deep.txt", "outer"]


async def test_below_a_folder_is_what_is_there_now(service: Service, searching: Searching) -> None:
    left, right = (await service.mkdir("left")).result, (await service.mkdir("right")).result
    moved = (await service.mkdir("moved", left.id)).result
    await service.commit("a.txt", moved.id)
    assert await searching.names("a", folder=left.id) == ["a.txt"]

    await service.update(moved.id, parent=right.id)

    assert await searching.names("a", folder=left.id) == []
    assert await searching.names("a", folder=right.id) == ["a.txt"]
    assert await searching.names("a", folder="root") == ["a.txt"]


async def test_nobody_finds_anything_in_a_drive_of_somebody_else(
    service: Service, searching: Searching
) -> None:
    folder = (await service.mkdir("secret")).result
    await service.commit("secret.txt", folder.id)

    assert await searching.names("secret", by=BEN) == []
    with pytest.raises(NodeNotFound):
        await searching.ask("secret", by=BEN, folder=folder.id)


async def test_a_folder_to_search_below_must_live_and_be_one(service: Service, searching: Searching) -> None:
    folder = (await service.mkdir("folder")).result
    file = (await service.commit("file")).result
    await service.trash(folder.id)

    with pytest.raises(NodeNotFound):
        await searching.ask(folder=folder.id)
    with pytest.raises(NotAFolder):
        await searching.ask(folder=file.id)


async def test_pages_follow_one_another_and_a_cursor_serves_its_own_question_only(
    service: Service, searching: Searching
) -> None:
    for number in range(5):
        await service.commit(f"page {number}")
    first = await searching.ask("page", limit=2)
    second = await searching.ask("page", limit=2, cursor=first.next_cursor)
    third = await searching.ask("page", limit=2, cursor=second.next_cursor)

    found = [it.node.name for page in (first, second, third) for it in page.items]
    assert sorted(found) == [f"page {number}" for number in range(5)]
    assert third.next_cursor == ""
    for other in ({"text": "pages"}, {"text": "page", "folder": "root"}, {"text": "page", "by": BEN}):
        with pytest.raises(CursorInvalid):
            await searching.ask(**other, cursor=first.next_cursor)  # type: ignore[arg-type]  # words of `ask`


async def test_recent_are_files_the_last_changed_first(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    for name in ("old", "new"):
        world.clock.pass_ms(1_000)
        await service.commit(name)
    await service.mkdir("folder")

    page = await searching.search.recent(ANN, limit=0, cursor="")

    assert [found.node.name for found in page.items] == ["new", "old"]


@pytest.mark.parametrize("limit", [-1, 201])
async def test_a_page_has_bounds(searching: Searching, limit: int) -> None:
    with pytest.raises(InvalidArgument):
        await searching.ask("x", limit=limit)


@pytest.mark.parametrize("filters", [Filters(min_size_bytes=-1), Filters(before_ms=2**60)])
async def test_filters_have_bounds(searching: Searching, filters: Filters) -> None:
    with pytest.raises(InvalidArgument):
        await searching.ask("x", filters=filters)


async def test_filters_reach_the_index(service: Service, searching: Searching) -> None:
    await service.mkdir("x")
    await service.commit("x.txt")

    page = await searching.ask("x", filters=Filters(kind=NodeKind.FOLDER))

    assert [found.node.name for found in page.items] == ["x"]


async def test_while_an_index_is_being_built_answers_say_that_something_may_be_missing(
    service: Service, searching: Searching
) -> None:
    await service.commit("a")
    searching.walk.gate.clear()
    searching.keeper.patience_seconds = 0.001

    early = await searching.ask("a")
    searching.walk.gate.set()
    searching.keeper.patience_seconds = 60

    assert (early.items, early.complete) == ((), False)
    assert await searching.names("a") == ["a"]
    assert searching.watch.answers == [False, True]


async def test_what_is_written_while_an_index_is_built_is_in_it(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    folder = (await service.mkdir("folder")).result
    searching.walk.gate.clear()
    asked = asyncio.create_task(searching.names())
    await searching.walk.entered.wait()

    await service.commit("meanwhile", folder.id)
    await service.update(folder.id, name="renamed")
    searching.walk.gate.set()

    assert sorted(await asked) == ["meanwhile", "renamed"]


async def test_what_the_index_of_owners_has_not_heard_of_yet_is_in_the_journal(
    service: Service, searching: Searching
) -> None:
    searching.walk.unseen.add((await service.commit("just written")).result.id)

    assert await searching.names() == ["just written"]


async def test_a_gap_in_the_journal_means_building_anew(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    await service.commit("first")
    await searching.names()
    second = await service.commit("second")
    await service.commit("third")
    del world.store.journal[DRIVE, second.position.seq]
    world.store.heads[DRIVE] = replace(world.store.heads[DRIVE], journal_floor=second.position.seq)

    assert sorted(await searching.names()) == ["first", "second", "third"]
    assert searching.watch.causes == ["new", "gap"]


async def test_another_journal_means_building_anew(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    await service.commit("kept")
    await searching.names()
    world.store.heads[DRIVE] = replace(world.store.heads[DRIVE], journal_id="f" * 32)

    assert await searching.names() == ["kept"]
    assert searching.watch.causes == ["new", "other_journal"]


async def test_an_index_ahead_of_the_head_belongs_to_a_past_that_was_taken_back(
    service: Service, searching: Searching
) -> None:
    landed = await service.commit("kept")
    await searching.index.begin(DRIVE, Mark(landed.position.journal_id, 99, complete=True))

    assert await searching.names() == ["kept"]
    assert searching.watch.causes == ["other_journal"]


async def test_an_index_that_another_question_brought_further_meanwhile_is_as_good(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    await searching.names()
    early = world.store.heads[DRIVE]
    await service.commit("later")
    await searching.names()

    mark = await searching.keeper.fresh(early)

    assert mark is not None
    assert mark.seq == early.seq + 1
    assert searching.watch.causes == ["new"]


async def test_a_build_that_was_cut_short_begins_again(service: Service, searching: Searching) -> None:
    landed = await service.commit("a")
    await searching.index.begin(DRIVE, Mark(landed.position.journal_id, landed.position.seq, complete=False))

    assert await searching.names() == ["a"]
    assert searching.watch.causes == ["interrupted"]


async def test_when_the_store_does_not_answer_the_question_is_not_answered_either(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    await service.commit("a")
    await searching.names()
    await service.commit("b")
    world.store.faults.reads = [None, "unavailable"]

    with pytest.raises(Unavailable):
        await searching.ask()


async def test_a_drive_that_was_asked_lately_is_followed_without_a_question(
    service: Service, searching: Searching
) -> None:
    await searching.names()
    landed = await service.commit("later")

    searching.keeper.landed(landed.position)
    await searching.watch.follows.wait()

    mark = await searching.index.mark(DRIVE)
    assert mark is not None
    assert mark.seq == landed.position.seq


async def test_a_drive_that_nobody_asks_is_not_followed(
    world: FakeWorld, service: Service, searching: Searching
) -> None:
    landed = await service.commit("a")
    searching.keeper.landed(landed.position)
    await searching.names()
    world.clock.pass_ms(3_600_000)
    world.store.calls.clear()

    searching.keeper.landed(landed.position)
    await searching.keeper.finish()

    assert world.store.calls == []


async def test_questions_share_the_work(world: FakeWorld, service: Service, searching: Searching) -> None:
    await service.commit("a")

    answers = await asyncio.gather(*(searching.names() for _ in range(20)))

    assert answers == [["a"]] * 20
    assert searching.watch.causes == ["new"]
