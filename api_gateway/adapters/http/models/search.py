"""What was found."""

from pydantic import Field

from api_gateway.adapters.http.models.bases import Answer, sample
from api_gateway.adapters.http.models.nodes import FOUND, PlacedNode


class FoundPage(Answer):
    """Some of what was found: perhaps few or none, even with more to come."""

    model_config = sample(items=[FOUND], next_cursor=None, complete=True)

    items: list[PlacedNode]
    next_cursor: str | None = Field(description="null at the end")
    complete: bool = Field(
        description="false: the index of names is still being built or lags; something may be missing"
    )
