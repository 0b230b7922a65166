"""Files on their way in and out, over gRPC, with the real metadata service and the real engines."""

import asyncio
import hashlib
import random
import secrets

import pytest

from chassis.errors import Kind
from chassis.rpc.channels import ServiceChannel
from file_upload_service.domain.content import content_hash
from stowage.metadata.v1 import metadata_pb2 as meta
from stowage.upload.v1 import upload_pb2 as pb
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import (
    MIB,
    Refused,
    claims_of,
    cut,
    put,
    send,
    sent,
    settled,
    start_request,
    uploaded,
)

SMALL = b"Dear Charles,\n"


def complete_of(upload_id: str, **facts: object) -> pb.CompleteUploadRequest:
    return pb.CompleteUploadRequest(upload_id=upload_id, **facts)


@pytest.mark.parametrize("body", [SMALL, b"", secrets.token_bytes(8 * MIB), secrets.token_bytes(8 * MIB + 1)])
async def test_a_file_goes_in_and_the_same_bytes_come_out(ada: Client, body: bytes) -> None:
    done = await uploaded(ada, body)

    assert done.upload.state == pb.UPLOAD_STATE_COMMITTED
    node = (await ada.get_node(meta.GetNodeRequest(node_id=done.upload.node_id))).node
    assert (node.name, node.content.size_bytes) == ("letter.txt", len(body))
    assert node.content.content_hash == content_hash([hashlib.sha256(part).digest() for part in cut(body)])
    answer = await ada.download(node.id)
    assert answer.content == body
    drive = await ada.get_drive(meta.GetDriveRequest())
    assert done.position == f"{drive.position.drive_id}.{drive.position.journal_id}.{drive.position.seq}"


async def test_parts_in_any_order_twice_and_once_wrong_make_the_right_file(
    rig: Rig, uploads: ServiceChannel, ada: Client
) -> None:
    body = secrets.token_bytes(35 * MIB)
    pieces = cut(body)
    started = await ada.start(start_request(body))
    order = [*started.parts, *started.parts]
    random.shuffle(order)

    wrong = bytes(len(pieces[2]))
    assert (await put(started.parts[2], wrong)).status_code in {400, 403}
    reports = {}
    for part in order:
        answer = await put(part, pieces[part.number - 1])
        assert answer.status_code == 200
        reports[part.number] = pb.PartReport(number=part.number, etag=answer.headers["ETag"])
    assert (await put(started.parts[0], wrong)).status_code in {400, 403}
    for _ in range(2):
        await ada.report(pb.ReportPartsRequest(upload_id=started.upload.id, parts=reports.values()))

    done = await ada.complete(complete_of(started.upload.id))
    assert (await ada.download(done.upload.node_id)).content == body


async def test_another_instance_and_a_later_day_can_go_on(rig: Rig, ada: Client) -> None:
    """Everything that is needed is found by the upload's id: what was claimed, and what S3 has."""
    body = secrets.token_bytes(20 * MIB)
    request = start_request(body)
    del request.parts[:]
    started = await ada.start(request)
    first = await ada.sign(pb.SignPartsRequest(upload_id=started.upload.id, parts=claims_of(body)[:1]))
    await send(first.parts, body)
    other = Client(await rig.upload(), rig.metadata, ada.token)

    seen = await other.get(pb.GetUploadRequest(upload_id=started.upload.id, with_parts=True))
    assert [(part.number, part.reported) for part in seen.parts] == [(1, False)]
    rest = await other.sign(pb.SignPartsRequest(upload_id=started.upload.id, parts=claims_of(body)[1:]))
    await send(rest.parts, body)
    done = await other.complete(complete_of(started.upload.id))

    assert (await ada.download(done.upload.node_id)).content == body


async def test_completing_before_everything_is_there_says_what_is_missing(ada: Client) -> None:
    body = secrets.token_bytes(20 * MIB)
    started = await ada.start(start_request(body))
    await send(started.parts[:2], body)

    async with Refused(Kind.CONFLICT, "parts_missing"):
        await ada.complete(complete_of(started.upload.id))
    await send(started.parts[2:], body)

    done = await ada.complete(complete_of(started.upload.id))
    assert done.upload.state == pb.UPLOAD_STATE_COMMITTED


async def test_two_completions_at_once_on_two_instances_are_one(rig: Rig, ada: Client) -> None:
    body = secrets.token_bytes(20 * MIB)
    upload_id = await sent(ada, body)
    other = Client(await rig.upload(), rig.metadata, ada.token)

    answers = await asyncio.gather(*(person.complete(complete_of(upload_id)) for person in (ada, other) * 3))

    assert all(answer == answers[0] for answer in answers)
    assert answers[0].upload.state == pb.UPLOAD_STATE_COMMITTED
    assert (await ada.download(answers[0].upload.node_id)).content == body


async def test_repeating_anything_gives_the_first_answer(ada: Client) -> None:
    request = start_request(SMALL)
    started = await ada.start(request)
    assert (await ada.start(request)).upload == started.upload
    await send(started.parts, SMALL)
    done = await ada.complete(complete_of(started.upload.id))

    assert await ada.complete(complete_of(started.upload.id)) == done
    assert (await ada.start(request)).upload == done.upload
    request.name = "other.txt"
    async with Refused(Kind.CONFLICT, "command_id_reused"):
        await ada.start(request)


class TestRefused:
    async def taken(self, ada: Client) -> str:
        """An upload whose name is taken by the time it is complete."""
        upload_id = await sent(ada, SMALL)
        await uploaded(ada, b"the other one was faster")
        async with Refused(Kind.CONFLICT, "name_taken"):
            await ada.complete(complete_of(upload_id))
        return upload_id

    async def test_an_upload_whose_name_is_taken_can_have_another(self, ada: Client) -> None:
        upload_id = await self.taken(ada)
        stored = (await ada.get(pb.GetUploadRequest(upload_id=upload_id))).upload
        assert (stored.state, stored.failure_code) == (pb.UPLOAD_STATE_STORED, "name_taken")

        done = await ada.complete(complete_of(upload_id, name="letter 2.txt"))

        assert done.upload.committed_name == "letter 2.txt"
        assert (await ada.download(done.upload.node_id)).content == SMALL

    async def test_or_stand_beside_it_or_take_its_place(self, ada: Client) -> None:
        first, second = await self.taken(ada), await sent(ada, b"third", name="letter 3.txt")

        beside = await ada.complete(complete_of(first, conflict=pb.CONFLICT_RULE_RENAME))
        instead = await ada.complete(
            complete_of(second, name="letter.txt", conflict=pb.CONFLICT_RULE_REPLACE)
        )

        assert beside.upload.committed_name == "letter (2).txt"
        assert instead.upload.committed_name == "letter.txt"
        assert instead.upload.committed_revision > 1
        assert (await ada.download(instead.upload.node_id)).content == b"third"

    async def test_what_cannot_be_is_refused_before_a_byte_moves(self, ada: Client) -> None:
        await uploaded(ada, SMALL)

        async with Refused(Kind.CONFLICT, "name_taken"):
            await ada.start(start_request(SMALL))
        async with Refused(Kind.NOT_FOUND, "node_not_found"):
            await ada.start(start_request(SMALL, folder_id="f" * 32))
        async with Refused(Kind.INVALID, "name_invalid"):
            await ada.start(start_request(SMALL, name="a/b"))
        async with Refused(Kind.TOO_LARGE, "file_too_large"):
            await ada.start(
                pb.StartUploadRequest(command_id="c", folder_id="root", name="n", size_bytes=1 << 50)
            )

    async def test_a_revision_that_is_not_current_is_stale(self, ada: Client) -> None:
        done = await uploaded(ada, SMALL)
        revision = done.upload.committed_revision
        facts = {"conflict": pb.CONFLICT_RULE_REPLACE}

        async with Refused(Kind.STALE, "revision_stale"):
            await ada.start(start_request(b"x", if_revision=revision + 1, **facts))
        again = await uploaded(ada, b"x", if_revision=revision, **facts)

        assert again.upload.node_id == done.upload.node_id
        assert again.upload.committed_revision == revision + 1


class TestEnding:
    async def test_an_aborted_upload_is_over(self, ada: Client) -> None:
        upload_id = await sent(ada, SMALL)

        ended = await ada.abort(pb.AbortUploadRequest(upload_id=upload_id))

        assert ended.upload.state == pb.UPLOAD_STATE_ABORTED
        assert (await ada.abort(pb.AbortUploadRequest(upload_id=upload_id))).upload == ended.upload
        async with Refused(Kind.CONFLICT, "already_aborted"):
            await ada.complete(complete_of(upload_id))
        async with Refused(Kind.CONFLICT, "upload_not_open"):
            await ada.sign(pb.SignPartsRequest(upload_id=upload_id, parts=claims_of(SMALL)))

    async def test_a_file_cannot_be_aborted(self, ada: Client) -> None:
        done = await uploaded(ada, SMALL)

        async with Refused(Kind.CONFLICT, "already_committed"):
            await ada.abort(pb.AbortUploadRequest(upload_id=done.upload.id))
        assert (await ada.download(done.upload.node_id)).content == SMALL

    async def test_an_owner_lists_what_has_not_ended(self, ada: Client) -> None:
        kept = [await sent(ada, SMALL, name=f"n{number}") for number in range(3)]
        await uploaded(ada, SMALL, name="done")

        first = await ada.list(pb.ListUploadsRequest(limit=2))
        second = await ada.list(pb.ListUploadsRequest(limit=2, cursor=first.next_cursor))

        assert [upload.id for upload in (*first.items, *second.items)] == kept[::-1]
        async with Refused(Kind.INVALID, "cursor_invalid"):
            await ada.list(pb.ListUploadsRequest(cursor="made up"))

    async def test_an_upload_left_lying_is_ended_by_the_sweeper(self, rig: Rig) -> None:
        ada = rig.person(await rig.upload(open_upload_days=2 / 86_400))
        upload_id = await sent(ada, SMALL)

        ended = await settled(ada, upload_id, pb.UPLOAD_STATE_ABORTED)

        assert ended.failure_code == "upload_expired"


class TestMetadataAway:
    async def test_a_complete_file_waits_and_becomes_one_when_it_is_back(self, rig: Rig, ada: Client) -> None:
        upload_id = await sent(ada, SMALL)
        rig.take_metadata_away()

        waiting = await ada.complete(complete_of(upload_id))
        assert waiting.upload.state == pb.UPLOAD_STATE_STORED
        assert waiting.upload.failure_code == ""
        rig.bring_metadata_back()

        done = await settled(ada, upload_id, pb.UPLOAD_STATE_COMMITTED)
        assert (await ada.download(done.node_id)).content == SMALL

    async def test_nothing_is_destroyed_meanwhile(self, rig: Rig, ada: Client) -> None:
        upload_id = await sent(ada, SMALL)
        rig.take_metadata_away()

        waiting = await ada.abort(pb.AbortUploadRequest(upload_id=upload_id))
        assert waiting.upload.state == pb.UPLOAD_STATE_ABORTING
        rig.bring_metadata_back()

        await settled(ada, upload_id, pb.UPLOAD_STATE_ABORTED)
