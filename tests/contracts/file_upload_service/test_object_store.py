"""What the service relies on of its bucket, and of the URLs it hands out."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.app.assembly import Assembly, Verdict
from file_upload_service.domain.content import expected_object, part_checksum
from file_upload_service.domain.known import PartCopy
from file_upload_service.domain.layout import MIB
from file_upload_service.domain.part import Part, PartToAssemble
from file_upload_service.domain.transfer import Reach, SignedPart
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.object_store import KeyTaken, MultipartGone, PartsRejected, SourceGone
from tests.contracts.file_upload_service.engines import Storage
from tests.fakes.upload_object_store import SentInVain
from tests.fakes.upload_samples import a_bundle, a_claim, an_upload

HOUR = timedelta(hours=1)
SMALL = b"hello"
FIRST, SECOND = bytes(8 * MIB), b"tail"
NOW = SystemClock().now()


async def sign(storage: Storage, upload: Upload, *bodies: bytes) -> tuple[SignedPart, ...]:
    claims = [a_claim(number, body) for number, body in enumerate(bodies, 1)]
    signed = await storage.signer.sign_parts(upload, claims, reach=Reach.PUBLIC, life=HOUR)
    return signed.parts


async def send(storage: Storage, signed: SignedPart, body: bytes) -> str:
    return await asyncio.to_thread(storage.send, signed, body)


async def large(storage: Storage) -> Upload:
    upload = an_upload(NOW, len(FIRST) + len(SECOND))
    return replace(upload, multipart_id=await storage.store.create_multipart(upload.key))


async def sent_large(storage: Storage) -> tuple[Upload, list[PartToAssemble]]:
    upload = await large(storage)
    signed = await sign(storage, upload, FIRST, SECOND)
    # Backwards: a number belongs to a position, not to an order of arrival.
    etags = {
        part.number: await send(storage, part, (FIRST, SECOND)[part.number - 1]) for part in signed[::-1]
    }
    parts = [
        PartToAssemble(number, etags[number], hashlib.sha256(body).digest())
        for number, body in enumerate((FIRST, SECOND), 1)
    ]
    return upload, parts


def claimed(parts: list[PartToAssemble]) -> list[Part]:
    return [Part(part.number, part.sha256, part.etag) for part in parts]


async def a_source(storage: Storage, *bodies: bytes) -> Upload:
    """An object that was put together of these parts."""
    upload = an_upload(NOW, sum(map(len, bodies)))
    upload = replace(upload, multipart_id=await storage.store.create_multipart(upload.key))
    signed = await sign(storage, upload, *bodies)
    parts = [
        PartToAssemble(part.number, await send(storage, part, body), hashlib.sha256(body).digest())
        for part, body in zip(signed, bodies, strict=True)
    ]
    assert upload.multipart_id is not None
    await storage.store.complete_multipart(upload.key, upload.multipart_id, parts)
    return upload


async def test_parts_are_copied_from_another_object_and_their_checksums_told(storage: Storage) -> None:
    """They are of the bytes that were copied, whatever was claimed, and the whole is proven by them."""
    bodies = (b"1" * len(FIRST), b"2" * len(FIRST), b"end")
    source, upload = await a_source(storage, *bodies), an_upload(NOW, len(FIRST) + 3)
    multipart_id = await storage.store.create_multipart(upload.key)
    first = PartCopy(a_claim(1, bodies[1]), source.key, len(FIRST), 2 * len(FIRST) - 1)
    last = PartCopy(a_claim(2, b"claimed otherwise"), source.key, 2 * len(FIRST), 2 * len(FIRST) + 2)
    made = [await storage.store.copy_part(upload.key, multipart_id, copy) for copy in (first, last)]
    hashes = [hashlib.sha256(body).digest() for body in (bodies[1], bodies[2])]
    assert [it.checksum_sha256 for it in made] == [part_checksum(sha256) for sha256 in hashes]
    assert tuple(made) == await storage.store.list_parts(upload.key, multipart_id)
    parts = [PartToAssemble(it.number, it.etag, sha256) for it, sha256 in zip(made, hashes, strict=True)]
    await storage.store.complete_multipart(upload.key, multipart_id, parts)
    assert await storage.store.head(upload.key) == expected_object(upload.plan, hashes)


async def test_a_part_that_was_copied_wrongly_is_replaced_by_what_is_sent(storage: Storage) -> None:
    source = await a_source(storage, b"1" * len(FIRST), b"end")
    upload = await large(storage)
    assert upload.multipart_id is not None
    copy = PartCopy(a_claim(1, FIRST), source.key, 0, len(FIRST) - 1)
    await storage.store.copy_part(upload.key, upload.multipart_id, copy)
    signed = await sign(storage, upload, FIRST)
    await send(storage, signed[0], FIRST)
    (held,) = await storage.store.list_parts(upload.key, upload.multipart_id)
    assert held.checksum_sha256 == part_checksum(hashlib.sha256(FIRST).digest())


async def test_nothing_is_copied_from_what_is_gone_or_into_what_has_ended(storage: Storage) -> None:
    source, upload = await a_source(storage, b"1" * len(FIRST), b"end"), await large(storage)
    assert upload.multipart_id is not None
    copy = PartCopy(a_claim(1, FIRST), source.key, 0, len(FIRST) - 1)
    await storage.store.abort_multiparts(upload.key)
    with pytest.raises(MultipartGone):
        await storage.store.copy_part(upload.key, upload.multipart_id, copy)
    upload = await large(storage)
    assert upload.multipart_id is not None
    await storage.store.delete(source.key)
    with pytest.raises(SourceGone):
        await storage.store.copy_part(upload.key, upload.multipart_id, copy)
    assert await storage.store.list_parts(upload.key, upload.multipart_id) == ()


class TestOnePart:
    async def test_the_object_shows_size_and_hash_of_what_was_sent(self, storage: Storage) -> None:
        upload = an_upload(NOW)
        (signed,) = await sign(storage, upload, SMALL)

        await send(storage, signed, SMALL)

        held = await storage.store.head(upload.key)
        assert held == expected_object(upload.plan, [hashlib.sha256(SMALL).digest()])

    async def test_an_empty_file_can_be_sent(self, storage: Storage) -> None:
        upload = an_upload(NOW, 0)
        (signed,) = await sign(storage, upload, b"")

        await send(storage, signed, b"")

        held = await storage.store.head(upload.key)
        assert held == expected_object(upload.plan, [hashlib.sha256(b"").digest()])

    @pytest.mark.parametrize("wrong", [b"HELLO", b"hello!", b"hell", b""])
    async def test_other_bytes_are_refused_and_leave_nothing(self, storage: Storage, wrong: bytes) -> None:
        upload = an_upload(NOW)
        (signed,) = await sign(storage, upload, SMALL)

        with pytest.raises(SentInVain):
            await send(storage, signed, wrong)

        assert await storage.store.head(upload.key) is None

    async def test_bytes_once_there_are_never_replaced(self, storage: Storage) -> None:
        upload = an_upload(NOW)
        (signed,) = await sign(storage, upload, SMALL)
        await send(storage, signed, SMALL)

        with pytest.raises(SentInVain) as refusal:
            await send(storage, signed, SMALL)

        assert refusal.value.status == 412


class TestSeveralParts:
    async def test_they_become_one_object_in_order_of_their_numbers(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assert upload.multipart_id is not None

        await storage.store.complete_multipart(upload.key, upload.multipart_id, parts)

        held = await storage.store.head(upload.key)
        assert held == expected_object(upload.plan, [part.sha256 for part in parts])

    async def test_the_store_lists_what_it_holds(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assert upload.multipart_id is not None

        listed = await storage.store.list_parts(upload.key, upload.multipart_id)

        assert [(part.number, part.etag, part.size_bytes) for part in listed] == [
            (1, parts[0].etag, len(FIRST)),
            (2, parts[1].etag, len(SECOND)),
        ]
        assert all(part.checksum_sha256 for part in listed)

    async def test_a_wrong_body_is_refused_and_the_part_stays_missing(self, storage: Storage) -> None:
        upload = await large(storage)
        assert upload.multipart_id is not None
        first, second = await sign(storage, upload, FIRST, SECOND)

        for signed, wrong in (
            (first, b"x" * len(FIRST)),
            (second, b"TAIL"),
            (second, b"longer"),
            (first, SECOND),
        ):
            with pytest.raises(SentInVain):
                await send(storage, signed, wrong)

        assert await storage.store.list_parts(upload.key, upload.multipart_id) == ()

    async def test_a_part_may_be_sent_again(self, storage: Storage) -> None:
        upload = await large(storage)
        (signed,) = await sign(storage, upload, FIRST)

        assert await send(storage, signed, FIRST) == await send(storage, signed, FIRST)

    async def test_a_part_that_is_not_there_cannot_be_put_together(self, storage: Storage) -> None:
        upload = await large(storage)
        assert upload.multipart_id is not None
        made_up = [PartToAssemble(1, '"0123456789abcdef0123456789abcdef"', hashlib.sha256(FIRST).digest())]

        with pytest.raises(PartsRejected):
            await storage.store.complete_multipart(upload.key, upload.multipart_id, made_up)

    async def test_a_part_with_another_hash_cannot_be_put_together(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assert upload.multipart_id is not None
        lie = [parts[0], replace(parts[1], sha256=hashlib.sha256(b"lie").digest())]

        with pytest.raises(PartsRejected):
            await storage.store.complete_multipart(upload.key, upload.multipart_id, lie)

    async def test_an_object_that_stands_there_is_not_replaced(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        other = replace(upload, plan=an_upload(NOW).plan, multipart_id=None)
        (signed,) = await sign(storage, other, SMALL)
        await send(storage, signed, SMALL)
        assert upload.multipart_id is not None

        with pytest.raises(KeyTaken):
            await storage.store.complete_multipart(upload.key, upload.multipart_id, parts)

        held = await storage.store.head(upload.key)
        assert held is not None
        assert held.size_bytes == len(SMALL)

    async def test_an_unknown_multipart_upload_is_gone(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assert upload.multipart_id is not None
        await storage.store.abort_multiparts(upload.key)

        with pytest.raises(MultipartGone):
            await storage.store.list_parts(upload.key, upload.multipart_id)
        with pytest.raises(MultipartGone):
            await storage.store.complete_multipart(upload.key, upload.multipart_id, parts)


class TestEnding:
    async def test_every_multipart_upload_under_a_key_is_ended_and_no_other(self, storage: Storage) -> None:
        upload, other = await large(storage), await large(storage)
        for _ in range(3):
            await storage.store.create_multipart(upload.key)
        assert other.multipart_id is not None
        assert upload.multipart_id is not None

        await storage.store.abort_multiparts(upload.key)
        await storage.store.abort_multiparts(upload.key)

        with pytest.raises(MultipartGone):
            await storage.store.list_parts(upload.key, upload.multipart_id)
        assert await storage.store.list_parts(other.key, other.multipart_id) == ()

    async def test_a_url_of_an_ended_multipart_upload_takes_nothing(self, storage: Storage) -> None:
        upload = await large(storage)
        (signed,) = await sign(storage, upload, FIRST)
        await storage.store.abort_multiparts(upload.key)

        with pytest.raises(SentInVain):
            await send(storage, signed, FIRST)

    async def test_deleting_is_harmless_to_repeat(self, storage: Storage) -> None:
        upload = an_upload(NOW)
        (signed,) = await sign(storage, upload, SMALL)
        await send(storage, signed, SMALL)

        await storage.store.delete(upload.key)
        await storage.store.delete(upload.key)

        assert await storage.store.head(upload.key) is None


class TestAssemblingAgain:
    """Whatever a second completion is answered, the proof decides (traps: 200 for a repeat, 412, NoSuchUpload)."""

    async def test_a_repeat_finds_the_object_of_the_first(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assembly = Assembly(storage.store)

        assert await assembly.put_together(upload, claimed(parts)) is Verdict.PROVEN
        assert await assembly.put_together(upload, claimed(parts)) is Verdict.PROVEN

    async def test_completions_at_once_all_end_in_the_same_object(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        assembly = Assembly(storage.store)

        async def persistently() -> Verdict:
            while True:
                try:
                    return await assembly.put_together(upload, claimed(parts))
                except Unavailable:
                    await asyncio.sleep(0)

        verdicts = await asyncio.gather(*(persistently() for _ in range(8)))

        # NOTHING: the multipart upload was being put together by another one just then. Nobody believes it at once.
        assert set(verdicts) <= {Verdict.PROVEN, Verdict.NOTHING}
        assert await assembly.prove(upload, claimed(parts)) is Verdict.PROVEN

    async def test_reports_that_are_missing_or_wrong_are_looked_up(self, storage: Storage) -> None:
        for etag in (None, '"0123456789abcdef0123456789abcdef"'):
            upload, parts = await sent_large(storage)
            reported = [Part(part.number, part.sha256, etag) for part in parts]

            assert await Assembly(storage.store).put_together(upload, reported) is Verdict.PROVEN

    async def test_nothing_is_made_of_an_upload_that_was_ended(self, storage: Storage) -> None:
        upload, parts = await sent_large(storage)
        await storage.store.abort_multiparts(upload.key)

        assert await Assembly(storage.store).put_together(upload, claimed(parts)) is Verdict.NOTHING


async def test_a_bundle_s_objects_are_listed_with_their_sizes_and_no_others(storage: Storage) -> None:
    bundle, other = a_bundle(NOW, b"one", b"", b"three"), a_bundle(NOW, b"x")
    signed = await storage.signer.sign_files(bundle, (1, 2), reach=Reach.PUBLIC, life=HOUR)
    for part, body in zip(signed.parts, (b"one", b""), strict=True):
        await send(storage, part, body)
    others = await storage.signer.sign_files(other, (1,), reach=Reach.PUBLIC, life=HOUR)
    await send(storage, others.parts[0], b"x")

    assert await storage.store.sizes(bundle.key_prefix, most=3) == {bundle.key(1): 3, bundle.key(2): 0}


async def test_a_bundle_s_url_takes_what_it_was_signed_for_and_that_once(storage: Storage) -> None:
    bundle = a_bundle(NOW, b"one")
    (part,) = (await storage.signer.sign_files(bundle, (1,), reach=Reach.PUBLIC, life=HOUR)).parts
    for body, status in ((b"two", 400), (b"four", 403), (b"one", 200), (b"one", 412)):
        try:
            await send(storage, part, body)
        except SentInVain as refusal:
            assert refusal.status == status  # noqa: PT017
        else:
            assert status == 200
