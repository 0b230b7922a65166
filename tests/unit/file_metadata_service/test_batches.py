"""Many commands at once, as the rpcs take them: each is answered by itself, and they share transactions."""

from datetime import UTC, datetime
from typing import cast

import pytest

from chassis.errors import InvalidArgument
from chassis.rpc.context import enter_identity
from chassis.tokens import Identity
from file_metadata_service.adapters.rpc.batch_service import BatchRpc, Context
from file_metadata_service.adapters.rpc.blob_service import BlobRpc
from file_metadata_service.adapters.rpc.node_service import NodeRpc
from file_metadata_service.domain.ids import root_of
from file_metadata_service.ports.ledger import name_keys
from stowage.metadata.v1 import batch_pb2 as batch
from stowage.metadata.v1 import metadata_pb2 as pb
from tests.fakes.metadata_service import ANN, FakeWorld, Service

NO_CONTEXT = cast("Context", None)


def sign_in() -> None:
    """In the context of the test that runs."""
    enter_identity("token", Identity(ANN.account_id, "session", datetime.max.replace(tzinfo=UTC)))


def making(name: str, command_id: str | None = None, parent_id: str = "root") -> batch.Command:
    request = pb.CreateFolderRequest(
        command_id=name if command_id is None else command_id, parent_id=parent_id, name=name
    )
    return batch.Command(create_folder=request)


async def run(service: Service, *commands: batch.Command) -> list[batch.CommandResult]:
    sign_in()
    answer = await BatchRpc(service.use).Run(batch.RunRequest(commands=commands), NO_CONTEXT)
    return list(answer.results)


def codes(results: list[batch.CommandResult]) -> list[str]:
    return [result.refusal.code for result in results]


async def test_a_hundred_commands_share_a_few_transactions(world: FakeWorld, service: Service) -> None:
    results = await run(service, *(making(f"f{number:02}") for number in range(100)))
    assert [result.node.name for result in results] == [f"f{number:02}" for number in range(100)]
    assert world.store.calls.count("write") == 4


async def test_each_is_answered_by_itself_and_sees_those_before_it(service: Service) -> None:
    made = (await service.mkdir("a")).result
    results = await run(
        service,
        batch.Command(update_node=pb.UpdateNodeRequest(command_id="1", node_id=made.id, name="b")),
        making("A"),
        making("B"),
        making("no id", command_id=""),
        making("no parent", parent_id="nobody"),
        batch.Command(),
        batch.Command(trash_node=pb.TrashNodeRequest(command_id="2", node_id=made.id)),
        making("b", command_id="3"),
    )
    assert codes(results) == [
        "",
        "",
        "name_taken",
        "invalid_argument",
        "node_not_found",
        "invalid_argument",
        "",
        "",
    ]
    assert results[6].trash_item.original_path == "/b"
    assert results[2].refusal.kind == "CONFLICT"
    assert await service.names() == ["A", "b"]


async def test_a_command_is_the_same_whether_it_comes_alone_or_among_others(service: Service) -> None:
    command = making("a", command_id="k")
    sign_in()
    alone = await NodeRpc(service.use).CreateFolder(command.create_folder, NO_CONTEXT)
    (again,) = await run(service, command)
    assert (again.node, again.position) == (alone.node, alone.position)


async def test_what_nobody_foresaw_is_told_to_nobody_and_spoils_no_other(
    world: FakeWorld, service: Service
) -> None:
    world.store.faults.poison = "bad"
    results = await run(service, making("a"), making("bad"), making("b"))
    assert codes(results) == ["", "internal", ""]
    assert "break" not in results[1].refusal.detail


async def test_more_than_a_hundred_are_refused_whole(world: FakeWorld, service: Service) -> None:
    with pytest.raises(InvalidArgument):
        await run(service, *(making(f"f{number}") for number in range(101)))
    commits = pb.CommitManyRequest(commits=[pb.CommitRequest()] * 101)
    with pytest.raises(InvalidArgument):
        await BlobRpc(service.use).CommitMany(commits, NO_CONTEXT)
    assert world.store.calls == []


async def test_commits_of_one_upload_share_a_transaction_and_answer_one_by_one(
    world: FakeWorld, service: Service
) -> None:
    def a_commit(name: str, **fields: str) -> pb.CommitRequest:
        return pb.CommitRequest(
            **{
                "blob_id": f"blob-{name}",
                "drive_id": ANN.account_id,
                "actor": str(ANN),
                "folder_id": "root",
                "name": name,
                "layout": "p23",
            }
            | fields
        )

    request = pb.CommitManyRequest(
        commits=[
            a_commit("a"),
            a_commit("A"),
            a_commit("b", drive_id="b" * 32),
            a_commit("c", actor="x"),
            a_commit("d"),
        ]
    )
    answer = await BlobRpc(service.use).CommitMany(request, NO_CONTEXT)
    assert [result.refusal.code for result in answer.results] == [
        "",
        "name_taken",
        "node_not_found",
        "invalid_argument",
        "",
    ]
    assert answer.results[0].committed.node.name == "a"
    assert world.store.calls.count("write") == 1
    assert await BlobRpc(service.use).CommitMany(request, NO_CONTEXT) == answer


async def test_several_steps_are_one_command_and_a_refusal_names_the_step(service: Service) -> None:
    a, b = (await service.mkdir("a")).result.id, (await service.mkdir("b")).result.id

    def renaming(node_id: str, name: str) -> batch.Command:
        return batch.Command(update_node=pb.UpdateNodeRequest(node_id=node_id, name=name))

    async def together(*steps: batch.Command) -> batch.RunTogetherResponse:
        sign_in()
        request = batch.RunTogetherRequest(command_id=f"{steps}"[:100].replace("\n", " "), steps=steps)
        return await BatchRpc(service.use).RunTogether(request, NO_CONTEXT)

    swapped = await together(renaming(a, "b"), renaming(b, "a"))
    assert [result.node.name for result in swapped.results] == ["b", "a"]
    assert not swapped.HasField("refused")
    for steps, code in (
        ((renaming(a, "c"), renaming(b, "c")), "name_taken"),
        ((renaming(a, "c"), renaming(b, "/")), "name_invalid"),
        ((making("c"), making("c")), "name_taken"),
        ((renaming(a, "c"), batch.Command()), "invalid_argument"),
    ):
        answer = await together(*steps)
        assert (answer.refused.step, answer.refused.refusal.code) == (1, code)
        assert not answer.results


async def test_what_falls_and_rises_in_one_group_has_its_entry_as_it_is(
    world: FakeWorld, service: Service
) -> None:
    file = (await service.commit("f")).result
    await run(
        world.service(),
        batch.Command(trash_node=pb.TrashNodeRequest(command_id="1", node_id=file.id)),
        batch.Command(restore_node=pb.RestoreNodeRequest(command_id="2", node_id=file.id)),
    )
    after = (await service.get(file.id)).node
    assert after.seq == file.seq + 1
    entry = world.store.rows[name_keys(root_of(after.drive_id), "f")[1]]
    assert entry == after
