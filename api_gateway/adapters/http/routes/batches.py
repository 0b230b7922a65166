"""Many changes in one request: each by itself, or all of them together."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from api_gateway.adapters.http.batch_requests import Batch, Steps
from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.errors import told
from api_gateway.adapters.http.models import batches as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import BatchId, CommandId
from api_gateway.adapters.http.problems import CHANGING, PLACING, declares
from api_gateway.adapters.http.wiring import BatchesPort, RunBatchUse
from api_gateway.domain.batches import Done, Outcome, last_position
from api_gateway.domain.nodes import At, TrashItem

router = APIRouter(route_class=Operation, tags=["nodes"])


@router.post(
    "/nodes:batch",
    response_model=models.Results,
    summary="Up to 1,000 changes, each by itself",
    openapi_extra=declares(headers=("Stowage-Seq",)),
)
async def run_batch(run: RunBatchUse, caller: Identified, body: Batch, command_id: BatchId) -> Response:
    """A result for each: one that is refused spoils no other, and what was done stays done. They are done in no
    promised order. After a 503 in some results, or none at all, send the same again with the same key."""
    outcomes = await run(caller, [each.to_domain() for each in body.operations], command_id=command_id)
    return _answered(outcomes)


@router.post(
    "/nodes:together",
    response_model=models.Results,
    summary="Up to 10 changes, all or none",
    openapi_extra=declares(
        *PLACING,
        *CHANGING,
        "would_make_cycle",
        "root_is_fixed",
        "revision_stale",
        "steps_overlap",
        headers=("Stowage-Seq",),
    ),
)
async def run_together(
    batches: BatchesPort, caller: Identified, body: Steps, command_id: CommandId
) -> Response:
    """Judged by what they come to: two names can be swapped, and a folder can go into one that comes out of it. Each
    step is on a node of its own. A problem says in `step` which of them may not be."""
    steps = [each.to_domain() for each in body.steps]
    return _answered(await batches.run_together(caller, steps, command_id=command_id))


def _answered(outcomes: Sequence[Outcome]) -> Response:
    results = [_result(outcome) for outcome in outcomes]
    return encoded_at(At({"results": results}, last_position(tuple(outcomes))))


def _result(outcome: Outcome) -> dict[str, object]:
    if not isinstance(outcome, Done):
        problem = told(outcome)
        return {"status": problem["status"], "node": None, "trash_item": None, "problem": problem}
    in_trash = isinstance(outcome.answer, TrashItem)
    return {
        "status": 200,
        "node": None if in_trash else outcome.answer,
        "trash_item": outcome.answer if in_trash else None,
        "problem": None,
    }
