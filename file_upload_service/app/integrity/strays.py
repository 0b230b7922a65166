"""Finds what storage holds and nobody looks after: objects without a blob, multipart uploads without an upload."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from file_upload_service.domain.blob_record import BlobState
from file_upload_service.domain.defects import DefectKind, Finding, Outcome
from file_upload_service.domain.ids import TRIALS_PREFIX, BlobId, UploadId, blob_at, upload_of
from file_upload_service.domain.policy import TRIAL_LIFE
from file_upload_service.domain.tail import upload_of_tail
from file_upload_service.ports.blob_census import BlobCensus
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.inventory import Inventory, Sighting
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.upload_presence import UploadPresence

SECOND_LOOK_SECONDS = 2.0
# By then the sweeper has had its time.
_TRIAL_GRACE = 2 * TRIAL_LIFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How careful to be. `grace`: what came later is not judged. `repairs`: whether anything may be deleted;
    `deletes_unknown`: also that of which no row tells."""

    grace: timedelta
    repairs: bool = False
    deletes_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """`young`: how many have no owner, but came too late to be judged."""

    findings: tuple[Finding, ...] = ()
    young: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strays:
    """Looks twice. Each time rows are read before storage: an owner's row goes only after all that it owns has gone,
    so what is in storage still when its row is not has no owner.
    """

    census: BlobCensus
    uploads: UploadPresence
    inventory: Inventory
    store: ObjectStore
    clock: Clock
    care: Care

    async def objects(self, sightings: Sequence[Sighting]) -> Judgement:
        """Raises Unavailable."""
        suspects = await self._ownerless_objects(sightings)
        if not suspects:
            return Judgement()
        await self.clock.sleep(SECOND_LOOK_SECONDS)
        still = await self._ownerless_objects(suspects)
        there = [it for it in still if await self.store.head(it.key) is not None]
        old, young = self._by_age(there)
        return Judgement(tuple([await self._end_object(it.key, still[it]) for it in old]), len(young))

    async def multiparts(self, sightings: Sequence[Sighting]) -> Judgement:
        """Raises Unavailable."""
        suspects = await self._ownerless_multiparts(sightings)
        if not suspects:
            return Judgement()
        await self.clock.sleep(SECOND_LOOK_SECONDS)
        still = await self._ownerless_multiparts(suspects)
        there = [it for it in still if await self._has_multiparts(it.key)]
        old, young = self._by_age(there)
        return Judgement(tuple([await self._end_multiparts(it.key, still[it]) for it in old]), len(young))

    async def tails(self, sightings: Sequence[Sighting]) -> Judgement:
        """Pieces of a stream whose upload has no row any more: it went last, so nothing is promised of them.

        Raises Unavailable.
        """
        suspects = await self._ownerless_tails(sightings)
        if not suspects:
            return Judgement()
        await self.clock.sleep(SECOND_LOOK_SECONDS)
        still = await self._ownerless_tails(suspects)
        there = [it for it in still if await self.store.head(it.key) is not None]
        old, young = self._by_age(there)
        return Judgement(tuple([await self._end_tail(it.key, still[it]) for it in old]), len(young))

    async def _ownerless_tails(self, sightings: Iterable[Sighting]) -> dict[Sighting, DefectKind]:
        owners = {it: upload_of_tail(it.key) for it in sightings}
        ids = {owner for owner in owners.values() if owner is not None}
        present = await self.uploads.present(ids) if ids else set()
        return {
            it: DefectKind.KEY_STRANGE if owner is None else DefectKind.TAIL_UNKNOWN
            for it, owner in owners.items()
            if owner not in present
        }

    async def _ownerless_objects(self, sightings: Iterable[Sighting]) -> dict[Sighting, DefectKind]:
        blobs = self._blobs_of(sightings)
        records = await self.census.look_up([blob_id for blob_id in blobs.values() if blob_id])
        known = {record.id: record.state for record in records}
        owned = {BlobState.LIVE, BlobState.CONDEMNED}
        open_ended = [blob_id for blob_id, state in known.items() if state not in owned]
        present = await self._with_uploads(open_ended)
        found: dict[Sighting, DefectKind] = {}
        for sighting, blob_id in blobs.items():
            if blob_id is None:
                found[sighting] = _without_blob(sighting)
            elif known[blob_id] not in owned and blob_id not in present:
                ended = known[blob_id] is BlobState.ENDED
                found[sighting] = DefectKind.OBJECT_ENDED if ended else DefectKind.OBJECT_UNKNOWN
        return found

    async def _ownerless_multiparts(self, sightings: Iterable[Sighting]) -> dict[Sighting, DefectKind]:
        blobs = self._blobs_of(sightings)
        present = await self._with_uploads([blob_id for blob_id in blobs.values() if blob_id])
        return {
            it: _without_blob(it) if blob_id is None else DefectKind.MULTIPART_UNKNOWN
            for it, blob_id in blobs.items()
            if blob_id not in present
        }

    async def _with_uploads(self, blob_ids: Sequence[BlobId]) -> set[BlobId]:
        uploads: dict[BlobId, UploadId] = {blob_id: upload_of(blob_id) for blob_id in blob_ids}
        present = await self.uploads.present(set(uploads.values())) if uploads else set()
        return {blob_id for blob_id, upload_id in uploads.items() if upload_id in present}

    async def _has_multiparts(self, key: str) -> bool:
        page = await self.inventory.multiparts(prefix=key, after=None)
        return any(it.key == key for it in page.items)

    def _by_age(self, sightings: Iterable[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
        old, young = list[Sighting](), list[Sighting]()
        for it in sightings:
            (old if it.since <= self.clock.now() - self.care.grace else young).append(it)
        return old, young

    async def _end_object(self, key: str, kind: DefectKind) -> Finding:
        """Deletes it if metadata has said, or says now, that it never becomes a version again."""
        if kind is DefectKind.KEY_STRANGE:
            return Finding(kind, key, Outcome.FOR_A_HUMAN)
        if not self.care.repairs:
            return Finding(kind, key, Outcome.FOUND)
        blob_id = blob_at(key)
        if kind is DefectKind.OBJECT_UNKNOWN and not (
            self.care.deletes_unknown and blob_id is not None and await self.census.abandon(blob_id)
        ):
            return Finding(kind, key, Outcome.FOR_A_HUMAN)
        await self.store.delete(key)
        return Finding(kind, key, Outcome.REPAIRED)

    async def _end_tail(self, key: str, kind: DefectKind) -> Finding:
        if kind is DefectKind.KEY_STRANGE:
            return Finding(kind, key, Outcome.FOR_A_HUMAN)
        if not self.care.repairs:
            return Finding(kind, key, Outcome.FOUND)
        await self.store.delete(key)
        return Finding(kind, key, Outcome.REPAIRED)

    async def _end_multiparts(self, key: str, kind: DefectKind) -> Finding:
        """Nobody can put them together without the upload's row, so nothing that was promised is lost."""
        if kind is DefectKind.KEY_STRANGE:
            return Finding(kind, key, Outcome.FOR_A_HUMAN)
        if not self.care.repairs:
            return Finding(kind, key, Outcome.FOUND)
        await self.store.abort_multiparts(key)
        return Finding(kind, key, Outcome.REPAIRED)

    def _blobs_of(self, sightings: Iterable[Sighting]) -> dict[Sighting, BlobId | None]:
        """What is tried at a start is passed over, unless the sweeper should have taken it away since."""
        old = self.clock.now() - _TRIAL_GRACE
        return {it: blob_at(it.key) for it in sightings if not _is_trial(it) or it.since < old}


def _is_trial(sighting: Sighting) -> bool:
    return sighting.key.startswith(TRIALS_PREFIX)


def _without_blob(sighting: Sighting) -> DefectKind:
    return DefectKind.TRIAL_LEFT if _is_trial(sighting) else DefectKind.KEY_STRANGE
