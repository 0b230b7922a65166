"""How a refusal looks."""

from typing import Any

from pydantic import Field

from api_gateway.adapters.http.models.bases import Answer, sample

NAME_TAKEN: dict[str, Any] = {
    "type": "about:blank",
    "title": "Conflict",
    "status": 409,
    "detail": "The folder holds that name already.",
    "code": "name_taken",
    "request_id": "0b7f5c9e1f6b4f0f9a3f6b2f8a1d2c3e",
}


class Problem(Answer):
    """RFC 9457. `code` is stable and for programs; `detail` is for people; `request_id` is for whoever runs it."""

    model_config = sample(**NAME_TAKEN)

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    offset: int | None = Field(
        None,
        description="Of a stream that does not end where it was to be gone on with: where it does; else absent",
    )
    step: int | None = Field(
        None,
        description="Of several steps that are one command: which of them was refused, from 0; else absent",
    )
