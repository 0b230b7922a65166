"""Ends bundles: at their owner's word, when they have lain for too long, and what is left of those that are over."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from chassis.errors import Kind, Unavailable
from file_upload_service.app.rereading import rereading
from file_upload_service.domain.bundle import Bundle, BundleState
from file_upload_service.domain.errors import BundleNotFound
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.outcome import EXPIRED, Committed, Failure
from file_upload_service.domain.policy import Policy
from file_upload_service.ports.bundles import BundleRepository
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.uploads import UploadMoved

logger = logging.getLogger(__name__)

BUNDLES_A_PASS = 20
DELETIONS_AT_ONCE = 8
_ABORTED = Failure(Kind.CONFLICT, "already_aborted", "This bundle has been ended.")


@dataclass(frozen=True, slots=True)
class EndBundle:
    """Frees what no file is made of. Every step may be repeated, so that anybody can go on after a crash."""

    bundles: BundleRepository
    store: ObjectStore
    metadata: Metadata
    clock: Clock
    policy: Policy

    async def __call__(self, bundle: Bundle) -> Bundle:
        """`ended`. Nothing is deleted before metadata has abandoned it. Raises UploadMoved, Unavailable."""
        refused = bundle.to_abandon
        became = await self.metadata.abandon_many(bundle, refused)
        await self.free(bundle, [number for number in refused if number not in became])
        # A commit whose answer was lost: its first result is not asked for again, the file's id is enough.
        kept = {
            number: Committed(node_id, bundle.file(number).target.name, revision=0, position="")
            for number, node_id in became.items()
        }
        return await self.bundles.save(bundle, bundle.ended(kept, self.clock.now(), self.policy))

    async def free(self, bundle: Bundle, numbers: Iterable[int]) -> None:
        """Destroys these objects, whose blobs are abandoned. Raises Unavailable."""
        places = asyncio.Semaphore(DELETIONS_AT_ONCE)

        async def delete(number: int) -> None:
            async with places:
                await self.store.delete(bundle.key(number))

        await asyncio.gather(*map(delete, numbers))


@dataclass(frozen=True, slots=True)
class AbortBundle:
    bundles: BundleRepository
    end_bundle: EndBundle
    clock: Clock
    policy: Policy

    async def __call__(self, account_id: AccountId, bundle_id: UploadId) -> Bundle:
        """As it stands at the end: what was committed stays a file. Harmless to repeat. Raises BundleNotFound,
        Unavailable."""
        return await rereading(lambda: self.bundles.get(account_id, bundle_id), self._attempt)

    async def _attempt(self, bundle: Bundle) -> Bundle:
        if bundle.state is BundleState.OPEN:
            after = bundle.given_up(_ABORTED, self.clock.now(), self.policy)
            bundle = await self.bundles.save(bundle, after)
        return await self.end_bundle(bundle) if bundle.state is BundleState.ENDING else bundle


@dataclass(frozen=True, slots=True)
class SweepBundles:
    """One pass. What an index calls due is only looked at; the row decides, and says so again with each write."""

    bundles: BundleRepository
    due_bundles: DueUploads
    end_bundle: EndBundle
    clock: Clock
    policy: Policy

    async def __call__(self) -> bool:
        """True if more may be waiting already. Raises Unavailable if not even the index can be read."""
        due = await self.due_bundles.due(self.clock.now(), limit=BUNDLES_A_PASS)
        for account_id, bundle_id in due:
            try:
                await self._tend(await self.bundles.get(account_id, bundle_id))
            except (Unavailable, UploadMoved, BundleNotFound):
                continue  # the next pass looks again
        return len(due) >= BUNDLES_A_PASS

    async def _tend(self, bundle: Bundle) -> None:
        try:
            await self._do(bundle)
        except UploadMoved:
            return  # somebody else is at it
        except Exception as error:
            # One bundle that cannot be tended must not keep the sweeper from the others.
            if not isinstance(error, Unavailable):
                logger.exception("tending a bundle failed")
            await self.bundles.save(bundle, bundle.postponed(self.clock.now(), self.policy))

    async def _do(self, bundle: Bundle) -> None:
        now = self.clock.now()
        if now < bundle.due_at:
            return
        if bundle.state is BundleState.OPEN:
            bundle = await self.bundles.save(bundle, bundle.given_up(EXPIRED, now, self.policy))
        if bundle.state is BundleState.ENDING:
            await self.end_bundle(bundle)
        elif bundle.cleaned:
            await self.end_bundle.free(bundle, bundle.abandoned)
            await self.bundles.drop(bundle)
        else:
            await self.end_bundle.free(bundle, bundle.abandoned)
            await self.bundles.save(bundle, bundle.swept(self.policy))
