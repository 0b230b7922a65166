"""A boto3 client for tables that answers from a script, for what the local engines never say."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Answer = dict[str, Any] | ClientError


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words"}}, "Operation")


def table(*, status: str = "ACTIVE", indexes: dict[str, str] | None = None) -> dict[str, Any]:
    """The description of a table with key `id` (S) and of its indexes, by name and status, each on `owner` (S)."""
    return {
        "Table": {
            "TableStatus": status,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "owner", "AttributeType": "S"},
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": name,
                    "IndexStatus": state,
                    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                }
                for name, state in (indexes or {}).items()
            ],
        }
    }


def expiry(attribute: str | None) -> dict[str, Any]:
    return {
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}
        if attribute
        else {"TimeToLiveStatus": "DISABLED"}
    }


class ScriptedAdmin:
    """Per method, the answers in order; the last one stays. A method without any answers {}."""

    def __init__(self, **answers: list[Answer]) -> None:
        self._answers = answers
        self.requests: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        def call(**request: Any) -> dict[str, Any]:
            self.requests[method].append(request)
            answers = self._answers.get(method, [{}])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, ClientError):
                raise answer
            return answer

        return call
