"""Takes away what a trial of storage has left that was killed in the middle."""

from dataclasses import dataclass

from file_upload_service.domain.ids import TRIALS_PREFIX
from file_upload_service.domain.policy import Policy
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.inventory import Inventory
from file_upload_service.ports.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class ClearTrials:
    """Two calls where nothing is left, as nearly always."""

    store: ObjectStore
    inventory: Inventory
    clock: Clock
    policy: Policy

    async def __call__(self) -> bool:
        """One pass over one page. What is young stays: its trial may still be under way. Raises Unavailable."""
        objects = await self.inventory.objects(prefix=TRIALS_PREFIX, after=None)
        multiparts = await self.inventory.multiparts(prefix=TRIALS_PREFIX, after=None)
        old = self.clock.now() - self.policy.trial_life
        left = sorted({it.key for it in (*objects.items, *multiparts.items) if it.since < old})
        for key in left:
            await self.store.abort_multiparts(key)
            await self.store.delete(key)
        return bool(left)
