"""Changes over real gRPC: what is asked, what is understood."""

import pytest

from api_gateway.adapters.rpc.changes import RpcChanges
from api_gateway.domain.changes import ChangePage, Deleted, GoneNode, JournalEntry, Placed
from api_gateway.domain.nodes import At
from chassis.errors import Kind, RemoteError
from chassis.rpc.channels import ServiceChannel
from chassis.tokens import Identity
from stowage.metadata.v1 import changes_pb2 as pb
from tests.fakes.gateway_people import NOW
from tests.integration.api_gateway.conftest import CALLER, speaking
from tests.integration.api_gateway.services import Answering
from tests.integration.api_gateway.test_rpc_nodes import AT, FILE, FOLDER, MS, NOTE, POSITION


async def test_a_page_is_asked_and_understood_as_it_is_meant(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    placed = pb.Change(kind=pb.CHANGE_KIND_PLACED, node=FILE, actor="account:a")
    gone = pb.Change(kind=pb.CHANGE_KIND_DELETED, node=FOLDER, actor="account:b")
    entry = pb.JournalEntry(seq=7, at_ms=MS, changes=[placed, gone], cursor="c7")
    answering.answers["ListChanges"] = pb.ListChangesResponse(
        entries=[entry], next_cursor="c7", more=True, position=POSITION
    )
    speaking(token, identity)

    page = await RpcChanges(metadata).page(CALLER, cursor="c6", limit=5)

    assert answering.calls == [("ListChanges", pb.ListChangesRequest(cursor="c6", limit=5), token)]
    changes = (Placed("account:a", NOTE), Deleted("account:b", GoneNode("f", "folder", "", 1, 2)))
    assert page == At(ChangePage((JournalEntry(7, NOW, changes, "c7"),), "c7", more=True), AT)


async def test_a_reset_keeps_its_kind_and_code(
    metadata: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    answering.answers["ListChanges"] = RemoteError(Kind.CONFLICT, "cursor_reset", "List it anew.")
    speaking(token, identity)
    with pytest.raises(RemoteError) as refusal:
        await RpcChanges(metadata).page(CALLER, cursor="c6", limit=5)
    assert (refusal.value.kind, refusal.value.code) == (Kind.CONFLICT, "cursor_reset")
