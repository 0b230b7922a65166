"""What came of many operations."""

from pydantic import Field

from api_gateway.adapters.http.models.bases import Answer, sample
from api_gateway.adapters.http.models.nodes import FOLDER, Node, TrashItem
from api_gateway.adapters.http.models.problem import NAME_TAKEN, Problem

_DONE = {"status": 200, "node": FOLDER, "trash_item": None, "problem": None}
_REFUSED = {
    "status": 409,
    "node": None,
    "trash_item": None,
    "problem": NAME_TAKEN,
}


class Result(Answer):
    """What one operation came to: the node, for `trash` the item in the trash, or the problem; the others are null."""

    model_config = sample(**_DONE)

    status: int = Field(description="As it would have been alone: 200 if it was done")
    node: Node | None
    trash_item: TrashItem | None
    problem: Problem | None


class Results(Answer):
    """One result for each operation or step, in the order of the request."""

    model_config = sample(results=[_DONE, _REFUSED])

    results: list[Result]
