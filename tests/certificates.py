"""A private CA and a certificate per service, laid out as STOWAGE_TLS_DIR expects them."""

from pathlib import Path

import trustme

SERVICES = ("api-gateway", "user-service", "file-metadata-service", "file-upload-service")


def write_certificates(directory: Path, *services: str, authority: trustme.CA | None = None) -> trustme.CA:
    """Write `ca.pem` and one certificate for each service (all of ours by default); returns the CA."""
    authority = authority or trustme.CA()
    directory.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(directory / "ca.pem")
    for service in services or SERVICES:
        issued = authority.issue_cert(service)
        issued.private_key_pem.write_to_path(directory / f"{service}.key")
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        (directory / f"{service}.pem").write_bytes(chain)
    return authority
