import pytest

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.errors import NameTaken, NodeNotFound, TooDeep
from tests.fakes.metadata_service import ANN, FakeWorld, Service


async def test_what_is_below_a_trashed_folder_does_not_exist(service: Service) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    file = (await service.commit("f", b.id)).result
    await service.trash(a.id)
    for node_id in (a.id, b.id, file.id):
        with pytest.raises(NodeNotFound):
            await service.get(node_id)
        with pytest.raises(NodeNotFound):
            await service.update(node_id, "x")
        with pytest.raises(NodeNotFound):
            await service.trash(node_id)
    for attempt in (
        service.page(b.id),
        service.mkdir("c", b.id),
        service.commit("g", b.id),
        service.use.check_download(ANN, file.id, None),
        service.use.resolve_path(ANN, ["a", "b"]),
    ):
        with pytest.raises(NodeNotFound):
            await attempt


async def test_trash_remembers_where_it_was_and_until_when(world: FakeWorld, service: Service) -> None:
    a = (await service.mkdir("a")).result
    file = (await service.commit("f.txt", a.id)).result
    item = (await service.trash(file.id)).result
    assert item.original_path == "/a/f.txt"
    assert item.node.parent_id == a.id
    assert item.expires_at_ms - item.trashed_at_ms == 30 * 24 * 3600 * 1000
    assert (await service.use.list_trash(ANN, limit=0, cursor="")).items == (item,)


async def test_a_path_too_long_to_be_read_is_cut_in_front(service: Service) -> None:
    """Folders moved below one another end as deep as one likes; a row of the trash has 400 KB."""
    parent, top = "root", None
    for _ in range(40):
        made = (await service.mkdir("ä" * 127, parent)).result
        parent, top = made.id, top or made
    item = (await service.trash((await service.commit("f.txt", parent)).result.id)).result
    assert len(item.original_path) <= 4_096
    assert item.original_path.startswith("…/ä")
    assert item.original_path.endswith("ä/f.txt")


async def test_trash_is_listed_by_page_latest_first(world: FakeWorld, service: Service) -> None:
    for name in "abcde":
        world.clock.pass_ms(1)
        await service.trash((await service.mkdir(name)).result.id)
    seen, cursor = [], ""
    for _ in range(3):
        page = await service.use.list_trash(ANN, limit=2, cursor=cursor)
        seen += [item.node.name for item in page.items]
        cursor = page.next_cursor
    assert (seen, cursor) == (["e", "d", "c", "b", "a"], "")


async def test_restore_gives_back_the_same_ids_and_versions(service: Service) -> None:
    a = (await service.mkdir("a")).result
    file = (await service.commit("f", a.id)).result
    await service.trash(a.id)
    restored = (await service.restore(a.id)).result
    assert (restored.id, restored.name, restored.parent_id) == (a.id, "a", a.parent_id)
    assert (await service.get(file.id)).node == file
    assert (await service.use.list_trash(ANN, limit=0, cursor="")).items == ()


async def test_only_the_top_of_a_deletion_is_restored(service: Service) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    with pytest.raises(NodeNotFound):
        await service.restore(a.id)
    await service.trash(a.id)
    with pytest.raises(NodeNotFound):
        await service.restore(b.id)


async def test_restore_goes_to_the_nearest_living_ancestor(service: Service) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    c = (await service.mkdir("c", b.id)).result
    await service.trash(c.id)
    await service.trash(b.id)
    assert (await service.restore(c.id)).result.parent_id == a.id
    await service.trash(c.id)
    await service.trash(a.id)
    assert (await service.restore(c.id)).result.parent_id == a.parent_id


async def test_restore_below_a_folder_whose_ancestor_is_gone_too(service: Service) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    file = (await service.commit("f", b.id)).result
    await service.trash(file.id)
    await service.trash(a.id)
    assert (await service.restore(file.id)).result.parent_id == a.parent_id
    await service.restore(a.id)
    assert await service.names(b.id) == []


async def test_restore_minds_who_has_the_name_now(service: Service) -> None:
    file = (await service.commit("f.txt")).result
    await service.trash(file.id)
    await service.commit("F.TXT")
    with pytest.raises(NameTaken):
        await service.restore(file.id)
    assert (await service.restore(file.id, rule=ConflictRule.RENAME)).result.name == "f (2).txt"


async def test_restore_goes_where_it_is_told(service: Service) -> None:
    a = (await service.mkdir("a")).result
    file = (await service.commit("f.txt")).result
    await service.trash(file.id)
    restored = (await service.restore(file.id, parent=a.id, name="g.txt")).result
    assert (restored.parent_id, restored.name) == (a.id, "g.txt")


async def test_restore_too_deep_is_refused(service: Service) -> None:
    top = (await service.mkdir("top")).result
    parent = "root"
    for _ in range(128):
        parent = (await service.mkdir("d", parent)).result.id
    await service.trash(top.id)
    with pytest.raises(TooDeep):
        await service.restore(top.id, parent=parent)


async def test_the_same_file_goes_into_the_trash_and_back_many_times(service: Service) -> None:
    file = (await service.commit("f")).result
    for _ in range(3):
        await service.trash(file.id)
        await service.restore(file.id)
    assert await service.names() == ["f"]


async def test_what_is_in_the_trash_still_counts(service: Service) -> None:
    await service.trash((await service.commit("f", size=9)).result.id)
    assert (await service.use.get_drive(ANN)).bytes_used == 9
