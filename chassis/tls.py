"""Mutual TLS between services: a private CA, a certificate per service, whose DNS name says who calls.

The directory holds `ca.pem` (all authorities that are trusted), `<service>.pem` (with its chain) and
`<service>.key`. They may be replaced at any time, in any order: what is new is used within seconds, without a
restart and without a failed call. docs/rotation.md says how an authority is replaced.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from prometheus_client import Gauge

from chassis.errors import Unavailable
from chassis.telemetry import get_logger

# How long a replaced file may go unnoticed.
LOOK_EVERY_SECONDS = 5.0
WARN_BEFORE = timedelta(days=14)
_WARN_EVERY = timedelta(days=1)
_logger = get_logger(__name__)


class Peer(Protocol):
    """The part of a gRPC server's context that knows the other end."""

    def auth_context(self) -> Mapping[str, Iterable[bytes]]: ...


class FilesUnusable(Exception):
    """The files cannot be read, or do not belong together; in words that name the file."""


@dataclass(frozen=True, slots=True)
class _Files:
    """What was read at one time, and proven to belong together."""

    authorities: bytes
    certificate: bytes
    key: bytes = field(repr=False)
    expires_at: datetime
    authority_expires_at: datetime
    written_at: float = field(compare=False)

    @property
    def ends_at(self) -> datetime:
        """From then on nobody takes a connection of it."""
        return min(self.expires_at, self.authority_expires_at)


class Certificates:
    """What one service proves itself with, and trusts. Ends the process, naming the file, if it cannot be read."""

    def __init__(
        self, tls_dir: Path, service: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._tls_dir = tls_dir
        self._service = service
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []
        self._warned_at: datetime | None = None
        self._refused: str | None = None
        try:
            self._files = _read(tls_dir, service)
        except FilesUnusable as error:
            raise SystemExit(f"STOWAGE_TLS_DIR: {error}") from None
        gauge = _seconds_left()
        gauge.labels(service, "own").set_function(lambda: self._seconds_to(self._files.expires_at))
        gauge.labels(service, "authority").set_function(
            lambda: self._seconds_to(self._files.authority_expires_at)
        )
        _written().labels(service).set_function(lambda: self._files.written_at)

    def server_credentials(self) -> grpc.ServerCredentials:
        """Serve as this service and require a client certificate of a trusted authority.

        Each handshake uses the files as they were seen last.
        """
        given = self._files

        def configuration() -> grpc.ServerCertificateConfiguration | None:
            """Asked by grpc, in a thread of its own, at each handshake; None means: as before."""
            nonlocal given
            if given == self._files:  # read anew they are another object
                return None
            given = self._files
            return _configuration(given)

        return grpc.dynamic_ssl_server_credentials(
            _configuration(given),
            configuration,  # type: ignore[arg-type]  # the stubs do not know that None means: as before
            require_client_authentication=True,
        )

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """Call as this service and trust nothing but the authorities, as the files were seen last."""
        return grpc.ssl_channel_credentials(
            root_certificates=self._files.authorities,
            private_key=self._files.key,
            certificate_chain=self._files.certificate,
        )

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of the files."""
        self._listeners.append(listener)

    async def check(self) -> None:
        """Take over files that have changed. Raises Unavailable once the certificate in use has expired.

        Files that are unreadable, or in the middle of being replaced, change nothing: the last good ones stay.
        """
        await self._look()
        left = self._files.ends_at - self._clock()
        if left <= timedelta(0):
            raise Unavailable(f"the certificate of {self._service}, or its authority's, has expired")
        self._warn(left)

    async def _look(self) -> None:
        try:
            read = await asyncio.to_thread(_read, self._tls_dir, self._service)
        except FilesUnusable as error:
            if str(error) != self._refused:
                _logger.warning("certificate_unusable", error=str(error))
            self._refused = str(error)
            return
        self._refused = None
        changed = read != self._files
        self._files = read
        if not changed:
            return
        self._warned_at = None
        _logger.info("certificates_changed", expires_at=read.ends_at.isoformat())
        for listener in self._listeners:
            listener()

    def _warn(self, left: timedelta) -> None:
        now = self._clock()
        if left < WARN_BEFORE and (self._warned_at is None or now - self._warned_at >= _WARN_EVERY):
            self._warned_at = now
            _logger.warning("certificate_expires_soon", hours=int(left.total_seconds() // 3600))

    def _seconds_to(self, moment: datetime) -> float:
        return (moment - self._clock()).total_seconds()


def peer_names(context: Peer) -> tuple[str, ...]:
    """The names in the other end's certificate: one, unless the CA adds aliases (cert-manager does)."""
    names = context.auth_context().get("x509_subject_alternative_name", ())
    return tuple(name.decode("ascii", "replace") for name in names)


def _configuration(files: _Files) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(files.key, files.certificate)], root_certificates=files.authorities
    )


def _read(tls_dir: Path, service: str) -> _Files:
    """Raises FilesUnusable."""
    files = [tls_dir / name for name in ("ca.pem", f"{service}.pem", f"{service}.key")]
    try:
        # Before they are read: what is written meanwhile counts as not seen.
        written_at = max(file.stat().st_mtime for file in files)
        authorities, certificate, key = (file.read_bytes() for file in files)
    except OSError as error:
        raise FilesUnusable(f"{error.filename} cannot be read ({error.strerror}).") from error
    try:
        own = x509.load_pem_x509_certificates(certificate)
        trusted = x509.load_pem_x509_certificates(authorities)
        fits = load_pem_private_key(key, None).public_key() == own[0].public_key()
    except (ValueError, TypeError) as error:
        raise FilesUnusable(f"ca.pem, {service}.pem or {service}.key in {tls_dir} is not PEM.") from error
    if not fits:
        raise FilesUnusable(f"{service}.key in {tls_dir} does not belong to {service}.pem.")
    issuers = [each for each in trusted if each.subject == own[-1].issuer]
    return _Files(
        authorities,
        certificate,
        key,
        expires_at=min(each.not_valid_after_utc for each in own),
        authority_expires_at=max(each.not_valid_after_utc for each in issuers or trusted),
        written_at=written_at,
    )


@cache
def _seconds_left() -> Gauge:
    return Gauge(
        "stowage_certificate_seconds_left",
        "Until the certificate in use ends: this service's own, or its authority's",
        ("service", "certificate"),
    )


@cache
def _written() -> Gauge:
    return Gauge(
        "stowage_certificate_files_written_seconds",
        "When the youngest of the certificate files in use was written, in seconds since 1970",
        ("service",),
    )
