"""What the service relies on of its memory."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Kind
from file_upload_service.domain.errors import (
    CursorInvalid,
    PartClaimed,
    PartNotSigned,
    TooManyUploads,
    UploadNotFound,
)
from file_upload_service.domain.ids import AccountId, NodeId, UploadId
from file_upload_service.domain.outcome import Committed, Failure
from file_upload_service.domain.part import Part, PartClaim, PartReport
from file_upload_service.domain.upload import Upload, UploadState
from file_upload_service.ports.uploads import AlreadyStarted, UploadMoved
from tests.contracts.file_upload_service.engines import Tables
from tests.fakes.upload_clock import START
from tests.fakes.upload_samples import POLICY, a_claim, an_upload, new_id

MANY = 1_000
SECOND = timedelta(seconds=1)


async def started(tables: Tables, upload: Upload | None = None, *claims: PartClaim) -> Upload:
    upload = upload or an_upload(START)
    await tables.uploads.start(upload, claims, budget=MANY)
    return upload


async def current(tables: Tables, upload: Upload) -> Upload:
    return await tables.uploads.get(upload.account_id, upload.id)


class TestStart:
    async def test_what_was_written_is_read_back_whole(self, tables: Tables) -> None:
        upload = await started(tables)

        assert await current(tables, upload) == upload

    async def test_its_first_parts_are_there_with_it(self, tables: Tables) -> None:
        claims = [a_claim(2, b"two"), a_claim(1, b"one")]
        upload = await started(tables, an_upload(START, 9 << 20), *claims)

        stored, parts = await tables.uploads.load(upload.account_id, upload.id)

        assert stored == upload
        assert parts == (Part(1, claims[1].sha256), Part(2, claims[0].sha256))

    async def test_a_hundred_first_parts_fit(self, tables: Tables) -> None:
        claims = [a_claim(number, b"x") for number in range(1, 101)]
        upload = await started(tables, an_upload(START, 900 << 20), *claims)

        _, parts = await tables.uploads.load(upload.account_id, upload.id)

        assert [part.number for part in parts] == list(range(1, 101))

    async def test_a_second_start_finds_the_first(self, tables: Tables) -> None:
        upload = await started(tables)

        with pytest.raises(AlreadyStarted) as refusal:
            await started(tables, replace(upload, created_at=START + SECOND))

        assert refusal.value.existing == upload

    async def test_of_many_starts_at_once_one_is_first(self, tables: Tables) -> None:
        upload = an_upload(START)

        results = await asyncio.gather(*(started(tables, upload) for _ in range(8)), return_exceptions=True)

        assert sum(isinstance(result, Upload) for result in results) >= 1
        assert all(isinstance(result, Upload | AlreadyStarted) for result in results)

    async def test_the_budget_is_exact_however_many_start_at_once(self, tables: Tables) -> None:
        account_id = new_id()
        uploads = [an_upload(START, account_id=account_id) for _ in range(12)]

        results = await asyncio.gather(
            *(tables.uploads.start(upload, [], budget=5) for upload in uploads), return_exceptions=True
        )

        assert results.count(None) == 5
        assert sum(isinstance(result, TooManyUploads) for result in results) == 7

    async def test_an_end_makes_room_once(self, tables: Tables) -> None:
        upload = an_upload(START)
        await tables.uploads.start(upload, [], budget=1)
        aborting = await tables.uploads.save(upload, upload.aborting("holder", START, POLICY))
        ended = await tables.uploads.save(aborting, aborting.ended(START, POLICY))
        await tables.uploads.save(ended, ended.swept(POLICY))

        await tables.uploads.start(an_upload(START, account_id=upload.account_id), [], budget=1)

        with pytest.raises(TooManyUploads):
            await tables.uploads.start(an_upload(START, account_id=upload.account_id), [], budget=1)


class TestReading:
    async def test_what_is_not_there_is_not_found(self, tables: Tables) -> None:
        account_id, upload_id = AccountId(new_id()), UploadId(new_id())

        with pytest.raises(UploadNotFound):
            await tables.uploads.get(account_id, upload_id)
        with pytest.raises(UploadNotFound):
            await tables.uploads.load(account_id, upload_id)

    async def test_somebody_elses_is_not_found(self, tables: Tables) -> None:
        upload = await started(tables, None, a_claim(1, b"x"))

        for account_id in (AccountId(new_id()), AccountId(upload.account_id[:-1])):
            with pytest.raises(UploadNotFound):
                await tables.uploads.get(account_id, upload.id)
            with pytest.raises(UploadNotFound):
                await tables.uploads.load(account_id, upload.id)

    async def test_the_count_of_open_uploads_is_no_upload(self, tables: Tables) -> None:
        upload = await started(tables)
        counter = UploadId(f"budget#{upload.account_id}")

        with pytest.raises(UploadNotFound):
            await tables.uploads.get(upload.account_id, counter)
        with pytest.raises(UploadNotFound):
            await tables.uploads.load(upload.account_id, counter)

    async def test_a_thousand_parts_are_read_in_order(self, tables: Tables) -> None:
        upload = await started(tables, an_upload(START, 8000 << 20))
        for first in range(901, 0, -100):
            claims = [a_claim(number, b"x") for number in range(first, first + 100)]
            await tables.parts.claim(upload, claims)

        _, parts = await tables.uploads.load(upload.account_id, upload.id)

        assert [part.number for part in parts] == list(range(1, 1001))


class TestSave:
    async def test_every_state_is_read_back_whole(self, tables: Tables) -> None:
        upload = await started(tables)
        failure = Failure(Kind.QUOTA, "quota_exceeded", "full", lasting=True)
        committed = Committed(NodeId("n"), "name", 7, "d.j.7")
        way = [
            lambda u: u.with_multipart("mp"),
            lambda u: u.signing(START + timedelta(hours=3), POLICY),
            lambda u: u.assembling("one", START, POLICY),
            lambda u: u.renewed(START + SECOND, POLICY),
            lambda u: u.postponed(START, POLICY),
            lambda u: u.taken("two", START, POLICY),
            lambda u: u.stored(START),
            lambda u: u.refused(failure, POLICY),
            lambda u: u.redirected(replace(u.target, name="other", if_revision=None)),
            lambda u: u.aborting("three", START, POLICY, failure=failure),
            lambda u: u.as_committed(committed, START, POLICY),
        ]
        for step in way:
            expected = step(upload)
            upload = await tables.uploads.save(upload, expected)
            assert upload == expected
            assert await current(tables, upload) == expected

    async def test_of_two_that_take_it_one_moves_it(self, tables: Tables) -> None:
        upload = await started(tables)
        takes = [upload.assembling(new_id(), START, POLICY) for _ in range(6)]

        results = await asyncio.gather(
            *(tables.uploads.save(upload, take) for take in takes), return_exceptions=True
        )

        assert sum(isinstance(result, Upload) for result in results) == 1
        assert sum(isinstance(result, UploadMoved) for result in results) == 5

    async def test_who_was_overtaken_writes_nothing_more(self, tables: Tables) -> None:
        upload = await started(tables)
        mine = await tables.uploads.save(upload, upload.assembling("mine", START, POLICY))
        later = START + POLICY.lease
        theirs = await tables.uploads.save(mine, mine.taken("theirs", later, POLICY))

        with pytest.raises(UploadMoved):
            await tables.uploads.save(mine, mine.stored(START))
        with pytest.raises(UploadMoved):
            await tables.uploads.save(mine, mine.renewed(later, POLICY))

        assert await current(tables, upload) == theirs

    async def test_signatures_and_leases_do_not_undo_each_other(self, tables: Tables) -> None:
        upload = await started(tables)
        later = START + timedelta(hours=3)
        await tables.uploads.save(upload, upload.signing(later, POLICY))

        decided = await tables.uploads.save(upload, upload.aborting("holder", START, POLICY))

        assert decided.signed_until == later + POLICY.upload_url_life + POLICY.upload_url_slack

    async def test_an_older_signature_does_not_replace_a_later_one(self, tables: Tables) -> None:
        upload = await started(tables)
        await tables.uploads.save(upload, upload.signing(START + timedelta(hours=9), POLICY))

        with pytest.raises(UploadMoved):
            await tables.uploads.save(upload, upload.signing(START + timedelta(hours=3), POLICY))

    async def test_s3s_side_is_opened_once(self, tables: Tables) -> None:
        upload = await started(tables)
        await tables.uploads.save(upload, upload.with_multipart("one"))

        with pytest.raises(UploadMoved):
            await tables.uploads.save(upload, upload.with_multipart("two"))

    async def test_what_was_dropped_does_not_come_back(self, tables: Tables) -> None:
        upload = await started(tables)
        aborting = await tables.uploads.save(upload, upload.aborting("holder", START, POLICY))
        ended = await tables.uploads.save(aborting, aborting.ended(START, POLICY))
        await tables.uploads.drop(ended)
        await tables.uploads.drop(ended)

        with pytest.raises(UploadMoved):
            await tables.uploads.save(ended, ended.swept(POLICY))
        with pytest.raises(UploadNotFound):
            await current(tables, upload)


class TestParts:
    async def test_a_number_belongs_to_its_first_hash(self, tables: Tables) -> None:
        upload = await started(tables, an_upload(START, 30 << 20), a_claim(2, b"two"))

        with pytest.raises(PartClaimed):
            await tables.parts.claim(upload, [a_claim(1, b"one"), a_claim(2, b"other")])

        _, parts = await tables.uploads.load(upload.account_id, upload.id)
        assert [part.number for part in parts] == [2]

    async def test_of_two_that_claim_a_number_one_gets_it(self, tables: Tables) -> None:
        upload = await started(tables, an_upload(START, 30 << 20))

        results = await asyncio.gather(
            *(tables.parts.claim(upload, [a_claim(1, bytes([n]))]) for n in range(6)),
            return_exceptions=True,
        )

        assert results.count(None) == 1
        assert sum(isinstance(result, PartClaimed) for result in results) == 5

    async def test_the_same_claim_again_keeps_the_report(self, tables: Tables) -> None:
        upload = await started(tables, None, a_claim(1, b"x"))
        await tables.parts.report(upload, [PartReport(1, "etag")])

        await tables.parts.claim(upload, [a_claim(1, b"x")])

        _, parts = await tables.uploads.load(upload.account_id, upload.id)
        assert parts[0].etag == "etag"

    async def test_reports_at_once_for_the_same_part_all_succeed(self, tables: Tables) -> None:
        upload = await started(tables, None, a_claim(1, b"x"))

        await asyncio.gather(*(tables.parts.report(upload, [PartReport(1, "etag")]) for _ in range(8)))

        _, parts = await tables.uploads.load(upload.account_id, upload.id)
        assert parts[0].etag == "etag"

    async def test_a_report_of_what_nobody_claimed_is_refused_with_its_whole_batch(
        self, tables: Tables
    ) -> None:
        upload = await started(tables, an_upload(START, 30 << 20), a_claim(1, b"x"))

        with pytest.raises(PartNotSigned):
            await tables.parts.report(upload, [PartReport(1, "etag"), PartReport(2, "etag")])

        _, parts = await tables.uploads.load(upload.account_id, upload.id)
        assert parts == (Part(1, a_claim(1, b"x").sha256),)

    async def test_dropping_an_upload_drops_its_parts(self, tables: Tables) -> None:
        claims = [a_claim(number, b"x") for number in range(1, 101)]
        upload = await started(tables, an_upload(START, 2000 << 20), *claims)
        await tables.parts.claim(upload, [a_claim(number, b"x") for number in range(101, 201)])
        aborting = await tables.uploads.save(upload, upload.aborting("holder", START, POLICY))
        ended = await tables.uploads.save(aborting, aborting.ended(START, POLICY))

        await tables.uploads.drop(ended)
        await started(tables, upload)

        assert (await tables.uploads.load(upload.account_id, upload.id))[1] == ()


class TestLists:
    async def test_an_account_sees_its_unfinished_uploads_latest_first_page_by_page(
        self, tables: Tables
    ) -> None:
        account_id = AccountId(new_id())
        uploads = [
            await started(tables, an_upload(START + number * SECOND, account_id=account_id))
            for number in range(5)
        ]
        await started(tables)
        ended = uploads.pop(2)
        aborting = await tables.uploads.save(ended, ended.aborting("holder", START, POLICY))
        await tables.uploads.save(aborting, aborting.ended(START, POLICY))

        seen: list[Upload] = []
        cursor = None
        while True:
            page = await tables.uploads.list_unfinished(account_id, limit=2, cursor=cursor)
            seen += page.items
            cursor = page.next_cursor
            if cursor is None:
                break

        assert seen == uploads[::-1]

    @pytest.mark.parametrize("cursor", ["made up", "W10=", "bnVsbA==", "WzEsMl0=", "é", "=" * 300])
    async def test_a_made_up_cursor_is_refused(self, tables: Tables, cursor: str) -> None:
        with pytest.raises(CursorInvalid):
            await tables.uploads.list_unfinished(AccountId(new_id()), limit=2, cursor=cursor)

    async def test_a_cursor_serves_nobody_but_the_account_that_got_it(self, tables: Tables) -> None:
        account_id = AccountId(new_id())
        for number in range(2):
            await started(tables, an_upload(START + number * SECOND, account_id=account_id))
        page = await tables.uploads.list_unfinished(account_id, limit=1, cursor=None)

        assert page.next_cursor is not None
        with pytest.raises(CursorInvalid):
            await tables.uploads.list_unfinished(AccountId(new_id()), limit=1, cursor=page.next_cursor)

    async def test_what_is_due_is_found_and_what_is_not_is_not(self, tables: Tables) -> None:
        due = [await _due_at(tables, START - number * SECOND) for number in range(10)]
        later = await _due_at(tables, START + SECOND)

        found = await tables.due_uploads.due(START, limit=10_000)

        assert {(upload.account_id, upload.id) for upload in due} <= set(found)
        assert (later.account_id, later.id) not in found


async def _due_at(tables: Tables, due_at) -> Upload:
    return await started(tables, replace(an_upload(START), due_at=due_at))


async def test_an_ended_upload_is_still_to_be_read_by_its_owner(tables: Tables) -> None:
    upload = await started(tables)
    aborting = await tables.uploads.save(upload, upload.aborting("holder", START, POLICY))
    await tables.uploads.save(aborting, aborting.ended(START, POLICY))

    assert (await current(tables, upload)).state is UploadState.ABORTED
