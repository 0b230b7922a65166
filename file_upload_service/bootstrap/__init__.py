"""The one floor that knows all others: the service, and what an operator runs beside it."""

from file_upload_service.bootstrap.service import NAME, Parts, Ports, build, wire
from file_upload_service.bootstrap.upkeep import fsck

__all__ = ["NAME", "Parts", "Ports", "build", "fsck", "wire"]
