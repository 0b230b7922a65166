"""Spans cost nothing while nobody collects them, and tell no more than they should when somebody does."""

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from chassis import tracing
from chassis.engine_calls import EngineCalls
from chassis.tracing import CLIENT, INTERNAL, SERVER, current_traceparent, resume_trace, span, use_tracer
from tests.fakes.tracer import RecordingTracer

_PARENT = f"00-{'a' * 32}-{'b' * 16}-01"
_QUIET = """
import sys
import api_gateway.bootstrap, file_metadata_service.bootstrap, file_upload_service.bootstrap, user_service.bootstrap
ours = {"chassis.otlp", "opentelemetry.exporter", "opentelemetry.sdk.trace.export"}
sys.exit(f"imported: {ours & sys.modules.keys()}" if ours & sys.modules.keys() else 0)
"""


def test_while_tracing_is_off_there_is_one_span_for_all_and_nothing_is_handed_on() -> None:
    resume_trace(_PARENT)
    with span("a", SERVER, {}, parent=_PARENT) as first, span("b", CLIENT, {}) as second:
        first.note("x", 1)

        assert first is second
        assert current_traceparent() == ""


def test_services_import_no_exporter_while_tracing_is_off() -> None:
    ended = subprocess.run([sys.executable, "-c", _QUIET], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr


def test_a_call_to_an_engine_is_a_span_and_a_measurement(tracer: RecordingTracer) -> None:
    registry = CollectorRegistry()
    calls = EngineCalls("s3", registry)

    with pytest.raises(LookupError), calls.measured("HeadObject"):
        raise LookupError("a secret name.txt")
    with calls.measured("HeadObject"):
        pass

    count = {
        outcome: registry.get_sample_value(
            "stowage_s3_seconds_count", {"operation": "HeadObject", "outcome": outcome}
        )
        for outcome in ("OK", "LookupError")
    }
    assert count == {"OK": 1, "LookupError": 1}
    assert [(each.called, each.kind) for each in tracer.spans] == [("s3 HeadObject", CLIENT)] * 2
    assert "secret" not in str(tracer.spans)


def test_the_tracer_is_one_for_the_process_and_can_be_put_away(tracer: RecordingTracer) -> None:
    with span("a", INTERNAL, {}):
        assert current_traceparent().startswith("00-")
    use_tracer(None)

    assert tracing.span("b", INTERNAL, {}) is tracing.NO_SPAN
    assert len(tracer.spans) == 1
