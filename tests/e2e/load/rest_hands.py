"""Deeds by the REST API, and a mirror's view of it: a client that says everything once and takes what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from file_metadata_service.app.placing import ConflictRule
from tests.deeds import Outcome, Unknown
from tests.e2e.load.client import Client
from tests.mirror import ROOT, Happened, Mirrored, NotThere, Page, StartOver

_ASK_AGAIN = (429, 503)
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class RestHands:
    """Implements Hands, but for uploads: bytes are the other workers' to send."""

    client: Client

    async def make_folder(self, key: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        return await self._do(key, "POST", "/folders", {"parent_id": parent, "name": name, "conflict": rule})

    async def upload(self, key: str, folder: str, name: str, rule: ConflictRule, size: int) -> Outcome:
        raise NotImplementedError

    async def copy_file(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        raise NotImplementedError

    async def restore_version(self, key: str, node: str, number: int) -> Outcome:
        raise NotImplementedError

    async def move(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome:
        body = {"parent_id": parent, "name": name, "conflict": rule}
        return await self._do(key, "PATCH", f"/nodes/{node}", body)

    async def trash(self, key: str, node: str) -> Outcome:
        return await self._do(key, "DELETE", f"/nodes/{node}")

    async def restore(self, key: str, node: str, rule: ConflictRule) -> Outcome:
        return await self._do(key, "POST", f"/trash/{node}/restore", {"conflict": rule})

    async def look(self, node: str) -> Outcome:
        answer = await ask(self.client, "GET", f"/nodes/{node}")
        return _refused(answer) or Outcome(seq=_seq(answer), name=answer.json()["name"])

    async def names(self, folder: str) -> Outcome:
        answer = await ask(self.client, "GET", f"/folders/{folder}/entries", params={"limit": _PAGE})
        if answer.is_error:
            return _refused(answer)  # type: ignore[return-value]  # an error is a refusal
        page = answer.json()
        assert page["next_cursor"] is None
        return Outcome(seq=_seq(answer), seen=frozenset((item["name"], item["id"]) for item in page["items"]))

    async def _do(self, key: str, method: str, path: str, body: dict[str, Any] | None = None) -> Outcome:
        answer = await ask(self.client, method, path, body, headers={"Idempotency-Key": key})
        refused = _refused(answer)
        if refused is not None:
            return refused
        said = answer.json()
        node = said.get("node", said)
        return Outcome(seq=_seq(answer), node_id=node["id"], name=node["name"])


@dataclass(frozen=True, slots=True)
class RestSource:
    """Implements the mirror's Source; asks again by itself."""

    client: Client

    async def changes(self, cursor: str) -> Page:
        params = {"cursor": cursor} if cursor else {}
        answer = await self._patiently("/changes", params)
        if answer.is_error:
            assert answer.json()["code"] == "cursor_reset", answer.text
            raise StartOver
        said = answer.json()
        root = answer.headers["stowage-seq"].partition(".")[0]
        entries = [
            (entry["seq"], [_happened(it["node"], root) for it in entry["changes"]])
            for entry in said["items"]
        ]
        return Page(entries, said["next_cursor"], said["more"])

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        answer = await self._patiently(f"/folders/{folder_id}/entries", {"limit": _PAGE})
        if answer.is_error:
            assert answer.json()["code"] == "node_not_found", answer.text
            raise NotThere
        assert answer.json()["next_cursor"] is None
        return [_mirrored(item, folder_id) for item in answer.json()["items"]]

    async def _patiently(self, path: str, params: dict[str, Any]) -> httpx.Response:
        while True:
            try:
                return await ask(self.client, "GET", path, params=params)
            except Unknown:
                await self.client.come_back()


async def ask(
    client: Client, method: str, path: str, body: dict[str, Any] | None = None, **options: Any
) -> httpx.Response:
    """Raises Unknown for whatever may be otherwise the next time."""
    try:
        answer = await client.attempt(method, path, f"{method} {path.split('/')[1]}", body, **options)
    except httpx.TransportError as error:
        raise Unknown from error
    if answer.status_code == 401:
        await client.refresh()
        raise Unknown
    if answer.status_code in _ASK_AGAIN:
        raise Unknown
    assert answer.status_code < 500, answer.text
    return answer


def _refused(answer: httpx.Response) -> Outcome | None:
    return Outcome(refusal=answer.json()["code"]) if answer.is_error else None


def _seq(answer: httpx.Response) -> int:
    return int(answer.headers["stowage-seq"].rpartition(".")[2])


def _happened(node: dict[str, Any], root: str) -> Happened:
    """The root folder's id is the drive's."""
    parent = ROOT if node["parent_id"] == root else node["parent_id"]
    return Happened(node["id"], node["seq"], None if parent is None else _mirrored(node, parent))


def _mirrored(node: dict[str, Any], parent: str) -> Mirrored:
    return Mirrored(node["id"], parent, node["name"], node["kind"] == "folder", node["revision"], node["seq"])
