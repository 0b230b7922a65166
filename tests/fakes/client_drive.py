"""Folders, files and the trash of the in-memory server."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.fakes.client_jobs import InMemoryJobs
from tests.fakes.client_problem import Problem

Json = dict[str, Any]
Answer = tuple[int, Json | None]
PAGE = 3  # small, so that every listing has several pages


class InMemoryDrive:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.id = "a" * 32
        self.nodes: dict[str, Json] = {}
        self.trash: dict[str, Json] = {}
        self.jobs = InMemoryJobs(now)
        self.index_is_complete = True
        self.versions_bytes = 0
        self.kept, self.forgotten = set[int](), set[int]()
        self._results: dict[str, Answer] = {}
        self.add(None, "", kind="folder", node_id=self.id)

    def add(
        self, parent_id: str | None, name: str, *, kind: str, node_id: str | None = None, **more: Any
    ) -> Json:
        node = {
            "id": node_id or secrets.token_hex(16),
            "drive_id": self.id,
            "kind": kind,
            "parent_id": parent_id,
            "name": name,
            "revision": 1,
            "seq": len(self.nodes),
            "created_at": self.now().isoformat(),
            "updated_at": self.now().isoformat(),
            **more,
        }
        self.nodes[node["id"]] = node
        return node

    def children(self, folder_id: str) -> list[Json]:
        found = [node for node in self.nodes.values() if node["parent_id"] == folder_id]
        return sorted(found, key=lambda node: (node["kind"] == "file", node["name"]))

    def named(self, folder_id: str, name: str) -> Json | None:
        return next((node for node in self.children(folder_id) if node["name"] == name), None)

    def free_name(self, folder_id: str, name: str, conflict: str) -> str:
        if self.named(folder_id, name) is None:
            return name
        if conflict != "rename":
            raise Problem(409, "name_taken", f"There is a {name} already.")
        return f"{name} (2)"

    def path(self, text: str) -> Json:
        """`/films/big.mkv` to its node."""
        node = self.nodes[self.id]
        for name in filter(None, text.split("/")):
            found = self.named(node["id"], unquote(name))
            if found is None:
                raise Problem(404, "node_not_found", "There is no such file or folder.")
            node = found
        return node

    def folder(self, text: str) -> str:
        """Makes a folder and what is missing above it, for the arrangement of a test; returns its id."""
        node_id = self.id
        for name in filter(None, text.split("/")):
            node_id = (self.named(node_id, name) or self.add(node_id, name, kind="folder"))["id"]
        return node_id

    def route(self, method: str, path: str, query: Json, body: Json, key: str) -> Answer:
        if method != "GET" and key in self._results:
            return self._results[key]
        answer = self._route(method, path, query, body)
        if method != "GET":
            self._results[key] = answer
        return answer

    def _route(self, method: str, path: str, query: Json, body: Json) -> Answer:
        words = path.strip("/").split("/")
        match method, *words:
            case "GET", "drive":
                return 200, self._about()
            case "GET", "paths", *_:
                return 200, self._with_ancestors(self.path(path.removeprefix("/paths")))
            case "GET", "nodes", node_id:
                return 200, self._with_ancestors(self._get(node_id))
            case "PATCH", "nodes", node_id:
                return 200, self._move(self._get(node_id), body)
            case "DELETE", "nodes", node_id:
                return 200, self._delete(self._get(node_id))
            case "POST", "folders":
                parent_id = self._get(body["parent_id"])["id"]
                name = self.free_name(parent_id, body["name"], body.get("conflict", "fail"))
                return 201, self.add(parent_id, name, kind="folder")
            case "GET", "folders", folder_id, "entries":
                return 200, self._page(self._sorted(folder_id, query), query)
            case "GET", "trash":
                return 200, self._page(list(self.trash.values()), query)
            case "POST", "trash", node_id, "restore":
                return 200, self._restore(node_id, body)
        return self._work(method, words, query, body)

    def _work(self, method: str, words: list[str], query: Json, body: Json) -> Answer:
        """What may take longer than a request."""
        match method, *words:
            case "POST", "nodes", node_id, "copy":
                return self._copy(self._get(node_id), body)
            case "DELETE", "trash":
                return 202, self.jobs.begin("empty_trash", self.trash.clear)
            case "DELETE", "trash", node_id:
                return 202, self._purge(node_id)
            case "GET", "jobs":
                return 200, self._page(self.jobs.latest(), query)
            case (("GET" | "DELETE"), "jobs", job_id):
                return 200, self.jobs.cancel(job_id) if method == "DELETE" else self.jobs.look(job_id)
        raise Problem(404, "not_found", "/".join(words))

    def search(self, query: Json) -> Json:
        placed = [self._with_ancestors(node) for node in self.nodes.values() if node["id"] != self.id]
        found = [
            node
            for node in placed
            if query.get("q", "").casefold() in node["name"].casefold()
            and query.get("type", node["kind"]) == node["kind"]
            and int(query.get("min_size", 0)) <= node.get("size", 0)
            and node.get("size", 0) <= int(query.get("max_size", 2**53))
            and query.get("folder_id", self.id) in [above["id"] for above in node["ancestors"]]
        ]
        return self._page(found, query) | {"complete": self.index_is_complete}

    def versions(self, method: str, path: str, query: Json, body: Json) -> Answer:
        """Of the one file that a test gave some: `sizes`, oldest first."""
        node = self._get(path.split("/")[2])
        if node["kind"] != "file":
            raise Problem(409, "not_a_file", "It is a folder.")
        sizes = node.setdefault("sizes", [node["size"]])
        if method != "GET":
            number = int(path.split("/")[4])
            if number > len(sizes) or number in self.forgotten:
                raise Problem(404, "version_not_found", "The file has no such version.")
        if method == "DELETE":
            if number == len(sizes):
                raise Problem(409, "version_is_current", "This is the file's current version.")
            self.forgotten.add(number)
            return 204, None
        if method == "PATCH":
            (self.kept.add if body["keep"] else self.kept.discard)(number)
            return 200, self._version(node, number)
        if method == "POST":
            sizes.append(sizes[number - 1])
            node["size"] = sizes[-1]
            return 200, node
        found = [
            self._version(node, number) for number in range(len(sizes), 0, -1) if number not in self.forgotten
        ]
        return 200, self._page(found, query)

    def _version(self, node: Json, number: int) -> Json:
        return {
            "number": number,
            "size": node["sizes"][number - 1],
            "content_hash": node["content_hash"],
            "created_at": node["created_at"],
            "kept": number in self.kept,
            "current": number == len(node["sizes"]),
        }

    def _copy(self, node: Json, body: Json) -> Answer:
        parent_id = self._get(body["parent_id"])["id"]

        def place() -> str:
            name = self.free_name(parent_id, body["name"], body["conflict"])
            copy = {**node, "id": secrets.token_hex(16), "parent_id": parent_id, "name": name}
            self.nodes[copy["id"]] = copy
            return str(copy["id"])

        if node["kind"] == "file":
            return 201, self.nodes[place()]
        return 202, self.jobs.begin("copy", place)

    def _purge(self, node_id: str) -> Json:
        if node_id not in self.trash:
            raise Problem(404, "node_not_found", "It is not in the trash.")
        del self.trash[node_id]
        return self.jobs.begin("delete", lambda: None)

    def recent(self, query: Json) -> Json:
        files = [self._with_ancestors(node) for node in self.nodes.values() if node["kind"] == "file"]
        return self._page(files[::-1], query) | {"complete": self.index_is_complete}

    def _about(self) -> Json:
        files = [node for node in self.nodes.values() if node["kind"] == "file"]
        used = sum(node["size"] for node in files)
        return {
            "id": self.id,
            "root_id": self.id,
            "bytes_used": used,
            "file_count": len(files),
            "quota_bytes": None,
            "versions_bytes": self.versions_bytes,
            "trash_bytes": None,
        }

    def _get(self, node_id: str) -> Json:
        if node_id == "root":
            node_id = self.id
        if node_id not in self.nodes:
            raise Problem(404, "node_not_found", "There is no such file or folder.")
        return self.nodes[node_id]

    def _with_ancestors(self, node: Json) -> Json:
        above: list[Json] = []
        current = node
        while current["parent_id"]:
            current = self.nodes[current["parent_id"]]
            above.insert(0, {"id": current["id"], "name": current["name"]})
        return {**node, "ancestors": above}

    def _move(self, node: Json, body: Json) -> Json:
        parent_id = body.get("parent_id", node["parent_id"])
        name = body.get("name", node["name"])
        node["name"] = self.free_name(parent_id, name, body.get("conflict", "fail"))
        node["parent_id"] = parent_id
        return node

    def _delete(self, node: Json) -> Json:
        names = [above["name"] for above in self._with_ancestors(node)["ancestors"]] + [node["name"]]
        item = {
            "node": node,
            "original_path": "/".join(names),
            "trashed_at": (self.now() + timedelta(seconds=len(self.trash))).isoformat(),
            "expires_at": (self.now() + timedelta(days=30)).isoformat(),
        }
        self.trash[node["id"]] = item
        del self.nodes[node["id"]]
        return item

    def _restore(self, node_id: str, body: Json) -> Json:
        item = self.trash.get(node_id)
        if item is None:
            raise Problem(404, "node_not_found", "It is not in the trash.")
        node: Json = item["node"]
        parent_id = body.get("parent_id", node["parent_id"])
        node["name"] = self.free_name(parent_id, body.get("name", node["name"]), body.get("conflict", "fail"))
        node["parent_id"] = parent_id
        del self.trash[node_id]
        self.nodes[node_id] = node
        return node

    def _sorted(self, folder_id: str, query: Json) -> list[Json]:
        found = self.children(self._get(folder_id)["id"])
        if query.get("sort") == "size":
            found.sort(key=lambda node: node.get("size") or 0)
        return found[::-1] if query.get("order") == "desc" else found

    def _page(self, items: list[Json], query: Json) -> Json:
        begin = int(query.get("cursor") or 0)
        end = begin + PAGE
        return {"items": items[begin:end], "next_cursor": str(end) if end < len(items) else None}
