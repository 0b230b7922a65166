"""The table of statuses: complete, and nothing of the inside in an answer."""

import json

import pytest

from api_gateway.adapters.http import refusals
from api_gateway.adapters.http.errors import STATUS_OF_CODE, STATUS_OF_KIND, problem_of, status_of
from api_gateway.adapters.http.problems import CODES
from api_gateway.domain.errors import RangeNotSatisfiable
from chassis.errors import DomainError, Kind, RemoteError


def test_every_kind_has_a_status() -> None:
    assert STATUS_OF_KIND.keys() == set(Kind)


def test_kinds_do_not_share_a_status() -> None:
    assert len({*STATUS_OF_KIND.values()}) == len(Kind)


def test_finer_statuses_are_of_codes_that_exist_and_differ_from_their_kinds() -> None:
    for code, status in STATUS_OF_CODE.items():
        assert CODES[code].kind is Kind.INVALID
        assert status not in STATUS_OF_KIND.values()


@pytest.mark.parametrize("kind", Kind)
def test_a_refusal_of_any_kind_becomes_a_problem(kind: Kind) -> None:
    answer = problem_of(RemoteError(kind, "some_code", "Some words."))
    body = json.loads(answer.body)
    assert body.keys() == {"type", "title", "status", "detail", "code", "request_id"}
    assert (answer.status_code, body["status"]) == (STATUS_OF_KIND[kind], STATUS_OF_KIND[kind])
    assert answer.media_type == "application/problem+json"


def test_what_went_wrong_inside_is_not_told() -> None:
    body = json.loads(problem_of(RemoteError(Kind.INTERNAL, "table_missing", "stowage_users")).body)
    assert (body["code"], "stowage" in body["detail"]) == ("internal", False)


@pytest.mark.parametrize(("seconds", "header"), [(None, "1"), (0.0, "1"), (0.2, "1"), (7.01, "8")])
def test_a_pause_is_rounded_up_to_whole_seconds(seconds: float | None, header: str) -> None:
    error = RemoteError(Kind.THROTTLED, "too_many_attempts", retry_after_seconds=seconds)
    assert problem_of(error).headers["Retry-After"] == header


def test_a_range_names_the_end_only_if_it_is_known() -> None:
    assert "Content-Range" not in problem_of(RangeNotSatisfiable()).headers
    assert problem_of(RangeNotSatisfiable(size_bytes=7)).headers["Content-Range"] == "bytes */7"


def test_every_refusal_of_http_has_a_code_of_its_own() -> None:
    ours = [
        each
        for each in vars(refusals).values()
        if isinstance(each, type) and each.__module__ == refusals.__name__
    ]
    codes = [each.code for each in ours if issubclass(each, DomainError)]
    assert len(codes) == len({*codes})
    assert all(status_of(CODES[code].kind, code) for code in codes)
