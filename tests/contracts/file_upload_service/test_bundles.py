"""What the service relies on of its memory of bundles."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from chassis.errors import Kind
from file_upload_service.domain.bundle import Bundle, BundleState
from file_upload_service.domain.errors import BundleNotFound, TooManyUploads, UploadNotFound
from file_upload_service.domain.ids import AccountId, NodeId
from file_upload_service.domain.outcome import EXPIRED, Committed, Failure
from file_upload_service.ports.bundles import BundleStarted
from file_upload_service.ports.uploads import UploadMoved
from tests.contracts.file_upload_service.engines import Tables
from tests.fakes.upload_clock import START
from tests.fakes.upload_samples import POLICY, a_bundle, an_upload, new_id
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault

MANY = 1_000
HOUR = timedelta(hours=1)
FILE = Committed(NodeId("a" * 32), "Übergröße.txt", 1, "drive.journal.7")
TAKEN = Failure(Kind.CONFLICT, "name_taken", "The folder holds that name already.")


async def started(tables: Tables, bundle: Bundle | None = None) -> Bundle:
    bundle = bundle or a_bundle(START, b"one", b"")
    await tables.bundles.start(bundle, budget=MANY)
    return bundle


async def current(tables: Tables, bundle: Bundle) -> Bundle:
    return await tables.bundles.get(bundle.account_id, bundle.id)


async def save(tables: Tables, before: Bundle, after: Bundle) -> Bundle:
    assert await tables.bundles.save(before, after) == after
    return after


async def test_what_was_written_is_read_back_whole(tables: Tables) -> None:
    bundle = await started(tables)
    assert await current(tables, bundle) == bundle

    ending = await save(tables, bundle, bundle.after({1: FILE, 2: TAKEN}, START, POLICY))
    assert await current(tables, bundle) == ending
    ended = await save(tables, ending, ending.ended({}, START, POLICY))
    assert await current(tables, bundle) == ended


async def test_a_hundred_files_with_long_names_fit(tables: Tables) -> None:
    bundle = await started(tables, a_bundle(START, *([b"x"] * 100)))
    assert await current(tables, bundle) == bundle


async def test_a_second_start_finds_the_first(tables: Tables) -> None:
    bundle = await started(tables)
    with pytest.raises(BundleStarted) as refusal:
        await started(tables, bundle)
    assert refusal.value.existing == bundle


async def test_another_account_s_is_not_there(tables: Tables) -> None:
    bundle = await started(tables)
    with pytest.raises(BundleNotFound):
        await tables.bundles.get(AccountId(new_id()), bundle.id)


async def test_uploads_and_bundles_are_not_taken_for_each_other(tables: Tables) -> None:
    bundle, upload = await started(tables), an_upload(START)
    await tables.uploads.start(upload, [], budget=MANY)

    with pytest.raises(UploadNotFound):
        await tables.uploads.get(bundle.account_id, bundle.id)
    with pytest.raises(UploadNotFound):
        await tables.uploads.load(bundle.account_id, bundle.id)
    with pytest.raises(BundleNotFound):
        await tables.bundles.get(upload.account_id, upload.id)
    late = START + POLICY.open_life
    assert (bundle.account_id, bundle.id) not in await tables.due_uploads.due(late, limit=4_000)
    assert (upload.account_id, upload.id) not in await tables.due_bundles.due(late, limit=4_000)
    assert (bundle.account_id, bundle.id) in await tables.due_bundles.due(late, limit=4_000)


async def test_they_share_one_budget_and_give_it_back_at_their_end(tables: Tables) -> None:
    account_id = new_id()
    bundle = a_bundle(START, b"", account_id=account_id)
    await tables.uploads.start(an_upload(START, account_id=account_id), [], budget=2)
    await tables.bundles.start(bundle, budget=2)
    with pytest.raises(TooManyUploads):
        await tables.bundles.start(a_bundle(START, b"", account_id=account_id), budget=2)

    await save(tables, bundle, bundle.after({1: FILE}, START, POLICY))
    await tables.bundles.start(a_bundle(START, b"", account_id=account_id), budget=2)


async def test_one_that_begins_with_nothing_to_send_takes_no_place(tables: Tables) -> None:
    account_id = new_id()
    refused = a_bundle(START, b"", account_id=account_id).after({1: FILE}, START, POLICY)
    assert refused.state is BundleState.ENDED
    await tables.bundles.start(refused, budget=0)


async def test_of_many_who_write_at_once_one_does(tables: Tables) -> None:
    bundle = await started(tables)
    results = await asyncio.gather(
        *(tables.bundles.save(bundle, bundle.signing(START + hours * HOUR, POLICY)) for hours in range(1, 9)),
        return_exceptions=True,
    )
    winners = [result for result in results if isinstance(result, Bundle)]
    assert len(winners) == 1
    assert await current(tables, bundle) == winners[0]
    assert all(isinstance(result, Bundle | UploadMoved) for result in results)


async def test_what_is_gone_does_not_come_back(tables: Tables) -> None:
    bundle = await started(tables)
    ended = await save(tables, bundle, bundle.after({1: FILE, 2: FILE}, START, POLICY))
    with pytest.raises(UploadMoved):
        await tables.bundles.drop(bundle)
    await tables.bundles.drop(ended)
    await tables.bundles.drop(ended)

    with pytest.raises(UploadMoved):
        await tables.bundles.save(ended, ended.swept(POLICY))
    with pytest.raises(BundleNotFound):
        await current(tables, bundle)


Step = Callable[[Bundle], Bundle]


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED])
@pytest.mark.parametrize(
    ("operation", "step"),
    [
        ("PutItem", lambda it: it.signing(START + HOUR, POLICY)),
        ("PutItem", lambda it: it.given_up(EXPIRED, START, POLICY)),
        ("TransactWriteItems", lambda it: it.after({1: FILE, 2: FILE}, START, POLICY)),
    ],
)
async def test_a_write_whose_answer_is_lost_happens_once(
    real_tables: Tables, operation: str, step: Step, fault: Fault
) -> None:
    bundle = await started(real_tables)
    if fault is CONFLICT and operation == "PutItem":
        return  # only transactions meet
    real_tables.faults.inject(operation, fault)
    after = await save(real_tables, bundle, step(bundle))

    assert real_tables.faults.happened
    assert await current(real_tables, bundle) == after


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED])
async def test_a_start_whose_answer_is_lost_happens_once(real_tables: Tables, fault: Fault) -> None:
    real_tables.faults.inject("TransactWriteItems", fault)
    bundle = a_bundle(START, b"")
    await real_tables.bundles.start(bundle, budget=1)

    assert await current(real_tables, bundle) == bundle
    with pytest.raises(TooManyUploads):
        await real_tables.bundles.start(a_bundle(START, b"", account_id=bundle.account_id), budget=1)
