"""The journal of the in-memory server: what a test says that happened."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

Json = dict[str, Any]


class InMemoryChanges:
    """`meanwhile`: what happens, one by one, while somebody waits in vain."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.entries: list[Json] = []
        self.meanwhile: deque[Callable[[], None]] = deque()

    def happens(self, name: str, *, kind: str = "file", deleted: bool = False) -> None:
        number = len(self.entries) + 1
        node = {"id": f"{number:032x}", "kind": kind, "name": name}
        change = {"kind": "deleted" if deleted else "placed", "actor": "account:a", "node": node}
        at = self._now().isoformat()
        self.entries.append({"seq": number, "at": at, "changes": [change], "cursor": f"c{number}"})

    def page(self, query: Json) -> Json:
        begin = int(query["cursor"][1:]) if "cursor" in query else len(self.entries)
        if begin == len(self.entries) and int(query.get("wait", 0)) and self.meanwhile:
            self.meanwhile.popleft()()
        found = self.entries[begin : begin + 2]
        end = begin + len(found)
        return {"items": found, "next_cursor": f"c{end}", "more": end < len(self.entries)}
