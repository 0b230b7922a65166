"""`docker compose up --build`: what a stranger gets, who may do what inside, and what a killed instance costs."""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from api_gateway.adapters.http.browser_policy import ALWAYS
from tests.e2e.person import PART_SIZE_BYTES, Person
from tests.integration.docker.project import Project
from tests.integration.docker.safe_calls import SafeCalls, until

SERVICES = ["api_gateway", "user_service", "file_metadata_service", "file_upload_service"]
REQUESTS_OF_ONE_ADDRESS = 256
pytestmark = pytest.mark.timeout(1200)  # the images are built here, the first time


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("compose"), {})
    try:
        project.up("--build")
        yield project
    finally:
        project.erase()
        project.close()


@pytest.fixture
def person(project: Project) -> Iterator[Person]:
    with Person(project.url) as person:
        yield person


def test_a_file_goes_in_by_parts_and_comes_out_again(person: Person) -> None:
    body = os.urandom(2 * PART_SIZE_BYTES + 77)
    folder = person.request("POST", "/folders", json={"parent_id": "root", "name": "films"}).json()

    done = person.put("holiday.mkv", body, folder_id=folder["id"])

    assert person.names() == ["films"]
    assert person.names(folder["id"]) == ["holiday.mkv"]
    assert person.content(done["node_id"]) == body


def test_bytes_pass_through_the_front_door_too(person: Person) -> None:
    body = os.urandom(PART_SIZE_BYTES + 1)
    done = person.put("relayed.bin", body)

    relayed = person.request("GET", f"/files/{done['node_id']}/content", params={"relay": "1"})

    assert relayed.content == body


def test_nobody_is_root(project: Project) -> None:
    users = {name: it.top(ps_args="-eo uid,pid")["Processes"] for name, it in project.containers().items()}

    assert len(users) == 9
    assert not [name for name, processes in users.items() for uid, _ in processes if uid == "0"]


def test_nobody_can_write_beside_their_volumes_or_gain_a_right(project: Project) -> None:
    for name, container in project.containers().items():
        host = container.attrs["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert not host["CapAdd"], name
        assert container.exec_run(["touch", "/etc/written"]).exit_code != 0, name
        assert "NoNewPrivs:\t1" in container.exec_run(["cat", "/proc/1/status"]).output.decode(), name


def test_two_ports_are_published_and_no_more(project: Project) -> None:
    published = {
        (it.labels["com.docker.compose.service"], port, where["HostIp"])
        for it in project.containers().values()
        for port, places in it.ports.items()
        for where in places or ()
    }

    assert published == {("front", "8080/tcp", "127.0.0.1"), ("s3", "7070/tcp", "127.0.0.1")}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_way_out(service: str, project: Project) -> None:
    reach = "import socket; socket.create_connection(('1.1.1.1', 443), 2)"

    code, said = project.inside(service, "python", "-c", reach)

    assert code != 0
    assert "unreachable" in said or "timed out" in said


@pytest.mark.parametrize("door", ["front", "s3"])
@pytest.mark.parametrize(
    ("neighbour", "port"), [("dynamodb", 8000), ("consul", 8500), ("user_service", 9100)]
)
def test_who_is_published_reaches_nothing_that_asks_for_no_password(
    door: str, neighbour: str, port: int, project: Project
) -> None:
    reach = "timeout 2 bash -c '</dev/tcp/{}/{}'"

    assert project.inside(door, "sh", "-c", reach.format("api_gateway", 8080))[0] == 0, "it can try"
    for place in (neighbour, project.address(neighbour)):
        assert project.inside(door, "sh", "-c", reach.format(place, port))[0] != 0, place


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_on_several_networks_registers_where_the_others_are(service: str, project: Project) -> None:
    until(lambda: project.registered(service) == {project.address(service)})


@pytest.mark.parametrize(("service", "stranger"), [("user_service", "fastapi"), ("api_gateway", "passlib")])
def test_an_image_holds_its_own_packages_only(service: str, stranger: str, project: Project) -> None:
    assert project.inside(service, "python", "-c", f"import {stranger}")[0] != 0


def test_a_page_comes_with_strict_headers_and_lets_its_browser_reach_storage(project: Project) -> None:
    page = httpx.get(f"{project.url}/some/view")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert {name: page.headers[name] for name in ALWAYS} == ALWAYS
    assert re.search(r"connect-src 'self' http://localhost:\d+;", page.headers["content-security-policy"])
    assert "strict-transport-security" not in page.headers


def test_what_a_page_loads_is_kept_by_browsers_and_comes_compressed_and_what_is_missing_is_not(
    project: Project,
) -> None:
    (script,) = re.findall(r'src="(/assets/[^"]+)"', httpx.get(project.url).text)

    found, missing = httpx.get(f"{project.url}{script}"), httpx.get(f"{project.url}/assets/gone.js")

    assert (found.status_code, found.headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in found.headers["cache-control"]
    assert (missing.status_code, "cache-control" in missing.headers) == (404, False)


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/api/v1/%00", {}, 400, "request_malformed"),
        ("/api/v1/nodes", {f"x-{n}": "y" * 60_000 for n in range(5)}, 431, "headers_too_large"),
        ("/api/v1/nodes", {f"x-{n}": "y" * 6_000 for n in range(8)}, 431, "headers_too_large"),
    ],
    ids=["NUL", "more than nginx reads", "more than the gateway takes"],
)
def test_a_bad_request_is_refused_in_the_same_form_by_whoever_reads_it(
    path: str, headers: dict[str, str], status: int, code: str, project: Project
) -> None:
    answer = httpx.get(f"{project.url}{path}", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_a_killed_storage_server_left_is_cleared_away_before_it_starts(project: Project) -> None:
    stray = f"/data/objects/stowage/.{uuid.uuid4().hex}.sgwtmp.1"
    assert project.inside("s3", "touch", stray)[0] == 0

    project.run("kill", "s3")
    project.up()

    assert project.inside("s3", "test", "-e", stray)[0] == 1


def test_without_a_gateway_there_are_still_pages_and_an_honest_answer_whatever_was_asked(
    project: Project,
) -> None:
    project.run("stop", "--timeout", "1", "api_gateway")

    answers = {
        method: httpx.request(method, f"{project.url}/api/v1/sessions")
        for method in ("GET", "POST", "PUT", "DELETE")
    }
    page = httpx.get(project.url)
    project.up()

    for method, answer in answers.items():
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), (
            method
        )
        assert answer.json()["code"] == "unavailable", method
        assert answer.headers["retry-after"] == "1", method
    assert page.status_code == 200
    assert httpx.get(f"{project.url}/health/ready").status_code == 200


def test_one_address_cannot_hold_the_front_door_and_is_told_so_in_the_same_form(project: Project) -> None:
    head = b"POST /api/v1/accounts HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    port = int(project.url.rpartition(":")[2])
    refused: list[httpx.Response] = []

    def is_refused() -> bool:
        answer = httpx.get(project.url)
        refused.extend([answer] if answer.status_code != 200 else [])
        return bool(refused)

    with ExitStack() as held:
        for _ in range(REQUESTS_OF_ONE_ADDRESS):
            held.enter_context(socket.create_connection(("localhost", port))).sendall(head)
        until(is_refused)

    assert (refused[0].status_code, refused[0].json()["code"]) == (503, "unavailable")
    assert refused[0].headers["content-type"] == "application/problem+json"
    until(lambda: httpx.get(project.url).status_code == 200)


def test_everything_is_there_after_new_containers(project: Project, person: Person) -> None:
    body = os.urandom(PART_SIZE_BYTES + 9)
    done = person.put("kept.bin", body)

    project.run("down", "--timeout", "5")
    project.up()

    assert person.content(done["node_id"]) == body, "the token is good as before, so are the keys"
    person.sign_in()
    assert person.names() == ["kept.bin"]


@pytest.fixture(scope="module")
def doubled(project: Project) -> Project:
    project.up(*(word for service in SERVICES for word in ("--scale", f"{service}=2")))
    return project


@pytest.mark.parametrize("service", SERVICES)
def test_one_of_two_instances_is_killed_and_no_safe_call_fails(
    service: str, doubled: Project, person: Person
) -> None:
    victim, _other = doubled.containers(service).values()
    node_id = person.put("read.bin", b"over and over")["node_id"]

    with SafeCalls(person, node_id) as calls:
        until(lambda: calls.answered > 100)
        victim.kill()
        before = calls.answered
        until(lambda: calls.answered > before + 300)

    assert not calls.failures
    assert person.put("written.bin", b"after")["state"] == "committed"
