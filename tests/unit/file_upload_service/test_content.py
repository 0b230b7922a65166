"""Hashes and keys, as S3 and the design spell them."""

import base64
import hashlib

from file_upload_service.domain.content import content_hash, expected_object
from file_upload_service.domain.ids import BlobId, DriveId, actor_of, blob_key, derive_upload_id
from file_upload_service.domain.layout import MIB, plan_for
from tests.fakes.upload_world import ADA, SECRET

PARTS = [hashlib.sha256(body).digest() for body in (b"one", b"two")]


def test_the_content_hash_is_the_hash_of_the_parts_hashes() -> None:
    assert content_hash(PARTS) == hashlib.sha256(PARTS[0] + PARTS[1]).hexdigest()


def test_one_part_is_proven_by_the_hash_of_its_bytes() -> None:
    expected = expected_object(plan_for(3), PARTS[:1])

    assert expected.checksum_sha256 == base64.b64encode(PARTS[0]).decode()
    assert expected.size_bytes == 3


def test_several_parts_are_proven_by_their_composite_checksum() -> None:
    expected = expected_object(plan_for(9 * MIB), PARTS)

    composite = base64.b64encode(hashlib.sha256(PARTS[0] + PARTS[1]).digest()).decode()
    assert expected.checksum_sha256 == f"{composite}-2"


def test_a_key_leads_from_the_object_to_its_rows_and_holds_nothing_else() -> None:
    assert blob_key(BlobId("abcdef" + "0" * 26)) == "blobs/ab/cd/abcdef" + "0" * 26


def test_the_same_command_names_the_same_upload() -> None:
    facts = {"drive_id": DriveId("d"), "actor": actor_of(ADA.account_id), "command_id": "c"}

    first = derive_upload_id(SECRET, **facts)

    assert first == derive_upload_id(SECRET, **facts)
    assert len(first) == 32
    assert first != derive_upload_id(b"another secret", **facts)
    for fact in facts:
        assert first != derive_upload_id(SECRET, **(facts | {fact: "x"}))
