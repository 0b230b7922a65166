"""What an upload may become, and who may make it so."""

from datetime import timedelta

import pytest

from chassis.errors import Kind
from file_upload_service.domain.duty import Duty, duty_of
from file_upload_service.domain.errors import AlreadyAborted, AlreadyCommitted, UploadNotOpen
from file_upload_service.domain.ids import NodeId
from file_upload_service.domain.lease import LeaseHeld
from file_upload_service.domain.outcome import Committed, Failure
from file_upload_service.domain.upload import Upload, UploadState
from tests.fakes.upload_clock import START
from tests.fakes.upload_samples import POLICY, an_upload

REFUSAL = Failure(Kind.CONFLICT, "name_taken", "taken")
DOOM = Failure(Kind.CONFLICT, "content_mismatch", "wrong", lasting=True)
FILE = Committed(NodeId("n"), "name", 1, "d.j.1")


def opened() -> Upload:
    return an_upload(START, 9 << 20)


def in_state(state: UploadState) -> Upload:
    upload = opened()
    assembling = upload.assembling("holder", START, POLICY)
    stored = assembling.stored(START)
    aborting = upload.aborting("holder", START, POLICY)
    return {
        UploadState.OPEN: upload,
        UploadState.ASSEMBLING: assembling,
        UploadState.STORED: stored,
        UploadState.COMMITTED: stored.as_committed(FILE, START, POLICY),
        UploadState.ABORTING: aborting,
        UploadState.ABORTED: aborting.ended(START, POLICY),
        UploadState.FAILED: assembling.aborting("holder", START, POLICY, failure=DOOM).ended(START, POLICY),
    }[state]


@pytest.mark.parametrize("state", UploadState)
def test_only_an_open_upload_takes_parts(state: UploadState) -> None:
    upload = in_state(state)
    for step in (
        lambda: upload.signing(START, POLICY),
        lambda: upload.with_multipart("mp"),
        lambda: upload.assembling("me", START + POLICY.lease, POLICY),
    ):
        if state is UploadState.OPEN:
            step()
        else:
            with pytest.raises(UploadNotOpen):
                step()


@pytest.mark.parametrize("state", UploadState)
def test_what_has_ended_cannot_be_aborted_and_all_else_can_whoever_works_on_it(state: UploadState) -> None:
    upload = in_state(state)
    if state in {UploadState.OPEN, UploadState.ASSEMBLING, UploadState.STORED}:
        assert upload.aborting("me", START, POLICY).state is UploadState.ABORTING
    else:
        refusal = AlreadyCommitted if state is UploadState.COMMITTED else AlreadyAborted
        with pytest.raises(refusal):
            upload.aborting("me", START, POLICY)


def test_a_lease_is_respected_while_it_lasts_and_its_next_holder_has_a_higher_token() -> None:
    held = in_state(UploadState.ASSEMBLING)

    with pytest.raises(LeaseHeld):
        held.taken("me", START + POLICY.lease - timedelta(milliseconds=1), POLICY)
    mine = held.taken("me", START + POLICY.lease, POLICY)

    assert mine.fence == held.fence + 1
    assert held.aborting("me", START, POLICY).fence == held.fence + 1
    assert held.renewed(START, POLICY).fence == held.fence


def test_only_what_was_abandoned_may_be_destroyed() -> None:
    assert {state for state in UploadState if in_state(state).abandoned} == {
        UploadState.ABORTED,
        UploadState.FAILED,
    }
    beside_a_file = in_state(UploadState.ABORTING).failed_beside_a_file(START, POLICY)
    assert not beside_a_file.abandoned
    assert duty_of(beside_a_file, beside_a_file.due_at, POLICY) is Duty.DROP


@pytest.mark.parametrize(
    ("state", "duty"),
    [
        (UploadState.OPEN, Duty.EXPIRE),
        (UploadState.ASSEMBLING, Duty.FINISH),
        (UploadState.STORED, Duty.FINISH),
        (UploadState.COMMITTED, Duty.DROP),
        (UploadState.ABORTING, Duty.END),
        (UploadState.ABORTED, Duty.CLEAN),
        (UploadState.FAILED, Duty.CLEAN),
    ],
)
def test_each_state_has_its_duty_when_it_is_due_and_none_before(state: UploadState, duty: Duty) -> None:
    upload = in_state(state)

    assert duty_of(upload, upload.due_at - timedelta(milliseconds=1), POLICY) is Duty.NOTHING
    assert duty_of(upload, upload.due_at, POLICY) is duty


def test_a_refused_upload_waits_for_its_owner_and_is_then_ended() -> None:
    refused = in_state(UploadState.STORED).refused(REFUSAL, POLICY)

    assert refused.lease is None
    assert refused.due_at == START + timedelta(days=30)
    assert duty_of(refused, refused.due_at, POLICY) is Duty.EXPIRE


def test_what_fails_for_good_ends_as_failed_and_what_its_owner_could_mend_as_aborted() -> None:
    failed = in_state(UploadState.STORED).aborting("me", START, POLICY, failure=DOOM)
    given_up = in_state(UploadState.STORED).refused(REFUSAL, POLICY).aborting("me", START, POLICY)

    assert failed.ended(START, POLICY).state is UploadState.FAILED
    assert given_up.ended(START, POLICY).state is UploadState.ABORTED
    assert given_up.failure == REFUSAL


def test_pauses_grow_to_a_minute() -> None:
    pauses = [POLICY.pause_after(attempts).total_seconds() for attempts in range(1, 40)]

    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 60
