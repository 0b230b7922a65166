"""Uploads over real gRPC: what is asked, what is understood."""

from typing import Any

import pytest

from api_gateway.adapters.rpc.uploads import RpcUploads
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import (
    BaseVersion,
    Destination,
    Download,
    KnownContent,
    KnownUpload,
    Part,
    PartClaim,
    PartReport,
    SignedPart,
    SignedParts,
    StartedUpload,
    Upload,
    UploadIntent,
    UploadPage,
    UploadWithParts,
)
from chassis.errors import Kind, RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.tokens import Identity
from stowage.upload.v1 import upload_pb2 as pb
from tests.fakes.gateway_people import NOW
from tests.integration.api_gateway.conftest import CALLER, speaking
from tests.integration.api_gateway.services import Answering

MS = round(NOW.timestamp() * 1000)
HASH = bytes(range(32))
UPLOAD = pb.Upload(
    id="u",
    state=pb.UPLOAD_STATE_OPEN,
    folder_id="f",
    name="n",
    size_bytes=9,
    content_type="t",
    conflict=pb.CONFLICT_RULE_REPLACE,
    layout="p23",
    part_size_bytes=8,
    part_count=2,
    created_at_ms=MS,
    expires_at_ms=MS,
    drive_id="d",
)
OPEN = Upload("u", "d", "open", "f", "n", 9, "t", "replace", "p23", 8, 2, NOW, NOW)
DONE_PB = pb.Upload()
DONE_PB.CopyFrom(UPLOAD)
DONE_PB.MergeFrom(
    pb.Upload(state=pb.UPLOAD_STATE_COMMITTED, node_id="x", committed_name="n (2)", committed_revision=1)
)
DONE = Upload("u", "d", "committed", "f", "n", 9, "t", "replace", "p23", 8, 2, NOW, NOW, "x", "n (2)", 1)
SIGNED_PB = pb.SignedPart(number=1, method="PUT", url="http://s3", headers={"a": "b"}, size_bytes=8)
SIGNED = SignedPart(1, "PUT", "http://s3", {"a": "b"}, 8)
CLAIMS, CLAIMS_PB = [PartClaim(1, HASH)], [pb.PartClaim(number=1, sha256=HASH)]
REPORTS, REPORTS_PB = [PartReport(1, '"e"')], [pb.PartReport(number=1, etag='"e"')]

CALLS: list[tuple[str, dict[str, Any], str, Any, Any, Any]] = [
    (
        "start",
        {"intent": UploadIntent("root", "n", 9, "t", "replace", 0), "command_id": "k", "parts": CLAIMS},
        "StartUpload",
        pb.StartUploadRequest(
            command_id="k",
            folder_id="root",
            name="n",
            size_bytes=9,
            content_type="t",
            conflict=pb.CONFLICT_RULE_REPLACE,
            if_revision=0,
            parts=CLAIMS_PB,
            reach=pb.REACH_PUBLIC,
        ),
        pb.StartUploadResponse(upload=UPLOAD, parts=[SIGNED_PB], urls_expire_at_ms=MS),
        At(StartedUpload(OPEN, (SIGNED,), NOW), ""),
    ),
    (
        "start",
        {"intent": UploadIntent("root", "n", 9, "t", "fail", None), "command_id": "k", "parts": []},
        "StartUpload",
        pb.StartUploadRequest(
            command_id="k",
            folder_id="root",
            name="n",
            size_bytes=9,
            content_type="t",
            conflict=pb.CONFLICT_RULE_FAIL,
            reach=pb.REACH_PUBLIC,
        ),
        pb.StartUploadResponse(upload=UPLOAD),
        At(StartedUpload(OPEN, (), None), ""),
    ),
    (
        "start",
        {
            "intent": UploadIntent("root", "n", 9, "t", "fail", None, "c0" * 32),
            "command_id": "k",
            "parts": [],
        },
        "StartUpload",
        pb.StartUploadRequest(
            command_id="k",
            folder_id="root",
            name="n",
            size_bytes=9,
            content_type="t",
            conflict=pb.CONFLICT_RULE_FAIL,
            reach=pb.REACH_PUBLIC,
            content_hash="c0" * 32,
        ),
        pb.StartUploadResponse(upload=DONE_PB, position="d.j.7"),
        At(StartedUpload(DONE, (), None), "d.j.7"),
    ),
    (
        "use_known",
        {"upload_id": "u", "known": KnownContent("c0" * 32)},
        "UseKnown",
        pb.UseKnownRequest(upload_id="u", content_hash="c0" * 32),
        pb.UseKnownResponse(upload=DONE_PB, position="d.j.7"),
        At(KnownUpload(DONE), "d.j.7"),
    ),
    (
        "use_known",
        {"upload_id": "u", "known": KnownContent("c0" * 32, tuple(CLAIMS), BaseVersion("b", 3))},
        "UseKnown",
        pb.UseKnownRequest(
            upload_id="u",
            content_hash="c0" * 32,
            parts=CLAIMS_PB,
            base=pb.UseKnownRequest.Base(node_id="b", version=3),
        ),
        pb.UseKnownResponse(upload=UPLOAD, parts=[pb.Part(number=1, sha256=HASH, reported=True)], more=True),
        At(KnownUpload(OPEN, (Part(1, HASH.hex(), True),), True), ""),
    ),
    (
        "sign",
        {"upload_id": "u", "parts": CLAIMS, "reach": "internal"},
        "SignParts",
        pb.SignPartsRequest(upload_id="u", parts=CLAIMS_PB, reach=pb.REACH_INTERNAL),
        pb.SignPartsResponse(parts=[SIGNED_PB], urls_expire_at_ms=MS),
        SignedParts((SIGNED,), NOW),
    ),
    (
        "report",
        {"upload_id": "u", "parts": REPORTS},
        "ReportParts",
        pb.ReportPartsRequest(upload_id="u", parts=REPORTS_PB),
        pb.ReportPartsResponse(),
        None,
    ),
    (
        "complete",
        {"upload_id": "u", "parts": REPORTS, "destination": Destination()},
        "CompleteUpload",
        pb.CompleteUploadRequest(upload_id="u", parts=REPORTS_PB),
        pb.CompleteUploadResponse(upload=DONE_PB, position="d.j.7"),
        At(DONE, "d.j.7"),
    ),
    (
        "complete",
        {"upload_id": "u", "parts": [], "destination": Destination("g", "m", "rename", 3)},
        "CompleteUpload",
        pb.CompleteUploadRequest(
            upload_id="u", folder_id="g", name="m", conflict=pb.CONFLICT_RULE_RENAME, if_revision=3
        ),
        pb.CompleteUploadResponse(upload=UPLOAD),
        At(OPEN, ""),
    ),
    (
        "abort",
        {"upload_id": "u"},
        "AbortUpload",
        pb.AbortUploadRequest(upload_id="u"),
        pb.AbortUploadResponse(upload=UPLOAD),
        OPEN,
    ),
    (
        "get",
        {"upload_id": "u", "with_parts": True},
        "GetUpload",
        pb.GetUploadRequest(upload_id="u", with_parts=True),
        pb.GetUploadResponse(upload=UPLOAD, parts=[pb.Part(number=1, sha256=HASH, reported=True)]),
        UploadWithParts(OPEN, (Part(1, HASH.hex(), True),)),
    ),
    (
        "get",
        {"upload_id": "u", "with_parts": False},
        "GetUpload",
        pb.GetUploadRequest(upload_id="u"),
        pb.GetUploadResponse(upload=UPLOAD),
        UploadWithParts(OPEN, None),
    ),
    (
        "list",
        {"limit": 5, "cursor": "c"},
        "ListUploads",
        pb.ListUploadsRequest(limit=5, cursor="c"),
        pb.ListUploadsResponse(items=[UPLOAD], next_cursor="c2"),
        UploadPage((OPEN,), "c2"),
    ),
    (
        "sign_download",
        {"node_id": "x", "reach": "public", "version": None},
        "SignDownload",
        pb.SignDownloadRequest(node_id="x", reach=pb.REACH_PUBLIC),
        pb.SignDownloadResponse(
            url="http://s3",
            expires_at_ms=MS,
            name="n",
            size_bytes=9,
            content_type="t",
            content_hash="h",
            layout="p23",
            revision=2,
        ),
        Download("http://s3", NOW, "n", 9, "t", "h", "p23", 2),
    ),
]


@pytest.mark.parametrize(("call", "arguments", "rpc", "request_", "response", "meaning"), CALLS)
async def test_a_call_is_asked_and_understood_as_it_is_meant(
    uploads: ServiceChannel,
    answering: Answering,
    token: str,
    identity: Identity,
    call: str,
    arguments: dict[str, Any],
    rpc: str,
    request_: Any,
    response: Any,
    meaning: Any,
) -> None:
    answering.answers[rpc] = response
    speaking(token, identity)

    answer = await getattr(RpcUploads(uploads), call)(CALLER, **arguments)

    assert answering.calls == [(rpc, request_, token)]
    assert answer == meaning


def test_the_length_of_each_part_follows_from_the_size() -> None:
    assert [OPEN.part_bytes(number) for number in (1, 2, 3)] == [8, 1, 0]


async def test_of_many_downloads_each_has_its_own_answer(
    uploads: ServiceChannel, answering: Answering, token: str, identity: Identity
) -> None:
    refused = pb.BundleResponse.Refused(kind="NOT_FOUND", code="node_not_found", detail="d")
    answering.answers["SignDownloads"] = pb.SignDownloadsResponse(
        results=[
            pb.SignDownloadsResponse.Result(signed=pb.SignDownloadResponse(url="u", expires_at_ms=MS)),
            pb.SignDownloadsResponse.Result(refused=refused),
        ]
    )
    speaking(token, identity)

    signed, other = await RpcUploads(uploads).sign_downloads(CALLER, [("x", 3), ("y", 1)], "internal")

    files = [pb.SignDownloadsRequest.File(node_id=id_, version=at) for id_, at in (("x", 3), ("y", 1))]
    wanted = pb.SignDownloadsRequest(files=files, reach=pb.REACH_INTERNAL)
    assert answering.calls == [("SignDownloads", wanted, token)]
    assert isinstance(signed, Download)
    assert (signed.url, signed.expires_at) == ("u", NOW)
    assert isinstance(other, RemoteError)
    assert (other.kind, other.code) == (Kind.NOT_FOUND, "node_not_found")
    with pytest.raises(Unavailable):
        await RpcUploads(uploads).sign_downloads(CALLER, [("x", 3)], "internal")
