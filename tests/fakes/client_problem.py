"""A refusal of the in-memory server."""

from typing import Any


class Problem(Exception):
    def __init__(self, status: int, code: str, detail: str = "", *, retry_after: str | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after

    def as_json(self) -> dict[str, Any]:
        return {
            "type": f"about:{self.code}",
            "title": self.code,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": "req-1",
        }
