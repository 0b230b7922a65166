"""Writes to the real engine whose answers are lost, or that others get in the way of: they happen once."""

from collections.abc import Awaitable, Callable

import pytest

from chassis.dynamodb.values import codec_of
from chassis.errors import Unavailable
from file_upload_service.adapters.dynamodb.rows import UploadRow, to_row, to_upload
from file_upload_service.domain.errors import TooManyUploads
from file_upload_service.domain.part import PartReport
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved
from tests.contracts.file_upload_service.engines import Tables
from tests.fakes.upload_clock import START
from tests.fakes.upload_samples import POLICY, a_claim, an_upload, new_id
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault

FAULTS = [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED]


@pytest.fixture
def tables(real_tables: Tables) -> Tables:
    return real_tables


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_start_happens_once(tables: Tables, fault: Fault) -> None:
    upload = an_upload(START)
    tables.faults.inject("TransactWriteItems", fault)

    await tables.uploads.start(upload, [a_claim(1, b"x")], budget=1)

    assert tables.faults.happened
    assert await tables.uploads.get(upload.account_id, upload.id) == upload
    with pytest.raises(TooManyUploads):
        await tables.uploads.start(an_upload(START, account_id=upload.account_id), [], budget=1)


Step = Callable[[Tables, Upload], Awaitable[Upload]]


async def sign(tables: Tables, upload: Upload) -> Upload:
    return await tables.uploads.save(upload, upload.with_multipart("mp"))


async def take(tables: Tables, upload: Upload) -> Upload:
    return await tables.uploads.save(upload, upload.assembling(new_id(), START, POLICY))


async def decide(tables: Tables, upload: Upload) -> Upload:
    return await tables.uploads.save(upload, upload.aborting(new_id(), START, POLICY))


@pytest.mark.parametrize("step", [sign, take, decide])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_step_happens_once(tables: Tables, fault: Fault, step: Step) -> None:
    upload = an_upload(START)
    await tables.uploads.start(upload, [], budget=1)
    tables.faults.inject("UpdateItem", fault)

    after = await step(tables, upload)

    assert tables.faults.happened
    assert await tables.uploads.get(upload.account_id, upload.id) == after


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_end_frees_its_place_in_the_budget_once(tables: Tables, fault: Fault) -> None:
    upload = an_upload(START)
    await tables.uploads.start(upload, [], budget=2)
    second = an_upload(START, account_id=upload.account_id)
    await tables.uploads.start(second, [], budget=2)
    aborting = await decide(tables, upload)
    tables.faults.inject("TransactWriteItems", fault)

    await tables.uploads.save(aborting, aborting.ended(START, POLICY))

    assert tables.faults.happened
    await tables.uploads.start(an_upload(START, account_id=upload.account_id), [], budget=2)
    with pytest.raises(TooManyUploads):
        await tables.uploads.start(an_upload(START, account_id=upload.account_id), [], budget=2)


async def test_a_lost_answer_is_not_mistaken_for_a_lost_race_nor_the_other_way_round(tables: Tables) -> None:
    """Both take it from the same state, and one does not hear that it lost."""
    upload = an_upload(START)
    await tables.uploads.start(upload, [], budget=1)
    winner = await take(tables, upload)
    tables.faults.inject("UpdateItem", LOST_BEFORE)

    with pytest.raises(UploadMoved):
        await take(tables, upload)

    assert await tables.uploads.get(upload.account_id, upload.id) == winner


@pytest.mark.parametrize("fault", FAULTS)
async def test_claims_and_reports_happen_once(tables: Tables, fault: Fault) -> None:
    upload = an_upload(START, 30 << 20)
    await tables.uploads.start(upload, [], budget=1)
    tables.faults.inject("TransactWriteItems", fault)
    await tables.parts.claim(upload, [a_claim(1, b"x")])
    tables.faults.inject("TransactWriteItems", fault)
    await tables.parts.report(upload, [PartReport(1, "etag")])

    _, parts = await tables.uploads.load(upload.account_id, upload.id)

    assert len(tables.faults.happened) == 2
    assert [part.etag for part in parts] == ["etag"]


async def test_an_engine_that_stays_away_is_unavailable(tables: Tables) -> None:
    upload = an_upload(START)
    await tables.uploads.start(upload, [], budget=1)
    tables.faults.inject("UpdateItem", LOST_BEFORE, times=99)

    with pytest.raises(Unavailable):
        await take(tables, upload)


async def test_a_row_looks_as_it_always_has(tables: Tables) -> None:
    """Whoever renames a field of the domain would lose what is stored: this is the stored form."""
    row = codec_of(UploadRow).encode(to_row(an_upload(START).assembling("h", START, POLICY)))

    assert sorted(row) == [
        "abandoned", "attempts", "cleaned", "content_type", "created_at", "drive_id", "due_at", "due_shard",
        "expires_at", "fence", "lease_holder", "lease_until", "owner", "plan", "request_hash", "signed_until",
        "state", "target", "uploadid", "userid",
    ]  # fmt: skip
    assert row["target"]["M"]["conflict"] == {"S": "replace"}
    assert sorted(row["target"]["M"]) == ["conflict", "folder_id", "if_revision", "name"]
    assert sorted(row["plan"]["M"]) == ["is_open", "layout", "part_count", "part_size_bytes", "size_bytes"]
    del row["plan"]["M"]["is_open"]  # of an earlier version
    assert not to_upload(codec_of(UploadRow).decode(row)).plan.is_open
