"""The web page at the front door: its files for browsers, and nothing of the API's for it."""

from pathlib import Path

import httpx
import pytest

from api_gateway.adapters.http.web_page import read_web_files
from api_gateway.adapters.http.wiring import Bounds
from tests.fakes.gateway import GatewayWorld

STORAGE = "https://s3.example.com"
NAVIGATION = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}
SCRIPT = "/assets/index-abc123.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Stowage</title>")
    script = tmp_path / SCRIPT[1:]
    script.write_text("export {}")
    script.with_name(f"{script.name}.br").write_bytes(b"as brotli")
    script.with_name(f"{script.name}.gz").write_bytes(b"as gzip")
    (tmp_path / "sw.js").write_text("self.addEventListener('fetch', () => {})")
    (tmp_path.parent / "secret.txt").write_text("not yours")
    return tmp_path


@pytest.fixture
def browser(world: GatewayWorld, folder: Path) -> httpx.AsyncClient:
    bounds = Bounds(web_files=read_web_files(folder), storage_origins=(STORAGE,))
    transport = httpx.ASGITransport(app=world.application(bounds))
    return httpx.AsyncClient(
        transport=transport, base_url="http://gateway", headers={"Accept-Encoding": "identity"}
    )


@pytest.mark.parametrize(
    "path", ["/", "/files", "/files/9f86d081884c7d659a2feaa0c55ad015", "/sign-in?next=/"]
)
async def test_an_address_that_a_browser_is_sent_to_shows_the_page(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path, headers=NAVIGATION)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Stowage</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/api", "/api/v1/nothing", "/docs/nothing", "/health/nothing", "/api/../api/v1/x"]
)
async def test_the_apis_own_paths_never_show_the_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers=NAVIGATION)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/health/live"])
async def test_what_the_api_serves_stays_the_apis(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers=NAVIGATION)

    assert answer.status_code == 200
    assert "<title>Stowage</title>" not in answer.text


async def test_a_program_is_told_that_a_page_is_no_resource(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/files", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert answer.json()["code"] == "route_not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_page_takes_nothing(browser: httpx.AsyncClient, method: str) -> None:
    answer = await browser.request(method, "/files", headers=NAVIGATION)

    assert answer.status_code in (404, 405)


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/missing.js"]
)
async def test_only_the_pages_own_files_are_served(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers={"Accept": "*/*"})

    assert answer.status_code == 404
    assert "not yours" not in answer.text


async def test_the_worker_is_asked_for_anew_each_time_so_that_no_page_outlives_a_deploy(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/sw.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_file_named_by_its_content_is_kept_for_ever(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(SCRIPT)

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [("gzip, br", "br", b"as brotli"), ("gzip", "gzip", b"as gzip"), ("zstd", None, b"export {}")],
)
async def test_a_file_comes_in_the_best_encoding_that_the_browser_reads(
    browser: httpx.AsyncClient, accepted: str, encoding: str | None, content: bytes
) -> None:
    async with browser.stream("GET", SCRIPT, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert (answer.headers.get("content-encoding"), raw) == (encoding, content)
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_browser_that_has_the_page_is_told_so_without_it(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/")

    again = await browser.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_file_is_hashed_when_it_is_read_and_not_at_each_request(folder: Path) -> None:
    file = read_web_files(folder)["/index.html"]
    assert file.etag is file.etag


@pytest.mark.parametrize("path", ["/", SCRIPT])
async def test_the_page_and_its_workers_may_talk_to_this_server_and_storage_only(
    browser: httpx.AsyncClient, path: str
) -> None:
    policy = (await browser.get(path)).headers["content-security-policy"].split("; ")

    assert "default-src 'none'" in policy
    assert f"connect-src 'self' {STORAGE}" in policy
    assert [rule for rule in policy if rule.startswith("script-src")] == [
        "script-src 'self' 'wasm-unsafe-eval'"
    ]


async def test_without_a_built_page_the_front_door_says_what_this_is(world: GatewayWorld) -> None:
    transport = httpx.ASGITransport(app=world.application())
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as browser:
        answer = await browser.get("/", headers=NAVIGATION)

    assert "keeps your team's files" in answer.text


def test_a_folder_without_a_page_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no index\.html"):
        read_web_files(tmp_path)
