"""The real engines as fixtures, each on a free port and a folder of its own.

Session-wide, for tests that share one and keep apart by table prefix, bucket, key prefix:

    dynamodb_endpoint  "http://127.0.0.1:…"   (ENGINE=dynamodb-local: AWS's emulator instead of dynoxide)
    table_prefix       a fresh prefix for each test
    s3_server          S3Server: endpoint, region, app and root keys, new_bucket()
    s3_bucket          a fresh bucket for each test, owned by the app user, with CORS
    redis_url          "redis://127.0.0.1:…/0"
    consul_addr        "http://127.0.0.1:…"

For tests that kill: start_dynamodb(folder), start_s3(folder), start_redis(folder), start_consul(folder) give
a running `EngineProcess` with `kill()` (-9), `stop()`, `start()`, `restart()`, on one port throughout.
Use them as context managers.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from local_stack.bucket import client, ensure_bucket
from local_stack.engines import Credentials, Engine, consul, dynamodb, redis, s3, wait_until_healthy
from local_stack.parts.catalogue import dynamodb_part
from local_stack.parts.consul import CONSUL
from local_stack.parts.part import Part
from local_stack.parts.redis import REDIS
from local_stack.parts.store import Store, default_root
from local_stack.parts.versitygw import VERSITYGW
from local_stack.ports import free_port
from local_stack.s3_repair import repair

REGION = "us-east-1"
# Given to Redis by tests of what is promised of its answers, not of how soon a busy machine has one.
PATIENCE_SECONDS = 10.0


class EngineProcess:
    """One engine's process. Ends only what it started, by its own handle."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.engine.folder.with_name(f"{self.engine.folder.name}.log")

    def start(self, *, timeout_seconds: float = 60) -> Self:
        """Start and wait until healthy; what it says goes to a log beside its folder."""
        assert self._process is None or self._process.poll() is not None, "runs already"
        for folder in self.engine.folders:
            folder.mkdir(parents=True, exist_ok=True)
        if self.engine.repair is not None:
            repair(self.engine.repair)
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self.engine.argv,
                env={**os.environ, **self.engine.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until_healthy(
                self.engine.name,
                self.engine.probe,
                timeout_seconds=timeout_seconds,
                is_alive=lambda: process.poll() is None,
            )
        except BaseException as error:
            self.kill()
            error.add_note(self.log.read_text(errors="replace")[-2000:])
            raise
        return self

    def stop(self, *, timeout_seconds: float = 10) -> None:
        """Ask it to end (SIGTERM), insist after `timeout_seconds`; nothing if it has ended already."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def restart(self) -> Self:
        """Start again on the same folder and port, after `kill` or `stop`, or right away."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running S3 server. `app` is who owns the buckets, with role `user`; `root` administers."""

    process: EngineProcess
    endpoint: str
    region: str
    app: Credentials
    root: Credentials
    origins: tuple[str, ...] = field(default=("http://localhost:8080",))

    def new_bucket(self) -> str:
        """A fresh, empty bucket of the app user, with the CORS rules of the real one."""
        name = f"test-{secrets.token_hex(6)}"
        ensure_bucket(
            name,
            endpoint=self.endpoint,
            region=self.region,
            root=self.root,
            owner=self.app,
            origins=self.origins,
        )
        return name

    def client(self) -> Any:
        """A boto3 client with the app's keys."""
        return client(self.endpoint, self.app, self.region)


def program(part: Part) -> Path:
    """The part's program, installed first if need be (`make test` has done so before)."""
    return Store(default_root(), _say).program(part)


def _say(subject: str, text: str) -> None:
    sys.stderr.write(f"{subject}: {text}\n")


def start_dynamodb(folder: Path) -> EngineProcess:
    """The DynamoDB that ENGINE names, on `folder`."""
    chosen = program(dynamodb_part(os.environ.get("ENGINE", "dynoxide")))
    return EngineProcess(dynamodb(chosen, folder=folder / "dynamodb", port=free_port())).start()


def dynamodb_url(process: EngineProcess) -> str:
    """What DYNAMODB_ENDPOINT should be."""
    return process.engine.probe.rstrip("/")


def start_s3(folder: Path) -> S3Server:
    """versitygw on `folder`; stop it by `.process`."""
    root, app = (Credentials(secrets.token_hex(10), secrets.token_hex(20)) for _ in range(2))
    port = free_port()
    engine = s3(
        program(VERSITYGW),
        folder=folder / "s3",
        port=port,
        root_access_key_id=root.access_key_id,
        root_secret_access_key=root.secret_access_key,
        region=REGION,
    )
    return S3Server(EngineProcess(engine).start(), f"http://127.0.0.1:{port}", REGION, app, root)


def start_redis(folder: Path) -> EngineProcess:
    """A Redis without password; its address is `redis_address(process)`."""
    return EngineProcess(redis(program(REDIS), folder=folder / "redis", port=free_port())).start()


def redis_address(process: EngineProcess) -> str:
    """What REDIS_URL should be."""
    return f"{process.engine.probe}/0"


def start_consul(folder: Path) -> EngineProcess:
    """One Consul server that has a leader; its address is `consul_address(process)`."""
    ports: set[int] = set()
    while len(ports) < 3:
        ports.add(free_port(taken=ports))
    http_port, server_port, serf_port = ports
    return EngineProcess(
        consul(
            program(CONSUL),
            folder=folder / "consul",
            http_port=http_port,
            server_port=server_port,
            serf_port=serf_port,
        )
    ).start()


def consul_address(process: EngineProcess) -> str:
    """What CONSUL_HTTP_ADDR should be."""
    return process.engine.probe.removesuffix("/v1/catalog/nodes?consistent")


@pytest.fixture(scope="session")
def dynamodb_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_dynamodb(tmp_path_factory.mktemp("dynamodb")) as process:
        yield dynamodb_url(process)


@pytest.fixture(autouse=True)
def aws_keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore wants keys and a region even for engines that look at neither; none of yours are used."""
    if "dynamodb_endpoint" in request.fixturenames or "s3_server" in request.fixturenames:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_REGION", REGION)


@pytest.fixture
def table_prefix() -> str:
    return f"t{secrets.token_hex(4)}_"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = start_s3(tmp_path_factory.mktemp("s3"))
    with server.process:
        yield server


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    return s3_server.new_bucket()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_redis(tmp_path_factory.mktemp("redis")) as process:
        yield redis_address(process)


@pytest.fixture(scope="session")
def consul_addr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_consul(tmp_path_factory.mktemp("consul")) as process:
        yield consul_address(process)
