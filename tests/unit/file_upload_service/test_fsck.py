"""Storage held against the tables: what is wrong is found, what only seems so is not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from file_upload_service.app.integrity.fsck import Place, Stage
from file_upload_service.domain.defects import DefectKind, Outcome
from file_upload_service.domain.ids import BlobId, blob_key
from file_upload_service.domain.upload import Upload, UploadState
from tests.fakes.upload_integrity import Integrity, steps_of
from tests.fakes.upload_world import World, new_upload
from tests.unit.file_upload_service.uploads import sent_large, sent_small, start_large

STRAY = BlobId("f" * 32)
Damage = Callable[[World, Integrity, Upload], Awaitable[str]]


@pytest.fixture
def integrity(world: World) -> Integrity:
    return Integrity(world)


async def committed(world: World, name: str = "letter.txt", *, large: bool = False) -> Upload:
    instance = world.instance()
    sending = sent_large if large else sent_small
    upload = await sending(world, instance, name=name, command_id=name)
    done = await instance.complete(upload.id)
    assert done.state is UploadState.COMMITTED
    return done


def put_stray(world: World, key: str = blob_key(STRAY)) -> str:
    world.store.objects[key], world.store.checksums[key] = b"bytes", "checksum"
    return key


async def unknown_object(world: World, _: Integrity, __: Upload) -> str:
    return put_stray(world)


async def ended_object(world: World, integrity: Integrity, _: Upload) -> str:
    integrity.census.ended.add(STRAY)
    return put_stray(world)


async def strange_key(world: World, _: Integrity, __: Upload) -> str:
    return put_stray(world, "blobs/ff/ff/.name.sgwtmp.1")


async def unknown_multipart(world: World, _: Integrity, __: Upload) -> str:
    await world.store.create_multipart(blob_key(STRAY))
    return blob_key(STRAY)


async def strange_multipart(world: World, _: Integrity, __: Upload) -> str:
    await world.store.create_multipart("blobs/ab")
    return "blobs/ab"


async def missing_object(world: World, _: Integrity, upload: Upload) -> str:
    await world.store.delete(upload.key)
    return upload.key


async def cut_object(world: World, _: Integrity, upload: Upload) -> str:
    world.store.objects[upload.key] = b"hel"
    return upload.key


async def other_object(world: World, _: Integrity, upload: Upload) -> str:
    world.store.checksums[upload.key] = "c29tZXRoaW5nIGVsc2Ugb2YgMzIgYnl0ZXMgbG9uZyE="
    return upload.key


async def unproven_object(world: World, _: Integrity, upload: Upload) -> str:
    world.store.checksums[upload.key] = "no base64"
    return upload.key


DAMAGES: list[tuple[Damage, DefectKind, Outcome]] = [
    (unknown_object, DefectKind.OBJECT_UNKNOWN, Outcome.FOR_A_HUMAN),
    (ended_object, DefectKind.OBJECT_ENDED, Outcome.REPAIRED),
    (strange_key, DefectKind.KEY_STRANGE, Outcome.FOR_A_HUMAN),
    (unknown_multipart, DefectKind.MULTIPART_UNKNOWN, Outcome.REPAIRED),
    (strange_multipart, DefectKind.KEY_STRANGE, Outcome.FOR_A_HUMAN),
    (missing_object, DefectKind.OBJECT_MISSING, Outcome.FOR_A_HUMAN),
    (cut_object, DefectKind.OBJECT_WRONG, Outcome.FOR_A_HUMAN),
    (other_object, DefectKind.OBJECT_WRONG, Outcome.FOR_A_HUMAN),
    (unproven_object, DefectKind.OBJECT_WRONG, Outcome.FOR_A_HUMAN),
]


async def test_nothing_is_found_where_people_work(world: World, integrity: Integrity) -> None:
    for number in range(3):
        await committed(world, f"small {number}")
    await committed(world, "large", large=True)
    instance = world.instance()
    await start_large(instance, name="begun", command_id="begun")
    await sent_large(world, instance, name="sent", command_id="sent")
    aborted = await sent_small(world, instance, name="aborted", command_id="aborted")
    await instance.abort(aborted.id)

    assert await integrity.run(repairs=True, deletes_unknown=True, grace=timedelta()) == []
    assert integrity.second_looks == 0


@pytest.mark.parametrize(("damage", "kind", "mended"), DAMAGES)
async def test_each_damage_is_found_and_only_what_is_certain_is_mended(
    world: World, integrity: Integrity, damage: Damage, kind: DefectKind, mended: Outcome
) -> None:
    for number in range(3):
        await committed(world, f"other {number}")
    upload = await committed(world, "victim", large=True)
    subject = await damage(world, integrity, upload)

    left = Outcome.FOUND if mended is Outcome.REPAIRED or kind is DefectKind.OBJECT_UNKNOWN else mended
    assert await integrity.run() == [(kind, subject, left)]
    assert await integrity.run(repairs=True) == [(kind, subject, mended)]

    assert bool(await integrity.run()) is (mended is Outcome.FOR_A_HUMAN)
    assert len(world.metadata.files) == 4


async def test_what_no_row_tells_of_goes_when_asked_for_and_never_becomes_a_file(
    world: World, integrity: Integrity
) -> None:
    key = put_stray(world)

    found = await integrity.run(repairs=True, deletes_unknown=True)

    assert found == [(DefectKind.OBJECT_UNKNOWN, key, Outcome.REPAIRED)]
    assert key not in world.store.objects
    assert STRAY in world.metadata.abandoned


async def test_what_was_committed_between_the_looks_and_the_deletion_keeps_its_bytes(
    world: World, integrity: Integrity
) -> None:
    upload = await committed(world)
    file = world.metadata.files.popitem()[1]
    world.uploads.uploads.clear()
    assert (await integrity.census.look_up([file.blob_id]))[0].state == "unknown"

    found = await integrity.run(repairs=True, deletes_unknown=True)

    assert found == [(DefectKind.OBJECT_UNKNOWN, upload.key, Outcome.FOR_A_HUMAN)]
    assert upload.key in world.store.objects


async def test_what_came_lately_is_not_judged_but_counted(world: World, integrity: Integrity) -> None:
    key = put_stray(world)
    await world.store.create_multipart(key)
    integrity.inventory.since[key] = world.clock.now() - timedelta(days=36)

    steps = await steps_of(integrity.fsck(repairs=True, deletes_unknown=True))

    assert [(step.findings, step.young) for step in steps] == [((), 1), ((), 1), ((), 0), ((), 0)]
    assert key in world.store.objects
    assert world.store.multiparts


@pytest.mark.parametrize("repairs", [False, True])
async def test_a_tail_without_an_upload_is_found_and_goes_if_asked(
    world: World, integrity: Integrity, *, repairs: bool
) -> None:
    mine = await world.instance().start(new_upload(None))
    kept, stray, strange = f"tails/{mine.id}/0-0", f"tails/{'e' * 32}/0-0", "tails/what"
    for key in (kept, stray, strange):
        world.store.objects[key], world.store.checksums[key] = b"x", ""

    steps = await steps_of(integrity.fsck(repairs=repairs))

    found = {(it.kind, it.subject, it.outcome) for step in steps for it in step.findings}
    assert found == {
        (DefectKind.TAIL_UNKNOWN, stray, Outcome.REPAIRED if repairs else Outcome.FOUND),
        (DefectKind.KEY_STRANGE, strange, Outcome.FOR_A_HUMAN),
    }
    assert (stray in world.store.objects) is not repairs
    assert {kept, strange} <= set(world.store.objects)


async def test_what_goes_with_its_row_while_it_is_looked_at_is_no_finding(
    world: World, integrity: Integrity
) -> None:
    """The sweeper drops the row after the page was read."""
    key = put_stray(world)
    await world.store.create_multipart(key)

    async def swept() -> None:
        await world.store.delete(key)
        await world.store.abort_multiparts(key)

    integrity.between_looks = swept

    assert await integrity.run() == []
    assert integrity.second_looks == 1


async def test_a_multipart_upload_that_is_ended_meanwhile_is_no_finding(
    world: World, integrity: Integrity
) -> None:
    key = await unknown_multipart(world, integrity, await committed(world))

    async def swept() -> None:
        await world.store.abort_multiparts(key)

    integrity.between_looks = swept

    assert await integrity.run() == []
    assert integrity.second_looks == 1


async def test_a_blob_that_is_condemned_and_deleted_meanwhile_is_no_finding(
    world: World, integrity: Integrity
) -> None:
    upload = await committed(world)
    await world.store.delete(upload.key)

    async def collected() -> None:
        integrity.census.condemned.add(upload.blob_id)

    integrity.between_looks = collected

    assert await integrity.run() == []
    assert integrity.second_looks == 1


async def test_an_object_that_shows_late_is_no_finding(world: World, integrity: Integrity) -> None:
    await committed(world)
    world.store.hides_next_objects = 1

    assert await integrity.run() == []
    assert integrity.second_looks == 1


async def test_a_condemned_blob_may_still_have_its_bytes(world: World, integrity: Integrity) -> None:
    put_stray(world)
    integrity.census.condemned.add(STRAY)

    assert await integrity.run(grace=timedelta()) == []


async def test_one_of_a_batch_belongs_to_the_upload_that_it_came_with(
    world: World, integrity: Integrity
) -> None:
    upload = await start_large(world.instance())
    put_stray(world, blob_key(BlobId(f"{upload.id}.17")))

    assert await integrity.run(grace=timedelta()) == []


async def test_it_goes_on_from_every_place_that_it_says(world: World, integrity: Integrity) -> None:
    uploads = [await committed(world, f"{number}", large=True) for number in range(5)]
    strays = sorted(put_stray(world, blob_key(BlobId(f"{digit}" * 32))) for digit in "0f")
    for stray in strays:
        await world.store.create_multipart(stray)
    await world.store.delete(uploads[4].key)
    fsck = integrity.fsck()
    whole = await steps_of(fsck)
    assert max(step.looked_at for step in whole) <= 2
    assert sum(len(step.findings) for step in whole) == 5

    for number, step in enumerate(whole[:-1]):
        assert await steps_of(fsck, step.place) == whole[number + 1 :]
    assert whole[-1].place is None


async def test_it_stops_when_storage_does_not_answer_rather_than_to_judge(
    world: World, integrity: Integrity
) -> None:
    upload = await committed(world)

    async def silent(key: str) -> None:
        raise Unavailable("not now")

    world.store.head = silent  # type: ignore[method-assign]  # this storage does not answer
    with pytest.raises(Unavailable):
        await steps_of(integrity.fsck(repairs=True), Place(Stage.BLOBS))
    assert upload.key in world.store.objects
