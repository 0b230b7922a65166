"""The metadata service's use cases in this process, on the stack's DynamoDB: for filling drives, and for what lies
below rpcs."""

import gc
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chassis.dynamodb import Transport, open_dynamodb
from chassis.dynamodb.values import Wire
from chassis.redis_line import open_redis
from file_metadata_service.adapters.dynamodb.ledger import DynamoLedger
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.adapters.redis.caching import redis_caching
from file_metadata_service.adapters.redis.wake_ups import RedisWakeUps
from file_metadata_service.adapters.telemetry.read_watch import read_watch
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.use_case_ports import Policy, Ports
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.bootstrap import dynamo_ports
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from local_stack.stack import Stack
from tests.fakes.metadata_watch import RecordingWatch

PREFIX = "stowage_"
CONNECTIONS = 64


@dataclass(slots=True)
class Tape:
    """Stands before DynamoDB; while it `records`, transactions are kept instead of sent."""

    transport: Transport
    records: bool = False
    kept: list[Wire] = field(default_factory=list)

    async def call(self, operation: str, request: Wire) -> Wire:
        if self.records and operation == "TransactWriteItems":
            self.kept.append(request)
            return {}
        return await self.transport.call(operation, request)


@dataclass(frozen=True, slots=True)
class Engine:
    ports: Ports
    watch: RecordingWatch
    ledger: DynamoLedger
    tape: Tape

    def use_cases(self, *, group_commands: int = 32) -> UseCases:
        policy = Policy(id_secret=secrets.token_bytes(32), limits=GroupLimits(commands=group_commands))
        return UseCases(self.ports, policy)

    async def drive(self, drive_id: DriveId) -> Drive:
        """As it stands; made if it is new."""
        standing = await self.ports.drives.get(drive_id)
        if standing is not None:
            return standing
        fresh = Drive(id=drive_id, journal_id=secrets.token_hex(16), created_at_ms=self.ports.clock.now_ms())
        return await self.ports.drives.create(fresh)


@asynccontextmanager
async def engine(stack: Stack) -> AsyncIterator[Engine]:
    environment = stack.env("file_metadata_service")
    os.environ.update({name: value for name, value in environment.items() if name.startswith("AWS_")})
    prefix = environment.get("STOWAGE_TABLE_PREFIX", PREFIX)
    tapes: list[Tape] = []

    def tape(transport: Transport) -> Transport:
        tapes.append(Tape(transport))
        return tapes[0]

    database = open_dynamodb(
        endpoint=environment["DYNAMODB_ENDPOINT"],
        region=environment["AWS_REGION"],
        max_connections=CONNECTIONS,
        deadline_seconds=30,
        wrap=tape,
    )
    redis_url = environment["REDIS_URL"]
    cached = redis_caching(redis_url, read_watch())
    async with database as db, open_redis(redis_url) as redis, cached as caching:
        watch, wake_ups = RecordingWatch(), RedisWakeUps(redis)
        ports = dynamo_ports(db, prefix, watch, wake_ups, caching)
        # As a service does once it is built: what stands is not walked again and again.
        gc.collect()
        gc.freeze()
        yield Engine(ports, watch, DynamoLedger(db, tables_of(db, prefix)), tapes[0])
        await wake_ups.finish()
