"""A drive over the REST API, for tests/mirror.py: by pages, and by a stream of events."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.mirror import ROOT, Happened, Mirrored, NotThere, Page, StartOver

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RestSource:
    """Implements Source. `http` goes to `/api/v1`, with a token."""

    http: httpx.AsyncClient

    async def changes(self, cursor: str) -> Page:
        answer = await self.http.get("/changes", params={"cursor": cursor})
        if answer.status_code == 409:
            raise StartOver
        page = answer.raise_for_status().json()
        return Page([_entry(entry) for entry in page["items"]], page["next_cursor"], page["more"])

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        found, cursor = list[Mirrored](), ""
        while True:
            params: Json = {"limit": 1000, "cursor": cursor}
            answer = await self.http.get(f"/folders/{folder_id}/entries", params=params)
            if answer.status_code == 404:
                raise NotThere
            page = answer.raise_for_status().json()
            found += map(_mirrored, page["items"])
            cursor = page["next_cursor"]
            if not cursor:
                return found

    @asynccontextmanager
    async def events(self, cursor: str) -> AsyncIterator[AsyncIterator[Page]]:
        """Each event as a page of one entry, from the cursor on."""
        headers = {"Last-Event-ID": cursor}
        async with self.http.stream("GET", "/changes/stream", headers=headers) as answer:
            answer.raise_for_status()
            yield _pages(answer.aiter_lines())


async def _pages(lines: AsyncIterator[str]) -> AsyncIterator[Page]:
    event = ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            event = value
        elif field == "data":
            assert event == "change", value
            entry = json.loads(value)
            yield Page([_entry(entry)], entry["cursor"], more=False)


def _entry(entry: Json) -> tuple[int, list[Happened]]:
    return entry["seq"], [_happened(change) for change in entry["changes"]]


def _happened(change: Json) -> Happened:
    node = change["node"]
    placed = _mirrored(node) if change["kind"] == "placed" else None
    return Happened(node["id"], node["seq"], placed)


def _mirrored(node: Json) -> Mirrored:
    parent = ROOT if node["parent_id"] == node["drive_id"] else node["parent_id"]
    return Mirrored(node["id"], parent, node["name"], node["kind"] == "folder", node["revision"], node["seq"])
