"""Puts file_upload_service together: settings in, a server out."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass

from chassis.dynamodb import Transport, open_dynamodb
from chassis.service import Server, Service
from chassis.telemetry import bind_request_id, current_request_id
from chassis.tracing import current_traceparent, resume_trace
from file_upload_service.adapters.dynamodb.bundles import SHARD_PREFIX, DynamoBundleRepository
from file_upload_service.adapters.dynamodb.cursor import UploadCursors
from file_upload_service.adapters.dynamodb.due_uploads import DynamoDueUploads
from file_upload_service.adapters.dynamodb.parts import DynamoPartRepository
from file_upload_service.adapters.dynamodb.probe import TableProbe
from file_upload_service.adapters.dynamodb.tails import DynamoTailRepository
from file_upload_service.adapters.dynamodb.uploads import DynamoUploadRepository
from file_upload_service.adapters.rpc.metadata import RpcMetadata
from file_upload_service.adapters.rpc.policy import POLICY
from file_upload_service.adapters.rpc.token_keys import KeysOfUserService
from file_upload_service.adapters.rpc.unreferenced_blobs import RpcUnreferencedBlobs
from file_upload_service.adapters.rpc.upload_service import UploadRpc, UseCases
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.adapters.system.ids import new_id
from file_upload_service.adapters.telemetry.sweeper import (
    MeasuredDueUploads,
    MeasuredLeadership,
    MeasuredUnreferencedBlobs,
)
from file_upload_service.adapters.telemetry.uploads import MeasuredUploads
from file_upload_service.app.abort_upload import AbortUpload
from file_upload_service.app.assembly import Assembly
from file_upload_service.app.background import Background
from file_upload_service.app.clear_trials import ClearTrials
from file_upload_service.app.collect_blobs import CollectBlobs
from file_upload_service.app.complete_bundle import CompleteBundle
from file_upload_service.app.complete_upload import CompleteUpload
from file_upload_service.app.copy_known import CopyKnown
from file_upload_service.app.end_bundle import AbortBundle, EndBundle, SweepBundles
from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.finish_upload import FinishUpload
from file_upload_service.app.get_upload import GetUpload, ListUploads
from file_upload_service.app.multipart import EnsureMultipart
from file_upload_service.app.report_parts import ReportParts
from file_upload_service.app.sign_download import SignDownload
from file_upload_service.app.sign_parts import SignParts
from file_upload_service.app.start_bundle import StartBundle
from file_upload_service.app.start_upload import StartUpload
from file_upload_service.app.store_trial import ProvenLeadership
from file_upload_service.app.stream_length import CheckRoom
from file_upload_service.app.sweep import Sweep
from file_upload_service.app.sweeper import Sweeper
from file_upload_service.app.tails import AppendTail, FollowStream, GetTail, SignSegment
from file_upload_service.app.take_known import TakeKnown
from file_upload_service.app.use_known import UseKnown
from file_upload_service.bootstrap.storage import Storage, open_storage
from file_upload_service.domain.policy import Policy
from file_upload_service.ports.bundles import BundleRepository
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.durability import Durability
from file_upload_service.ports.ids import NewId
from file_upload_service.ports.metadata import Metadata
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.tails import TailRepository
from file_upload_service.ports.unreferenced_blobs import UnreferencedBlobs
from file_upload_service.ports.uploads import UploadRepository
from file_upload_service.ports.url_signer import UrlSigner
from file_upload_service.settings import UploadSettings

NAME = "file-upload-service"
SWEEPER_LOCK = "stowage/file-upload-service/sweeper"
COLLECTOR_PAUSE_SECONDS = 60.0
Wrap = Callable[[Transport], Transport]


@dataclass(frozen=True, slots=True)
class Ports:
    """What the use cases need from the world."""

    uploads: UploadRepository
    parts: PartRepository
    tails: TailRepository
    due_uploads: DueUploads
    bundles: BundleRepository
    due_bundles: DueUploads
    store: ObjectStore
    signer: UrlSigner
    metadata: Metadata
    unreferenced: UnreferencedBlobs
    durability: Durability
    clock: Clock
    new_id: NewId


@dataclass(frozen=True, slots=True)
class Parts:
    """The use cases, and what runs beside them."""

    use_cases: UseCases
    sweep: Sweep
    sweep_bundles: SweepBundles
    collect_blobs: CollectBlobs
    background: Background


def wire(ports: Ports, policy: Policy, id_secret: bytes) -> Parts:
    uploads, store, clock, new_id = ports.uploads, ports.store, ports.clock, ports.new_id
    bundles, metadata = ports.bundles, ports.metadata
    background = Background(_surroundings)
    assembly = Assembly(store)
    ensure = EnsureMultipart(uploads, store)
    follow, room = FollowStream(uploads, ports.tails), CheckRoom(metadata)
    sign = SignParts(uploads, ports.parts, ports.signer, ensure, room, follow, clock, policy)
    end = EndUpload(uploads, store, metadata, clock, policy)
    finish = FinishUpload(uploads, assembly, ports.durability, metadata, end, clock, policy, new_id)
    take_known = TakeKnown(uploads, metadata, store, finish, background, clock, policy, new_id)
    copy_known = CopyKnown(uploads, ports.parts, metadata, store, sign, clock, policy)
    end_bundle = EndBundle(bundles, store, metadata, clock, policy)
    use_cases = UseCases(
        start_upload=StartUpload(uploads, metadata, ensure, sign, take_known, clock, policy, id_secret),
        use_known=UseKnown(uploads, take_known, copy_known),
        sign_parts=sign,
        report_parts=ReportParts(uploads, ports.parts, ports.durability, follow),
        follow_stream=follow,
        get_tail=GetTail(follow, ports.signer, policy),
        sign_segment=SignSegment(uploads, ports.signer, room, clock, policy),
        append_tail=AppendTail(follow, ports.tails, store, ports.durability),
        complete_upload=CompleteUpload(uploads, assembly, finish, end, background, clock, policy, new_id),
        abort_upload=AbortUpload(uploads, end, clock, policy, new_id),
        get_upload=GetUpload(uploads),
        list_uploads=ListUploads(uploads),
        start_bundle=StartBundle(bundles, metadata, ports.signer, clock, policy, id_secret),
        complete_bundle=CompleteBundle(bundles, store, ports.durability, metadata, end_bundle, clock, policy),
        abort_bundle=AbortBundle(bundles, end_bundle, clock, policy),
        sign_download=SignDownload(metadata, ports.signer, clock, policy),
    )
    sweep = Sweep(uploads, ports.due_uploads, store, finish, end, clock, policy, new_id)
    sweep_bundles = SweepBundles(bundles, ports.due_bundles, end_bundle, clock, policy)
    return Parts(use_cases, sweep, sweep_bundles, CollectBlobs(ports.unreferenced, store), background)


def _surroundings() -> Context:
    """For work that outlives its call: its id and trace for the logs, but neither its deadline nor its token."""
    context = Context()
    context.run(bind_request_id, current_request_id() or None)
    context.run(resume_trace, current_traceparent())
    return context


async def build(service: Service[UploadSettings], *, wrap: Wrap = lambda transport: transport) -> Server:
    """Opens the clients and wires the rest. Waits for nothing remote. `wrap` lets tests stand before DynamoDB."""
    settings = service.settings
    clock = SystemClock()
    db = await service.stack.enter_async_context(
        open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region, wrap=wrap)
    )
    id_secret = settings.id_secret.get_secret_value().encode()
    uploads = DynamoUploadRepository(db, settings.table_prefix, UploadCursors(id_secret))
    service.probe("dynamodb", TableProbe(uploads))
    storage = await open_storage(service, clock)
    metadata = service.channel("file-metadata-service")
    ports = Ports(
        uploads=MeasuredUploads(uploads),
        parts=DynamoPartRepository(db, settings.table_prefix),
        tails=DynamoTailRepository(db, settings.table_prefix),
        due_uploads=MeasuredDueUploads(DynamoDueUploads(db, settings.table_prefix)),
        bundles=DynamoBundleRepository(db, settings.table_prefix),
        due_bundles=DynamoDueUploads(db, settings.table_prefix, shard_prefix=SHARD_PREFIX),
        store=storage.store,
        signer=storage.signer,
        metadata=RpcMetadata(metadata),
        unreferenced=MeasuredUnreferencedBlobs(RpcUnreferencedBlobs(metadata), clock),
        durability=storage.durability,
        clock=clock,
        new_id=new_id,
    )
    parts = wire(ports, settings.policy, id_secret)
    service.stack.push_async_callback(parts.background.close)
    _start_sweeper(service, parts, storage, settings.policy, clock)
    verifier = service.verifier(KeysOfUserService(service.channel("user-service")).fetch)
    register = UploadRpc(parts.use_cases).register
    return service.rpc_server(policy=POLICY, register=register, verifier=verifier)


def _start_sweeper(
    service: Service[UploadSettings], parts: Parts, storage: Storage, policy: Policy, clock: Clock
) -> None:
    leadership = service.leadership(f"{SWEEPER_LOCK}/{service.settings.table_prefix}")
    measured = MeasuredLeadership(ProvenLeadership(leadership, storage.trial))
    service.start(Sweeper(parts.sweep.one_pass, measured, clock).run(), name="sweeper")
    service.start(Sweeper(parts.sweep_bundles, measured, clock).run(), name="bundle-sweeper")
    # Apart, so that who waits for an upload to be finished does not wait for what nobody waits for.
    collector = Sweeper(parts.collect_blobs, measured, clock, pause_seconds=COLLECTOR_PAUSE_SECONDS)
    service.start(collector.run(), name="collector")
    clear_trials = ClearTrials(storage.store, storage.inventory, clock, policy)
    trials = Sweeper(clear_trials, measured, clock, pause_seconds=policy.trial_life.total_seconds() / 6)
    service.start(trials.run(), name="trial-sweeper")
