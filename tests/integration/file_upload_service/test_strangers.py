"""Those who may not."""

import secrets

import httpx
import pytest

from chassis.errors import Kind
from chassis.rpc.channels import ServiceChannel
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceStub
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import Refused, claims_of, sent, start_request, uploaded

SMALL = b"secret"


@pytest.fixture
def bob(rig: Rig, uploads: ServiceChannel) -> Client:
    return rig.person(uploads)


async def test_somebody_elses_upload_is_like_none(ada: Client, bob: Client) -> None:
    upload_id = await sent(ada, SMALL)

    for wanted in (upload_id, secrets.token_hex(16), "", "budget#x", "../../x", upload_id.upper()):
        for attempt in (
            lambda it: bob.get(pb.GetUploadRequest(upload_id=it, with_parts=True)),
            lambda it: bob.sign(pb.SignPartsRequest(upload_id=it, parts=claims_of(SMALL))),
            lambda it: bob.report(
                pb.ReportPartsRequest(upload_id=it, parts=[pb.PartReport(number=1, etag="e")])
            ),
            lambda it: bob.complete(pb.CompleteUploadRequest(upload_id=it)),
            lambda it: bob.abort(pb.AbortUploadRequest(upload_id=it)),
        ):
            async with Refused(Kind.NOT_FOUND, "upload_not_found"):
                await attempt(wanted)
    assert (await bob.list(pb.ListUploadsRequest())).items == []


async def test_somebody_elses_file_is_like_none(ada: Client, bob: Client) -> None:
    done = await uploaded(ada, SMALL)

    async with Refused(Kind.NOT_FOUND, "node_not_found"):
        await bob.sign_download(pb.SignDownloadRequest(node_id=done.upload.node_id))
    many = pb.SignDownloadsRequest(files=[pb.SignDownloadsRequest.File(node_id=done.upload.node_id)])
    assert [it.refused.code for it in (await bob.sign_downloads(many)).results] == ["node_not_found"]
    [mine] = (await ada.sign_downloads(many)).results
    async with httpx.AsyncClient() as client:
        assert (await client.get(mine.signed.url)).content == SMALL


async def test_an_upload_cannot_be_sent_into_somebody_elses_folder(ada: Client, bob: Client) -> None:
    done = await uploaded(ada, SMALL)
    upload_id = await sent(bob, SMALL)
    home = done.upload.folder_id

    async with Refused(Kind.NOT_FOUND, "node_not_found"):
        await bob.start(start_request(SMALL, folder_id=home))
    async with Refused(Kind.NOT_FOUND, "node_not_found"):
        await bob.complete(pb.CompleteUploadRequest(upload_id=upload_id, folder_id=home))


@pytest.mark.parametrize("caller", ["file-metadata-service", "user-service"])
async def test_only_the_gateway_may_ask(rig: Rig, uploads: ServiceChannel, caller: str) -> None:
    channel = rig.channel("file-upload-service", *rig.upload_instances, caller=caller)
    stranger = Client(channel, rig.metadata, rig.keys.token())

    # Which is nothing that a person could mend, so the channel does not pass it on.
    async with Refused(Kind.INTERNAL, "internal"):
        await stranger.list(pb.ListUploadsRequest())


async def test_nothing_is_answered_without_a_token(rig: Rig, uploads: ServiceChannel) -> None:
    call = uploads.unary(lambda it: UploadServiceStub(it).ListUploads, timeout_seconds=5, idempotent=True)

    async with Refused(Kind.UNAUTHENTICATED, "unauthenticated"):
        await call(pb.ListUploadsRequest(), token="")
