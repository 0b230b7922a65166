"""Several steps as one command: judged by what they come to, written together or not at all."""

import pytest

from api_gateway.adapters.rpc.packed_nodes import ListedFile
from chassis.errors import InvalidArgument
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.together import AnyStep
from file_metadata_service.domain.errors import CommandIdReused, StepRefused
from file_metadata_service.domain.nodes import MAX_DEPTH
from file_metadata_service.domain.trash import TrashItem
from tests.fakes.metadata_service import ANN, FakeWorld, Service, restoring, trashing, updating


async def made(service: Service, *names: str, parent: str = "root") -> list[str]:
    return [(await service.mkdir(name, parent)).result.id for name in names]


async def refusal_of(service: Service, *steps: AnyStep) -> tuple[int, str]:
    with pytest.raises(StepRefused) as caught:
        await service.together(*steps)
    return caught.value.index, caught.value.code


async def head_of(service: Service) -> int:
    return (await service.use.get_drive(ANN)).seq


async def test_two_names_are_swapped_in_one_transaction(service: Service) -> None:
    a, b = await made(service, "a", "b")
    before = await head_of(service)
    landed = await service.together(updating(a, "b"), updating(b, "a"))
    assert [node.name for node in landed.result if not isinstance(node, TrashItem)] == ["b", "a"]
    assert await head_of(service) == landed.position.seq == before + 1
    assert [(await service.get(node_id)).node.name for node_id in (a, b)] == ["b", "a"]
    assert [node.id for node in (await service.page()).items] == [b, a]


async def test_a_file_and_a_folder_swap_their_names(service: Service) -> None:
    (a,) = await made(service, "a")
    file = (await service.commit("b")).result.id
    await service.together(updating(a, "b"), updating(file, "a"))
    assert await service.names() == ["b", "a"]
    assert (await service.get(file)).node.name == "a"


async def test_names_go_round_among_three_and_places_along_with_them(service: Service) -> None:
    a, b, c = await made(service, "a", "b", "c")
    (inner,) = await made(service, "b", parent=a)
    await service.together(updating(a, "B"), updating(b, "c"), updating(c, "A"), updating(inner, "d", "root"))
    assert await service.names() == ["A", "B", "c", "d"]
    assert await service.names(a) == []


async def test_a_folder_goes_into_the_one_that_comes_out_of_it(service: Service) -> None:
    (outer,) = await made(service, "outer")
    (inner,) = await made(service, "inner", parent=outer)
    await service.together(updating(outer, parent=inner), updating(inner, parent="root"))
    assert await service.names() == ["inner"]
    assert await service.names(inner) == ["outer"]


async def test_moves_that_make_a_cycle_only_together_are_refused(service: Service) -> None:
    a, b, c = await made(service, "a", "b", "c")
    steps = updating(a, parent=b), updating(b, parent=c), updating(c, parent=a)
    assert await refusal_of(service, *steps) == (0, "would_make_cycle")
    assert await refusal_of(service, updating(a, parent=b), updating(b, parent=a)) == (0, "would_make_cycle")
    assert await service.names() == ["a", "b", "c"]


async def test_depth_counts_where_folders_come_to_lie(service: Service) -> None:
    folder = "root"
    for _ in range(MAX_DEPTH - 1):
        (folder,) = await made(service, "f", parent=folder)
    above, other = await made(service, "above", "other")
    assert await refusal_of(service, updating(above, parent=folder), updating(other, parent=above)) == (
        1,
        "too_deep",
    )
    await service.together(updating(above, parent=folder), updating(other, "o"))


async def test_a_name_is_free_if_its_owner_leaves_with_the_same_command(service: Service) -> None:
    a, b = await made(service, "a", "b")
    landed = await service.together(updating(b, "a"), trashing(a))
    assert isinstance(landed.result[1], TrashItem)
    assert landed.result[1].original_path == "/a"
    await service.together(restoring(a), updating(b, "b"))
    assert await service.names() == ["a", "b"]
    assert (await service.use.list_trash(ANN, limit=0, cursor="")).items == ()


async def test_two_files_that_swap_their_names_keep_what_they_hold(service: Service) -> None:
    """An entry is all that a listing shows: nothing of the one may stay with the name when the other gets it."""
    small, large = await service.commit("a", size=1), await service.commit("b", size=2)
    await service.commit("b", size=3, rule=ConflictRule.REPLACE)
    await service.together(updating(small.result.id, "b"), updating(large.result.id, "a"))
    page = await service.page()
    items = [(it.id, it.name, it.revision, it.size) for it in page.items if isinstance(it, ListedFile)]
    assert items == [(large.result.id, "a", 2, 3), (small.result.id, "b", 1, 1)]


async def test_a_name_that_two_steps_want_is_refused_and_names_the_step(service: Service) -> None:
    a, b = await made(service, "a", "b")
    assert await refusal_of(service, updating(a, "c"), updating(b, "C")) == (1, "name_taken")
    assert await refusal_of(service, updating(a, "b"), updating(b, parent="root")) == (0, "name_taken")
    assert await refusal_of(service, updating(a, "c"), trashing("f" * 32)) == (1, "node_not_found")
    assert await refusal_of(service, trashing("root"), updating(a, "c")) == (0, "root_is_fixed")
    assert await service.names() == ["a", "b"]


async def test_who_takes_any_name_takes_what_the_others_leave(service: Service) -> None:
    a, b, c = await made(service, "a", "b", "c")
    await service.together(updating(a, "c", rule=ConflictRule.RENAME), updating(b, "c (2)"), updating(c, "d"))
    assert await service.names() == ["c", "c (2)", "d"]
    assert (await service.get(a)).node.name == "c"


async def test_a_place_is_judged_as_it_will_be(service: Service) -> None:
    a, b = await made(service, "a", "b")
    assert await refusal_of(service, updating(b, parent=a), trashing(a)) == (0, "node_not_found")
    (inner,) = await made(service, "inner", parent=a)
    # It is looked up as it was, whatever the order of the steps.
    await service.together(trashing(a), updating(inner, parent="root"))
    assert await service.names() == ["b", "inner"]
    await service.together(updating(b, parent=a), restoring(a))
    assert await service.names(a) == ["b"]


async def test_what_hangs_together_is_restored_together(service: Service) -> None:
    (top,) = await made(service, "top")
    (middle,) = await made(service, "middle", parent=top)
    (leaf,) = await made(service, "leaf", parent=middle)
    for node_id in (leaf, middle, top):
        await service.trash(node_id)
    await service.together(restoring(leaf), restoring(middle), restoring(top, name="again"))
    assert (await service.get(leaf)).ancestors[-1].id == middle
    assert [node.name for node in (await service.get(leaf)).ancestors] == ["", "again", "middle"]


async def test_a_repeat_answers_the_first_results_and_another_request_is_refused(
    world: FakeWorld, service: Service
) -> None:
    a, b = await made(service, "a", "b")
    steps = updating(a, "b"), updating(b, "a")
    first = await service.together(*steps, command="k")
    assert await world.service().together(*steps, command="k") == first
    with pytest.raises(CommandIdReused):
        await service.together(steps[0], command="k")


async def test_folders_are_made_along_the_way_each_with_an_id_of_its_own(service: Service) -> None:
    (a,) = await made(service, "a")
    caller = service.caller("k")
    landed = await service.together(
        service.making(caller, "a", step=0),
        updating(a, "old"),
        service.making(caller, "b", step=2),
        command="k",
    )
    assert await service.names() == ["a", "b", "old"]
    assert len({node.id for node in landed.result if not isinstance(node, TrashItem)}) == 3


@pytest.mark.parametrize("count", [0, 11])
async def test_a_command_has_one_to_ten_steps(service: Service, count: int) -> None:
    with pytest.raises(InvalidArgument):
        await service.together(*(trashing(f"{number:032x}") for number in range(count)))


async def test_two_steps_on_one_node_are_refused(service: Service) -> None:
    (a,) = await made(service, "a")
    assert await refusal_of(service, updating(a, "b"), trashing(a)) == (1, "steps_overlap")
    assert await service.names() == ["a"]
