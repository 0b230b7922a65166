"""What an operator sees of the real system: every metric that the documents name, and one upload as one trace."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from local_stack.stack import Stack
from tests.collector import Collected, Collector, collecting
from tests.e2e.person import PART_SIZE_BYTES, PASSWORD, Person

ROOT = Path(__file__).parents[2]
SERVICES = {
    "gateway": "api_gateway",
    "user": "user_service",
    "metadata": "file_metadata_service",
    "upload": "file_upload_service",
}
TRACE, PROXYS_SPAN = "c0ffee" + "0" * 25 + "1", "5" * 16
NAME = "a secret name.bin"
UPLOADS, BLOBS = "stowage.upload.v1.UploadService", "stowage.metadata.v1.BlobService"
_PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    """One that traces, and believes in this machine as a proxy."""
    stack = Stack(tmp_path_factory.mktemp("w"), port=0)
    stack.home.settings.write_text(
        f"OTEL_EXPORTER_OTLP_ENDPOINT={collector.url}\nOTEL_BSP_SCHEDULE_DELAY=100\n"
        "STOWAGE_TRUSTED_PROXIES=127.0.0.1\n"
    )
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """An upload, told by a proxy to belong to one trace; then a part and a download through the relay."""
    with Person(stack.url) as person:
        person.http.headers["traceparent"] = f"00-{TRACE}-{PROXYS_SPAN}-01"
        file = person.put(NAME, b"x" * (PART_SIZE_BYTES + 1))["node_id"]
        del person.http.headers["traceparent"]
        relayed = person.start("relayed", b"abc")["upload"]["id"]
        person.request("PUT", f"/uploads/{relayed}/parts/1", content=b"abc")
        person.request("GET", f"/files/{file}/content", params={"relay": "1"})
        return str(person.http.headers["Authorization"].removeprefix("Bearer "))


@pytest.fixture(scope="module")
def trace(collector: Collector, token: str) -> list[Collected]:
    """All of it: a server's span is sent when it ends, so each waits for those below it."""
    assert token
    with collector.arrived:
        complete = collector.arrived.wait_for(
            lambda: (
                any(
                    span.name == "POST /uploads/{upload_id}/complete" and span.parent == PROXYS_SPAN
                    for span in collector.of(TRACE)
                )
                and any(
                    span.name == f"{BLOBS}/Commit" and span.kind == "SERVER" for span in collector.of(TRACE)
                )
                and any(span.name == "dynamodb TransactWriteItems" for span in collector.of(TRACE))
                and any(span.name == f"{UPLOADS}/CompleteUpload" for span in collector.of(TRACE))
                and not orphans(collector.of(TRACE))
            ),
            _PATIENCE_SECONDS,
        )
    assert complete, [(span.service, span.name) for span in collector.of(TRACE)]
    return collector.of(TRACE)


def orphans(spans: list[Collected]) -> list[str]:
    known = {span.id for span in spans} | {PROXYS_SPAN}
    return [span.name for span in spans if span.parent not in known]


def path_of(span: Collected, spans: list[Collected]) -> list[tuple[str, str]]:
    """From the root down to `span`: service and name."""
    by_id = {each.id: each for each in spans}
    above = by_id.get(span.parent)
    return [*(path_of(above, spans) if above else []), (span.service, span.name)]


@pytest.mark.parametrize(
    ("last", "path"),
    [
        (
            "s3 CreateMultipartUpload",
            [
                ("api-gateway", "POST /uploads"),
                ("api-gateway", f"{UPLOADS}/StartUpload"),
                ("file-upload-service", f"{UPLOADS}/StartUpload"),
                ("file-upload-service", "s3 CreateMultipartUpload"),
            ],
        ),
        (
            f"{BLOBS}/CheckUpload",
            [
                ("api-gateway", "POST /uploads"),
                ("api-gateway", f"{UPLOADS}/StartUpload"),
                ("file-upload-service", f"{UPLOADS}/StartUpload"),
                ("file-upload-service", f"{BLOBS}/CheckUpload"),
                ("file-metadata-service", f"{BLOBS}/CheckUpload"),
            ],
        ),
        (
            "dynamodb TransactWriteItems",
            [
                ("api-gateway", "POST /uploads/{upload_id}/complete"),
                ("api-gateway", f"{UPLOADS}/CompleteUpload"),
                ("file-upload-service", f"{UPLOADS}/CompleteUpload"),
                ("file-upload-service", f"{BLOBS}/Commit"),
                ("file-metadata-service", f"{BLOBS}/Commit"),
                ("file-metadata-service", "committer group"),
                ("file-metadata-service", "dynamodb TransactWriteItems"),
            ],
        ),
        (
            "s3 CompleteMultipartUpload",
            [
                ("api-gateway", "POST /uploads/{upload_id}/complete"),
                ("api-gateway", f"{UPLOADS}/CompleteUpload"),
                ("file-upload-service", f"{UPLOADS}/CompleteUpload"),
                ("file-upload-service", "s3 CompleteMultipartUpload"),
            ],
        ),
    ],
)
def test_one_uploads_journey_is_one_tree(
    trace: list[Collected], last: str, path: list[tuple[str, str]]
) -> None:
    paths = [path_of(span, trace) for span in trace if span.name == last]

    assert path in paths


def test_every_span_has_its_request_and_none_has_a_secret_or_a_name(
    trace: list[Collected], collector: Collector, token: str
) -> None:
    sent = b"".join(collector.raw)

    assert orphans(trace) == []
    assert all(re.fullmatch("[0-9a-f]{32}", span.notes["stowage.request_id"]) for span in trace)
    assert [
        each for each in (NAME, token, PASSWORD, "X-Amz-Signature", "@example.com") if each.encode() in sent
    ] == []


def documented(who: str) -> set[str]:
    rows = re.findall(
        r"^\| (`stowage_.+`) \| ([^|]+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE
    )
    return {
        name
        for names, services in rows
        if services == "all" or who in services.split(", ")
        for name in re.findall(r"`(\w+)`", names)
    }


def exposed(stack: Stack, who: str) -> str:
    port = stack.env(SERVICES[who])["STOWAGE_HEALTH_PORT"]
    return httpx.get(f"http://127.0.0.1:{port}/metrics").raise_for_status().text


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("who", SERVICES)
def test_a_service_exposes_the_metrics_that_the_documents_name_and_no_others(stack: Stack, who: str) -> None:
    families = {
        family.name.removesuffix("_created") for family in text_string_to_metric_families(exposed(stack, who))
    }

    assert {name for name in families if name.startswith("stowage_")} == documented(who)
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"} <= families


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("who", SERVICES)
def test_labels_hold_no_ids_and_no_names(stack: Stack, who: str) -> None:
    values = {
        value
        for family in text_string_to_metric_families(exposed(stack, who))
        if family.name.startswith("stowage_")
        for sample in family.samples
        for value in sample.labels.values()
    }

    assert not [
        value for value in values if NAME in value or re.search("[0-9a-f]{12}", value) or len(value) > 80
    ]


def test_the_front_door_tells_no_metrics(stack: Stack) -> None:
    assert httpx.get(f"{stack.url}/metrics").status_code == 404
