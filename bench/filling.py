"""Folders with very many files: written in the committer's own form, in the largest groups, but without its reads."""

import asyncio
import random
import secrets
from collections.abc import Sequence

from bench.engine import Engine
from file_metadata_service.adapters.dynamodb.shelves import Shelves
from file_metadata_service.app.tree import own_key
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import AccountId, Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.journal import Change
from file_metadata_service.domain.nodes import File, Folder, Version, new_file
from file_metadata_service.ports.ledger import Item, Key, Shelf, Writing, blob_key, folder_key

MOST_ROWS = 98
# A file is three rows: its name in the folder, itself, its blob.
ROWS_OF_FILE = 3
SIZE_BYTES = 10_240
_STREWN_AT_ONCE = 4
_WORDS = """
annual autumn beach birthday board bridge budget camera castle chapter client concert contract
design draft family garden harbour holiday invoice island journey kitchen lecture letter market
meeting minutes mountain museum notes offer orchard paper picture plan portrait project receipt
recipe report river school season sketch summer sunrise survey talk team ticket travel valley
village wedding winter workshop
""".split()  # noqa: SIM905  # a list would take a line for each word
_ENDINGS = ("jpg", "jpg", "jpg", "pdf", "docx", "mp4", "txt", "xlsx")


def names(count: int) -> list[str]:
    """As people have them: two words, a number, an ending; the same ones each time."""
    dice = random.Random(count)
    return [
        f"{dice.choice(_WORDS)} {dice.choice(_WORDS)} {number}.{dice.choice(_ENDINGS)}"
        for number in range(count)
    ]


async def fill(
    engine: Engine, drive_id: DriveId, folder_id: str, count: int, *, names_only: bool = False
) -> None:
    """Puts that many files into a folder. Nobody else may write to the drive meanwhile.

    `names_only`: entries and journal, a third of the rows. It is enough for whatever lists, searches, moves,
    deletes and restores the folder; what goes by a file's id or bytes does not find them.
    """
    rows = 1 if names_only else ROWS_OF_FILE
    per_group = MOST_ROWS // rows
    key = folder_key(NodeId(folder_id))
    parent = (await engine.ledger.read(drive_id, [key]))[key]
    assert isinstance(parent, Folder)
    head, wanted = await engine.drive(drive_id), names(count)
    for first in range(0, count, per_group):
        some = wanted[first : first + per_group]
        writing = _writing(head, parent, some, engine.ports.clock.now_ms(), rows)
        await engine.ledger.write(writing)
        head = writing.after


async def strew(engine: Engine, drive_id: DriveId, folder_id: str, count: int) -> None:
    """Entries alone, which neither the drive nor its journal knows of, several transactions at once: a folder that can
    be listed, and nothing else. Nobody may have listed it before."""
    key = folder_key(NodeId(folder_id))
    parent = (await engine.ledger.read(drive_id, [key]))[key]
    assert isinstance(parent, Folder)
    head, at_ms = await engine.drive(drive_id), engine.ports.clock.now_ms()
    shelves, turns = Shelves(engine.ledger.tables), asyncio.Semaphore(_STREWN_AT_ONCE)

    async def put(wanted: Sequence[str]) -> None:
        async with turns:
            items = [_items(_file(head, parent, name, at_ms))[0] for name in wanted]
            await engine.ledger.db.transact([shelves.action(drive_id, item) for item in items])

    async with asyncio.TaskGroup() as group:
        wanted = names(count)
        for first in range(0, count, MOST_ROWS):
            group.create_task(put(wanted[first : first + MOST_ROWS]))


def _writing(head: Drive, parent: Folder, wanted: Sequence[str], at_ms: int, rows: int) -> Writing:
    files = [_file(head, parent, name, at_ms) for name in wanted]
    after = head.storing(SIZE_BYTES * len(files), new_files=len(files)).advanced()
    items = [item for file in files for item in _items(file)[:rows]]
    changes = tuple(Change(file, file.current.actor) for file in files)
    return Writing(
        before=head,
        after=after,
        token=secrets.token_hex(16),
        at_ms=at_ms,
        changes=changes,
        items=tuple(items),
    )


def _file(head: Drive, parent: Folder, name: str, at_ms: int) -> File:
    version = Version(
        number=1,
        blob_id=BlobId(secrets.token_hex(16)),
        size_bytes=SIZE_BYTES,
        content_type="image/jpeg",
        content_hash=secrets.token_hex(32),
        layout="p23",
        created_at_ms=at_ms,
        actor=Actor(AccountId(head.id)),
    )
    return new_file(NodeId(secrets.token_hex(16)), parent, name, version, seq=head.seq + 1)


def _items(file: File) -> tuple[Item, ...]:
    assert file.parent_id is not None
    version = file.current
    blob = Blob(
        id=version.blob_id,
        drive_id=file.drive_id,
        state=BlobState.LIVE,
        decided_at_ms=version.created_at_ms,
        references=1,
        size_bytes=version.size_bytes,
        content_hash=version.content_hash,
        layout=version.layout,
        only_part=bytes.fromhex(version.content_hash),
        committed=file,
        seq=file.seq,
    )
    entry = Key(Shelf.ENTRY, file.parent_id, file.entry_key)
    rows = ((entry, file), (own_key(file), file), (blob_key(blob.id), blob))
    return tuple(Item(key, None, row) for key, row in rows)
