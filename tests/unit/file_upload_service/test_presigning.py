from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from file_upload_service.adapters.s3.presigning import presigned

REGION = "eu-central-1"
HOUR = timedelta(hours=1)
PUT = {"Content-Length": "5", "x-amz-checksum-sha256": "LPJNul+w==", "If-None-Match": "*"}
GET = {
    "response-content-disposition": "attachment; filename*=UTF-8''%C3%9Cber%20%E2%82%AC.txt",
    "response-content-type": "text/plain; charset=utf-8",
}
SHAPES = [
    ("PUT", {}, PUT),
    ("PUT", {"partNumber": "2", "uploadId": "multi/part+id="}, {"Content-Length": "5"}),
    ("GET", GET, {}),
    ("GET", {}, {}),
]


@pytest.mark.parametrize("token", [None, "session/token=="])
@pytest.mark.parametrize(
    "url",
    [
        "https://bucket.s3.eu-central-1.amazonaws.com/blobs/ab/cd/abcd.1",
        "http://127.0.0.1:9000/bucket/a%20b/~%C3%9C",
        "http://S3.internal:80/bucket/key",
        "https://[::1]:8443/bucket/key",
    ],
)
@pytest.mark.parametrize(("method", "query", "headers"), SHAPES)
def test_a_url_is_signed_as_botocore_would(
    method: str, query: dict[str, str], headers: dict[str, str], url: str, token: str | None
) -> None:
    keys = ReadOnlyCredentials("AKID", "secret", token)
    asked = f"{url}?{urlencode(query, quote_via=quote, safe='-_.~')}" if query else url
    theirs = AWSRequest(method, asked, headers=dict(headers))
    S3SigV4QueryAuth(keys, "s3", REGION, 3600).add_auth(theirs)
    now = datetime.strptime(theirs.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = presigned(method, url, region=REGION, query=query, headers=headers, keys=keys, now=now, life=HOUR)

    assert ours.partition("?")[0] == theirs.url.partition("?")[0]
    assert sorted(parse_qsl(urlsplit(ours).query)) == sorted(parse_qsl(urlsplit(theirs.url).query))


def test_the_key_is_derived_anew_for_another_day_and_another_secret() -> None:
    def signature(secret: str, day: int) -> str:
        return presigned(
            "GET",
            "http://s3/bucket/key",
            region=REGION,
            query={},
            headers={},
            keys=ReadOnlyCredentials("AKID", secret, None),
            now=datetime(2026, 1, day, tzinfo=UTC),
            life=HOUR,
        ).rpartition("=")[2]

    assert len({signature("a", 1), signature("a", 2), signature("b", 2)}) == 3
    assert signature("a", 1) == signature("a", 1)
