import hashlib

import grpc
import pytest

from chassis.rpc.channels import owner
from chassis.rpc.methods import record
from chassis.rpc.routing import RetryBudget, routing_order
from stowage.user.v1.user_pb2_grpc import KeyServiceStub

INSTANCES = [f"file-metadata-service-10.0.0.{number}-9000" for number in range(5)]
DRIVES = [f"{number:032x}" for number in range(500)]


def test_the_owner_is_the_largest_hash_of_drive_nul_instance() -> None:
    expected = max(INSTANCES, key=lambda each: hashlib.sha256(b"d1\x00" + each.encode()).digest())
    assert owner("d1", INSTANCES) == expected


def test_everybody_agrees_whatever_the_order_of_the_list() -> None:
    assert all(owner(drive, INSTANCES) == owner(drive, INSTANCES[::-1]) for drive in DRIVES)


def test_drives_spread_over_all_instances() -> None:
    owned = [owner(drive, INSTANCES) for drive in DRIVES]
    assert min(owned.count(instance) for instance in INSTANCES) > 60


def test_when_an_instance_goes_only_its_own_drives_move() -> None:
    gone, *rest = INSTANCES
    moved = [drive for drive in DRIVES if owner(drive, INSTANCES) != owner(drive, rest)]
    assert moved == [drive for drive in DRIVES if owner(drive, INSTANCES) == gone]


def test_a_drive_of_a_gone_owner_goes_to_the_next_in_order() -> None:
    first, second, *_ = routing_order("d1", INSTANCES)
    assert owner("d1", [each for each in INSTANCES if each != first]) == second


def test_without_instances_nobody_owns_anything() -> None:
    with pytest.raises(ValueError, match="no instance"):
        owner("d1", [])


def test_a_method_of_a_stub_is_recorded_with_its_path_and_messages() -> None:
    method = record(lambda channel: KeyServiceStub(channel).GetSigningKeys)
    assert method.path == "/stowage.user.v1.KeyService/GetSigningKeys"
    assert method.response_deserializer(b"").jwks_json == ""


def test_a_streaming_method_cannot_be_bound() -> None:
    def streaming(channel: grpc.aio.Channel) -> object:
        return channel.unary_stream("/a.B/C")

    with pytest.raises(TypeError):
        record(streaming)


def test_retries_stop_when_nothing_works_and_are_earned_back_by_calls_that_do() -> None:
    budget = RetryBudget(most=2, earned_per_success=0.5)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.earn()
    budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]
