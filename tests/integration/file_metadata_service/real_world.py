"""The service's use cases on the real engine, with faults on the way to it if a test wants them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import boto3
import pytest

from chassis.dynamodb import DynamoDB, open_dynamodb
from file_metadata_service.adapters.dynamodb.tables import Tables, tables_of
from file_metadata_service.app.use_case_ports import Policy, Ports
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.bootstrap import dynamo_ports
from tests import tables
from tests.fakes.metadata_answers import InMemoryCache
from tests.fakes.metadata_clock import ManualClock
from tests.fakes.metadata_journal import RecordingWakeUps
from tests.fakes.metadata_service import Service
from tests.fakes.metadata_watch import RecordingWatch
from tests.faults import Faults


@dataclass(slots=True)
class RealWorld:
    """One set of tables, and as many instances of the service on it as a test wants. Time is the test's."""

    db: DynamoDB
    table_prefix: str
    faults: Faults
    clock: ManualClock = field(default_factory=ManualClock)
    cache: InMemoryCache = field(default_factory=InMemoryCache)

    @property
    def tables(self) -> Tables:
        return tables_of(self.db, self.table_prefix)

    @property
    def ports(self) -> Ports:
        caching = self.cache.caching()
        ports = dynamo_ports(self.db, self.table_prefix, RecordingWatch(), RecordingWakeUps(), caching)
        return replace(ports, clock=self.clock)

    def service(self, policy: Policy | None = None) -> Service:
        return Service(UseCases(self.ports, policy or Policy(id_secret=b"secret")))


@pytest.fixture
async def world(
    dynamodb_endpoint: str, table_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RealWorld]:
    # Asked for by name while a test is set up, it comes after the fixture that would see to this.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    make_tables(dynamodb_endpoint, table_prefix)
    faults = Faults()
    async with open_dynamodb(endpoint=dynamodb_endpoint, region="us-east-1", wrap=faults.wrap) as db:
        yield RealWorld(db, table_prefix, faults)


@pytest.fixture
def service(world: RealWorld) -> Service:
    return world.service()


def make_tables(endpoint: str, prefix: str) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1")
    try:
        tables.make(client, prefix, "file_metadata_service")
    finally:
        client.close()
