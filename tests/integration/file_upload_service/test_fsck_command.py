"""`python -m file_upload_service fsck`: over the real storage, tables and metadata service, while people work."""

import asyncio
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from file_upload_service.adapters.terminal.fsck_report import FsckReport
from file_upload_service.app.integrity.strays import Care
from file_upload_service.bootstrap.upkeep import inspect
from file_upload_service.domain.ids import BlobId, blob_key
from stowage.upload.v1 import upload_pb2 as pb
from tests.engines import S3Server
from tests.fakes.resolver import InMemoryResolver
from tests.integration.file_upload_service.rig import METADATA, Client, Rig
from tests.integration.file_upload_service.steps import MIB, sent, start_request, uploaded

STRAY = blob_key(BlobId("f" * 32))
LARGE = bytes(8 * MIB) + b"tail"


async def run(
    rig: Rig, *, repairs: bool = False, deletes_unknown: bool = False, resume_from: str | None = None
) -> tuple[int, list[str], str]:
    """The code, the findings, and what was said on standard error."""
    resolver = InMemoryResolver()
    assert rig.metadata_instance is not None
    resolver.set(METADATA, rig.metadata_instance)
    out, err = StringIO(), StringIO()
    care = Care(grace=timedelta(), repairs=repairs, deletes_unknown=deletes_unknown)
    code = await inspect(
        rig.upload_settings, resolver, FsckReport(out=out, err=err), care=care, resume_from=resume_from
    )
    return code, out.getvalue().splitlines(), err.getvalue()


@pytest.mark.judged_once
async def test_it_finds_nothing_while_people_upload(rig: Rig, ada: Client) -> None:
    async def work(number: int) -> None:
        await uploaded(ada, b"small", name=f"small {number}")
        await ada.abort(pb.AbortUploadRequest(upload_id=await sent(ada, b"gone", name=f"gone {number}")))
        await sent(ada, LARGE, name=f"sent {number}")
        await ada.start(start_request(LARGE, name=f"begun {number}"))

    working = asyncio.gather(*(work(number) for number in range(3)))
    runs = [await run(rig)]
    while not working.done():
        runs.append(await run(rig, repairs=True, deletes_unknown=True))
    await working
    runs.append(await run(rig, repairs=True, deletes_unknown=True))

    assert [(code, findings) for code, findings, _ in runs] == [(0, [])] * len(runs)
    assert runs[-1][2].endswith(
        "fsck: 3 objects, 6 keys with multipart uploads, 0 pieces of tails, 3 live blobs looked at, clean\n"
    )


async def test_it_finds_what_is_wrong_mends_what_is_certain_and_says_the_rest(
    rig: Rig, ada: Client, s3_server: S3Server, s3_bucket: str
) -> None:
    s3: Any = s3_server.client()
    kept = await uploaded(ada, LARGE, name="kept")
    lost = blob_key(BlobId((await uploaded(ada, b"lost", name="lost")).upload.id))
    other = blob_key(BlobId((await uploaded(ada, b"other", name="other")).upload.id))
    strange = f"{STRAY}.strange"

    def damage() -> None:
        s3.delete_object(Bucket=s3_bucket, Key=lost)
        s3.put_object(Bucket=s3_bucket, Key=other, Body=b"OTHER", ChecksumAlgorithm="SHA256")
        for key in (STRAY, strange):
            s3.put_object(Bucket=s3_bucket, Key=key, Body=b"stray")
            s3.create_multipart_upload(Bucket=s3_bucket, Key=key)

    await asyncio.to_thread(damage)
    yours = [f"key_strange: {strange} [needs a human]"]
    bytes_gone = sorted([f"object_missing: {lost} [needs a human]", f"object_wrong: {other} [needs a human]"])

    code, found, _ = await run(rig)
    assert (code, found[:4]) == (
        1,
        [f"object_unknown: {STRAY} [found]", *yours, f"multipart_unknown: {STRAY} [found]", *yours],
    )
    assert sorted(found[4:]) == bytes_gone
    code, found, _ = await run(rig, repairs=True)
    assert (code, found[:4]) == (
        1,
        [
            f"object_unknown: {STRAY} [needs a human]",
            *yours,
            f"multipart_unknown: {STRAY} [repaired]",
            *yours,
        ],
    )
    code, found, _ = await run(rig, repairs=True, deletes_unknown=True)
    assert (code, found[:3]) == (1, [f"object_unknown: {STRAY} [repaired]", *yours, *yours])
    code, found, _ = await run(rig)
    assert (code, found[:2], sorted(found[2:])) == (1, yours * 2, bytes_gone)
    assert (await ada.download(kept.upload.node_id)).content == LARGE


async def test_what_metadata_gave_up_is_deleted_without_further_asking(
    rig: Rig, ada: Client, s3_server: S3Server, s3_bucket: str
) -> None:
    s3: Any = s3_server.client()
    await asyncio.to_thread(s3.put_object, Bucket=s3_bucket, Key=STRAY, Body=b"stray")
    assert (await run(rig, repairs=True, deletes_unknown=True))[1] == [f"object_unknown: {STRAY} [repaired]"]
    await asyncio.to_thread(s3.put_object, Bucket=s3_bucket, Key=STRAY, Body=b"come back")

    assert (await run(rig))[1] == [f"object_ended: {STRAY} [found]"]
    assert (await run(rig, repairs=True))[1] == [f"object_ended: {STRAY} [repaired]"]
    assert (await run(rig))[0] == 0


async def test_a_place_is_gone_on_from_and_one_that_is_none_is_refused(rig: Rig, ada: Client) -> None:
    await uploaded(ada, b"small")

    assert (await run(rig, resume_from="blobs"))[2].endswith(
        "fsck: 0 objects, 0 keys with multipart uploads, 0 pieces of tails, 1 live blobs looked at, clean\n"
    )
    for nowhere in ("nowhere", f"blobs:{'x' * 1000}"):
        assert (await run(rig, resume_from=nowhere))[0] == 2


async def test_without_metadata_or_storage_it_judges_nothing_and_says_where_to_go_on(
    rig: Rig, ada: Client
) -> None:
    await uploaded(ada, b"small")
    rig.upload_settings = rig.upload_settings.model_copy(update={"s3_bucket": "nobodys-bucket"})
    code, found, said = await run(rig, repairs=True, deletes_unknown=True)
    assert (code, found) == (2, [])
    assert "fsck stopped: the storage refuses" in said

    rig.take_metadata_away()
    rig.metadata_instance = next(iter(rig.upload_instances))
    code, found, said = await run(rig, resume_from="blobs")
    assert (code, found) == (2, [])
    assert "fsck stopped: " in said
