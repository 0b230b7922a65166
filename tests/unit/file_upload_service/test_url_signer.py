"""What stands in a URL. That S3 honours it is shown in the contracts."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from file_upload_service.adapters.s3.connection import Bucket, new_session
from file_upload_service.adapters.s3.keeping import AS_THE_BUCKET_DOES, Keeping
from file_upload_service.adapters.s3.url_signer import S3UrlSigner
from file_upload_service.domain.transfer import Reach
from tests.fakes.upload_clock import FakeClock
from tests.fakes.upload_samples import a_claim, an_upload

LIFE = timedelta(hours=1)
INSIDE = Bucket("bucket", "eu-central-1", "http://s3.internal:9000/")
OUTSIDE = Bucket("bucket", "eu-central-1", "https://files.example.com")
AWS = Bucket("bucket", "eu-central-1", None)


def signer(public: Bucket = OUTSIDE, keeping: Keeping = AS_THE_BUCKET_DOES) -> S3UrlSigner:
    session = new_session("KEYID", "the secret")
    return S3UrlSigner(session, public=public, internal=INSIDE, clock=FakeClock(), keeping=keeping)


async def test_the_name_that_its_user_knows_is_signed() -> None:
    upload = an_upload(FakeClock().now())
    for reach, host in (
        (Reach.PUBLIC, "https://files.example.com/"),
        (Reach.INTERNAL, "http://s3.internal:9000/"),
    ):
        signed = await signer().sign_parts(upload, [a_claim(1, b"hello")], reach=reach, life=LIFE)

        assert signed.parts[0].url.startswith(f"{host}bucket/{upload.key}?")


async def test_on_aws_the_bucket_is_part_of_the_host() -> None:
    upload = an_upload(FakeClock().now())
    signed = await signer(AWS).sign_parts(upload, [a_claim(1, b"hello")], reach=Reach.PUBLIC, life=LIFE)

    assert signed.parts[0].url.startswith(f"https://bucket.s3.eu-central-1.amazonaws.com/{upload.key}?")


async def test_length_hash_and_the_condition_are_signed_and_no_secret_is_told() -> None:
    upload = an_upload(FakeClock().now())
    signed = await signer().sign_parts(upload, [a_claim(1, b"hello")], reach=Reach.PUBLIC, life=LIFE)

    query = parse_qs(urlsplit(signed.parts[0].url).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-SignedHeaders"] == ["content-length;host;if-none-match;x-amz-checksum-sha256"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert signed.parts[0].headers["Content-Length"] == "5"
    assert "secret" not in signed.parts[0].url


async def test_a_part_of_several_is_bound_to_its_number_and_upload() -> None:
    upload = an_upload(FakeClock().now(), 9 << 20).with_multipart("multi/part+id=")
    signed = await signer().sign_parts(upload, [a_claim(2, b"x")], reach=Reach.PUBLIC, life=LIFE)

    query = parse_qs(urlsplit(signed.parts[0].url).query)
    assert (query["partNumber"], query["uploadId"]) == (["2"], ["multi/part+id="])
    assert signed.parts[0].size_bytes == 1 << 20


def test_an_endpoint_without_a_host_is_no_endpoint() -> None:
    with pytest.raises(ValueError, match="http"):
        Bucket("bucket", "region", "localhost")


@pytest.mark.parametrize("loopback", ["http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"])
def test_loopback_is_out_of_reach_unless_storage_itself_is_there(loopback: str) -> None:
    on_loopback = Bucket("bucket", "eu-central-1", loopback)

    assert on_loopback.is_out_of_reach_from(INSIDE)
    assert on_loopback.is_out_of_reach_from(AWS)
    assert not on_loopback.is_out_of_reach_from(Bucket("bucket", "eu-central-1", "http://127.0.0.1:7070"))


@pytest.mark.parametrize("public", [OUTSIDE, AWS])
def test_any_other_place_can_be_asked(public: Bucket) -> None:
    assert not public.is_out_of_reach_from(INSIDE)


async def test_encryption_and_storage_class_are_said_and_signed_where_an_object_begins() -> None:
    keeping = Keeping("aws:kms", "alias/stowage", "STANDARD_IA")
    small = an_upload(FakeClock().now())
    part = an_upload(FakeClock().now(), 9 << 20).with_multipart("multipart")
    sign = signer(keeping=keeping).sign_parts

    (alone,) = (await sign(small, [a_claim(1, b"hello")], reach=Reach.PUBLIC, life=LIFE)).parts
    (of_several,) = (await sign(part, [a_claim(2, b"x")], reach=Reach.PUBLIC, life=LIFE)).parts

    said = {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/stowage",
        "x-amz-storage-class": "STANDARD_IA",
    }
    assert said.items() <= alone.headers.items()
    assert set(said) <= set(parse_qs(urlsplit(alone.url).query)["X-Amz-SignedHeaders"][0].split(";"))
    assert not said.keys() & of_several.headers.keys()


async def test_as_the_bucket_does_means_that_nothing_is_said() -> None:
    upload = an_upload(FakeClock().now())
    (signed,) = (await signer().sign_parts(upload, [a_claim(1, b"a")], reach=Reach.PUBLIC, life=LIFE)).parts

    assert signed.headers.keys() == {"Content-Length", "If-None-Match", "x-amz-checksum-sha256"}
