"""The trial of a start, on the real storage: it passes, in little time, and leaves nothing."""

from file_upload_service.adapters.s3.connection import Bucket, new_session, open_client
from file_upload_service.adapters.s3.inventory import S3Inventory
from file_upload_service.adapters.s3.keeping import AS_THE_BUCKET_DOES
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.adapters.s3.trials import S3Trials
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.adapters.system.ids import new_id
from file_upload_service.app.prove_store import ProveStore
from file_upload_service.domain.ids import TRIALS_PREFIX
from tests.engines import S3Server


async def test_the_local_stack_s_storage_passes_and_is_left_empty(
    s3_server: S3Server, s3_bucket: str
) -> None:
    session = new_session(s3_server.app.access_key_id, s3_server.app.secret_access_key)
    bucket = Bucket(s3_bucket, s3_server.region, s3_server.endpoint)
    async with open_client(session, bucket, connections=4) as client:
        inventory = S3Inventory(client, bucket.name)
        prove = ProveStore(
            store=S3ObjectStore(client, bucket.name),
            inventory=inventory,
            trials=S3Trials(session, bucket, AS_THE_BUCKET_DOES),
            clock=SystemClock(),
            new_id=new_id,
        )
        await prove()

        assert not (await inventory.objects(prefix=TRIALS_PREFIX, after=None)).items
        assert not (await inventory.multiparts(prefix=TRIALS_PREFIX, after=None)).items
