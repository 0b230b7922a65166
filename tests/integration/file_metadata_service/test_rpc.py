"""The service as its callers see it: gRPC over mutual TLS, tokens, kinds and codes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import Kind, RemoteError
from chassis.rpc.server import RpcServer
from chassis.tls import Certificates
from chassis.tokens import TokenVerifier
from file_metadata_service.adapters.rpc.policy import POLICY
from file_metadata_service.adapters.rpc.registration import registering
from stowage.metadata.v1 import changes_pb2 as changes
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.changes_pb2_grpc import ChangeServiceStub
from stowage.metadata.v1.metadata_pb2_grpc import BlobServiceStub, NodeServiceStub
from tests.chassis_rig import calling, running
from tests.fakes.metadata_packing import listed_in
from tests.fakes.metadata_searching import Searching
from tests.fakes.metadata_service import ANN, FakeWorld
from tests.fakes.resolver import InMemoryResolver
from tests.fakes.token_keys import TokenKeys
from tests.integration.file_metadata_service.real_world import RealWorld

SERVICE = "file-metadata-service"
Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Callers:
    """Calls as the gateway (`people`, `followers`) and as the upload service (`upload`)."""

    people: Callable[[str], Call]
    upload: Callable[[str], Call]
    followers: Callable[[str], Call]


@pytest.fixture
async def callers(world: RealWorld, tls_dir: Path) -> AsyncIterator[Callers]:
    keys = TokenKeys()
    server = RpcServer(
        certificates=Certificates(tls_dir, SERVICE),
        policy=POLICY,
        register=registering(world.service().use, Searching(FakeWorld()).search),
        verifier=TokenVerifier(keys.fetch),
    )
    resolver = InMemoryResolver()
    async with running(server) as instance:
        resolver.set(SERVICE, instance)
        async with (
            calling(tls_dir, resolver, caller="api-gateway", service=SERVICE) as gateway,
            calling(tls_dir, resolver, caller="file-upload-service", service=SERVICE) as upload,
        ):

            def by(channel: Any, stub: Any) -> Callable[[str], Call]:
                def method(name: str) -> Call:
                    remote = channel.unary(
                        lambda it: getattr(stub(it), name), timeout_seconds=5, idempotent=True
                    )
                    return lambda request, token=None: remote(request, token=token or keys.token())

                return method

            yield Callers(
                by(gateway, NodeServiceStub), by(upload, BlobServiceStub), by(gateway, ChangeServiceStub)
            )


def a_commit(name: str, *, blob_id: str = "blob", **fields: Any) -> pb.CommitRequest:
    everything = {
        "blob_id": blob_id,
        "drive_id": ANN.account_id,
        "actor": str(ANN),
        "folder_id": "root",
        "name": name,
        "size_bytes": 12,
        "content_type": "text/plain",
        "content_hash": "c0" * 32,
        "layout": "p23",
        "part_sha256": [b"\x01" * 32],
    } | fields
    return pb.CommitRequest(**everything)


async def test_a_file_is_uploaded_listed_moved_deleted_and_restored(callers: Callers) -> None:
    people, upload = callers.people, callers.upload
    made = await people("CreateFolder")(pb.CreateFolderRequest(command_id="1", parent_id="root", name="docs"))
    check = await upload("CheckUpload")(
        pb.CheckUploadRequest(folder_id=made.node.id, name="a.txt", size_bytes=12)
    )
    assert (check.drive_id, check.folder_id) == (ANN.account_id, made.node.id)
    committed = await upload("Commit")(a_commit("a.txt", folder_id=made.node.id))
    assert committed.node.content.size_bytes == 12
    found = await people("ResolvePath")(pb.ResolvePathRequest(segments=["docs", "a.txt"]))
    assert found.node == committed.node
    assert [it.name for it in found.ancestors] == ["", "docs"]
    moved = await people("UpdateNode")(
        pb.UpdateNodeRequest(command_id="2", node_id=found.node.id, parent_id="root", name="b.txt")
    )
    assert (moved.node.parent_id, moved.node.name) == (ANN.account_id, "b.txt")
    page = await people("ListEntries")(pb.ListEntriesRequest(folder_id="root"))
    assert [it.name for it in listed_in(page.nodes, page.position.drive_id, page.folder_id)] == [
        "docs",
        "b.txt",
    ]
    assert page.position == moved.position
    await people("TrashNode")(pb.TrashNodeRequest(command_id="3", node_id=found.node.id))
    trash = await people("ListTrash")(pb.ListTrashRequest())
    assert [it.original_path for it in trash.items] == ["/b.txt"]
    await people("RestoreNode")(pb.RestoreNodeRequest(command_id="4", node_id=found.node.id))
    download = await upload("CheckDownload")(pb.CheckDownloadRequest(node_id=found.node.id))
    assert (download.blob_id, download.node.name) == ("blob", "b.txt")
    both = await upload("CheckDownloads")(
        pb.CheckDownloadsRequest(
            files=[pb.CheckDownloadRequest(node_id=it) for it in (found.node.id, "root", "f" * 32)]
        )
    )
    assert both.results[0].file == download
    assert [it.refusal.code for it in both.results[1:]] == ["not_a_file", "node_not_found"]
    drive = (await people("GetDrive")(pb.GetDriveRequest())).drive
    assert (drive.bytes_used, drive.file_count, drive.root_id) == (12, 1, ANN.account_id)
    node = await people("GetNode")(pb.GetNodeRequest(node_id=found.node.id, with_ancestors=True))
    assert [it.id for it in node.ancestors] == [ANN.account_id]


async def test_changes_are_told_with_states_and_cursors_and_a_deletion_without_a_parent(
    callers: Callers,
) -> None:
    follow = callers.followers("ListChanges")
    now = await follow(changes.ListChangesRequest())
    assert (list(now.entries), now.more) == ([], False)
    made = await callers.people("CreateFolder")(
        pb.CreateFolderRequest(command_id="1", parent_id="root", name="a")
    )
    await callers.people("TrashNode")(pb.TrashNodeRequest(command_id="2", node_id=made.node.id))
    first = await follow(changes.ListChangesRequest(cursor=now.next_cursor, limit=1))
    (entry,) = first.entries
    assert (entry.seq, entry.cursor, first.more) == (made.position.seq, first.next_cursor, True)
    (change,) = entry.changes
    assert (change.kind, change.node, change.actor) == (changes.CHANGE_KIND_PLACED, made.node, str(ANN))
    last = await follow(changes.ListChangesRequest(cursor=first.next_cursor))
    gone = last.entries[0].changes[0]
    assert (gone.kind, gone.node.id, gone.node.parent_id) == (
        changes.CHANGE_KIND_DELETED,
        made.node.id,
        "",
    )
    assert not last.more
    refusing = changes.ListChangesRequest(cursor="made up")
    await refused(follow, refusing, Kind.INVALID, "cursor_invalid")


async def test_abandon_says_who_won(callers: Callers) -> None:
    committed = await callers.upload("Commit")(a_commit("a", blob_id="up.1"))
    answer = await callers.upload("Abandon")(
        pb.AbandonRequest(drive_id=ANN.account_id, blob_ids=["up.1", "up.2"])
    )
    assert [(it.blob_id, it.outcome, it.node_id) for it in answer.results] == [
        ("up.1", pb.AbandonResponse.OUTCOME_COMMITTED, committed.node.id),
        ("up.2", pb.AbandonResponse.OUTCOME_ABANDONED, ""),
    ]
    await refused(callers.upload("Commit"), a_commit("b", blob_id="up.2"), Kind.CONFLICT, "blob_abandoned")


async def test_what_is_in_use_is_neither_listed_nor_condemned_nor_gone(callers: Callers) -> None:
    blob_id = "a1" * 16
    committed = await callers.upload("Commit")(a_commit("a", blob_id=blob_id))
    listed = await callers.upload("ListUnreferenced")(pb.ListUnreferencedRequest(limit=100))
    assert (list(listed.blobs), listed.next_cursor) == ([], "")
    assert not (await callers.upload("Condemn")(pb.CondemnRequest(blob_ids=[blob_id, "b1" * 16]))).blob_ids
    await callers.upload("ConfirmDeleted")(pb.ConfirmDeletedRequest(blob_ids=[blob_id]))
    assert await callers.upload("Commit")(a_commit("a", blob_id=blob_id)) == committed
    refusing = callers.upload("ListUnreferenced")
    await refused(refusing, pb.ListUnreferencedRequest(), Kind.INVALID, "invalid_argument")
    made_up = pb.ListUnreferencedRequest(limit=1, cursor="made up")
    await refused(refusing, made_up, Kind.INVALID, "cursor_invalid")
    many = pb.CondemnRequest(blob_ids=[f"{number:032x}" for number in range(101)])
    await refused(callers.upload("Condemn"), many, Kind.INVALID, "invalid_argument")


async def test_refusals_travel_with_kind_and_code(callers: Callers) -> None:
    people, upload = callers.people, callers.upload
    await people("CreateFolder")(pb.CreateFolderRequest(command_id="1", parent_id="root", name="a"))
    taken = pb.CreateFolderRequest(command_id="2", parent_id="root", name="A")
    await refused(people("CreateFolder"), taken, Kind.CONFLICT, "name_taken")
    reused = pb.CreateFolderRequest(command_id="1", parent_id="root", name="b")
    await refused(people("CreateFolder"), reused, Kind.CONFLICT, "command_id_reused")
    await refused(people("GetNode"), pb.GetNodeRequest(node_id=""), Kind.NOT_FOUND, "node_not_found")
    bad = pb.ListEntriesRequest(folder_id="root", cursor="made up")
    await refused(people("ListEntries"), bad, Kind.INVALID, "cursor_invalid")
    nameless = pb.CreateFolderRequest(command_id="3", parent_id="root")
    await refused(people("CreateFolder"), nameless, Kind.INVALID, "name_invalid")
    anonymous = pb.CreateFolderRequest(parent_id="root", name="x")
    await refused(people("CreateFolder"), anonymous, Kind.INVALID, "invalid_argument")
    replaced = a_commit("a", conflict=pb.CONFLICT_RULE_REPLACE)
    await refused(upload("Commit"), replaced, Kind.CONFLICT, "is_a_folder")
    for fields in (
        {"actor": "ann"},
        {"blob_id": ""},
        {"size_bytes": -1},
        {"part_sha256": [b"short"]},
        {"content_type": "x" * 256},
        {"content_hash": "x" * 256},
        {"layout": "x" * 256},
    ):
        await refused(upload("Commit"), a_commit("b", **fields), Kind.INVALID, "invalid_argument")
    foreign = a_commit("b", drive_id="b" * 32)
    await refused(upload("Commit"), foreign, Kind.NOT_FOUND, "node_not_found")


async def test_without_a_valid_token_nobody_is_anybody(callers: Callers) -> None:
    with pytest.raises(RemoteError) as refusal:
        await callers.people("GetDrive")(pb.GetDriveRequest(), token="nonsense")
    assert refusal.value.kind is Kind.UNAUTHENTICATED


async def refused(call: Call, request: Any, kind: Kind, code: str) -> None:
    with pytest.raises(RemoteError) as refusal:
        await call(request)
    assert (refusal.value.kind, refusal.value.code) == (kind, code)
