"""What is counted over a whole drive: what it uses, and how often each blob is referred to.

A change moves what is said and what is there by the same amount. What they differ by, once measured at one head, is
therefore what they differ by at the next, and can be put right there: a drive need not stand still to be repaired.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import islice

from file_metadata_service.app.integrity.inspector import ATTEMPTS, Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Rule, Scene, finding
from file_metadata_service.app.integrity.tally import COUNTS, Counting, Tally, TooBusy, Uncountable
from file_metadata_service.app.integrity.version_counts import VersionCounts
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.ports.ledger import blob_key

BLOBS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Totals:
    counting: Counting
    inspector: Inspector

    @property
    def _counts(self) -> VersionCounts:
        return VersionCounts(self.counting.census, self.inspector)

    async def check(self, drive_id: DriveId) -> AsyncIterator[Report]:
        """Counts once, and twice more if something seems wrong. Raises TooBusy, Unavailable."""
        tally = await self.counting.count(drive_id)
        for file_id in sorted(tally.miscounted):
            if (miscounted := await self._counts.settle(drive_id, file_id)) is not None:
                yield miscounted
        if self._usage_is_right(tally) and not await self._suspects(tally):
            return
        tally, rule = await self._verified(drive_id)
        suspects = await self._suspects(tally)
        reports = [await self.inspector.settle(drive_id, rule)]
        reports += [await self._settle_blob(tally, blob_id) for blob_id in suspects]
        for report in reports:
            if report is not None:
                yield report

    async def _verified(self, drive_id: DriveId) -> tuple[Tally, Rule]:
        """A count beside which nothing was removed silently, and what it said of the usage."""
        for _ in range(COUNTS):
            tally = await self.counting.count(drive_id)
            rule = self._usage_rule(tally)
            try:
                if await tally.verify():
                    return tally, rule
            except Uncountable:
                continue
        raise TooBusy

    async def _suspects(self, tally: Tally) -> list[BlobId]:
        """Blobs that seem wrong at a glance."""
        suspects = list[BlobId]()
        blobs = iter(tally.references)
        while some := list(islice(blobs, BLOBS_AT_ONCE)):
            sight = await self.inspector.sights.glance(tally.head, map(blob_key, some))
            scene = Scene(tally.head)
            scene.see(sight)
            for blob_id in some:
                rule = _blob_rule(tally.references[blob_id], blob_id, scene.rows[blob_key(blob_id)])
                if rule(scene) is not None:
                    suspects.append(blob_id)
        return suspects

    def _usage_rule(self, tally: Tally) -> Rule:
        return _usage_rule(tally.head, tally, fills=self.inspector.repairs)

    def _usage_is_right(self, tally: Tally) -> bool:
        return self._usage_rule(tally)(Scene(tally.head)) is None

    async def _settle_blob(self, tally: Tally, blob_id: BlobId) -> Report | None:
        """The blob before and after who refers to it is counted: if it stood still, both are of one head."""
        key = blob_key(blob_id)
        for _ in range(ATTEMPTS):
            before = (await self.inspector.sights.look(tally.head.id, frozenset((key,)))).rows[key]
            holders = [node_id for node_id, it in tally.holdings.items() if blob_id in it.blobs]
            await tally.add(holders)
            await _catch_up(tally)
            rule = _blob_rule(tally.references[blob_id], blob_id, before)
            try:
                return await self.inspector.settle(tally.head.id, rule)
            except _Moved:
                continue
        raise TooBusy


async def _catch_up(tally: Tally) -> None:
    try:
        await tally.catch_up()
    except Uncountable as error:
        raise TooBusy from error


class _Moved(Exception):
    """The blob is not what it was when its references were counted."""


def _usage_rule(measured: Drive, tally: Tally, *, fills: bool) -> Rule:
    """`measured`: the head that the tally is as of. What it never counted is not wrong, but a repair `fills` it in
    if the drive stands still for that long.
    """
    bytes_too_many = measured.bytes_used - tally.bytes_used
    files_too_many = measured.file_count - len(tally.holdings)
    past_bytes = tally.versions_bytes
    past_too_many = 0 if measured.versions_bytes is None else measured.versions_bytes - past_bytes

    def check(scene: Scene) -> Finding | None:
        head = scene.head
        unknown = fills and head.versions_bytes is None and head.seq == measured.seq
        if not (bytes_too_many or files_too_many or past_too_many or unknown):
            return None
        right = replace(
            head,
            bytes_used=head.bytes_used - bytes_too_many,
            file_count=head.file_count - files_too_many,
            versions_bytes=None if head.versions_bytes is None else head.versions_bytes - past_too_many,
        )
        if unknown:
            right = replace(right, versions_bytes=past_bytes)
        subject = (
            f"{bytes_too_many} bytes, {past_too_many} bytes of past versions and {files_too_many} files "
            "more than counted"
        )
        mending = None if _exceeds(head, right) else Mending(drive=right)
        return finding(scene, DefectKind.USAGE_WRONG, subject, mending)

    return check


def _exceeds(head: Drive, right: Drive) -> bool:
    """The ledger would not write it: the quota must be raised first."""
    grows = right.bytes_used > head.bytes_used
    return grows and head.quota_bytes is not None and right.bytes_used > head.quota_bytes


def _blob_rule(counted: int, blob_id: BlobId, before: object) -> Rule:
    """Raises _Moved unless the blob's row is still `before`."""

    def check(scene: Scene) -> Finding | None:
        blob = scene.row(blob_key(blob_id), Blob)
        if blob != before:
            raise _Moved
        if not counted:
            return None
        if blob is None or blob.drive_id != scene.head.id:
            return finding(scene, DefectKind.BLOB_MISSING, blob_id, None)
        if blob.state is not BlobState.LIVE:
            return finding(scene, DefectKind.BLOB_NOT_LIVE, f"{blob_id} is {blob.state}", None)
        right = replace(blob, references=counted, zero_since_ms=None)
        mending = Mending(drive=scene.head, rows={blob_key(blob_id): right})
        if blob != right:
            subject = f"{blob_id} says {blob.references}, counted {counted}"
            return finding(scene, DefectKind.REFERENCES_WRONG, subject, mending)
        if blob_key(blob_id) in scene.misfiled:
            return finding(scene, DefectKind.KEYS_MISFILED, blob_id, mending)
        return None

    return check
