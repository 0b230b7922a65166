"""The fixtures that everybody else's tests stand on."""

import base64
import hashlib
import secrets
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
import redis as redis_client
from botocore.exceptions import ClientError

from local_stack.bucket import client, ensure_bucket
from local_stack.engines import Credentials
from tests.engines import REGION, S3Server, dynamodb_url, start_dynamodb, start_s3


def make_table(endpoint: str, name: str) -> Any:
    resource = boto3.resource("dynamodb", endpoint_url=endpoint, region_name=REGION)
    table = resource.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    return table


def test_dynamodb_takes_and_gives_an_item(dynamodb_endpoint: str, table_prefix: str) -> None:
    items = make_table(dynamodb_endpoint, f"{table_prefix}things")

    items.put_item(Item={"id": "a", "size": 3})

    assert items.get_item(Key={"id": "a"})["Item"] == {"id": "a", "size": 3}


def test_an_acknowledged_item_survives_a_killed_dynamodb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with start_dynamodb(tmp_path) as dynamodb:
        items = make_table(dynamodb_url(dynamodb), "things")
        items.put_item(Item={"id": "a"})

        dynamodb.kill()
        dynamodb.start()

        assert items.get_item(Key={"id": "a"})["Item"] == {"id": "a"}


def test_s3_takes_and_gives_an_object(s3_server: S3Server, s3_bucket: str) -> None:
    client = s3_server.client()

    client.put_object(Bucket=s3_bucket, Key="blobs/ab/cd/abcd", Body=b"bytes")

    assert client.get_object(Bucket=s3_bucket, Key="blobs/ab/cd/abcd")["Body"].read() == b"bytes"


def test_s3_refuses_bytes_other_than_those_signed(s3_server: S3Server, s3_bucket: str) -> None:
    right = base64.b64encode(hashlib.sha256(b"right").digest()).decode()

    target = {"Bucket": s3_bucket, "Key": "k", "ChecksumSHA256": right}
    url = s3_server.client().generate_presigned_url("put_object", Params=target)

    answer = httpx.put(url, content=b"wrong", headers={"x-amz-checksum-sha256": right})

    assert answer.status_code == 400
    assert "BadDigest" in answer.text


def test_a_page_from_elsewhere_may_not_read_the_bucket(s3_server: S3Server, s3_bucket: str) -> None:
    (rule,) = s3_server.client().get_bucket_cors(Bucket=s3_bucket)["CORSRules"]

    assert rule["AllowedOrigins"] == list(s3_server.origins)
    assert "x-amz-checksum-sha256" in rule["ExposeHeaders"]


def test_a_killed_s3_server_keeps_objects_and_forgets_half_an_assembly(tmp_path: Path) -> None:
    server = start_s3(tmp_path)
    with server.process:
        bucket, client = server.new_bucket(), server.client()
        client.put_object(Bucket=bucket, Key="kept", Body=b"bytes")
        upload = client.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
        server.process.kill()
        (folder,) = (server.process.engine.folder / "objects" / bucket / ".sgwtmp/multipart").glob(
            f"*/{upload}"
        )
        folder.rename(folder.with_name(f"{upload}.0123-1.inprogress"))  # as a kill in Complete leaves it

        server.process.start()

        assert client.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"bytes"
        assert [it["UploadId"] for it in client.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]


def test_redis_remembers(redis_url: str) -> None:
    with redis_client.Redis.from_url(redis_url) as cache:
        cache.set("k", "v")

        assert cache.get("k") == b"v"


def test_consul_has_a_leader(consul_addr: str) -> None:
    with urllib.request.urlopen(f"{consul_addr}/v1/status/leader", timeout=5) as answer:
        assert b"127.0.0.1" in answer.read()


def test_a_new_secret_of_the_buckets_owner_takes_the_place_of_the_old_one(s3_server: S3Server) -> None:
    key_id, bucket = secrets.token_hex(10), f"test-{secrets.token_hex(6)}"
    old, new = (Credentials(key_id, secrets.token_hex(32)) for _ in range(2))
    place = {"endpoint": s3_server.endpoint, "region": s3_server.region, "root": s3_server.root}
    ensure_bucket(bucket, owner=old, origins=["http://a"], **place)
    client(s3_server.endpoint, old, s3_server.region).put_object(Bucket=bucket, Key="k", Body=b"kept")

    ensure_bucket(bucket, owner=new, origins=["http://a"], **place)

    kept = client(s3_server.endpoint, new, s3_server.region).get_object(Bucket=bucket, Key="k")
    assert kept["Body"].read() == b"kept"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(s3_server.endpoint, old, s3_server.region).get_object(Bucket=bucket, Key="k")
