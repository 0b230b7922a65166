"""Asks storage, for each live blob, whether it holds its bytes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.app.integrity.strays import SECOND_LOOK_SECONDS
from file_upload_service.domain.blob_record import BlobRecord, BlobState
from file_upload_service.domain.defects import DefectKind, Finding, Outcome
from file_upload_service.domain.ids import blob_key
from file_upload_service.ports.blob_census import BlobCensus
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.object_store import ObjectStore

AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBytes:
    """A live blob has had its object since before it was one, and has it until after it was condemned: no grace."""

    census: BlobCensus
    store: ObjectStore
    clock: Clock

    async def check(self, records: Sequence[BlobRecord]) -> tuple[Finding, ...]:
        """Raises Unavailable."""
        suspects = await self._not_held(records)
        if not suspects:
            return ()
        await self.clock.sleep(SECOND_LOOK_SECONDS)
        # Storage first: a blob that is live after its object was missed should have had it.
        still = await self._not_held(list(suspects))
        now = await self.census.look_up([record.id for record in still])
        return tuple(
            Finding(kind, blob_key(record.id), Outcome.FOR_A_HUMAN)
            for (record, kind), known in zip(still.items(), now, strict=True)
            if known.state is BlobState.LIVE
        )

    async def _not_held(self, records: Sequence[BlobRecord]) -> dict[BlobRecord, DefectKind]:
        places = asyncio.Semaphore(AT_ONCE)

        async def look(record: BlobRecord) -> DefectKind | None:
            async with places:
                held = await self.store.head(blob_key(record.id))
            if held is None:
                return DefectKind.OBJECT_MISSING
            return None if record.is_held_as(held) else DefectKind.OBJECT_WRONG

        kinds = await asyncio.gather(*map(look, records))
        return {record: kind for record, kind in zip(records, kinds, strict=True) if kind is not None}
