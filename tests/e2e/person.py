"""A person with a program of their own: speaks REST by hand, so that tests see the bare contract."""

import hashlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "correct horse battery staple"
PART_SIZE_BYTES = 8 * 2**20

Json = dict[str, Any]


@dataclass
class Person:
    """An account that has signed in. `via` may point at a proxy before the gateway."""

    url: str
    email: str = field(default_factory=lambda: f"{uuid.uuid4().hex}@example.com")

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=f"{self.url}/api/v1", timeout=60)
        self.storage = httpx.Client(timeout=60)

    def __enter__(self) -> "Person":
        key = {"Idempotency-Key": self.email}
        self.request("POST", "/accounts", json={"email": self.email, "password": PASSWORD}, headers=key)
        self.sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.storage.close()

    def sign_in(self) -> Json:
        tokens = self.request("POST", "/sessions", json={"email": self.email, "password": PASSWORD}).json()
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.refresh_token = tokens["refresh_token"]
        return dict(tokens)

    @property
    def token(self) -> str:
        """The access token that goes along with every request."""
        return self.http.headers["Authorization"].removeprefix("Bearer ")

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Fails on any answer that is not a success."""
        answer = self.http.request(method, path, **options)
        assert answer.is_success or answer.status_code == 302, (
            f"{method} {path}: {answer.status_code} {answer.text}"
        )
        return answer

    def ended(self, job: Json) -> Json:
        """The job, once it has ended."""
        deadline = time.monotonic() + 60
        while job["ended_at"] is None:
            assert time.monotonic() < deadline, job
            time.sleep(0.05)
            job = self.request("GET", f"/jobs/{job['id']}").json()
        return job

    def now(self) -> str:
        """A cursor behind all that has happened in the drive."""
        return str(self.request("GET", "/changes").json()["next_cursor"])

    def changes(self, since: str) -> list[Json]:
        """What the first hundred entries of the drive's journal tell; a refusal moves its seq and tells nothing."""
        entries = self.request("GET", f"/changes?cursor={since}&limit=100").json()["items"]
        return [change for entry in entries for change in entry["changes"]]

    def counted(self) -> None:
        """Returns once all that lies in the trash is counted: until then the drive's journal goes on by itself."""
        deadline = time.monotonic() + 60
        while self.request("GET", "/drive").json()["trash_bytes"] is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def start(self, name: str, body: bytes, **options: Any) -> Json:
        request = {"folder_id": "root", "name": name, "size": len(body), **options}
        return dict(self.request("POST", "/uploads", json=request).json())

    def sign(self, upload_id: str, numbers: list[int], body: bytes) -> list[Json]:
        claims = [{"number": number, "sha256": sha256(part(body, number))} for number in numbers]
        return list(self.request("POST", f"/uploads/{upload_id}/urls", json={"parts": claims}).json()["urls"])

    def send(self, signed: Json, content: bytes) -> httpx.Response:
        return self.storage.request(
            signed["method"], signed["url"], headers=signed["headers"], content=content
        )

    def send_parts(self, upload_id: str, numbers: list[int], body: bytes) -> None:
        """Signs, sends and reports these parts in this order."""
        for signed in self.sign(upload_id, numbers, body):
            answer = self.send(signed, part(body, signed["number"]))
            assert answer.status_code == 200, answer.text
            report = {"parts": [{"number": signed["number"], "etag": answer.headers["etag"]}]}
            self.request("POST", f"/uploads/{upload_id}/parts", json=report)

    def complete(self, upload_id: str) -> Json:
        return dict(self.request("POST", f"/uploads/{upload_id}/complete", json={}).json())

    def put(self, name: str, body: bytes, **options: Any) -> Json:
        upload = self.start(name, body, **options)["upload"]
        self.send_parts(upload["id"], list(range(1, upload["part_count"] + 1)), body)
        return self.complete(upload["id"])

    def content(self, node_id: str) -> bytes:
        url = self.request("GET", f"/files/{node_id}/content", params={"url": "1"}).json()["url"]
        answer = self.storage.get(url)
        assert answer.status_code == 200, answer.text
        return answer.content

    def names(self, folder_id: str = "root") -> list[str]:
        items = self.request("GET", f"/folders/{folder_id}/entries", params={"limit": 1000}).json()["items"]
        return [item["name"] for item in items]


def part(body: bytes, number: int) -> bytes:
    return body[(number - 1) * PART_SIZE_BYTES : number * PART_SIZE_BYTES]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
