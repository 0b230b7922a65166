"""What a writing sets of the drive's row: each attribute costs the engine, and most changes move its number only."""

from dataclasses import replace

import pytest

from chassis.dynamodb import DynamoDB
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.ports.ledger import Writing
from tests.fakes.dynamodb_transport import ScriptedTransport
from tests.fakes.metadata_service import ANN

DRIVE = Drive(id=own_drive(ANN.account_id), journal_id="j", created_at_ms=0, versions_bytes=5)


@pytest.mark.parametrize(
    ("after", "assigned"),
    [
        (DRIVE, {"seq"}),
        (DRIVE.storing(7, new_files=1), {"seq", "bytes_used", "file_count"}),
        (replace(DRIVE, trash_bytes=7, journal_floor=2), {"seq", "trash_bytes", "journal_floor"}),
        (replace(DRIVE, versions_bytes=None), {"seq", "versions_bytes"}),
        (DRIVE.rearranged(), {"seq", "tree_epoch"}),
    ],
)
async def test_of_the_drive_only_what_changes_is_set(after: Drive, assigned: set[str]) -> None:
    transport = ScriptedTransport([{}])
    db = DynamoDB(transport)
    writing = Writing(before=DRIVE, after=after.advanced(), token="t", at_ms=0, changes=(), items=())

    await DynamoLedger(db, tables_of(db, "")).write(writing)

    update = transport.requests[0][1]["TransactItems"][0]["Update"]
    names = update["ExpressionAttributeNames"]
    words = update["UpdateExpression"].replace(",", "").split()
    assert {names[word] for word in words if word in names} == assigned
