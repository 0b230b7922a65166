"""Spans as a collector gets them, and a collector that is away."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from chassis.otlp import OtlpTracer
from chassis.telemetry import bind_request_id, unbind_request_id
from chassis.tracing import CLIENT, INTERNAL, SERVER
from tests.collector import Collector, collecting

_PROXYS = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


def test_spans_arrive_as_a_tree_below_whoever_called(collector: Collector) -> None:
    request = bind_request_id("c" * 32)
    with closing(OtlpTracer("user-service", collector.url)) as tracer:
        with tracer.span("rpc", SERVER, {"rpc.method": "SignIn"}, _PROXYS, ()):
            handed_on = tracer.current()
            with tracer.span("dynamodb GetItem", CLIENT, {}, "", ()):
                pass
        with tracer.span("group", INTERNAL, {}, handed_on, [_PROXYS]):
            pass
    unbind_request_id(request)

    by_name = {span.name: span for span in collector.spans}
    assert {span.trace for span in collector.spans} == {"a" * 32}
    assert by_name["rpc"].parent == "b" * 16
    assert by_name["dynamodb GetItem"].parent == by_name["group"].parent == by_name["rpc"].id
    assert by_name["rpc"].notes == {"rpc.method": "SignIn", "stowage.request_id": "c" * 32}
    assert by_name["rpc"].service == "user-service"


def test_a_call_that_belongs_to_no_request_makes_no_trace(collector: Collector) -> None:
    with closing(OtlpTracer("user-service", collector.url)) as tracer:
        with tracer.span("consul Health.service", CLIENT, {}, "", ()):
            assert tracer.current() == ""
        with tracer.span("rpc", SERVER, {}, "", ()):
            pass

    assert [span.name for span in collector.spans] == ["rpc"]


def test_of_a_failure_only_its_class_is_sent(collector: Collector) -> None:
    tracer = OtlpTracer("user-service", collector.url)
    with closing(tracer), pytest.raises(LookupError), tracer.span("work", INTERNAL, {}, "", ()):
        raise LookupError("somebody's secret.txt")

    sent = b"".join(collector.raw)
    assert b"LookupError" in sent
    assert b"secret" not in sent


def test_what_comes_from_outside_and_makes_no_sense_begins_a_trace_of_its_own(collector: Collector) -> None:
    with closing(OtlpTracer("user-service", collector.url)) as tracer:
        for nonsense in ("x", "00-zz-11-01", f"00-{'0' * 32}-{'0' * 16}-01", "é" * 100):
            with tracer.span("rpc", SERVER, {}, nonsense, [nonsense]):
                pass

    assert [span.parent for span in collector.spans] == [""] * 4


def test_a_collector_that_never_answers_keeps_nobody_from_ending() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tracer = OtlpTracer("user-service", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with tracer.span("rpc", SERVER, {}, "", ()):
            pass
        began = time.monotonic()
        tracer.close()

        assert time.monotonic() - began < 30
        assert threading.main_thread().is_alive()
