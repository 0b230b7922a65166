import grpc
import pytest

from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from chassis.rpc.errors import KIND_OF_BARE_STATUS, STATUS_OF_KIND, error_from, metadata_of, status_of


class NameTaken(DomainError):
    kind = Kind.CONFLICT
    code = "name_taken"


def test_every_kind_has_a_status_and_none_means_success() -> None:
    assert set(STATUS_OF_KIND) == set(Kind)
    assert grpc.StatusCode.OK not in STATUS_OF_KIND.values()


def test_every_status_has_a_kind_also_those_that_grpc_adds_some_day() -> None:
    assert set(KIND_OF_BARE_STATUS) == set(grpc.StatusCode)


def test_a_bare_status_means_unavailable_only_where_nobody_answered() -> None:
    unavailable = {status for status, kind in KIND_OF_BARE_STATUS.items() if kind is Kind.UNAVAILABLE}
    assert unavailable == {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    }
    assert set(KIND_OF_BARE_STATUS.values()) == {Kind.UNAVAILABLE, Kind.INTERNAL}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UNAVAILABLE])
def test_a_refusal_of_any_kind_arrives_as_it_was_raised(kind: Kind) -> None:
    raised = RemoteError(kind, "some_code", "in words", retry_after_seconds=1.25)
    arrived = error_from(status_of(raised), raised.detail, metadata_of(raised))
    assert isinstance(arrived, RemoteError)
    assert (arrived.kind, arrived.code, arrived.detail) == (kind, "some_code", "in words")
    assert arrived.retry_after_seconds == 1.25


def test_unavailable_arrives_as_unavailable() -> None:
    raised = Unavailable("The table is away.", retry_after_seconds=2)
    arrived = error_from(status_of(raised), raised.detail, metadata_of(raised))
    assert isinstance(arrived, Unavailable)
    assert (arrived.detail, arrived.retry_after_seconds) == ("The table is away.", 2)


def test_without_our_metadata_grpcs_own_words_are_dropped() -> None:
    arrived = error_from(grpc.StatusCode.UNAVAILABLE, "failed to connect to 10.0.0.1:7", (), service="keeper")
    assert isinstance(arrived, Unavailable)
    assert arrived.detail == "keeper does not answer."


def test_an_unknown_method_is_our_own_fault() -> None:
    arrived = error_from(grpc.StatusCode.UNIMPLEMENTED, "Method not found!", ())
    assert (arrived.kind, arrived.code) == (Kind.INTERNAL, "internal")


def test_a_kind_of_the_future_counts_as_bare() -> None:
    arrived = error_from(grpc.StatusCode.ABORTED, "?", (("stowage-kind", "ODD"), ("stowage-code", "odd")))
    assert (arrived.kind, arrived.code) == (Kind.INTERNAL, "internal")


@pytest.mark.parametrize("value", ["-1", "soon", "", "1.5", "٣"])
def test_a_waiting_time_that_makes_no_sense_is_none(value: str) -> None:
    pairs = (("stowage-kind", "THROTTLED"), ("stowage-code", "x"), ("retry-after-ms", value))
    assert error_from(grpc.StatusCode.RESOURCE_EXHAUSTED, "", pairs).retry_after_seconds is None


def test_a_taken_name_already_exists_and_other_conflicts_are_states() -> None:
    assert status_of(NameTaken()) is grpc.StatusCode.ALREADY_EXISTS
    assert status_of(RemoteError(Kind.CONFLICT, "not_a_folder")) is grpc.StatusCode.FAILED_PRECONDITION
