import asyncio

import pytest

from chassis.errors import InvalidArgument
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import (
    CommandIdReused,
    IsAFolder,
    NameInvalid,
    NameTaken,
    NodeNotFound,
    NotAFolder,
    QuotaExceeded,
    RevisionStale,
    RootIsFixed,
    TooDeep,
    WouldMakeCycle,
)
from file_metadata_service.domain.nodes import File
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service


async def test_a_drive_comes_into_being_with_its_first_access(service: Service) -> None:
    drive = await service.use.get_drive(ANN)
    assert (drive.id, drive.seq, drive.quota_bytes) == ("a" * 32, 0, None)
    assert await service.use.get_drive(ANN) == drive
    assert (await service.get("root")).node.id == drive.id


async def test_a_new_folder_stands_in_its_parent(service: Service) -> None:
    films = await service.mkdir("films")
    assert films.position.seq == films.result.seq == 1
    assert await service.names() == ["films"]
    assert await service.names(films.result.id) == []


async def test_folders_come_before_files_in_natural_order(service: Service) -> None:
    for name in ("b10", "b9"):
        await service.commit(name)
    await service.mkdir("z")
    assert await service.names() == ["z", "b9", "b10"]


@pytest.mark.parametrize("name", ["films", "FILMS"])
async def test_a_name_stands_only_once(service: Service, name: str) -> None:
    await service.mkdir("films")
    with pytest.raises(NameTaken):
        await service.mkdir(name)
    with pytest.raises(NameTaken):
        await service.commit(name)


async def test_by_rule_rename_a_free_number_is_found(service: Service) -> None:
    names = [(await service.commit("a.txt", rule=ConflictRule.RENAME)).result.name for _ in range(40)]
    assert names[:10] == ["a.txt", *(f"a ({number}).txt" for number in range(2, 10)), "a (10).txt"]
    assert len(set(names)) == 40


async def test_a_name_that_nobody_may_have_is_refused(service: Service) -> None:
    with pytest.raises(NameInvalid):
        await service.mkdir("a/b")


async def test_a_file_holds_no_nodes(service: Service) -> None:
    file = await service.commit("a.txt")
    with pytest.raises(NotAFolder):
        await service.mkdir("x", file.result.id)
    with pytest.raises(NotAFolder):
        await service.page(file.result.id)


async def test_only_uploads_replace(service: Service) -> None:
    with pytest.raises(InvalidArgument):
        await service.mkdir("films", rule=ConflictRule.REPLACE)


async def test_a_rename_keeps_the_id_and_the_revision(service: Service) -> None:
    file = (await service.commit("a.txt")).result
    renamed = (await service.update(file.id, "b.txt")).result
    assert (renamed.id, renamed.name, renamed.revision, renamed.seq) == (file.id, "b.txt", 1, 2)
    assert await service.names() == ["b.txt"]


async def test_a_rename_by_case_alone_keeps_the_place(service: Service) -> None:
    file = (await service.commit("readme")).result
    await service.update(file.id, "README")
    assert await service.names() == ["README"]
    assert (await service.use.resolve_path(ANN, ["readme"])).node.id == file.id


async def test_a_rename_to_a_taken_name_is_refused_or_numbered(service: Service) -> None:
    await service.mkdir("a")
    b = (await service.mkdir("b")).result
    with pytest.raises(NameTaken):
        await service.update(b.id, "A")
    assert (await service.update(b.id, "A", rule=ConflictRule.RENAME)).result.name == "A (2)"


async def test_who_has_a_number_keeps_it_when_the_name_is_taken_still(service: Service) -> None:
    await service.commit("a.txt")
    second = (await service.commit("a.txt", rule=ConflictRule.RENAME)).result
    again = (await service.update(second.id, "a.txt", rule=ConflictRule.RENAME)).result
    assert again.name == second.name == "a (2).txt"


async def test_a_move_takes_everything_below_along(service: Service) -> None:
    a, b = [(await service.mkdir(name)).result for name in "ab"]
    file = (await service.commit("x", a.id)).result
    await service.update(a.id, parent=b.id)
    found = await service.use.resolve_path(ANN, ["b", "a", "x"])
    assert found.node == file
    assert [folder.name for folder in found.ancestors] == ["", "b", "a"]
    assert (await service.get(file.id)).ancestors == found.ancestors


async def test_a_folder_cannot_lie_below_itself(service: Service) -> None:
    a = (await service.mkdir("a")).result
    b = (await service.mkdir("b", a.id)).result
    for target in (a.id, b.id):
        with pytest.raises(WouldMakeCycle):
            await service.update(a.id, parent=target)


async def test_the_root_stays_where_it_is(service: Service) -> None:
    a = (await service.mkdir("a")).result
    with pytest.raises(RootIsFixed):
        await service.update("root", "x")
    with pytest.raises(RootIsFixed):
        await service.update("root", parent=a.id)
    with pytest.raises(RootIsFixed):
        await service.trash("root")


async def test_a_stale_revision_changes_nothing(service: Service) -> None:
    file = (await service.commit("a.txt")).result
    with pytest.raises(RevisionStale):
        await service.update(file.id, "b.txt", if_revision=2)
    with pytest.raises(RevisionStale):
        await service.trash(file.id, if_revision=2)
    assert await service.names() == ["a.txt"]


async def test_folders_go_128_deep_and_what_hangs_deeper_takes_no_folder(service: Service) -> None:
    parent, trail = "root", []
    for _ in range(128):
        parent = (await service.mkdir("d", parent)).result.id
        trail.append(parent)
    with pytest.raises(TooDeep):
        await service.mkdir("d", parent)
    assert (await service.commit("f", parent)).result.parent_id == parent
    other = (await service.mkdir("other")).result
    await service.update(trail[0], parent=other.id)
    assert len((await service.get(parent)).ancestors) == 129
    with pytest.raises(TooDeep):
        await service.mkdir("e", trail[127])
    assert (await service.commit("g", parent)).result.name == "g"


async def test_somebody_elses_node_answers_like_a_missing_one(service: Service) -> None:
    a = (await service.mkdir("a")).result
    file = (await service.commit("f")).result
    for node_id in (a.id, file.id, ANN.account_id, "nowhere", "", "x" * 129):
        with pytest.raises(NodeNotFound) as refusal:
            await service.get(node_id, by=BEN)
        assert refusal.value.detail == "There is no such item."
        with pytest.raises(NodeNotFound):
            await service.update(node_id, "b", by=BEN)
        with pytest.raises(NodeNotFound):
            await service.page(node_id, by=BEN)


async def test_replacing_keeps_the_past_version(service: Service) -> None:
    first = (await service.commit("a.txt", blob="one", size=10)).result
    second = (await service.commit("A.txt", blob="two", size=7, rule=ConflictRule.REPLACE)).result
    assert (second.id, second.name, second.revision, second.current.number) == (first.id, "a.txt", 2, 2)
    _, past = await service.use.check_download(ANN, first.id, 1)
    _, current = await service.use.check_download(ANN, first.id, None)
    assert (past.blob_id, current.blob_id) == ("one", "two")
    drive = await service.use.get_drive(ANN)
    assert (drive.bytes_used, drive.file_count) == (17, 1)


async def test_replacing_asks_for_the_revision_that_the_caller_saw(service: Service) -> None:
    await service.commit("a.txt")
    with pytest.raises(RevisionStale):
        await service.commit("a.txt", rule=ConflictRule.REPLACE, if_revision=2)
    with pytest.raises(RevisionStale):
        await service.commit("b.txt", rule=ConflictRule.REPLACE, if_revision=1)
    assert (await service.commit("a.txt", rule=ConflictRule.REPLACE, if_revision=1)).result.revision == 2


async def test_a_folder_is_not_replaced_by_a_file(service: Service) -> None:
    await service.mkdir("a")
    with pytest.raises(IsAFolder):
        await service.commit("a", rule=ConflictRule.REPLACE)


async def test_the_quota_holds_to_the_byte(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", default_quota_bytes=10))
    await service.commit("a", size=6)
    with pytest.raises(QuotaExceeded):
        await service.commit("b", size=5)
    assert (await service.commit("b", size=4)).result.current.size_bytes == 4


async def test_parallel_uploads_cannot_exceed_the_quota_together(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", default_quota_bytes=10))
    results = await asyncio.gather(
        *(service.commit(f"f{number}", size=3) for number in range(8)), return_exceptions=True
    )
    assert sum(not isinstance(result, Exception) for result in results) == 3
    assert (await service.use.get_drive(ANN)).bytes_used == 9


async def test_the_same_command_answers_the_first_result(service: Service) -> None:
    first = await service.mkdir("a", command="k")
    await service.update(first.result.id, "b")
    assert await service.mkdir("a", command="k") == first
    assert await service.names() == ["b"]


async def test_the_same_command_id_with_another_request_is_refused(service: Service) -> None:
    await service.mkdir("a", command="k")
    with pytest.raises(CommandIdReused):
        await service.mkdir("b", command="k")


async def test_the_same_command_twice_at_once_is_done_once(service: Service) -> None:
    one, two = await asyncio.gather(service.mkdir("a", command="k"), service.mkdir("a", command="k"))
    assert one == two


async def test_after_two_days_a_command_id_is_forgotten_but_its_node_is_not_made_twice(
    world: FakeWorld, service: Service
) -> None:
    await service.mkdir("a", command="k")
    world.clock.pass_ms(48 * 3600 * 1000)
    with pytest.raises(CommandIdReused):
        await service.mkdir("b", command="k")


async def test_a_refused_command_may_be_tried_again_under_its_id(service: Service) -> None:
    a = (await service.mkdir("a")).result
    with pytest.raises(NameTaken):
        await service.mkdir("a", command="k")
    await service.update(a.id, "b")
    assert (await service.mkdir("a", command="k")).result.name == "a"


@pytest.mark.parametrize("command", ["ä", "x" * 129, "a\n"])
async def test_a_command_id_is_printable_ascii(service: Service, command: str) -> None:
    with pytest.raises(InvalidArgument):
        await service.mkdir("a", command=command)


async def test_a_file_is_made_by_its_actor(service: Service) -> None:
    file = (await service.commit("a")).result
    assert isinstance(file, File)
    assert file.current.actor == ANN
