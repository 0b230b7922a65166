"""The bucket, and what looks whether it may be used."""

from dataclasses import dataclass, replace

from chassis.service import Service
from file_upload_service.adapters.disk.durability import NoDurability, SyncfsDurability
from file_upload_service.adapters.s3.connection import Bucket, Session, new_session, open_client
from file_upload_service.adapters.s3.inventory import S3Inventory
from file_upload_service.adapters.s3.keeping import Keeping
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.adapters.s3.probe import BucketProbe
from file_upload_service.adapters.s3.trials import S3Trials
from file_upload_service.adapters.s3.url_signer import S3UrlSigner
from file_upload_service.adapters.system.ids import new_id
from file_upload_service.app.prove_store import ProveStore
from file_upload_service.app.store_trial import StoreTrial
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.durability import Durability
from file_upload_service.settings import UploadSettings


@dataclass(frozen=True, slots=True)
class Storage:
    """`trial` runs: it tells whether anything may be put there, or deleted."""

    store: S3ObjectStore
    inventory: S3Inventory
    signer: S3UrlSigner
    durability: Durability
    trial: StoreTrial


async def open_storage(service: Service[UploadSettings], clock: Clock) -> Storage:
    """Waits for nothing remote."""
    settings, stack = service.settings, service.stack
    session = session_of(settings)
    internal = Bucket(settings.s3_bucket, settings.s3_region, settings.s3_endpoint)
    public = replace(internal, endpoint=settings.s3_public_endpoint or settings.s3_endpoint)
    client = await stack.enter_async_context(
        open_client(session, internal, connections=settings.s3_connections)
    )
    service.probe("s3", BucketProbe(client, internal.name, "S3_ENDPOINT"))
    if public != internal and not public.is_out_of_reach_from(internal):
        outside = await stack.enter_async_context(open_client(session, public, connections=1))
        service.probe("s3_public", BucketProbe(outside, public.name, "S3_PUBLIC_ENDPOINT"))
    keeping = Keeping(settings.s3_encryption, settings.s3_kms_key_id, settings.s3_storage_class)
    signer = S3UrlSigner(session, public=public, internal=internal, clock=clock, keeping=keeping)
    store = S3ObjectStore(client, internal.name, keeping=keeping)
    inventory, trials = S3Inventory(client, internal.name), S3Trials(session, internal, keeping)
    prove = ProveStore(store=store, inventory=inventory, trials=trials, clock=clock, new_id=new_id)
    trial = StoreTrial(prove, clock)
    service.start(trial.run(), name="store-trial")
    service.probe("s3_trial", trial.check)
    return Storage(store, inventory, signer, _durability(service), trial)


def session_of(settings: UploadSettings) -> Session:
    """With the keys that are set, else AWS's own."""
    key_id, secret = settings.s3_access_key_id, settings.s3_secret_access_key
    return new_session(
        key_id.get_secret_value() if key_id else None, secret.get_secret_value() if secret else None
    )


def _durability(service: Service[UploadSettings]) -> Durability:
    directory = service.settings.s3_flush_directory
    if directory is None:
        return NoDurability()
    durability = SyncfsDurability(directory)
    service.probe("s3_flush", durability.check)
    return durability
