"""Proves and commits many small files, at their owner's word."""

from dataclasses import dataclass

from chassis.errors import DomainError, Unavailable
from file_upload_service.app.end_bundle import EndBundle
from file_upload_service.app.rereading import rereading
from file_upload_service.domain.bundle import Bundle, BundleState
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.outcome import PASSING, Committed, Failure
from file_upload_service.domain.policy import Policy
from file_upload_service.ports.bundles import BundleRepository
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class CompleteBundle:
    """Four remote calls for up to 100 files, and what metadata's transactions cost: read, list, commit, write."""

    bundles: BundleRepository
    store: ObjectStore
    durability: Durability
    metadata: Metadata
    end_bundle: EndBundle
    clock: Clock
    policy: Policy

    async def __call__(self, account_id: AccountId, bundle_id: UploadId) -> Bundle:
        """The bundle with what is known of each file; those whose bytes have not arrived stay undecided, and it stays
        open for them. Repeating it is harmless. Raises BundleNotFound, Unavailable: then some may be committed, and a
        repeat tells.
        """
        return await rereading(lambda: self.bundles.get(account_id, bundle_id), self._attempt)

    async def _attempt(self, bundle: Bundle) -> Bundle:
        if bundle.state is BundleState.OPEN:
            bundle = await self._commit(bundle)
        # Only then is it known of all: one that somebody gave up meanwhile may have been committed before.
        return await self.end_bundle(bundle) if bundle.state is BundleState.ENDING else bundle

    async def _commit(self, bundle: Bundle) -> Bundle:
        arrived = await self._arrived(bundle)
        if not arrived:
            return bundle
        await self.durability.flush()
        answers = await self.metadata.commit_many(bundle, arrived)
        known = {
            number: outcome for number, answer in answers.items() if (outcome := _outcome(answer)) is not None
        }
        if known:
            after = bundle.after(known, self.clock.now(), self.policy)
            bundle = await self.bundles.save(bundle, after)
        if len(known) < len(arrived):
            raise Unavailable("The metadata service is not well.", retry_after_seconds=1)
        return bundle

    async def _arrived(self, bundle: Bundle) -> list[int]:
        """Whose bytes S3 has. Each URL was bound to the bytes' hash and length, and never replaces an object: what
        stands under the key is what was announced. The length is looked at nevertheless, for it costs nothing."""
        sizes = await self.store.sizes(bundle.key_prefix, most=len(bundle.files))
        return [
            number
            for number in bundle.undecided
            if sizes.get(bundle.key(number)) == bundle.file(number).size_bytes
        ]


def _outcome(answer: Committed | DomainError) -> Committed | Failure | None:
    """None if it says nothing about the file."""
    if isinstance(answer, Committed):
        return answer
    if answer.kind in PASSING:
        return None
    return Failure.told(answer)
