"""The service, put together. Waits for nothing remote."""

from dataclasses import replace
from pathlib import Path

from chassis.dynamodb import DynamoDB, open_dynamodb
from chassis.redis_line import open_redis
from chassis.service import Server, Service
from file_metadata_service.adapters.dynamodb.node_walk import DynamoNodeWalk
from file_metadata_service.adapters.dynamodb.tables import tables_of
from file_metadata_service.adapters.redis.caching import redis_caching
from file_metadata_service.adapters.redis.wake_ups import RedisWakeUps
from file_metadata_service.adapters.rpc.policy import POLICY
from file_metadata_service.adapters.rpc.registration import registering
from file_metadata_service.adapters.rpc.token_keys import KeysOfUserService
from file_metadata_service.adapters.sqlite.index_folder import index_folder
from file_metadata_service.adapters.sqlite.search_index import SqliteSearchIndex
from file_metadata_service.adapters.telemetry.committer_watch import committer_watch
from file_metadata_service.adapters.telemetry.leadership import MeasuredLeadership
from file_metadata_service.adapters.telemetry.read_watch import read_watch
from file_metadata_service.adapters.telemetry.search_watch import search_watch
from file_metadata_service.app.compact_journal import DAY_MS, JournalLimits
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.index_keeper import IndexKeeper
from file_metadata_service.app.search_names import SearchNames
from file_metadata_service.app.sweeper import Sweeper
from file_metadata_service.app.use_case_ports import Policy, Ports
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.app.waking import AllWakeUps
from file_metadata_service.bootstrap.ports import dynamo_ports
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.retention import Retention
from file_metadata_service.settings import MetadataSettings

PROBE = DriveId("probe")
SWEEPER_LOCK = "stowage/file-metadata-service/sweeper"


def policy_of(settings: MetadataSettings) -> Policy:
    return Policy(
        id_secret=settings.id_secret.get_secret_value().encode(),
        default_quota_bytes=settings.default_quota_bytes or None,
        limits=GroupLimits(commands=settings.group_commands),
        journal=JournalLimits(age_ms=settings.journal_days * DAY_MS, entries=settings.journal_entries),
        trash_retention_ms=settings.trash_days * DAY_MS,
        retention=Retention(max_versions=settings.versions_max, days=settings.versions_days),
    )


async def build(service: Service[MetadataSettings]) -> Server:
    """The whole service, as `chassis.service` runs it."""
    settings = service.settings
    db = await service.stack.enter_async_context(
        open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region)
    )
    watch = committer_watch()
    redis = await service.stack.enter_async_context(open_redis(settings.redis_url))
    wake_ups = RedisWakeUps(redis)
    service.stack.push_async_callback(wake_ups.finish)
    caching = await service.stack.enter_async_context(redis_caching(settings.redis_url, read_watch()))
    ports = dynamo_ports(db, settings.table_prefix, watch, wake_ups, caching)
    keeper = await _keep_indexes(service, db, ports)
    ports = replace(ports, wake_ups=AllWakeUps((wake_ups, keeper)))
    use_cases = UseCases(ports, policy_of(settings))
    watch.count_waiting(lambda: use_cases.committers.waiting)
    service.stack.push_async_callback(use_cases.compactions.finish)
    service.stack.push_async_callback(use_cases.committers.finish)
    _start_background(service, ports, use_cases)
    service.probe("dynamodb", lambda: ports.drives.get(PROBE))
    keys = KeysOfUserService(service.channel("user-service"))
    verifier = service.verifier(keys.fetch)
    search = SearchNames(reader=use_cases.reader, keeper=keeper, cursors=use_cases.cursors)
    return service.rpc_server(policy=POLICY, register=registering(use_cases, search), verifier=verifier)


async def _keep_indexes(service: Service[MetadataSettings], db: DynamoDB, ports: Ports) -> IndexKeeper:
    """In this instance's own folder, which may be lost at any time."""
    settings, stack = service.settings, service.stack
    wished = Path(settings.search_dir) if settings.search_dir else None
    folder = stack.enter_context(index_folder(wished))
    index = SqliteSearchIndex(folder, most_bytes=settings.search_cache_bytes)
    stack.push_async_callback(index.close)
    watch = search_watch()
    watch.measure_size(index.size_bytes)
    keeper = IndexKeeper(
        drives=ports.drives,
        journal=ports.journal,
        ledger=ports.ledger,
        nodes=DynamoNodeWalk(tables_of(db, settings.table_prefix)),
        index=index,
        clock=ports.clock,
        watch=watch,
    )
    stack.push_async_callback(keeper.finish)
    return keeper


def _start_background(service: Service[MetadataSettings], ports: Ports, use_cases: UseCases) -> None:
    """Jobs in every instance; what one is enough for, by a lock."""
    leadership = service.leadership(f"{SWEEPER_LOCK}/{service.settings.table_prefix}")
    sweeper = Sweeper(
        duties=use_cases.duties,
        leadership=MeasuredLeadership(leadership),
        clock=ports.clock,
        sleep=ports.sleep,
    )
    service.start(use_cases.jobs.runner.run(), name="jobs")
    service.start(sweeper.run(), name="sweeper")
