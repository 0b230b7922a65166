"""Many small files at once, over the wire, on the real engines and the real metadata service."""

import asyncio
import hashlib
import secrets
from typing import Any

import pytest

from stowage.upload.v1 import upload_pb2 as pb
from tests.contracts.file_upload_service.engines import Storage, open_storage
from tests.engines import S3Server
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import put

pytestmark = pytest.mark.judged_once


def files(*bodies: bytes, **facts: Any) -> list[pb.StartBundleRequest.File]:
    return [
        pb.StartBundleRequest.File(
            **{"folder_id": "root", "name": f"{number}.txt"} | facts,
            size_bytes=len(body),
            content_type="text/plain",
            sha256=hashlib.sha256(body).digest(),
        )
        for number, body in enumerate(bodies, 1)
    ]


async def started(person: Client, *bodies: bytes, **facts: Any) -> pb.BundleResponse:
    request = pb.StartBundleRequest(command_id=secrets.token_hex(8), files=files(*bodies, **facts))
    answer: pb.BundleResponse = await person.start_bundle(request)
    return answer


async def send(bundle: pb.BundleResponse, *bodies: bytes) -> None:
    answers = await asyncio.gather(
        *(put(file.put, body) for file, body in zip(bundle.files, bodies, strict=True))
    )
    assert {answer.status_code for answer in answers} == {200}


async def complete(person: Client, bundle: pb.BundleResponse) -> pb.BundleResponse:
    answer: pb.BundleResponse = await person.complete_bundle(
        pb.CompleteBundleRequest(bundle_id=bundle.bundle_id)
    )
    return answer


async def test_a_hundred_files_become_files_at_once(ada: Client) -> None:
    bodies = [f"body of {number}".encode() for number in range(100)]
    bundle = await started(ada, *bodies)
    await send(bundle, *bodies)

    done = await complete(ada, bundle)
    again = await complete(ada, bundle)

    assert again.files == done.files
    assert [file.committed.name for file in done.files] == [f"{number}.txt" for number in range(1, 101)]
    for number in (0, 99):
        content = await ada.download(done.files[number].committed.node_id)
        assert content.content == bodies[number]
        assert content.headers["content-type"] == "text/plain"


async def test_who_is_refused_is_freed_and_spoils_nobody(
    ada: Client, s3_server: S3Server, s3_bucket: str
) -> None:
    bundle = await started(ada, b"first", b"second", name="the same")
    await send(bundle, b"first", b"second")

    done = await complete(ada, bundle)

    outcomes = [file.WhichOneof("outcome") for file in done.files]
    assert sorted(outcomes) == ["committed", "refused"]
    assert done.files[outcomes.index("refused")].refused.code == "name_taken"
    async with open_storage(s3_server, s3_bucket) as storage:
        held = await _held(storage, bundle)
    assert held == {f"{bundle.bundle_id}.{outcomes.index('committed') + 1}"}


async def test_what_is_ended_is_gone(ada: Client, s3_server: S3Server, s3_bucket: str) -> None:
    bundle = await started(ada, b"first", b"second")
    await send(bundle, b"first", b"second")

    ended = await ada.abort_bundle(pb.AbortBundleRequest(bundle_id=bundle.bundle_id))
    late = await complete(ada, bundle)

    assert {file.refused.code for file in ended.files} == {"already_aborted"}
    assert late.files == ended.files
    async with open_storage(s3_server, s3_bucket) as storage:
        assert await _held(storage, bundle) == set()


async def test_two_instances_that_complete_it_at_once_answer_the_same(rig: Rig, s3_server: S3Server) -> None:
    one = rig.person(await rig.upload(), account := secrets.token_hex(16))
    other = rig.person(await rig.upload(), account)
    bundle = await started(one, *[b"x"] * 20)
    await send(bundle, *[b"x"] * 20)

    both = await asyncio.gather(complete(one, bundle), complete(other, bundle))

    assert both[0].files == both[1].files
    assert {file.WhichOneof("outcome") for file in both[0].files} == {"committed"}


async def _held(storage: Storage, bundle: pb.BundleResponse) -> set[str]:
    prefix = f"blobs/{bundle.bundle_id[:2]}/{bundle.bundle_id[2:4]}/{bundle.bundle_id}."
    return {key.rpartition("/")[2] for key in await storage.store.sizes(prefix, most=100)}
