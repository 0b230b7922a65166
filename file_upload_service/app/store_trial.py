"""Whether storage may be used, tried once per start."""

from chassis.errors import Unavailable
from file_upload_service.app.prove_store import ProveStore
from file_upload_service.domain.store_flaws import StoreUnfit
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.leadership import Leadership

PAUSE_SECONDS = 1.0
STRANGE_PAUSE_SECONDS = 5.0
# Somebody may put another one behind the same name.
UNFIT_PAUSE_SECONDS = 30.0


class StoreTrial:
    """`run` beside the calls, and ask `check` whether this instance may take any."""

    def __init__(self, prove: ProveStore, clock: Clock) -> None:
        self._prove = prove
        self._clock = clock
        self._why_not: str | None = "has not been tried yet"

    async def run(self) -> None:
        """Until storage has passed once."""
        while True:
            try:
                await self._prove()
            except StoreUnfit as unfit:
                self._why_not = f"would lose data: it {unfit.flaw}"
                await self._clock.sleep(UNFIT_PAUSE_SECONDS)
            except Unavailable:
                await self._clock.sleep(PAUSE_SECONDS)
            except Exception as strange:  # noqa: BLE001  # wrong keys, a missing right, what no S3 would answer
                self._why_not = f"answers what is not expected ({type(strange).__name__})"
                await self._clock.sleep(STRANGE_PAUSE_SECONDS)
            else:
                self._why_not = None
                return

    @property
    def is_passed(self) -> bool:
        return self._why_not is None

    async def check(self) -> None:
        """Raises Unavailable, in words, unless it has."""
        if self._why_not is not None:
            raise Unavailable(f"The storage behind S3_ENDPOINT {self._why_not}.")


class ProvenLeadership:
    """A Leadership over another one, of instances whose storage has passed: none other may delete anything."""

    def __init__(self, leadership: Leadership, trial: StoreTrial) -> None:
        self._leadership = leadership
        self._trial = trial

    async def holds(self) -> bool:
        return self._trial.is_passed and await self._leadership.holds()
