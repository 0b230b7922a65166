"""A Transport that answers from a script and keeps what it was asked."""

from collections.abc import Iterable
from typing import Any

Answer = dict[str, Any] | BaseException


class ScriptedTransport:
    """Each call takes the next answer; the last one stays. An exception is raised."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = list(answers)
        self.requests: list[tuple[str, dict[str, Any]]] = []

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append((operation, request))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer
