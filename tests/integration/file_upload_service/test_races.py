"""Who comes at the same time, or too late, on the real engines: of an upload there is a file, or nothing."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from chassis.errors import DomainError, RemoteError
from file_upload_service.adapters.rpc.metadata import RpcMetadata
from file_upload_service.domain.errors import UploadNotOpen
from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.domain.transfer import Reach, SignedPart
from file_upload_service.domain.upload import Upload, UploadState
from stowage.metadata.v1 import metadata_pb2 as meta
from stowage.upload.v1 import upload_pb2 as pb
from tests.contracts.file_upload_service.engines import open_tables
from tests.fakes.upload_faults import Faults
from tests.fakes.upload_world import ADA, claim, new_upload
from tests.integration.file_upload_service.real_world import RealWorld
from tests.integration.file_upload_service.rig import METADATA, Client, Rig
from tests.integration.file_upload_service.steps import sent, start_request, uploaded
from tests.unit.file_upload_service.uploads import FIRST, SECOND

pytestmark = pytest.mark.judged_once

SMALL = b"hello"


async def started(world: RealWorld, *bodies: bytes) -> tuple[Upload, tuple[SignedPart, ...]]:
    claims = [claim(number, body) for number, body in enumerate(bodies, 1)]
    new = new_upload(sum(map(len, bodies)), command_id=secrets.token_hex(8), name=secrets.token_hex(8))
    upload, signed = await world.instance().start_upload(ADA, new, claims, Reach.PUBLIC)
    assert signed is not None
    return upload, signed.parts


async def put(part: SignedPart, body: bytes) -> int:
    """The status, or 0 if S3 refused without reading all of it."""
    async with httpx.AsyncClient() as client:
        with suppress(httpx.TransportError):
            return (await client.put(part.url, content=body, headers=part.headers)).status_code
    return 0


class InFlight:
    """A PUT of which half has been sent."""

    def __init__(self, part: SignedPart, body: bytes) -> None:
        self._part, self._body, self._half = part, body, len(body) // 2

    async def begin(self) -> None:
        place = urlsplit(self._part.url)
        self._reader, self._writer = await asyncio.open_connection(place.hostname, place.port)
        lines = [f"PUT {place.path}?{place.query} HTTP/1.1", f"Host: {place.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self._part.headers.items()]
        if "Content-Length" not in self._part.headers:
            lines.append(f"Content-Length: {len(self._body)}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + self._body[: self._half])
        await self._writer.drain()

    async def end(self) -> None:
        with suppress(OSError):
            self._writer.write(self._body[self._half :])
            await self._writer.drain()
            await self._reader.read()
        self._writer.close()


async def nothing_stays(world: RealWorld, how_long: timedelta = timedelta(hours=3)) -> None:
    """Until no URL can bring anything any more."""
    end = world.clock.now() + how_long
    while world.clock.now() < end:
        await world.clock.advance(timedelta(minutes=20))
        await world.instance().sweep()
    assert await world.what_s3_holds() == (set(), [])


@pytest.mark.parametrize("bodies", [(SMALL,), (FIRST, SECOND)], ids=["one part", "two parts"])
async def test_a_part_in_flight_while_its_upload_is_aborted_leaves_nothing(
    world: RealWorld, bodies: tuple[bytes, ...]
) -> None:
    upload, parts = await started(world, *bodies)
    flying = InFlight(parts[0], bodies[0])
    await flying.begin()

    ended = await world.instance().abort(upload.id)
    await flying.end()

    assert ended.state is UploadState.ABORTED
    await nothing_stays(world)
    assert upload.blob_id in world.metadata.abandoned


@pytest.mark.parametrize("bodies", [(SMALL,), (FIRST, SECOND)], ids=["one part", "two parts"])
async def test_a_url_that_is_used_after_its_upload_was_aborted_brings_nothing_that_stays(
    world: RealWorld, bodies: tuple[bytes, ...]
) -> None:
    upload, parts = await started(world, *bodies)
    await world.instance().abort(upload.id)

    statuses = [await put(part, body) for part, body in zip(parts, bodies, strict=True)]

    # To one object S3 says yes, for nobody has told it otherwise; of a multipart upload it knows nothing any more.
    assert set(statuses) <= ({200} if len(bodies) == 1 else {404, 0})
    await nothing_stays(world)


async def test_a_url_that_is_used_again_after_the_commit_changes_no_byte(world: RealWorld) -> None:
    upload, (part,) = await started(world, SMALL)
    assert await put(part, SMALL) == 200
    await world.instance().complete(upload.id)

    assert await put(part, SMALL) == 412
    assert await put(part, b"HELLO") in {400, 403, 412}
    assert await world.body_of(upload) == SMALL


@pytest.mark.parametrize("pause_seconds", [-0.02, -0.005, 0, 0.005, 0.02, 0.05])
async def test_an_upload_that_is_resumed_as_it_is_swept_is_a_file_or_nothing(
    world: RealWorld, pause_seconds: float
) -> None:
    """`pause_seconds`: by how much the sweeper comes later."""
    upload, parts = await started(world, FIRST, SECOND)
    assert await put(parts[0], FIRST) == 200
    await world.clock.advance(world.policy.open_life)

    async def resume() -> None:
        await asyncio.sleep(max(0.0, -pause_seconds))
        with suppress(DomainError):  # it may be over
            signed = await world.instance().sign_parts(ADA, upload.id, [claim(2, SECOND)], Reach.PUBLIC)
            await put(signed.parts[0], SECOND)
            await world.instance().complete(upload.id)

    async def sweep() -> None:
        await asyncio.sleep(max(0.0, pause_seconds))
        await world.instance().sweep()

    await asyncio.gather(resume(), sweep())
    for _ in range(12):
        await world.clock.advance(timedelta(minutes=20))
        await world.instance().sweep()

    row = await world.uploads.get(ADA.account_id, upload.id)
    assert row.state in {UploadState.COMMITTED, UploadState.ABORTED}
    objects, multiparts = await world.what_s3_holds()
    assert multiparts == []
    if row.state is UploadState.COMMITTED:
        assert await world.body_of(upload) == FIRST + SECOND
        assert upload.blob_id in world.metadata.committed
    else:
        assert objects == set()
        with pytest.raises(UploadNotOpen):
            await world.instance().sign_parts(ADA, upload.id, [claim(2, SECOND)], Reach.PUBLIC)


async def test_a_sweeper_that_read_the_row_before_it_was_resumed_ends_nothing(world: RealWorld) -> None:
    """What it decides by is asked again of the row as it writes."""
    upload, parts = await started(world, FIRST, SECOND)
    stale = await world.uploads.load(ADA.account_id, upload.id)
    assert [await put(part, body) for part, body in zip(parts, (FIRST, SECOND), strict=True)] == [200, 200]
    await world.clock.advance(world.policy.open_life)
    done = await world.instance().complete(upload.id)

    class Remembering:
        """The repository, as one saw it that waited long."""

        async def load(self, account_id: AccountId, upload_id: UploadId) -> object:
            return stale

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    real, world.uploads = world.uploads, Remembering()  # type: ignore[assignment]
    await world.instance(Faults()).sweep()
    world.uploads = real

    assert (await real.get(ADA.account_id, upload.id)).state is UploadState.COMMITTED
    assert done.state is UploadState.COMMITTED
    assert await world.body_of(upload) == FIRST + SECOND


async def test_of_two_uploads_that_replace_one_file_both_are_versions_and_the_later_one_shows(
    rig: Rig,
) -> None:
    one = rig.person(await rig.upload(), account := secrets.token_hex(16))
    other = rig.person(await rig.upload(), account)
    first = await uploaded(one, b"first")
    replacing = {"conflict": pb.CONFLICT_RULE_REPLACE}
    bodies = [secrets.token_bytes(99) for _ in range(2)]
    ids = [await sent(one, body, **replacing) for body in bodies]

    answers = await asyncio.gather(
        *(
            person.complete(pb.CompleteUploadRequest(upload_id=it))
            for person, it in zip((one, other), ids, strict=True)
        )
    )

    assert {answer.upload.node_id for answer in answers} == {first.upload.node_id}
    revisions = [answer.upload.committed_revision for answer in answers]
    assert len({*revisions, first.upload.committed_revision}) == 3
    latest = bodies[revisions.index(max(revisions))]
    assert (await one.download(first.upload.node_id)).content == latest


async def test_of_two_that_replace_the_same_revision_one_is_told_that_it_came_too_late(rig: Rig) -> None:
    one = rig.person(await rig.upload(), account := secrets.token_hex(16))
    other = rig.person(await rig.upload(), account)
    first = await uploaded(one, b"first")
    facts = {"conflict": pb.CONFLICT_RULE_REPLACE, "if_revision": first.upload.committed_revision}
    bodies = [b"one", b"other"]
    ids = [await sent(one, body, **facts) for body in bodies]

    answers = await asyncio.gather(
        *(
            person.complete(pb.CompleteUploadRequest(upload_id=it))
            for person, it in zip((one, other), ids, strict=True)
        ),
        return_exceptions=True,
    )

    [late] = [number for number, answer in enumerate(answers) if isinstance(answer, RemoteError)]
    assert answers[late].code == "revision_stale"
    assert (await one.download(first.upload.node_id)).content == bodies[1 - late]
    # Its bytes wait for another place.
    done = await one.complete(
        pb.CompleteUploadRequest(upload_id=ids[late], name="mine.txt", conflict=pb.CONFLICT_RULE_FAIL)
    )
    assert (await one.download(done.upload.node_id)).content == bodies[late]


async def test_a_commit_that_arrives_after_the_abandon_is_refused_for_ever(
    rig: Rig, dynamodb_endpoint: str, table_prefix: str
) -> None:
    """The request was on its way when its sender died; the abort was faster."""
    ada = rig.person(await rig.upload(), account := secrets.token_hex(16))
    upload_id = await sent(ada, SMALL)
    async with open_tables(dynamodb_endpoint, table_prefix) as tables:
        upload, parts = await tables.uploads.load(AccountId(account), UploadId(upload_id))
    assert rig.metadata_instance is not None
    commits = RpcMetadata(rig.channel(METADATA, rig.metadata_instance, caller="file-upload-service"))
    await ada.abort(pb.AbortUploadRequest(upload_id=upload_id))

    for _ in range(2):
        with pytest.raises(RemoteError) as refusal:
            await commits.commit(upload, [part.sha256 for part in parts])
        assert refusal.value.code == "blob_abandoned"

    assert (await ada.get_drive(meta.GetDriveRequest())).drive.bytes_used == 0
    again = await uploaded(ada, SMALL)
    assert (await ada.download(again.upload.node_id)).content == SMALL


async def test_another_account_s_blob_is_not_committed_by_its_id(
    rig: Rig, dynamodb_endpoint: str, table_prefix: str
) -> None:
    """Were an upload service made to say so: the blob's row belongs to whom it was put for."""
    uploads = await rig.upload()
    ada, bob = rig.person(uploads, owner := secrets.token_hex(16)), rig.person(uploads)
    done = await uploaded(ada, SMALL)
    async with open_tables(dynamodb_endpoint, table_prefix) as tables:
        upload, parts = await tables.uploads.load(AccountId(owner), UploadId(done.upload.id))
    stolen = await _of_bob(bob, upload)
    assert rig.metadata_instance is not None
    commits = RpcMetadata(rig.channel(METADATA, rig.metadata_instance, caller="file-upload-service"))

    with suppress(DomainError):
        await commits.commit(stolen, [part.sha256 for part in parts])

    assert (await bob.get_drive(meta.GetDriveRequest())).drive.bytes_used == 0
    assert (await ada.download(done.upload.node_id)).content == SMALL


async def _of_bob(bob: Client, upload: Upload) -> Upload:
    mine = (await bob.start(start_request(SMALL))).upload
    return replace(
        upload,
        account_id=AccountId(mine.folder_id),
        drive_id=mine.folder_id,
        target=replace(upload.target, folder_id=mine.folder_id),
    )
