from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chassis.dynamodb.signing import CONTENT_TYPE, Keys, Signer

HOST = "dynamodb.eu-central-1.amazonaws.com"
TARGET = "DynamoDB_20120810.PutItem"


@pytest.mark.parametrize("token", [None, "session/token=="])
@pytest.mark.parametrize("body", [b"{}", '{"name": "Äpfel"}'.encode()])
def test_a_signature_is_the_one_that_botocore_makes(token: str | None, body: bytes) -> None:
    request = AWSRequest(
        "POST", f"https://{HOST}/", data=body, headers={"Content-Type": CONTENT_TYPE, "X-Amz-Target": TARGET}
    )
    SigV4Auth(Credentials("AKID", "secret", token), "dynamodb", "eu-central-1").add_auth(request)
    now = datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    headers = Signer(host=HOST, region="eu-central-1").headers(
        TARGET, body, Keys("AKID", "secret", token), now
    )

    assert headers["Authorization"] == request.headers["Authorization"]
    assert headers["X-Amz-Date"] == request.headers["X-Amz-Date"]
    assert headers.get("X-Amz-Security-Token") == token


def test_the_key_is_derived_anew_for_another_day_and_another_secret() -> None:
    def signature(signer: Signer, secret: str, day: int) -> str:
        headers = signer.headers(
            TARGET, b"{}", Keys("AKID", secret, None), datetime(2026, 1, day, tzinfo=UTC)
        )
        return headers["Authorization"]

    used = Signer(host=HOST, region="eu-central-1")
    asked = [("a", 1), ("a", 2), ("b", 2), ("b", 2), ("a", 1)]

    assert [signature(used, *each) for each in asked] == [
        signature(Signer(host=HOST, region="eu-central-1"), *each) for each in asked
    ]


def test_only_the_same_question_gets_the_same_signature_and_only_in_its_second() -> None:
    signer, keys = Signer(host=HOST, region="eu-central-1"), Keys("AKID", "secret", None)

    def signature(target: str, body: bytes, second: int) -> str:
        return signer.headers(target, body, keys, datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC))[
            "Authorization"
        ]

    first = signature(TARGET, b"{}", 1)
    assert signature(TARGET, b"{}", 1) == first
    others = [(TARGET, b"{ }", 1), (TARGET + "s", b"{}", 1), (TARGET, b"{}", 2), (TARGET, b" " * 2_000, 1)]
    assert len({first, *(signature(*each) for each in others)}) == 5
