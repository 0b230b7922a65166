"""What one person owns of each kind, so that another can ask for it."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from tests.e2e.person import Person, sha256

CONTENT = b"not yours"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Belongings:
    """Something of everything, by kind: ids, cursors of each listing, paths."""

    person: Person
    ids: dict[str, dict[str, str]]
    cursors: dict[str, str]

    @classmethod
    def of(cls, person: Person, *, calls_it: str) -> "Belongings":
        drive = person.request("GET", "/drive").json()
        folder, empty = _folder(person, calls_it), _folder(person, "empty")
        nested = _folder(person, "inner", folder)
        file = person.put("letter.txt", CONTENT)["node_id"]
        person.put("letter.txt", CONTENT, conflict="replace")
        deep_file = person.put("deep.txt", CONTENT, folder_id=nested)["node_id"]
        gone, gone_too = _trashed(person, "gone"), _trashed(person, "gone too")
        claim = [{"number": 1, "sha256": sha256(CONTENT)}]
        upload, another = (
            person.start(name, CONTENT, parts=claim)["upload"]["id"] for name in ("one", "two")
        )
        stream = {"folder_id": "root", "name": "stream", "size": None}
        growing = person.request("POST", "/uploads", json=stream).json()["upload"]["id"]
        ready = person.start("ready", CONTENT, parts=claim)
        person.send(ready["urls"][0], CONTENT)
        committed = person.start("third", b"", parts=[{"number": 1, "sha256": sha256(b"")}])
        person.send(committed["urls"][0], b"")
        person.complete(committed["upload"]["id"])
        small = {"folder_id": "root", "name": "small", "size": len(CONTENT), "sha256": sha256(CONTENT)}
        bundle = person.request("POST", "/bundles", json={"files": [small]}).json()
        person.send(bundle["files"][0]["put"], CONTENT)
        sessions = person.request("GET", "/sessions").json()["items"]
        jobs = [_ended_job(person, empty, name) for name in ("copied", "copied too")]
        person.counted()
        return cls(
            person,
            ids={
                "node": {
                    "root": drive["root_id"],
                    "folder": folder,
                    "empty folder": empty,
                    "nested folder": nested,
                    "file": file,
                    "deep file": deep_file,
                    "trashed folder": gone,
                    "another trashed folder": gone_too,
                },
                "file": {"file": file, "deep file": deep_file, "folder": folder, "trashed folder": gone},
                "upload": {
                    "open": upload,
                    "another": another,
                    "stream": growing,
                    "ready": ready["upload"]["id"],
                    "committed": committed["upload"]["id"],
                },
                "bundle": {"ready": bundle["id"]},
                "job": {"ended": jobs[0], "another": jobs[1]},
                "session": {"live": sessions[0]["id"]},
                "path": {"a folder's": calls_it, "a file's": f"{calls_it}/inner/deep.txt"},
            },
            cursors={
                "list_folder": _cursor(person, "/folders/root/entries"),
                "list_trash": _cursor(person, "/trash"),
                "list_changes": person.now(),
                "search_names": _cursor(person, "/search"),
                "list_recent": _cursor(person, "/recent"),
                "stream_changes": person.now(),
                "list_uploads": _cursor(person, "/uploads"),
                "list_jobs": _cursor(person, "/jobs"),
                "list_versions": _cursor(person, f"/files/{file}/versions"),
            },
        )

    def state(self) -> Json:
        """All that a trespass could have changed."""
        get = self.person.request
        uploads = get("GET", "/uploads").json()["items"]
        return {
            "changes": self.person.changes(self.cursors["list_changes"]),
            "drive": get("GET", "/drive").json(),
            "entries": get("GET", "/folders/root/entries").json(),
            "trash": get("GET", "/trash").json(),
            "uploads": uploads,
            "jobs": get("GET", "/jobs").json(),
            "versions": get("GET", f"/files/{self.ids['file']['file']}/versions").json(),
            "parts": [get("GET", f"/uploads/{each['id']}?parts=1").json()["parts"] for each in uploads],
            "account": get("GET", "/account").json(),
            "sessions": sorted(each["id"] for each in get("GET", "/sessions").json()["items"]),
        }


def nobodys(kind: str, instead_of: str) -> str:
    """Something of the same form that exists nowhere."""
    if kind == "path":
        return "/".join(uuid.uuid4().hex[:5] for _ in instead_of.split("/"))
    if kind == "cursor":
        return instead_of[:-8] + hashlib.sha256(instead_of.encode()).hexdigest()[:8]
    return uuid.uuid4().hex


def _folder(person: Person, name: str, parent_id: str = "root") -> str:
    made = person.request("POST", "/folders", json={"parent_id": parent_id, "name": name})
    return str(made.json()["id"])


def _trashed(person: Person, name: str) -> str:
    node_id = _folder(person, name)
    person.request("DELETE", f"/nodes/{node_id}")
    return node_id


def _cursor(person: Person, path: str) -> str:
    return str(person.request("GET", path, params={"limit": 1}).json()["next_cursor"])


def _ended_job(person: Person, folder_id: str, name: str) -> str:
    """Of a folder that was copied and is there by now."""
    copying = {"parent_id": "root", "name": name}
    job = person.request("POST", f"/nodes/{folder_id}/copy", json=copying).json()
    return str(person.ended(job)["id"])
