"""Steps that many tests take: what a well-behaved client does."""

import hashlib

from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import content_hash, expected_object
from file_upload_service.domain.ids import BlobId, NodeId, blob_key
from file_upload_service.domain.layout import MIB, plan_for
from file_upload_service.domain.part import PartReport
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload
from tests.fakes.upload_metadata import Bytes, File
from tests.fakes.upload_world import ADA, Instance, World, claim, new_upload

SMALL = b"hello"
# Two parts: the smallest file that S3 has to put together.
FIRST, SECOND = bytes(8 * MIB), b"tail"
LARGE_BYTES = len(FIRST) + len(SECOND)


async def start_small(instance: Instance, **facts: object) -> Upload:
    return await instance.start(new_upload(len(SMALL), **facts), claim(1, SMALL))


async def start_large(instance: Instance, **facts: object) -> Upload:
    return await instance.start(new_upload(LARGE_BYTES, **facts), claim(1, FIRST), claim(2, SECOND))


def hash_of(*bodies: bytes) -> str:
    return content_hash([hashlib.sha256(body).digest() for body in bodies])


def hold(world: World, *bodies: bytes, caller: Caller = ADA, blob_id: str = "f" * 32) -> BlobId:
    """The caller's drive holds a blob of these parts, as an earlier upload left it."""
    blob, plan = BlobId(blob_id), plan_for(sum(map(len, bodies)))
    hashes = [hashlib.sha256(body).digest() for body in bodies]
    world.metadata.live[blob] = Bytes(caller.account_id, plan, "text/plain", hash_of(*bodies), tuple(hashes))
    world.store.objects[blob_key(blob)] = b"".join(bodies)
    world.store.checksums[blob_key(blob)] = expected_object(plan, hashes).checksum_sha256 or ""
    return blob


def hold_file(world: World, *bodies: bytes, caller: Caller = ADA, name: str = "letter.txt") -> NodeId:
    """The caller has a file of these parts, whose content no longer looks like it."""
    blob = hold(world, *bodies, caller=caller)
    folder, node = NodeId(caller.account_id), NodeId("node of " + name)
    world.metadata.files[folder, name] = File(node, blob, folder, name, 1, world.metadata.live[blob])
    return node


async def send(world: World, instance: Instance, upload: Upload, *bodies: bytes) -> list[PartReport]:
    """Asks for URLs and sends the bodies as parts 1, 2, …"""
    claims = [claim(number, body) for number, body in enumerate(bodies, 1)]
    signed = await instance.sign_parts(ADA, upload.id, claims, Reach.PUBLIC)
    return [
        PartReport(part.number, world.store.send(part, body))
        for part, body in zip(signed.parts, bodies, strict=True)
    ]


async def sent_small(world: World, instance: Instance, **facts: object) -> Upload:
    upload = await start_small(instance, **facts)
    await send(world, instance, upload, SMALL)
    return upload


async def sent_large(world: World, instance: Instance, **facts: object) -> Upload:
    upload = await start_large(instance, **facts)
    reports = await send(world, instance, upload, FIRST, SECOND)
    await instance.report_parts(ADA.account_id, upload.id, reports)
    return upload


async def sent_stream(world: World, instance: Instance, **facts: object) -> Upload:
    """All but its length has been said."""
    upload = await instance.start(new_upload(None, **facts))
    reports = await send(world, instance, upload, FIRST)
    await instance.report_parts(ADA.account_id, upload.id, reports)
    return upload
