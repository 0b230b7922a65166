"""Uploads of the in-memory server: claims, signatures, reports, completion, and the keys that began them."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.fakes.client_drive import Answer, InMemoryDrive, Json
from tests.fakes.client_problem import Problem
from tests.fakes.client_storage import InMemoryStorage

PART_BYTES = 8 * 2**20


class InMemoryUploads:
    """Parts are always of 8 MiB, layout `p23`, or `s1` of which no more than the first 200 are needed."""

    def __init__(self, drive: InMemoryDrive, storage: InMemoryStorage, now: Callable[[], datetime]) -> None:
        self._drive = drive
        self._storage = storage
        self._now = now
        self.by_id: dict[str, Json] = {}
        self.bundles: dict[str, list[Json | Problem]] = {}
        self.claims: dict[tuple[str, int], str] = {}
        self.reports: dict[tuple[str, int], str] = {}
        self._keys: dict[str, tuple[Json, str]] = {}
        self._signatures = 0
        self.past: dict[str, Json] = {}  # versions by number
        self.polls_before_commit = 0
        self.commit_refusal: Problem | None = None  # the next commit is refused so
        self.failure: tuple[str, str] | None = None  # what the next completion ends with

    def route(self, method: str, path: str, query: Json, body: Json, key: str) -> Answer:
        match method, *path.strip("/").split("/"):
            case "POST", "uploads":
                return 201, self._start(body, key)
            case "GET", "uploads":
                return 200, self._page(query)
            case "GET", "uploads", upload_id:
                return 200, self._look(self._get(upload_id), with_parts=query.get("parts") == "true")
            case "POST", "uploads", upload_id, "urls":
                self._close(self._open(upload_id), body.get("size"))
                return 200, {
                    "urls": self._sign(self._open(upload_id), body["parts"]),
                    "urls_expire_at": self._later(),
                }
            case "POST", "uploads", upload_id, "known":
                return 200, self._known(self._get(upload_id), body)
            case "POST", "uploads", upload_id, "parts":
                self._report(self._open(upload_id), body["parts"])
                return 204, None
            case "POST", "uploads", upload_id, "complete":
                return self._complete(self._get(upload_id), body)
            case "DELETE", "uploads", upload_id:
                upload = self._get(upload_id)
                if upload["state"] == "committed":
                    raise Problem(409, "already_committed")
                upload["state"] = "aborted"
                return 200, upload
        raise Problem(404, "not_found", path)

    def bundle_route(self, method: str, path: str, body: Json, key: str) -> Answer:
        match method, *path.strip("/").split("/"):
            case "POST", "bundles":
                return 201, self._start_bundle(body["files"], key)
            case "POST", "bundles", bundle_id, "complete":
                return 200, self._bundle(bundle_id, self._complete_one)
            case "DELETE", "bundles", bundle_id:
                return 200, self._bundle(bundle_id, self._abort_one)
        raise Problem(404, "not_found", path)

    def _start_bundle(self, files: list[Json], key: str) -> Json:
        assert 0 < len(files) <= 100
        assert all(file["size"] <= PART_BYTES for file in files)
        before, bundle_id = self._keys.setdefault(key, ({"files": files}, secrets.token_hex(16)))
        if before != {"files": files}:
            raise Problem(409, "command_id_reused", "This key began another bundle.")
        if bundle_id not in self.bundles:
            self.bundles[bundle_id] = [self._begin_one(file) for file in files]
        return self._bundle(bundle_id, self._sign_one)

    def _begin_one(self, file: Json) -> Json | Problem:
        request = {name: value for name, value in file.items() if name != "sha256"}
        try:
            upload = self._begin({**request, "conflict": "rename"})  # of names Complete is the judge
        except Problem as problem:
            return problem
        del self.by_id[upload["id"]]
        return upload | {"conflict": file["conflict"], "sha256": file["sha256"]}

    def _bundle(self, bundle_id: str, act: Callable[[Json], Json]) -> Json:
        if bundle_id not in self.bundles:
            raise Problem(404, "bundle_not_found", "There is no such bundle.")
        return {
            "id": bundle_id,
            "urls_expire_at": self._later(),
            "files": [
                _refused(each) if isinstance(each, Problem) else act(each) for each in self.bundles[bundle_id]
            ],
        }

    def _sign_one(self, upload: Json) -> Json:
        if upload["state"] == "committed":
            return _committed(upload)
        [url] = self._sign(upload, [{"number": 1, "sha256": upload["sha256"]}])
        return {"status": 201, "put": url, "file": None, "problem": None}

    def _complete_one(self, upload: Json) -> Json:
        try:
            self._complete(upload, {})
        except Problem as problem:
            return _refused(problem)
        return _committed(upload)

    def _abort_one(self, upload: Json) -> Json:
        if upload["state"] == "committed":
            return _committed(upload)
        upload["state"] = "aborted"
        return _refused(Problem(409, "already_aborted"))

    def content(self, file_id: str, version: str | None) -> Answer:
        node = self._drive.nodes.get(file_id)
        if node is None:
            raise Problem(404, "node_not_found", "There is no such file.")
        if node["kind"] != "file":
            raise Problem(409, "not_a_file", "Only files have content.")
        if version is not None:
            if version not in self.past:
                raise Problem(404, "version_not_found", "The file has no such version.")
            node = node | self.past[version]
        self._signatures += 1
        return 200, {
            "url": f"memory://get/{node['blob']}?n={self._signatures}",
            "expires_at": self._later(),
            **{
                name: node[name]
                for name in ("name", "size", "content_type", "content_hash", "layout", "revision")
            },
        }

    def hold_version(self, number: int, content: bytes) -> None:
        """Of the one file that has some, for the arrangement of a test."""
        blob = secrets.token_hex(16)
        self._storage.blobs[blob] = content
        held = {"blob": blob, "size": len(content), "content_hash": content_hash(content)}
        self.past[str(number)] = held

    def hold(self, folder_id: str, name: str, content: bytes) -> Json:
        """A file that is in the drive, for the arrangement of a test."""
        blob = secrets.token_hex(16)
        self._storage.blobs[blob] = content
        return self._drive.add(
            folder_id,
            name,
            kind="file",
            blob=blob,
            size=len(content),
            content_type="application/octet-stream",
            content_hash=content_hash(content),
            layout="p23",
            version=1,
        )

    def _page(self, query: Json) -> Json:
        """Two at a time, latest first."""
        alive = [each for each in self.by_id.values() if each["state"] in ("open", "assembling", "stored")]
        begin = int(query.get("cursor") or 0)
        page = alive[::-1][begin : begin + 2]
        return {"items": page, "next_cursor": str(begin + 2) if begin + 2 < len(alive) else None}

    def _start(self, body: Json, key: str) -> Json:
        request = {name: value for name, value in body.items() if name not in ("parts", "content_hash")}
        if key in self._keys:
            before, upload_id = self._keys[key]
            if before != request:
                raise Problem(409, "command_id_reused", "This key began another upload.")
            upload = self.by_id[upload_id]
        else:
            upload = self._begin(request)
            self._keys[key] = request, upload["id"]
        self._use_known(upload, body.get("content_hash", ""))
        urls = self._sign(upload, body.get("parts", [])) if upload["state"] == "open" else []
        return {"upload": upload, "urls": urls, "urls_expire_at": self._later()}

    def _known(self, upload: Json, body: Json) -> Json:
        """Parts are copied from the file that is replaced, two at a time."""
        self._use_known(upload, body["content_hash"])
        there = self._drive.named(upload["folder_id"], upload["name"])
        missing, held = list[Json](), dict[str, bytes]()
        if upload["state"] == "open" and upload["conflict"] == "replace" and there is not None:
            held = _parts(self._storage.blobs[there["blob"]])
            parts = [it for it in body["parts"] if (upload["id"], it["number"]) not in self.reports]
            missing = [it for it in parts if it["sha256"] in held]
        for part in missing[:2]:
            place = upload["id"], part["number"]
            self.claims[place], self.reports[place] = part["sha256"], '"copied"'
            self._storage.parts[place] = held[part["sha256"]]
        return {**self._look(upload, with_parts=True), "more": len(missing) > 2}

    def _use_known(self, upload: Json, wanted_hash: str) -> None:
        """If the drive holds a file of this content, the upload is committed."""
        held = (it for it in self._drive.nodes.values() if it.get("content_hash") == wanted_hash)
        node = next(held, None) if wanted_hash and upload["state"] == "open" else None
        if node is not None and node["size"] == upload["size"]:
            self._make_file(upload, self._storage.blobs[node["blob"]])

    def _begin(self, request: Json) -> Json:
        if request["folder_id"] not in self._drive.nodes:
            raise Problem(404, "folder_not_found", "There is no such folder.")
        if request["conflict"] == "fail" and self._drive.named(request["folder_id"], request["name"]):
            raise Problem(409, "name_taken", f"There is a {request['name']} already.")
        is_stream = request["size"] is None
        count = 1000 if is_stream else max(1, -(-request["size"] // PART_BYTES))
        upload = {
            "id": secrets.token_hex(16),
            "state": "open",
            "content_type": "application/octet-stream",
            "layout": "s1" if is_stream else "p23",
            "part_size": PART_BYTES,
            "part_count": count,
            "created_at": self._now().isoformat(),
            "expires_at": self._later(),
            "node_id": None,
            "committed_name": None,
            "failure_code": None,
            "failure_detail": None,
            **request,
        }
        self.by_id[upload["id"]] = upload
        if count == 1:
            self._storage.write_once.add(upload["id"])
        return upload

    def _close(self, upload: Json, size: int | None) -> None:
        if size is None:
            return
        if upload["size"] not in (None, size):
            raise Problem(409, "length_decided")
        upload |= {"size": size, "part_count": max(1, -(-size // PART_BYTES))}

    def _sign(self, upload: Json, claims: list[Json]) -> list[Json]:
        assert len(claims) <= 100
        for claim in claims:
            if self.claims.setdefault((upload["id"], claim["number"]), claim["sha256"]) != claim["sha256"]:
                raise Problem(409, "part_claimed", "This part was claimed with another hash.")
        return [self._signed(upload, claim) for claim in claims]

    def _signed(self, upload: Json, claim: Json) -> Json:
        self._signatures += 1
        number = claim["number"]
        size = PART_BYTES
        if upload["size"] is not None:
            size = min(size, upload["size"] - (number - 1) * PART_BYTES)
        query = f"sha256={claim['sha256']}&size={size}&n={self._signatures}"
        url = f"memory://put/{upload['id']}/{number}?{query}"
        return {
            "number": number,
            "method": "PUT",
            "url": url,
            "headers": {"x-hash": claim["sha256"]},
            "size": size,
        }

    def _report(self, upload: Json, reports: list[Json]) -> None:
        assert len(reports) <= 100
        for report in reports:
            assert report["etag"]
            self.reports[upload["id"], report["number"]] = report["etag"]

    def _look(self, upload: Json, *, with_parts: bool) -> Json:
        if not with_parts:
            return upload
        numbers = sorted(number for upload_id, number in self.claims if upload_id == upload["id"])
        parts = [
            {
                "number": n,
                "sha256": self.claims[upload["id"], n],
                "reported": (upload["id"], n) in self.reports,
            }
            for n in numbers
        ]
        return {**upload, "parts": parts}

    def _complete(self, upload: Json, body: Json) -> Answer:
        if upload["state"] in ("committed", "failed"):
            return 200, upload
        if upload["state"] == "aborted":
            raise Problem(409, "already_aborted", "This upload has ended.")
        self._close(upload, body.get("size"))
        if upload["size"] is None:
            raise Problem(409, "length_unknown")
        self._report(upload, body.get("parts", []))
        upload |= {name: body[name] for name in ("folder_id", "name", "conflict") if name in body}
        self._require_parts(upload)
        if self.failure:
            upload["state"] = "failed"
            upload["failure_code"], upload["failure_detail"] = self.failure
            self.failure = None
            return 200, upload
        if self.polls_before_commit:
            self.polls_before_commit -= 1
            upload["state"] = "assembling"
            return 202, upload
        self._commit(upload)
        return 200, upload

    def _require_parts(self, upload: Json) -> None:
        for number in range(1, upload["part_count"] + 1):
            if (upload["id"], number) not in self._storage.parts:
                self.reports.pop((upload["id"], number), None)
                raise Problem(409, "parts_missing", f"Part {number} has not arrived.")

    def _commit(self, upload: Json) -> None:
        upload["state"] = "stored"
        if self.commit_refusal is not None:
            refusal, self.commit_refusal = self.commit_refusal, None
            raise refusal
        parts = [self._storage.parts[upload["id"], number] for number in range(1, upload["part_count"] + 1)]
        self._make_file(upload, b"".join(parts))

    def _make_file(self, upload: Json, content: bytes) -> None:
        there = self._drive.named(upload["folder_id"], upload["name"])
        if there is not None and upload["conflict"] == "replace":
            del self._drive.nodes[there["id"]]
        name = self._drive.free_name(upload["folder_id"], upload["name"], upload["conflict"])
        node = self.hold(upload["folder_id"], name, content)
        upload |= {
            "state": "committed",
            "node_id": node["id"],
            "committed_name": name,
            "committed_revision": 1,
        }

    def _open(self, upload_id: str) -> Json:
        upload = self._get(upload_id)
        if upload["state"] != "open":
            raise Problem(409, "upload_not_open")
        return upload

    def _get(self, upload_id: str) -> Json:
        if upload_id not in self.by_id:
            raise Problem(404, "upload_not_found", "There is no such upload.")
        return self.by_id[upload_id]

    def _later(self) -> str:
        return self._now().replace(year=self._now().year + 1).isoformat()


def _committed(upload: Json) -> Json:
    file = {"node_id": upload["node_id"], "name": upload["committed_name"], "revision": 1}
    return {"status": 200, "put": None, "file": file, "problem": None}


def _refused(problem: Problem) -> Json:
    said = {"status": problem.status, "code": problem.code, "detail": problem.detail}
    return {"status": problem.status, "put": None, "file": None, "problem": said}


def content_hash(content: bytes) -> str:
    parts: list[Any] = [content[i : i + PART_BYTES] for i in range(0, max(1, len(content)), PART_BYTES)]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _parts(content: bytes) -> dict[str, bytes]:
    """By their hashes."""
    pieces = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    return {hashlib.sha256(piece).hexdigest(): piece for piece in pieces}
