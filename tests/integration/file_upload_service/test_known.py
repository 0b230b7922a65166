"""Content that a drive holds already, over the wire, on the real engines and the real metadata service."""

import asyncio
import hashlib
import secrets

import boto3
import pytest

from chassis.errors import DomainError
from file_metadata_service.domain.blobs import UNREFERENCED_MS
from file_upload_service.domain.layout import MIB
from stowage.metadata.v1 import metadata_pb2 as metadata
from stowage.upload.v1 import upload_pb2 as pb
from tests.contracts.file_upload_service.engines import AWS_KEYS
from tests.engines import REGION, S3Server
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import put, uploaded

pytestmark = pytest.mark.judged_once

PART = 8 * MIB


def sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def hash_of(*bodies: bytes) -> str:
    return hashlib.sha256(b"".join(map(sha256, bodies))).hexdigest()


def claims(*bodies: bytes) -> list[pb.PartClaim]:
    return [pb.PartClaim(number=number, sha256=sha256(body)) for number, body in enumerate(bodies, 1)]


async def started(person: Client, size_bytes: int, **facts: object) -> pb.StartUploadResponse:
    asked = {"command_id": secrets.token_hex(8), "folder_id": "root", "name": "again"} | facts
    answer: pb.StartUploadResponse = await person.start(
        pb.StartUploadRequest(size_bytes=size_bytes, content_type="text/plain", **asked)  # type: ignore[arg-type]  # facts
    )
    return answer


async def test_what_the_drive_holds_is_a_second_file_at_once(ada: Client) -> None:
    first = await uploaded(ada, b"hello", name="first")
    again = await started(ada, 5, content_hash=hash_of(b"hello"), parts=claims(b"hello"))
    assert (again.upload.state, list(again.parts)) == (pb.UPLOAD_STATE_COMMITTED, [])
    assert again.upload.node_id != first.upload.node_id
    assert again.position
    assert (await ada.download(again.upload.node_id)).content == b"hello"


async def test_the_bytes_stay_when_the_first_file_goes(ada: Client) -> None:
    first = await uploaded(ada, b"hello", name="first")
    again = await started(ada, 5, content_hash=hash_of(b"hello"))
    await ada.trash(metadata.TrashNodeRequest(command_id="t", node_id=first.upload.node_id))
    assert (await ada.download(again.upload.node_id)).content == b"hello"


async def test_another_account_has_to_send_it(rig: Rig, ada: Client) -> None:
    await uploaded(ada, b"hello", name="first")
    ben = rig.person(await rig.upload())
    mine = await started(ben, 5, content_hash=hash_of(b"hello"), parts=claims(b"hello"))
    assert (mine.upload.state, len(mine.parts)) == (pb.UPLOAD_STATE_OPEN, 1)
    used = await ben.use_known(pb.UseKnownRequest(upload_id=mine.upload.id, content_hash=hash_of(b"hello")))
    assert used.upload.state == pb.UPLOAD_STATE_OPEN


async def test_of_a_changed_file_only_the_changed_part_is_sent(rig: Rig, ada: Client) -> None:
    bodies = (b"1" * PART, b"2" * PART, b"end")
    base = await uploaded(ada, b"".join(bodies), name="base")
    changed = (bodies[0], b"!" * PART, bodies[2])
    size = sum(map(len, changed))
    upload = (await started(ada, size, conflict=pb.CONFLICT_RULE_REPLACE, name="base")).upload
    known = pb.UseKnownRequest(upload_id=upload.id, content_hash=hash_of(*changed), parts=claims(*changed))
    for _ in range(2):
        used = await ada.use_known(known)
        assert [part.number for part in used.parts if part.reported] == [1, 3]
    signed = await ada.sign(pb.SignPartsRequest(upload_id=upload.id, parts=claims(*changed)[1:2]))
    await put(signed.parts[0], changed[1])
    done = await ada.complete(pb.CompleteUploadRequest(upload_id=upload.id))
    assert (done.upload.state, done.upload.node_id) == (pb.UPLOAD_STATE_COMMITTED, base.upload.node_id)
    assert (await ada.download(done.upload.node_id)).content == b"".join(changed)
    stranger = rig.person(await rig.upload())
    other = (await started(stranger, size)).upload
    known = pb.UseKnownRequest(
        upload_id=other.id,
        parts=claims(*changed),
        base=pb.UseKnownRequest.Base(node_id=base.upload.node_id),
    )
    assert not (await stranger.use_known(known)).parts


@pytest.mark.parametrize("round_", range(6))
async def test_of_an_instant_upload_and_the_deletion_of_the_same_bytes_one_wins(
    rig: Rig,
    ada: Client,
    s3_server: S3Server,
    s3_bucket: str,
    dynamodb_endpoint: str,
    table_prefix: str,
    round_: int,
) -> None:
    """A file without bytes is what must not be; that they have to be sent again may be."""
    first = await uploaded(ada, b"hello", name="first")
    tables = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION, **AWS_KEYS)
    tables.update_item(
        TableName=f"{table_prefix}blobs",
        Key={"blobid": {"S": first.upload.id}},
        UpdateExpression="SET #r = :none, zero_shard = :shard, zero_since = :long_ago",
        ExpressionAttributeNames={"#r": "references"},
        ExpressionAttributeValues={
            ":none": {"N": "0"},
            ":shard": {"S": first.upload.id[:1]},
            ":long_ago": {"N": str(UNREFERENCED_MS)},
        },
    )

    async def instant() -> pb.StartUploadResponse | None:
        await asyncio.sleep(0.05 * round_)
        try:
            return await started(ada, 5, content_hash=hash_of(b"hello"), parts=claims(b"hello"))
        except DomainError:
            return None

    # An instance that starts collects at once.
    _, again = await asyncio.gather(rig.upload(), instant())
    assert again is not None
    if again.upload.state == pb.UPLOAD_STATE_OPEN:
        await put(again.parts[0], b"hello")
        done = await ada.complete(pb.CompleteUploadRequest(upload_id=again.upload.id))
        assert done.upload.state == pb.UPLOAD_STATE_COMMITTED
    await asyncio.sleep(0.5)  # whoever would delete it has had the time
    assert (await ada.download(again.upload.node_id or done.upload.node_id)).content == b"hello"
