import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import grpc
import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from chassis import rpc
from chassis.errors import DomainError, Kind, RemoteError
from chassis.rpc.interceptors import guarded
from chassis.rpc.metrics import ServerMetrics
from chassis.rpc.policy import Rpc
from chassis.telemetry import current_request_id
from chassis.tokens import TokenVerifier
from tests.fakes.rpc_context import InMemoryContext
from tests.fakes.token_keys import ACCOUNT_ID, TokenKeys

METHOD = "/test.Echo/Say"
REQUEST_ID = "f" * 32
Say = Callable[[], Awaitable[object]]
GATEWAY_ONLY = Rpc(callers=frozenset({"api-gateway"}), token=False)
WITH_TOKEN = Rpc(callers=frozenset({"api-gateway"}), token=True)


class NotThere(DomainError):
    kind = Kind.NOT_FOUND
    code = "node_not_found"


async def served(
    say: Say, context: InMemoryContext, *, row: Rpc = GATEWAY_ONLY, keys: TokenKeys | None = None
) -> object:
    async def handler(_request: Any, _context: Any) -> object:
        return await say()

    serve = guarded(
        handler,
        method=METHOD,
        row=row,
        verifier=TokenVerifier((keys or TokenKeys()).fetch),
        metrics=ServerMetrics(CollectorRegistry()),
    )
    # A task of its own, as grpc gives to each call.
    return await asyncio.create_task(serve(b"", cast("Any", context)))


async def refused(say: Say, context: InMemoryContext, **options: Any) -> InMemoryContext:
    with pytest.raises(grpc.aio.AbortError):
        await served(say, context, **options)
    return context


async def nothing() -> object:
    return b"said"


async def test_an_answer_passes_through() -> None:
    assert await served(nothing, InMemoryContext()) == b"said"


async def test_a_caller_that_is_not_on_the_list_is_refused_before_the_handler() -> None:
    reached = []

    async def say() -> object:
        reached.append(True)
        return b""

    context = await refused(say, InMemoryContext(names=("file-upload-service",)))
    assert context.status is grpc.StatusCode.PERMISSION_DENIED
    assert context.trailing["stowage-code"] == "caller_not_allowed"
    assert not reached


async def test_a_certificate_without_a_name_is_nobodys() -> None:
    context = await refused(nothing, InMemoryContext(names=()))
    assert context.trailing["stowage-code"] == "caller_not_allowed"


async def test_any_name_of_the_certificate_counts() -> None:
    async def say() -> object:
        return rpc.caller()

    names = ("alias.cluster.local", "api-gateway")
    assert await served(say, InMemoryContext(names=names)) == "api-gateway"


@pytest.mark.parametrize("authorization", [None, "", "Bearer ", "Basic abc", "Bearer not-a-token"])
async def test_without_a_good_token_the_call_is_refused_where_one_is_needed(
    authorization: str | None,
) -> None:
    metadata = {} if authorization is None else {"authorization": authorization}
    context = await refused(nothing, InMemoryContext(metadata=metadata), row=WITH_TOKEN)
    assert context.status is grpc.StatusCode.UNAUTHENTICATED
    assert context.trailing["stowage-code"] == "unauthenticated"


async def test_the_handler_knows_whom_the_token_speaks_for() -> None:
    keys = TokenKeys()
    token = keys.token()

    async def say() -> object:
        return rpc.identity().account_id, rpc.bearer()

    context = InMemoryContext(metadata={"authorization": f"Bearer {token}"})
    assert await served(say, context, row=WITH_TOKEN, keys=keys) == (ACCOUNT_ID, token)


async def test_a_token_where_none_is_asked_for_gives_no_identity() -> None:
    keys = TokenKeys()

    async def say() -> object:
        return rpc.identity()

    context = InMemoryContext(metadata={"authorization": f"Bearer {keys.token()}"})
    assert (await refused(say, context, keys=keys)).status is grpc.StatusCode.UNAUTHENTICATED


async def test_the_keys_being_away_is_not_the_persons_fault() -> None:
    keys = TokenKeys()
    keys.away = True
    context = InMemoryContext(metadata={"authorization": f"Bearer {keys.token()}"})
    assert (await refused(nothing, context, row=WITH_TOKEN, keys=keys)).status is grpc.StatusCode.UNAVAILABLE


async def test_a_refusal_becomes_status_and_trailing_metadata() -> None:
    async def say() -> object:
        raise NotThere("It is not there.", retry_after_seconds=0.25)

    context = await refused(say, InMemoryContext())
    assert (context.status, context.details) == (grpc.StatusCode.NOT_FOUND, "It is not there.")
    assert context.trailing == {
        "stowage-kind": "NOT_FOUND",
        "stowage-code": "node_not_found",
        "retry-after-ms": "250",
    }


async def test_an_unknown_failure_is_opaque_outside_and_logged_once_inside() -> None:
    async def say() -> object:
        raise LookupError("table users, key 7")

    with capture_logs() as logs:
        context = await refused(say, InMemoryContext(metadata={"stowage-request-id": REQUEST_ID}))
    assert context.status is grpc.StatusCode.INTERNAL
    assert "users" not in context.details
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["rpc_failed"]


async def test_the_words_of_an_internal_error_from_elsewhere_are_not_passed_on() -> None:
    async def say() -> object:
        raise RemoteError(Kind.INTERNAL, "internal", "stack text")

    context = await refused(say, InMemoryContext())
    assert (context.status, "stack" in context.details) == (grpc.StatusCode.INTERNAL, False)


async def test_a_refusal_out_of_a_task_group_is_a_refusal() -> None:
    async def refuse() -> None:
        raise NotThere("It is not there.")

    async def say() -> object:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(refuse())
            async with asyncio.TaskGroup() as inner:
                inner.create_task(refuse())
        return b""

    context = await refused(say, InMemoryContext())
    assert (context.status, context.details) == (grpc.StatusCode.NOT_FOUND, "It is not there.")


async def test_a_task_group_in_which_something_unforeseen_failed_is_opaque() -> None:
    async def refuse() -> None:
        raise NotThere

    async def stumble() -> None:
        raise LookupError

    async def say() -> object:
        async with asyncio.TaskGroup() as group:
            group.create_task(refuse())
            group.create_task(stumble())
        return b""

    assert (await refused(say, InMemoryContext())).status is grpc.StatusCode.INTERNAL


async def test_an_abort_by_grpc_itself_is_left_alone() -> None:
    context = InMemoryContext()

    async def say() -> object:
        await context.abort(grpc.StatusCode.DATA_LOSS, "mine")

    assert (await refused(say, context)).status is grpc.StatusCode.DATA_LOSS


async def test_a_cancelled_call_stays_cancelled_and_is_logged() -> None:
    async def say() -> object:
        raise asyncio.CancelledError

    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        await served(say, InMemoryContext())
    assert [line["outcome"] for line in logs] == ["CANCELLED"]


async def test_a_handler_that_runs_out_of_time_answers_unavailable() -> None:
    async def say() -> object:
        raise TimeoutError

    assert (await refused(say, InMemoryContext())).status is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(("asked", "given"), [(2.0, 2.0), (None, 60.0), (10_000.0, 60.0)])
async def test_the_callers_deadline_counts_up_to_a_minute(asked: float | None, given: float) -> None:
    async def say() -> object:
        return rpc.remaining_seconds()

    assert await served(say, InMemoryContext(remaining_seconds=asked)) == pytest.approx(given, abs=1)


async def test_the_access_log_has_one_line_with_method_caller_outcome_and_duration() -> None:
    with capture_logs() as logs:
        await served(nothing, InMemoryContext())
    (line,) = logs
    assert (line["event"], line["method"], line["caller"]) == ("rpc", METHOD, "api-gateway")
    assert line["outcome"] == "OK"
    assert line["ms"] >= 0


async def test_the_request_id_travels_into_the_handler_and_stays_in_its_call() -> None:
    async def say() -> object:
        return current_request_id()

    metadata = {"stowage-request-id": REQUEST_ID}
    assert await served(say, InMemoryContext(metadata=metadata)) == REQUEST_ID
    assert current_request_id() == ""


async def test_a_call_without_a_request_id_gets_one() -> None:
    async def say() -> object:
        return current_request_id()

    assert len(str(await served(say, InMemoryContext()))) == 32


async def test_rate_errors_and_duration_are_counted_by_method_and_outcome() -> None:
    registry = CollectorRegistry()
    metrics = ServerMetrics(registry)

    async def handler(request: Any, _context: Any) -> object:
        if request:
            raise NotThere
        return b""

    serve = guarded(handler, method=METHOD, row=GATEWAY_ONLY, verifier=None, metrics=metrics)
    await serve(b"", cast("Any", InMemoryContext()))
    with pytest.raises(grpc.aio.AbortError):
        await serve(b"missing", cast("Any", InMemoryContext()))

    def count(outcome: str) -> float | None:
        labels = {"method": METHOD, "outcome": outcome}
        return registry.get_sample_value("stowage_rpc_server_seconds_count", labels)

    assert (count("OK"), count("node_not_found")) == (1, 1)
    assert registry.get_sample_value("stowage_rpc_server_in_flight") == 0
