"""The gateway's whole world in memory: the real application, rules and token checks over fakes of the services."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from api_gateway.adapters.http.application import create_application
from api_gateway.adapters.http.wiring import Bounds, Ports
from api_gateway.adapters.rpc.callers import VerifiedTokens
from api_gateway.app.append_stream import AppendStream
from api_gateway.app.capabilities import Capabilities
from api_gateway.app.change_hub import ChangeHub
from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.app.relay_part import RelayPart
from api_gateway.app.relay_places import RelayPlaces
from api_gateway.app.spool import Spool
from api_gateway.ports.storage import Storage
from chassis.health import Health
from chassis.tokens import TokenVerifier
from tests.fakes.gateway_batches import InMemoryBatches
from tests.fakes.gateway_bundles import InMemoryBundles
from tests.fakes.gateway_changes import InMemoryChanges, InMemoryWakeUps
from tests.fakes.gateway_jobs import InMemoryJobs
from tests.fakes.gateway_people import InMemoryPeople, InMemorySessionCache
from tests.fakes.gateway_search import InMemorySearch
from tests.fakes.gateway_streams import InMemoryStreams
from tests.fakes.gateway_tree import InMemoryTree
from tests.fakes.gateway_uploads import InMemoryStorage, InMemoryUploads
from tests.fakes.gateway_versions import InMemoryVersions
from tests.fakes.token_keys import TokenKeys


@dataclass
class GatewayWorld:
    """What stands behind one gateway; `application()` is the gateway itself."""

    keys: TokenKeys = field(default_factory=TokenKeys)
    cache: InMemorySessionCache = field(default_factory=InMemorySessionCache)
    tree: InMemoryTree = field(default_factory=InMemoryTree)
    storage: InMemoryStorage = field(default_factory=InMemoryStorage)
    health: Health = field(default_factory=Health)
    # How far the gateway's clock is ahead, for tokens that expire.
    later: timedelta = timedelta()
    spool: Spool = field(
        default_factory=lambda: Spool(32 * 2**20, account_bytes=16 * 2**20, patience_seconds=0.05)
    )
    piece_seconds: float = 5.0
    places: RelayPlaces = field(default_factory=lambda: RelayPlaces(in_total=200, of_one_account=64))

    def __post_init__(self) -> None:
        self.people = InMemoryPeople(self.keys)
        self.changes = InMemoryChanges(self.tree)
        self.search = InMemorySearch(self.tree)
        self.wake_ups = InMemoryWakeUps()
        self.hub = ChangeHub(self.changes, self.wake_ups)
        self.tree.woken = self.wake_ups.wake
        self.uploads = InMemoryUploads(self.tree, self.storage)
        self.bundles = InMemoryBundles(self.uploads)
        self.versions = InMemoryVersions(self.tree)
        self.jobs = InMemoryJobs(self.tree)
        self.capabilities = Capabilities(("users", "metadata", "uploads"))
        for name in ("users", "metadata", "uploads"):
            self.capabilities.set(name, None)

    def application(self, bounds: Bounds | None = None, *, storage: Storage | None = None) -> FastAPI:
        """`storage` in place of the one in memory, for relays to somewhere real."""
        storage = storage or self.storage
        tokens = self.tokens()
        ports = Ports(
            identify_caller=IdentifyCaller(tokens, self.cache, self.people),
            accounts=self.people,
            sessions=self.people,
            nodes=self.tree,
            search=self.search,
            trash=self.tree,
            batches=InMemoryBatches(self.tree),
            changes=self.changes,
            versions=self.versions,
            change_hub=self.hub,
            jobs=self.jobs,
            uploads=self.uploads,
            bundles=self.bundles,
            parts=self.uploads,
            downloads=self.uploads,
            relay_part=RelayPart(self.uploads, self.uploads, storage, self.spool),
            append_stream=AppendStream(
                InMemoryStreams(self.uploads),
                self.uploads,
                storage,
                self.spool,
                self.places,
                self.people,
                tokens,
                lambda: datetime.now(UTC) + self.later,
                piece_seconds=self.piece_seconds,
            ),
            relay_places=self.places,
            spool=self.spool,
            storage=storage,
            not_ready=self.health.missing,
            missing=self.capabilities.missing,
            available=self.capabilities.available,
        )
        return create_application(ports, bounds or Bounds())

    def tokens(self) -> VerifiedTokens:
        return VerifiedTokens(TokenVerifier(self.keys.fetch, clock=lambda: datetime.now(UTC) + self.later))
