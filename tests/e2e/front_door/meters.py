"""What a request makes the services read and write: told by their own metrics, whatever else the machine does."""

import re
from collections import Counter

import httpx

from local_stack.plan import SERVICES
from local_stack.stack import Stack

Work = Counter[str]
# By operation, table and outcome, as one text.
_COUNT = re.compile(r"^stowage_dynamodb_seconds_count\{(.*)\} (\S+)$", re.MULTILINE)


class WorkMeter:
    """Requests to DynamoDB by operation and table, over all instances of all services."""

    def __init__(self, stack: Stack) -> None:
        health = [process.probe.rpartition("/health/")[0] for process in stack.plan.in_group(SERVICES)]
        self._pages = [f"{url}/metrics" for url in health]
        self._http = httpx.Client(timeout=30)

    def close(self) -> None:
        self._http.close()

    def read(self) -> Work:
        work: Work = Counter()
        for page in self._pages:
            for labels, count in _COUNT.findall(self._http.get(page).text):
                work[labels] += int(float(count))
        return work
