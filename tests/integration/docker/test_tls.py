"""Beyond this machine: TLS at the front door for pages, API and storage, by deploy/tls."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from local_stack.ports import free_port
from tests.e2e.person import PASSWORD, sha256
from tests.integration.docker.project import Project

FILES, STORAGE = "files.example.com", "storage.example.com"
pytestmark = pytest.mark.timeout(1200)


@dataclass(frozen=True)
class Curl:
    """Knows both names and believes the authority, as a browser of the team would."""

    port: int
    plain_port: int
    authority: Path

    @property
    def url(self) -> str:
        return f"https://{FILES}:{self.port}"

    def __call__(self, *arguments: str) -> tuple[dict[str, str], str]:
        """Headers (in lower case; `status` is the status, the last of each name counts) and body."""
        places = [(name, port) for name in (FILES, STORAGE) for port in (self.port, self.plain_port)]
        resolved = [word for name, port in places for word in ("--resolve", f"{name}:{port}:127.0.0.1")]
        command = [
            "curl",
            "-sS",
            "-i",
            "--max-time",
            "30",
            "--cacert",
            str(self.authority),
            *resolved,
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        head, _, body = done.stdout.partition("\n\n")
        status, *lines = head.splitlines()
        pairs = [line.partition(": ") for line in lines]
        return {"status": status.split()[1], **{name.lower(): value for name, _, value in pairs}}, body

    def json(self, path: str, *arguments: str, body: Any = None) -> Any:
        data = ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
        head, text = self(f"{self.url}/api/v1{path}", *data, *arguments)
        assert head["status"].startswith("2"), text
        return json.loads(text)


@pytest.fixture(scope="module")
def curl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curl]:
    folder = tmp_path_factory.mktemp("tls")
    curl = Curl(free_port(), free_port(), folder / "ca.pem")
    _write_certificate(folder, curl.authority)
    project = Project(
        folder,
        {
            "STOWAGE_BIND": "127.0.0.1",
            "STOWAGE_PORT": str(curl.plain_port),
            "STOWAGE_TLS_PORT": str(curl.port),
            "STOWAGE_DOMAIN": FILES,
            "STOWAGE_S3_DOMAIN": STORAGE,
            "STOWAGE_CERTIFICATE": str(folder / "certificate"),
            "STOWAGE_CA": str(curl.authority),
        },
        files=("deploy/tls/compose.yml", "deploy/tls/own-ca.yml"),
    )
    try:
        project.up("--build")
        yield curl
    finally:
        project.erase()
        project.close()


def _write_certificate(folder: Path, authority: Path) -> None:
    made = trustme.CA()
    made.cert_pem.write_to_path(authority)
    certificate = made.issue_cert(FILES, STORAGE)
    (folder / "certificate").mkdir()
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(folder / "certificate/fullchain.pem", append=True)
    certificate.private_key_pem.write_to_path(folder / "certificate/privkey.pem")
    for path in (authority, *(folder / "certificate").iterdir()):
        path.chmod(0o644)  # read by a user of the container whom this machine does not know


def test_pages_and_answers_tell_browsers_to_stay_with_tls(curl: Curl) -> None:
    page, _ = curl(curl.url)
    answer, _ = curl(f"{curl.url}/health/ready")

    assert page["strict-transport-security"] == answer["strict-transport-security"] == "max-age=31536000"
    assert f"connect-src 'self' https://{STORAGE}:{curl.port};" in page["content-security-policy"]


def test_plain_http_only_says_where_to_go(curl: Curl) -> None:
    head, _ = curl(f"http://{FILES}:{curl.plain_port}/some/view")

    assert (head["status"], head["location"]) == ("308", f"https://{FILES}:{curl.port}/some/view")


def test_a_name_that_is_not_ours_gets_nothing(curl: Curl) -> None:
    head, _ = curl(curl.url, "-H", "Host: evil.example.com")

    assert head["status"] == "421"


def test_a_browser_gets_cookies_for_tls_only_and_its_bytes_travel_by_tls(curl: Curl) -> None:
    who = {"email": "ada@example.com", "password": PASSWORD}
    curl.json("/accounts", body=who)
    signed_in, _ = curl(
        f"{curl.url}/api/v1/sessions",
        "-H",
        "Content-Type: application/json",
        "-d",
        json.dumps({**who, "cookies": True}),
    )
    assert "secure" in signed_in["set-cookie"].lower()

    token = "Authorization: Bearer " + curl.json("/sessions", body=who)["access_token"]
    content = b"Dear Charles,\n"
    claim = [{"number": 1, "sha256": sha256(content)}]
    start = {"folder_id": "root", "name": "letter.txt", "size": len(content), "parts": claim}
    started = curl.json("/uploads", "-H", token, body=start)
    (part,) = started["urls"]
    assert part["url"].startswith(f"https://{STORAGE}:{curl.port}/")
    headers = [word for name, value in part["headers"].items() for word in ("-H", f"{name}: {value}")]
    sent, said = curl(part["url"], "-X", "PUT", *headers, "--data-binary", content.decode())
    assert sent["status"] == "200", said
    assert sent["strict-transport-security"] == "max-age=31536000"

    done = curl.json(f"/uploads/{started['upload']['id']}/complete", "-H", token, body={})
    url = curl.json(f"/files/{done['node_id']}/content?url=1", "-H", token)["url"]
    assert curl(url)[1].encode() == content
