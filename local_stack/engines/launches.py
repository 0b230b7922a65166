"""The command line of each engine. Everything listens on loopback, unless told otherwise."""

import json
import os
from pathlib import Path

from local_stack.engines.engine import Engine
from local_stack.parts.part import printed_version

LOOPBACK = "127.0.0.1"
_CONSUL_WITH_GRPC_TLS = (1, 14)


def dynamodb(program: Path, *, folder: Path, port: int) -> Engine:
    """dynoxide, or DynamoDB Local if `program` is its folder of jars."""
    return _dynamodb_local(program, folder, port) if program.is_dir() else _dynoxide(program, folder, port)


def _dynoxide(program: Path, folder: Path, port: int) -> Engine:
    database = folder / "dynoxide.db"
    return Engine(
        name="dynamodb",
        argv=(str(program), "serve", "--host", LOOPBACK, "--port", str(port), "--db-path", str(database)),
        probe=f"http://{LOOPBACK}:{port}/",
        folder=folder,
    )


def _dynamodb_local(jars: Path, folder: Path, port: int) -> Engine:
    """Listens on all interfaces: it has no setting for that. So it is for tests, not the default."""
    main = "software.amazon.dynamodb.services.local.main.ServerRunner"
    java = ("java", "-Xmx512m", f"-Djava.library.path={jars}", "-cp", f"{jars}{os.sep}*", main)
    options = ("-disableTelemetry", "-sharedDb", "-dbPath", str(folder), "-port", str(port))
    return Engine(name="dynamodb", argv=(*java, *options), probe=f"http://{LOOPBACK}:{port}/", folder=folder)


def s3(
    program: Path,
    *,
    folder: Path,
    port: int,
    host: str = LOOPBACK,
    root_access_key_id: str,
    root_secret_access_key: str,
    region: str,
) -> Engine:
    """versitygw: objects as plain files under `folder`/objects, its accounts beside them."""
    objects, accounts = folder / "objects", folder / "accounts"
    options = ("--quiet", "--health", "/health", "--keep-alive", "--region", region)
    listen = ("--port", f"{host}:{port}", "--iam-dir", str(accounts))
    return Engine(
        name="s3",
        argv=(
            str(program),
            *options,
            *listen,
            "posix",
            "--dir-perms",
            "0700",
            "--file-perms",
            "0600",
            str(objects),
        ),
        env={"ROOT_ACCESS_KEY": root_access_key_id, "ROOT_SECRET_KEY": root_secret_access_key},
        probe=f"http://{LOOPBACK}:{port}/health",
        folder=folder,
        subfolders=("objects", "accounts"),
        repair=objects,
    )


def consul(program: Path, *, folder: Path, http_port: int, server_port: int, serf_port: int) -> Engine:
    """One server that elects itself within two seconds (eight without `raft_multiplier`)."""
    closed = {"dns": -1, "grpc": -1, "serf_wan": -1}
    if (printed_version([str(program), "version"]) or ()) >= _CONSUL_WITH_GRPC_TLS:
        closed["grpc_tls"] = -1  # older ones refuse to start on a word that they do not know
    settings = {"performance": {"raft_multiplier": 1}, "disable_update_check": True, "ports": closed}
    ports = (f"-http-port={http_port}", f"-server-port={server_port}", f"-serf-lan-port={serf_port}")
    where = (f"-data-dir={folder}", f"-bind={LOOPBACK}", f"-client={LOOPBACK}", "-node=stowage")
    agent = (str(program), "agent", "-server", "-bootstrap-expect=1", "-log-level=warn")
    return Engine(
        name="consul",
        argv=(*agent, *where, *ports, "-hcl", json.dumps(settings)),
        # Answered with 500 until there is a leader.
        probe=f"http://{LOOPBACK}:{http_port}/v1/catalog/nodes?consistent",
        folder=folder,
    )


def redis(program: Path, *, folder: Path, port: int, acl: Path | None = None, password: str = "") -> Engine:
    """A cache: nothing is written to disk, the oldest goes first. `acl` is a file that sets `password`."""
    memory = ("--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru", "--save", "", "--appendonly", "no")
    where = ("--bind", LOOPBACK, "--port", str(port), "--dir", str(folder))
    return Engine(
        name="redis",
        argv=(
            str(program),
            *where,
            *memory,
            *(("--aclfile", str(acl)) if acl else ()),
            "--set-proc-title",
            "no",
        ),
        probe=f"redis://{f':{password}@' if password else ''}{LOOPBACK}:{port}",
        folder=folder,
    )
