"""What a request tells a collector, and whose word it takes on where the trace began."""

from ipaddress import ip_network

import pytest

from api_gateway.adapters.http.wiring import Bounds
from chassis.tracing import SERVER
from tests.api.conftest import OpenDoor
from tests.fakes.tracer import RecordingTracer

_PROXYS = f"00-{'a' * 32}-{'b' * 16}-01"
_TRUSTING = Bounds(trusted_proxies=(ip_network("10.0.0.0/8"),))


async def test_a_request_is_one_span_named_by_its_route_without_any_name_of_a_file(
    open_door: OpenDoor, tracer: RecordingTracer
) -> None:
    door = await open_door()
    await door.sign_up()
    tracer.spans.clear()

    await door.get("/paths/secret%20plans.txt")

    [span] = tracer.spans
    assert (span.called, span.kind) == ("GET /paths/{path:path}", SERVER)
    assert span.notes["http.response.status_code"] == 404
    assert not span.failed
    assert "secret" not in str(span)
    assert door.token not in str(span)


@pytest.mark.parametrize(("peer", "parent"), [("10.1.2.3", _PROXYS), ("192.0.2.7", "")])
async def test_a_trace_goes_on_from_a_proxy_that_is_trusted_and_from_nobody_else(
    open_door: OpenDoor, tracer: RecordingTracer, peer: str, parent: str
) -> None:
    door = await open_door(_TRUSTING, peer=peer)

    await door.get("/health/live", headers={"traceparent": _PROXYS})

    assert [span.parent for span in tracer.spans] == [parent]
