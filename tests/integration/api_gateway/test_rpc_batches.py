"""Many changes at once over real gRPC: what is asked, what is understood."""

import pytest

from api_gateway.adapters.rpc.batches import RpcBatches
from api_gateway.domain.batches import Done, FolderCreation, NodeRestoration, NodeTrashing, NodeUpdate
from api_gateway.domain.errors import StepRefused
from chassis.errors import Kind, RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.tokens import Identity
from stowage.metadata.v1 import batch_pb2 as pb
from stowage.metadata.v1 import metadata_pb2 as metadata_pb
from tests.integration.api_gateway.conftest import CALLER, speaking
from tests.integration.api_gateway.services import Answering
from tests.integration.api_gateway.test_rpc_nodes import AT, FILE, ITEM, NOTE, POSITION, TRASHED

OPERATIONS = (
    FolderCreation("root", "n", "rename"),
    NodeUpdate("x", "", None, "fail", 0),
    NodeTrashing("x", None),
    NodeRestoration("x", "root", None, "rename"),
)


def asked(*command_ids: str) -> list[pb.Command]:
    make, update, trash, restore = command_ids or ("",) * 4
    renames, fails = metadata_pb.CONFLICT_RULE_RENAME, metadata_pb.CONFLICT_RULE_FAIL
    return [
        pb.Command(
            create_folder=metadata_pb.CreateFolderRequest(
                command_id=make, parent_id="root", name="n", conflict=renames
            )
        ),
        pb.Command(
            update_node=metadata_pb.UpdateNodeRequest(
                command_id=update, node_id="x", name="", conflict=fails, if_revision=0
            )
        ),
        pb.Command(trash_node=metadata_pb.TrashNodeRequest(command_id=trash, node_id="x")),
        pb.Command(
            restore_node=metadata_pb.RestoreNodeRequest(
                command_id=restore, node_id="x", parent_id="root", conflict=renames
            )
        ),
    ]


async def test_each_command_is_asked_and_understood_as_it_is_meant(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    refusals = [
        metadata_pb.Refusal(kind="CONFLICT", code="name_taken", detail="Taken.", retry_after_ms=1500),
        metadata_pb.Refusal(kind="UNAVAILABLE", code="unavailable", detail="Nobody knows."),
    ]
    answering.answers["Run"] = pb.RunResponse(
        results=[
            pb.CommandResult(node=FILE, position=POSITION),
            pb.CommandResult(trash_item=ITEM, position=POSITION),
            *(pb.CommandResult(refusal=refusal) for refusal in refusals),
        ]
    )
    speaking(token, identity)

    commands = [*zip("abcd", OPERATIONS, strict=True)]
    first, second, taken, unknown = await RpcBatches(metadata).run(CALLER, commands)

    assert answering.calls == [("Run", pb.RunRequest(commands=asked(*"abcd")), token)]
    assert (first, second) == (Done(NOTE, AT), Done(TRASHED, AT))
    assert isinstance(taken, RemoteError)
    assert (taken.kind, taken.code, taken.detail, taken.retry_after_seconds) == (
        Kind.CONFLICT,
        "name_taken",
        "Taken.",
        1.5,
    )
    assert isinstance(unknown, Unavailable)


async def test_steps_are_one_request_and_a_refused_one_is_named(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    speaking(token, identity)
    answering.answers["RunTogether"] = pb.RunTogetherResponse(
        results=[pb.CommandResult(node=FILE, position=POSITION)] * 4
    )
    done = await RpcBatches(metadata).run_together(CALLER, OPERATIONS, command_id="k")
    assert answering.calls == [("RunTogether", pb.RunTogetherRequest(command_id="k", steps=asked()), token)]
    assert done == (Done(NOTE, AT),) * 4

    refusal = metadata_pb.Refusal(kind="NOT_FOUND", code="node_not_found", detail="No.")
    answering.answers["RunTogether"] = pb.RunTogetherResponse(
        refused=pb.RunTogetherResponse.RefusedStep(step=2, refusal=refusal)
    )
    with pytest.raises(StepRefused) as caught:
        await RpcBatches(metadata).run_together(CALLER, OPERATIONS, command_id="k")
    assert (caught.value.step, caught.value.kind, caught.value.code) == (2, Kind.NOT_FOUND, "node_not_found")
