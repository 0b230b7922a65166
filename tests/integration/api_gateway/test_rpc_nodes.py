"""Drives, nodes and the trash over real gRPC: what is asked, what is understood."""

from typing import Any

import pytest
from msgspec import msgpack

from api_gateway.adapters.rpc.nodes import RpcNodes
from api_gateway.adapters.rpc.packed_nodes import ListedFile, ListedFolder
from api_gateway.adapters.rpc.trash import RpcTrash
from api_gateway.domain.nodes import (
    Ancestor,
    At,
    Drive,
    File,
    Folder,
    NodePage,
    PlacedNode,
    TrashItem,
    TrashPage,
)
from chassis.errors import Kind, RemoteError
from chassis.rpc.channels import ServiceChannel
from chassis.tokens import Identity
from stowage.metadata.v1 import metadata_pb2 as pb
from tests.fakes.gateway_people import NOW
from tests.integration.api_gateway.conftest import CALLER, speaking
from tests.integration.api_gateway.services import Answering

MS = round(NOW.timestamp() * 1000)
POSITION = pb.Position(drive_id="d", journal_id="j", seq=7)
AT = "d.j.7"
FOLDER = pb.Node(
    id="f",
    drive_id="d",
    kind=pb.NODE_KIND_FOLDER,
    name="",
    revision=1,
    seq=2,
    created_at_ms=MS,
    updated_at_ms=MS,
)
FILE = pb.Node(
    id="x",
    drive_id="d",
    kind=pb.NODE_KIND_FILE,
    parent_id="f",
    name="n",
    revision=3,
    seq=4,
    created_at_ms=MS,
    updated_at_ms=MS,
    content=pb.FileContent(size_bytes=5, content_type="t", content_hash="h", layout="p23", version=6),
)
ITEM = pb.TrashItem(node=FILE, original_path="/n", trashed_at_ms=MS, expires_at_ms=MS)
ROOT = Folder("f", "d", None, "", 1, 2, NOW, NOW)
NOTE = File("x", "d", "f", "n", 3, 4, NOW, NOW, 5, "t", "h", "p23", 6)
LISTED_FOLDER = ListedFolder("g", "ä", 1, 2, NOW, NOW, "d", "f")
LISTED_NOTE = ListedFile("x", "n", 3, 4, NOW, NOW, 5, "t", "h", "p23", 6, "d", "f")
_LISTED = {"created_at": NOW, "updated_at": NOW, "later": "ignored"}
PACKED = msgpack.encode(
    [
        {"kind": "folder", "id": "g", "name": "ä", "revision": 1, "seq": 2, **_LISTED},
        {
            "kind": "file",
            "id": "x",
            "name": "n",
            "revision": 3,
            "seq": 4,
            "size": 5,
            "content_type": "t",
            "content_hash": "h",
            "layout": "p23",
            "version": 6,
            **_LISTED,
        },
    ]
)
TRASHED = TrashItem(NOTE, "/n", NOW, NOW, None, None)
_NODE = pb.NodeResponse(node=FILE, position=POSITION)

# What is called, by which rpc, with what request; what it answers, and what that means.
NODES: list[tuple[str, dict[str, Any], str, Any, Any, Any]] = [
    (
        "drive",
        {},
        "GetDrive",
        pb.GetDriveRequest(),
        pb.GetDriveResponse(
            drive=pb.Drive(id="d", root_id="d", bytes_used=1, file_count=2), position=POSITION
        ),
        Drive("d", "d", 1, 2, None, None, None),
    ),
    (
        "get",
        {"node_id": "x", "with_ancestors": True},
        "GetNode",
        pb.GetNodeRequest(node_id="x", with_ancestors=True),
        pb.GetNodeResponse(node=FILE, ancestors=[pb.Ancestor(id="f", name="")], position=POSITION),
        PlacedNode(NOTE, (Ancestor("f", ""),)),
    ),
    (
        "get",
        {"node_id": "f", "with_ancestors": False},
        "GetNode",
        pb.GetNodeRequest(node_id="f"),
        pb.GetNodeResponse(node=FOLDER, position=POSITION),
        PlacedNode(ROOT, None),
    ),
    (
        "resolve",
        {"segments": ("a/b", "n")},
        "ResolvePath",
        pb.ResolvePathRequest(segments=["a/b", "n"]),
        pb.ResolvePathResponse(node=FILE, ancestors=[pb.Ancestor(id="f", name="")], position=POSITION),
        PlacedNode(NOTE, (Ancestor("f", ""),)),
    ),
    (
        "list_folder",
        {"folder_id": "root", "limit": 5, "cursor": "c", "sort": "size", "descending": True},
        "ListEntries",
        pb.ListEntriesRequest(
            folder_id="root", limit=5, cursor="c", sort=pb.SORT_FIELD_SIZE, descending=True
        ),
        pb.ListEntriesResponse(folder_id="f", nodes=PACKED, next_cursor="c2", position=POSITION),
        NodePage([LISTED_FOLDER, LISTED_NOTE], "c2"),
    ),
    (
        "create_folder",
        {"command_id": "k", "parent_id": "root", "name": "n", "conflict": "rename"},
        "CreateFolder",
        pb.CreateFolderRequest(command_id="k", parent_id="root", name="n", conflict=pb.CONFLICT_RULE_RENAME),
        pb.NodeResponse(node=FOLDER, position=POSITION),
        ROOT,
    ),
    (
        "update",
        {
            "node_id": "x",
            "command_id": "k",
            "name": "",
            "parent_id": None,
            "conflict": "fail",
            "if_revision": 0,
        },
        "UpdateNode",
        pb.UpdateNodeRequest(
            command_id="k", node_id="x", name="", conflict=pb.CONFLICT_RULE_FAIL, if_revision=0
        ),
        _NODE,
        NOTE,
    ),
]
TRASH: list[tuple[str, dict[str, Any], str, Any, Any, Any]] = [
    (
        "put",
        {"node_id": "x", "command_id": "k", "if_revision": None},
        "TrashNode",
        pb.TrashNodeRequest(command_id="k", node_id="x"),
        pb.TrashNodeResponse(item=ITEM, position=POSITION),
        TRASHED,
    ),
    (
        "restore",
        {"node_id": "x", "command_id": "k", "parent_id": "root", "name": None, "conflict": "rename"},
        "RestoreNode",
        pb.RestoreNodeRequest(
            command_id="k", node_id="x", parent_id="root", conflict=pb.CONFLICT_RULE_RENAME
        ),
        _NODE,
        NOTE,
    ),
    (
        "list",
        {"limit": 5, "cursor": ""},
        "ListTrash",
        pb.ListTrashRequest(limit=5),
        pb.ListTrashResponse(items=[ITEM], position=POSITION),
        TrashPage((TRASHED,), None),
    ),
]


@pytest.mark.parametrize(
    ("port", "call", "arguments", "rpc", "request_", "response", "meaning"),
    [(RpcNodes, *each) for each in NODES] + [(RpcTrash, *each) for each in TRASH],
)
async def test_a_call_is_asked_and_understood_as_it_is_meant(
    metadata: ServiceChannel,
    answering: Answering,
    token: str,
    identity: Identity,
    port: Any,
    call: str,
    arguments: dict[str, Any],
    rpc: str,
    request_: Any,
    response: Any,
    meaning: Any,
) -> None:
    answering.answers[rpc] = response
    speaking(token, identity)

    answer = await getattr(port(metadata), call)(CALLER, **arguments)

    assert answering.calls == [(rpc, request_, token)]
    assert answer == At(meaning, AT)


async def test_a_refusal_keeps_its_kind_and_code(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    answering.answers["GetNode"] = RemoteError(Kind.NOT_FOUND, "node_not_found", "There is no such node.")
    speaking(token, identity)
    with pytest.raises(RemoteError) as refusal:
        await RpcNodes(metadata).get(CALLER, "x", with_ancestors=False)
    assert (refusal.value.kind, refusal.value.code) == (Kind.NOT_FOUND, "node_not_found")


async def test_without_a_token_the_service_itself_refuses(
    metadata: ServiceChannel, answering: Answering
) -> None:
    with pytest.raises(RemoteError) as refusal:
        await RpcNodes(metadata).drive(CALLER)
    assert refusal.value.kind is Kind.UNAUTHENTICATED
    assert answering.calls == []


async def test_what_the_caller_has_seen_goes_along_with_each_read(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    caller = CALLER.having_seen(("d.j.7", "e.k.12"))
    seen = [POSITION, pb.Position(drive_id="e", journal_id="k", seq=12)]
    answering.answers |= {rpc: response for _, _, rpc, _, response, _ in (*NODES, *TRASH)}
    speaking(token, identity)
    nodes, trash = RpcNodes(metadata), RpcTrash(metadata)
    await nodes.drive(caller)
    await nodes.get(caller, "x", with_ancestors=False)
    await nodes.resolve(caller, ())
    await nodes.list_folder(caller, "x", limit=1, cursor="", sort="name", descending=False)
    await trash.list(caller, limit=1, cursor="")
    assert [list(request.seen) for _, request, _ in answering.calls] == [seen] * 5
