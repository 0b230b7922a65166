"""What the gateway is told from outside."""

import re
from ipaddress import ip_network

from pydantic import Field, field_validator

from chassis.settings import ServiceSettings

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class GatewaySettings(ServiceSettings):
    """Lists are comma-separated."""

    http_host: str = Field("127.0.0.1", validation_alias="STOWAGE_HTTP_HOST")
    http_port: int = Field(8080, ge=0, le=65535, validation_alias="STOWAGE_HTTP_PORT")
    # Largest JSON body, in bytes.
    max_body_bytes: int = Field(2**20, ge=1024, validation_alias="STOWAGE_MAX_BODY_BYTES")
    # What parts that come without their hash may hold in memory at once; one takes up to 8 MiB.
    spool_bytes: int = Field(64 * 2**20, ge=8 * 2**20, validation_alias="STOWAGE_SPOOL_BYTES")
    # Origins of other sites whose pages may call this API from a browser, such as https://files.example.com.
    cors_origins: str = Field("", validation_alias="STOWAGE_CORS_ORIGINS")
    # Addresses or networks of proxies in front, whose X-Forwarded-For counts.
    trusted_proxies: str = Field("", validation_alias="STOWAGE_TRUSTED_PROXIES")

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        for origin in listed(text):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin such as https://files.example.com")
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for network in listed(text):
            ip_network(network, strict=False)
        return text


def listed(text: str) -> tuple[str, ...]:
    """The items of a comma-separated setting."""
    return tuple(item.strip() for item in text.split(",") if item.strip())
