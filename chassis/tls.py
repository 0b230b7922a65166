"""Mutual TLS between services: one private CA, a certificate per service, whose DNS name says who calls.

The directory holds `ca.pem`, `<service>.pem` (with its chain) and `<service>.key`.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import grpc


class Peer(Protocol):
    """The part of a gRPC server's context that knows the other end."""

    def auth_context(self) -> Mapping[str, Iterable[bytes]]: ...


def server_credentials(tls_dir: Path, service: str) -> grpc.ServerCredentials:
    """Credentials that serve as `service` and require a client certificate of the same CA.

    Ends the process, naming the file, if one cannot be read.
    """
    authority, certificate, key = _read(tls_dir, service)
    return grpc.ssl_server_credentials(
        [(key, certificate)], root_certificates=authority, require_client_auth=True
    )


def channel_credentials(tls_dir: Path, service: str) -> grpc.ChannelCredentials:
    """Credentials that call as `service` and trust nothing but the CA. Ends the process like the above."""
    authority, certificate, key = _read(tls_dir, service)
    return grpc.ssl_channel_credentials(
        root_certificates=authority, private_key=key, certificate_chain=certificate
    )


def peer_names(context: Peer) -> tuple[str, ...]:
    """The names in the other end's certificate: one, unless the CA adds aliases (cert-manager does)."""
    names = context.auth_context().get("x509_subject_alternative_name", ())
    return tuple(name.decode("ascii", "replace") for name in names)


def _read(tls_dir: Path, service: str) -> tuple[bytes, bytes, bytes]:
    try:
        return (
            (tls_dir / "ca.pem").read_bytes(),
            (tls_dir / f"{service}.pem").read_bytes(),
            (tls_dir / f"{service}.key").read_bytes(),
        )
    except OSError as error:
        raise SystemExit(f"STOWAGE_TLS_DIR: {error.filename} cannot be read ({error.strerror}).") from None
