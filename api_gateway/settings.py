"""What the gateway is told from outside."""

import re
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, field_validator

from chassis.settings import ServiceSettings

_ORIGIN = re.compile(r"https?://([a-z0-9.\-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_DEFAULT_PORTS = (("http:", ":80"), ("https", ":443"))


class GatewaySettings(ServiceSettings):
    """Lists are comma-separated."""

    http_host: str = Field(
        "127.0.0.1", validation_alias="STOWAGE_HTTP_HOST", description="Where the front door listens."
    )
    http_port: int = Field(
        8080, ge=0, le=65535, validation_alias="STOWAGE_HTTP_PORT", description="Of the front door."
    )
    http_connections: int = Field(
        4096,
        ge=16,
        validation_alias="STOWAGE_HTTP_CONNECTIONS",
        description="How many clients are connected at once; one more lets go of the longest idle. A quarter may "
        "come from one address, unless that is a trusted proxy's.",
    )
    max_body_bytes: int = Field(
        2**20, ge=1024, validation_alias="STOWAGE_MAX_BODY_BYTES", description="Largest JSON body."
    )
    spool_bytes: int = Field(
        64 * 2**20,
        ge=16 * 2**20,
        validation_alias="STOWAGE_SPOOL_BYTES",
        description="Memory for what is relayed without its hash: a part takes up to 8 MiB, a piece of a stream 8 "
        "while it comes in and is kept, a form of files 16. One account gets half of it, or one form.",
    )
    cors_origins: str = Field(
        "",
        validation_alias="STOWAGE_CORS_ORIGINS",
        description="Other sites whose pages may call the API, such as `https://files.example.com`; a comma between.",
    )
    storage_origins: str = Field(
        "",
        validation_alias="STOWAGE_STORAGE_ORIGINS",
        description="Where browsers reach storage: the web page may send and fetch bytes there; a comma between.",
    )
    frontend_dir: Path | None = Field(
        None,
        validation_alias="STOWAGE_FRONTEND_DIR",
        description="The built web page (`npm run build` in `frontend`), served at `/`; none where nginx does it.",
    )
    trusted_proxies: str = Field(
        "",
        validation_alias="STOWAGE_TRUSTED_PROXIES",
        description="Addresses or networks of proxies in front, whose `X-Forwarded-For` and `-Proto` count; a comma "
        "between.",
    )

    @field_validator("cors_origins", "storage_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        for origin in listed(text):
            # Browsers send lower case: anything else would never match.
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin such as https://files.example.com")
        return ",".join(map(_as_browsers_say, listed(text)))

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for network in listed(text):
            ip_network(network, strict=False)
        return text


def listed(text: str) -> tuple[str, ...]:
    """The items of a comma-separated setting."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _as_browsers_say(origin: str) -> str:
    """They leave a default port out; an address that was put together from a name and a port has it."""
    port = next((port for scheme, port in _DEFAULT_PORTS if origin.startswith(scheme)), "")
    return origin.removesuffix(port)
