"""Who runs, how, and who is told what about whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack.engines import Engine, consul, dynamodb, redis, s3
from local_stack.home import Home
from local_stack.instances import name_of
from local_stack.places import FRONT_DOOR
from local_stack.plan import EDGE, ENGINES, SERVICES, Plan, Process
from local_stack.vault import Vault, reference

REGION = "us-east-1"
BUCKET = "stowage"
ENGINE_PORTS = ("dynamodb", "s3", "consul", "consul_server", "consul_serf", "redis")
_REDIS_PASSWORD = reference("engines/redis_password")


@dataclass(frozen=True, slots=True)
class Service:
    """package: what `python -m` runs. name: as in Consul and in the certificate."""

    package: str
    name: str
    group: str = SERVICES
    migrates: bool = True


CATALOGUE = (
    Service("user_service", "user-service"),
    Service("file_metadata_service", "file-metadata-service"),
    Service("file_upload_service", "file-upload-service"),
    Service("api_gateway", "api-gateway", EDGE, migrates=False),
)
PACKAGES = tuple(service.package for service in CATALOGUE)


def port_names(instances: Mapping[str, int]) -> tuple[str, ...]:
    """What needs a port, beside the front door, when so many of each service run."""
    each = [(service, name) for service in CATALOGUE for name in _names(service, instances)]
    doors = [_door(name) for service, name in each if service.group == EDGE]
    named = [f"{name}_{door}" for _, name in each for door in ("rpc", "health")]
    return (*ENGINE_PORTS, *named, *(door for door in doors if door != FRONT_DOOR))


def compose(
    home: Home,
    *,
    programs: Mapping[str, Path],
    dynamodb_engine: str,
    ports: Mapping[str, int],
    python: str,
    code: str,
    settings: Mapping[str, str],
    instances: Mapping[str, int],
    with_services: bool,
) -> Plan:
    """The plan for one home. programs: of the parts, by name; `frontend` may be missing.

    code: fingerprint of the services' source. settings: what the operator tells every service; wiring wins over it.
    """
    engines = _engines(home, programs, dynamodb_engine, ports)
    processes = {engine.name: _supervised(engine) for engine in engines}
    url = f"http://localhost:{ports[FRONT_DOOR]}"
    for service in CATALOGUE if with_services else ():
        for name in _names(service, instances):
            env = {**settings, **_common(home, service, name, ports), **_own(home, service, name, ports)}
            env |= _page(service, programs)
            address, health = _addresses(service, name, ports)
            processes[name] = Process(
                name=name,
                group=service.group,
                argv=(python, "-m", service.package, "serve"),
                env=env,
                probe=f"http://127.0.0.1:{health}/health/ready",
                address=address,
                code=code,
            )
    return Plan(url, processes)


def _names(service: Service, instances: Mapping[str, int]) -> list[str]:
    return [name_of(service.package, number) for number in range(1, instances[service.package] + 1)]


def _door(name: str) -> str:
    """The port that a gateway speaks HTTP on: the first one has the front door."""
    return FRONT_DOOR if name in PACKAGES else f"{name}_http"


def _addresses(service: Service, name: str, ports: Mapping[str, int]) -> tuple[str, int]:
    """Where it takes calls, and the port that tells how it is."""
    if service.group == EDGE:
        return f"http://localhost:{ports[_door(name)]}", ports[_door(name)]
    return f"127.0.0.1:{ports[f'{name}_rpc']}", ports[f"{name}_health"]


def _engines(
    home: Home, programs: Mapping[str, Path], dynamodb_engine: str, ports: Mapping[str, int]
) -> tuple[Engine, ...]:
    vault = Vault(home.secrets)
    return (
        dynamodb(programs[dynamodb_engine], folder=home.data / dynamodb_engine, port=ports["dynamodb"]),
        s3(
            programs["versitygw"],
            folder=home.data / "s3",
            port=ports["s3"],
            root_access_key_id=reference("engines/s3_root_access_key_id"),
            root_secret_access_key=reference("engines/s3_root_secret_access_key"),
            region=REGION,
        ),
        consul(
            programs["consul"],
            folder=home.data / "consul",
            http_port=ports["consul"],
            server_port=ports["consul_server"],
            serf_port=ports["consul_serf"],
        ),
        redis(
            programs["redis"],
            folder=home.data / "redis",
            port=ports["redis"],
            acl=vault.redis_acl,
            password=_REDIS_PASSWORD,
        ),
    )


def _supervised(engine: Engine) -> Process:
    return Process(
        name=engine.name,
        group=ENGINES,
        argv=engine.argv,
        env=engine.env,
        probe=engine.probe,
        address=engine.probe.partition("//")[2].rpartition("@")[2].partition("/")[0],
        folders=tuple(str(folder) for folder in engine.folders),
        repair=str(engine.repair) if engine.repair else None,
    )


def _common(home: Home, service: Service, name: str, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "DYNAMODB_ENDPOINT": f"http://127.0.0.1:{ports['dynamodb']}",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": reference("engines/dynamodb_access_key_id"),
        "AWS_SECRET_ACCESS_KEY": reference("engines/dynamodb_secret_access_key"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "REDIS_URL": f"redis://:{_REDIS_PASSWORD}@127.0.0.1:{ports['redis']}/0",
        "CONSUL_HTTP_ADDR": f"http://127.0.0.1:{ports['consul']}",
        "STOWAGE_TLS_DIR": str(home.tls),
        "STOWAGE_SECRETS_DIR": str(home.secrets / service.name),
        "STOWAGE_BIND_HOST": "127.0.0.1",
        "STOWAGE_RPC_PORT": str(ports[f"{name}_rpc"]),
        "STOWAGE_HEALTH_PORT": str(ports[f"{name}_health"]),
    }


def _page(service: Service, programs: Mapping[str, Path]) -> dict[str, str]:
    if service.group != EDGE or "frontend" not in programs:
        return {}
    return {"STOWAGE_FRONTEND_DIR": str(programs["frontend"].parent)}


def _own(home: Home, service: Service, name: str, ports: Mapping[str, int]) -> dict[str, str]:
    """What only this service is told."""
    match service.package:
        case "user_service":
            return {"STOWAGE_TOKEN_KEYS_DIR": str(Vault(home.secrets).token_keys)}
        case "file_metadata_service":
            # A cache, kept over restarts: it costs reading a drive to build it again.
            return {"STOWAGE_SEARCH_DIR": str(home.run / f"search-{name}")}
        case "file_upload_service":
            endpoint = f"http://127.0.0.1:{ports['s3']}"
            return {
                "S3_ENDPOINT": endpoint,
                "S3_PUBLIC_ENDPOINT": endpoint,
                "S3_BUCKET": BUCKET,
                "S3_REGION": REGION,
                # versitygw never syncs: without this a power cut takes what was acknowledged.
                "S3_FLUSH_DIRECTORY": str(home.data / "s3" / "objects"),
            }
        case "api_gateway":
            return {
                "STOWAGE_HTTP_HOST": "127.0.0.1",
                "STOWAGE_HTTP_PORT": str(ports[_door(name)]),
                "STOWAGE_STORAGE_ORIGINS": f"http://127.0.0.1:{ports['s3']}",
            }
        case _:
            return {}
