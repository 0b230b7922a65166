"""`python -m tests.integration.migrations.stopping ENDPOINT PREFIX SERVICE CALL`: migrates up to a call, and hangs.

After the answer of the CALL-th request it says so and waits to be killed. Without so many requests it ends.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import boto3

from migrations.history import migrate_up
from migrations.tables import Engine
from tests.engines import REGION

HANGS = "hangs"


class Stopping:
    """A boto3 client that never comes back from its `at`-th call, though that was applied."""

    def __init__(self, client: Any, at: int) -> None:
        self._client = client
        self._left = at

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            try:
                return getattr(self._client, method)(**request)
            finally:
                self._left -= 1
                if self._left == 0:
                    sys.stdout.write(f"{HANGS}\n")
                    sys.stdout.flush()
                    time.sleep(600)

        return call


def main(endpoint: str, prefix: str, service: str, call: str) -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION)
    migrate_up(Engine(Stopping(client, int(call)), prefix, lambda _: None), service)


if __name__ == "__main__":
    main(*sys.argv[1:])
