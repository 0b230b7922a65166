"""What fsck relies on of the bucket and of the table: everything that is there is seen, page by page."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from file_upload_service.domain.ids import BLOBS_PREFIX, BlobId, UploadId, blob_key
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.inventory import Sighting
from tests.contracts.file_upload_service.engines import Storage, Tables
from tests.contracts.file_upload_service.test_object_store import NOW, SMALL, send, sign
from tests.fakes.upload_samples import an_upload


def uploads(count: int) -> list[Upload]:
    """In order of their keys, below one prefix that nobody else has."""
    head = secrets.token_hex(4)
    ids = [UploadId(f"{head}{number:024x}") for number in range(count)]
    return [replace(an_upload(NOW), id=upload_id) for upload_id in ids]


def prefix_of(upload: Upload) -> str:
    return blob_key(BlobId(upload.id)).removesuffix(upload.id[8:])


async def put(storage: Storage, *some: Upload) -> None:
    for upload in some:
        (signed,) = await sign(storage, upload, SMALL)
        await send(storage, signed, SMALL)


async def objects(storage: Storage, prefix: str) -> list[Sighting]:
    found, after = list[Sighting](), None
    while True:
        page = await storage.inventory.objects(prefix=prefix, after=after)
        assert len(page.items) <= 2
        found += page.items
        if (after := page.next_key) is None:
            return found


async def multiparts(storage: Storage, prefix: str) -> list[Sighting]:
    found, after = list[Sighting](), None
    while True:
        page = await storage.inventory.multiparts(prefix=prefix, after=after)
        assert len(page.items) <= 2
        found += page.items
        if (after := page.next_key) is None:
            return found


async def test_every_object_is_seen_once_in_order_and_nothing_but_objects(storage: Storage) -> None:
    some = uploads(5)
    await put(storage, *some)
    await storage.store.create_multipart(blob_key(BlobId(f"{some[0].id}.1")))

    found = await objects(storage, prefix_of(some[0]))

    assert [it.key for it in found] == [upload.key for upload in some]
    assert all(it.since <= datetime.now(UTC) + timedelta(minutes=1) for it in found)


async def test_a_page_begins_behind_the_key_that_was_said(storage: Storage) -> None:
    some = uploads(4)
    await put(storage, *some)

    page = await storage.inventory.objects(prefix=BLOBS_PREFIX, after=some[1].key)

    assert [it.key for it in page.items] == [some[2].key, some[3].key]


async def test_every_key_with_multipart_uploads_is_seen_once_however_many_it_has(storage: Storage) -> None:
    some = uploads(5)
    await put(storage, some[4])
    for upload in (*some[:4], *[some[1]] * 4, some[3]):
        await storage.store.create_multipart(upload.key)

    found = await multiparts(storage, prefix_of(some[0]))

    assert [it.key for it in found] == [upload.key for upload in some[:4]]
    assert all(it.since <= datetime.now(UTC) + timedelta(minutes=1) for it in found)


async def test_a_multipart_upload_that_was_ended_is_seen_no_more(storage: Storage) -> None:
    (upload,) = uploads(1)
    await storage.store.create_multipart(upload.key)
    await storage.store.abort_multiparts(upload.key)

    assert await multiparts(storage, prefix_of(upload)) == []
    assert await objects(storage, prefix_of(upload)) == []


async def test_an_upload_is_present_until_it_is_dropped_whoever_s_it_is(tables: Tables) -> None:
    first, second, never = (an_upload(NOW) for _ in range(3))
    await tables.uploads.start(first, (), budget=9)
    await tables.uploads.start(second, (), budget=9)
    ids = {first.id, second.id, never.id}
    assert await tables.presence.present(ids) == {first.id, second.id}

    ended = replace(first, state=UploadState.ABORTED, abandoned=True)
    await tables.uploads.drop(await tables.uploads.save(first, ended))

    assert await tables.presence.present(ids) == {second.id}
