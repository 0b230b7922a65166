"""Many small files at once."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api_gateway.adapters.http.models.bases import ID, LATER, OTHER_ID, Answer, Id, sample
from api_gateway.adapters.http.models.problem import NAME_TAKEN, Problem
from api_gateway.adapters.http.models.uploads import SIGNED, SignedPart

_URL = {**SIGNED, "size": 4}
_TO_SEND: dict[str, Any] = {"status": 201, "put": _URL, "file": None, "problem": None}
_FILE = {"node_id": ID, "name": "notes.txt", "revision": 1}
_REFUSED = {"status": 409, "put": None, "file": None, "problem": NAME_TAKEN}


class CommittedFile(Answer):
    """What a bundled file became."""

    model_config = sample(**_FILE)

    node_id: Id
    name: str = Field(description="That it got, which `rename` may have changed")
    revision: int


class BundledFile(Answer):
    """Where its bytes go, what it became, or why it may not be; the others are null."""

    model_config = sample(**_TO_SEND)

    status: int = Field(description="As it would have been alone; 201 while its bytes are awaited")
    put: SignedPart | None
    file: CommittedFile | None
    problem: Problem | None


class Bundle(Answer):
    """One answer for each file, in the order of the request."""

    model_config = sample(id=OTHER_ID, urls_expire_at=LATER, files=[_TO_SEND, _REFUSED])

    id: Id
    urls_expire_at: datetime | None = Field(description="null if no bytes are awaited here")
    files: list[BundledFile]


class FileResult(Answer):
    """What a file became, or why it may not be; the other is null."""

    model_config = sample(status=200, file=_FILE, problem=None)

    status: int = Field(description="As it would have been alone")
    file: CommittedFile | None
    problem: Problem | None


class FileResults(Answer):
    """One result for each file, in the order of the plan."""

    model_config = sample(
        files=[
            {"status": 200, "file": _FILE, "problem": None},
            {"status": 409, "file": None, "problem": NAME_TAKEN},
        ]
    )

    files: list[FileResult]
