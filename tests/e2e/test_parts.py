"""Parts as a careless program sends them: in any order, twice, and one of them wrong."""

import os
import random

import pytest

from tests.e2e.person import PART_SIZE_BYTES, Person, part, sha256

pytestmark = pytest.mark.judged_once

FOUR_PARTS_AND_A_BIT = 4 * PART_SIZE_BYTES + 12345


def test_parts_in_random_order_with_duplicates_make_the_right_file(person: Person) -> None:
    body = os.urandom(FOUR_PARTS_AND_A_BIT)
    upload = person.start("shuffled.bin", body)["upload"]
    numbers = [1, 2, 3, 4, 5, 2, 4]
    random.Random(7).shuffle(numbers)

    for number in numbers:
        person.send_parts(upload["id"], [number], body)

    assert person.content(person.complete(upload["id"])["node_id"]) == body


def test_s3_refuses_a_wrong_body_and_the_file_is_still_right(person: Person) -> None:
    body = os.urandom(FOUR_PARTS_AND_A_BIT)
    upload = person.start("guarded.bin", body)["upload"]
    (signed,) = person.sign(upload["id"], [3], body)

    refused = person.send(signed, os.urandom(PART_SIZE_BYTES))
    assert refused.status_code in (400, 403), refused.text

    person.send_parts(upload["id"], [1, 2, 3, 4, 5], body)
    assert person.content(person.complete(upload["id"])["node_id"]) == body


def test_a_number_once_claimed_takes_no_other_hash(person: Person) -> None:
    body = os.urandom(FOUR_PARTS_AND_A_BIT)
    upload = person.start("claimed.bin", body)["upload"]
    person.sign(upload["id"], [1], body)

    claim = {"parts": [{"number": 1, "sha256": sha256(b"something else")}]}
    answer = person.http.post(f"/uploads/{upload['id']}/urls", json=claim)

    assert (answer.status_code, answer.json()["code"]) == (409, "part_claimed")


def test_completing_with_a_part_missing_is_refused_and_can_be_mended(person: Person) -> None:
    body = os.urandom(FOUR_PARTS_AND_A_BIT)
    upload = person.start("gap.bin", body)["upload"]
    person.send_parts(upload["id"], [1, 2, 4, 5], body)

    answer = person.http.post(f"/uploads/{upload['id']}/complete", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "parts_missing")

    person.send_parts(upload["id"], [3], body)
    assert person.content(person.complete(upload["id"])["node_id"]) == body


def test_a_part_through_the_gateway_is_as_good_as_one_straight_to_s3(person: Person) -> None:
    body = os.urandom(FOUR_PARTS_AND_A_BIT)
    upload = person.start("relayed.bin", body)["upload"]
    person.send_parts(upload["id"], [1, 3], body)

    for number in (2, 4, 5):
        content = part(body, number)
        person.request(
            "PUT",
            f"/uploads/{upload['id']}/parts/{number}",
            content=content,
            headers={"Stowage-Part-Sha256": sha256(content)},
        )

    node_id = person.complete(upload["id"])["node_id"]
    assert person.request("GET", f"/files/{node_id}/content", params={"relay": "1"}).content == body


@pytest.mark.parametrize("size", [0, 1, PART_SIZE_BYTES, PART_SIZE_BYTES + 1])
def test_sizes_at_the_edges_come_back_as_they_were(person: Person, size: int) -> None:
    body = os.urandom(size)

    done = person.put(f"edge-{size}.bin", body)

    assert person.content(done["node_id"]) == body


def test_a_stranger_gets_the_same_answer_for_my_upload_as_for_none(person: Person, stranger: Person) -> None:
    upload = person.start("mine.bin", b"mine")["upload"]

    mine = stranger.http.get(f"/uploads/{upload['id']}")
    nobodys = stranger.http.get(f"/uploads/{'0' * 32}")

    assert mine.status_code == nobodys.status_code == 404
    without_request_id = [
        {k: v for k, v in answer.json().items() if k != "request_id"} for answer in (mine, nobodys)
    ]
    assert without_request_id[0] == without_request_id[1]
