import pytest

from chassis.errors import InvalidArgument
from file_metadata_service.domain.errors import CursorInvalid, NodeNotFound
from tests.fakes.metadata_packing import listed
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service


async def paged(service: Service, folder: str = "root", *, limit: int, **order: str | bool) -> list[str]:
    names, cursor = list[str](), ""
    for _ in range(40):
        page = await service.page(folder, limit=limit, cursor=cursor, **order)  # type: ignore[arg-type]  # as given
        assert len(page.items) <= limit
        names += [node.name for node in page.items]
        cursor = page.next_cursor
        if not cursor:
            return names
    raise AssertionError("the listing does not end")


async def some_nodes(world: FakeWorld, service: Service) -> None:
    """Folders b, a (in this order of time), files 2, 3, 1 with sizes 20, 30, 10."""
    for name in "ba":
        world.clock.pass_ms(1)
        await service.mkdir(name)
    for number in (2, 3, 1):
        world.clock.pass_ms(1)
        await service.commit(str(number), size=number * 10)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
@pytest.mark.parametrize(
    ("sort", "descending", "expected"),
    [
        ("name", False, "ab123"),
        ("name", True, "ba321"),
        ("updated", False, "ba231"),
        ("updated", True, "ab132"),
        ("size", False, "123"),
        ("size", True, "321"),
    ],
)
async def test_folders_come_first_in_every_order_and_pages_lose_nothing(
    world: FakeWorld, service: Service, sort: str, descending: bool, expected: str, limit: int
) -> None:
    await some_nodes(world, service)
    names = await paged(service, limit=limit, sort=sort, descending=descending)
    if sort == "size":
        assert set(names[:2]) == {"a", "b"}
        names = names[2:]
    assert "".join(names) == expected


@pytest.mark.parametrize("sort", ["name", "updated", "size"])
@pytest.mark.parametrize("descending", [False, True])
async def test_entries_that_come_and_go_between_pages_hide_no_other(
    world: FakeWorld, service: Service, sort: str, descending: bool
) -> None:
    """The row that a page ended with is gone when the next is asked for: folders and files alternate."""
    staying = set[str]()
    for number in range(8):
        world.clock.pass_ms(1)
        await service.mkdir(f"d{number}")
        await service.commit(f"f{number}", size=number)
        staying |= {f"d{number}", f"f{number}"}
    seen, cursor = list[str](), ""
    while True:
        page = await service.page(limit=2, cursor=cursor, sort=sort, descending=descending)
        seen += [node.name for node in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
        await service.trash(page.items[-1].id)
    assert sorted(seen) == sorted(staying)


async def test_a_page_tells_the_whole_of_each_node(service: Service) -> None:
    folder = (await service.mkdir("a")).result
    file = (await service.commit("f", size=7)).result
    assert (await service.page()).items == (listed(folder), listed(file))


async def test_an_empty_folder_is_one_empty_page(service: Service) -> None:
    page = await service.page()
    assert (page.items, page.next_cursor, page.position.seq) == ((), "", 0)


async def test_a_cursor_is_good_only_for_the_listing_that_gave_it(service: Service) -> None:
    folder = (await service.mkdir("a")).result
    for name in ("x", "y"):
        await service.mkdir(name, folder.id)
        await service.mkdir(name)
        await service.mkdir(name, by=BEN)
    cursor = (await service.page(limit=1)).next_cursor
    assert cursor
    for page in (
        service.page(folder.id, cursor=cursor),
        service.page(cursor=cursor, descending=True),
        service.page(cursor=cursor, sort="size"),
        service.page(cursor=cursor, by=BEN),
        service.page(cursor=cursor[:-4]),
        service.page(cursor="x"),
        service.page(cursor="ä"),
        service.page(cursor="AAAAAAAAAAAAAAAAAAAAAAAA"),
    ):
        with pytest.raises(CursorInvalid):
            await page
    with pytest.raises(CursorInvalid):
        await service.use.list_trash(ANN, limit=0, cursor=cursor)


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_a_page_has_at_most_a_thousand_items(service: Service, limit: int) -> None:
    with pytest.raises(InvalidArgument):
        await service.page(limit=limit)


async def test_a_path_is_found_in_any_case(service: Service) -> None:
    folder = (await service.mkdir("Füße")).result
    file = (await service.commit("a.txt", folder.id)).result
    found = await service.use.resolve_path(ANN, ["FÜSSE", "A.txt"])
    assert (found.node, [it.id for it in found.ancestors]) == (file, [ANN.account_id, folder.id])


async def test_no_segments_mean_the_root(service: Service) -> None:
    found = await service.use.resolve_path(ANN, [])
    assert (found.node.id, found.ancestors) == (ANN.account_id, ())


@pytest.mark.parametrize("path", [["b"], ["f", "x"], ["a", "x"], ["a", ""], ["a", ".."], ["x" * 300]])
async def test_a_path_that_leads_nowhere_is_not_found(service: Service, path: list[str]) -> None:
    await service.mkdir("a")
    await service.commit("f")
    with pytest.raises(NodeNotFound):
        await service.use.resolve_path(ANN, path)
