"""What a service is told from outside: environment variables, or files named like them in lower case.

Reading happens in `load`, never at import. Every variable has the name that stands in its `validation_alias`;
a file of that name (lower case) in `STOWAGE_SECRETS_DIR` serves as well, and the environment wins. Every field has
a `description` for operators: the handbook (`make generate`) takes its table and the `.env.example`s from them.
"""

import ipaddress
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SettingsT = TypeVar("SettingsT", bound=BaseSettings)
SECRETS_DIR_VARIABLE = "STOWAGE_SECRETS_DIR"
_ALL_INTERFACES = ("0.0.0.0", "::")  # noqa: S104  # compared with, not listened on


class ServiceSettings(BaseSettings):
    """The settings that every service has. A service adds its own, each with `validation_alias` and `description`."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, populate_by_name=True, case_sensitive=False, hide_input_in_errors=True
    )

    table_prefix: str = Field(
        "stowage_", validation_alias="STOWAGE_TABLE_PREFIX", description="Begins the tables' names."
    )
    dynamodb_endpoint: str | None = Field(
        None,
        validation_alias="DYNAMODB_ENDPOINT",
        description="A DynamoDB of your own; none means AWS. Keys are looked for as by AWS's own tools.",
    )
    aws_region: str = Field("us-east-1", validation_alias="AWS_REGION", description="Of the tables.")
    redis_url: str = Field(
        "redis://127.0.0.1:6379/0",
        validation_alias="REDIS_URL",
        description="The cache; its loss loses nothing.",
    )
    consul_http_addr: str = Field(
        "http://127.0.0.1:8500", validation_alias="CONSUL_HTTP_ADDR", description="The Consul agent."
    )
    consul_http_token: SecretStr = Field(
        SecretStr(""), validation_alias="CONSUL_HTTP_TOKEN", description="For an agent with access control."
    )
    tls_dir: Path = Field(
        Path("tls"),
        validation_alias="STOWAGE_TLS_DIR",
        description="Holds `ca.pem`, `<service>.pem` and `<service>.key`, which may be replaced at any time.",
    )
    bind_host: str = Field(
        "127.0.0.1", validation_alias="STOWAGE_BIND_HOST", description="Where rpc and health listen."
    )
    advertise_host: str = Field(
        "",
        validation_alias="STOWAGE_ADVERTISE_HOST",
        description="Under which others reach this instance, as told to Consul; none means the bind host, "
        "or this machine's own address if that one means all: never a loopback one.",
    )
    rpc_port: int = Field(
        0, ge=0, le=65535, validation_alias="STOWAGE_RPC_PORT", description="0 means any free one."
    )
    health_port: int = Field(
        0,
        ge=0,
        le=65535,
        validation_alias="STOWAGE_HEALTH_PORT",
        description="Of `/health/live`, `/health/ready` and `/metrics`; 0 means any free one.",
    )
    otlp_endpoint: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="A collector of traces (OTLP over HTTP), such as `http://127.0.0.1:4318`; none: no traces.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="STOWAGE_LOG_LEVEL", description="`debug`, `info`, `warning` or `error`."
    )

    @field_validator("consul_http_addr")
    @classmethod
    def _names_a_place(cls, address: str) -> str:
        place = urlsplit(address if "//" in address else f"//{address}")
        if place.hostname is None or place.port is None or place.scheme not in ("", "http", "https"):
            raise ValueError("must look like http://127.0.0.1:8500")
        return address

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_a_url(cls, endpoint: str) -> str:
        if endpoint and not (endpoint.startswith(("http://", "https://")) and urlsplit(endpoint).hostname):
            raise ValueError("must look like http://127.0.0.1:4318")
        return endpoint

    @property
    def reachable_host(self) -> str:
        """The host under which others reach this instance."""
        if self.advertise_host or self.bind_host not in _ALL_INTERFACES:
            return self.advertise_host or self.bind_host
        return _own_address(self.consul_http_addr)


def _own_address(consul: str) -> str:
    """Of this machine, or of this container: what its name means to itself, else where it faces Consul from.

    Debian has a machine's name mean 127.0.1.1, where nobody else reaches it.
    """
    for address_of in (_named_address, _facing_address):
        with suppress(OSError):
            if not ipaddress.ip_address(address := address_of(consul)).is_loopback:
                return address
    raise SystemExit(
        "STOWAGE_ADVERTISE_HOST: this machine's name has no address under which others reach it; say one."
    )


def _named_address(_consul: str) -> str:
    return socket.gethostbyname(socket.gethostname())


def _facing_address(consul: str) -> str:
    place = urlsplit(consul if "//" in consul else f"//{consul}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as facing:
        facing.connect((place.hostname, place.port))  # chooses the way; of UDP, nothing is sent
        return str(facing.getsockname()[0])


def load(settings: type[SettingsT]) -> SettingsT:
    """Read the environment and the secrets directory. A bad value ends the process, in words."""
    directory = os.environ.get(SECRETS_DIR_VARIABLE)
    if directory and not Path(directory).is_dir():
        raise SystemExit(f"{SECRETS_DIR_VARIABLE}: {directory} is not a directory.")
    try:
        return settings(_secrets_dir=directory or None)
    except ValidationError as error:
        raise SystemExit("\n".join(_complaints(error))) from None


def _complaints(error: ValidationError) -> list[str]:
    lines = ["The settings cannot be used:"]
    for problem in error.errors(include_url=False, include_input=False):
        variable = str(problem["loc"][0]) if problem["loc"] else "settings"
        words = "is missing" if problem["type"] == "missing" else problem["msg"]
        lines.append(f"  {variable}: {words}")
    return lines
