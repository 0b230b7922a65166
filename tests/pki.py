"""Certificates for tests, made by the code that makes the local stack's."""

from pathlib import Path

import pytest

from local_stack.pki import ensure_certificates

SERVICES = ("user-service", "file-metadata-service", "file-upload-service", "api-gateway")


@pytest.fixture(scope="session")
def tls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ca.pem` and `<service>.pem`, `<service>.key` of all four services."""
    folder = tmp_path_factory.mktemp("tls")
    ensure_certificates(folder, SERVICES)
    return folder
