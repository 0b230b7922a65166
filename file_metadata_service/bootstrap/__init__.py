"""The one floor that knows all others: ports on their adapters, the service, and what an operator runs beside it."""

from file_metadata_service.bootstrap.ports import dynamo_ports, fsck_ports
from file_metadata_service.bootstrap.service import build, policy_of
from file_metadata_service.bootstrap.upkeep import fsck, recount, renew_journals, set_quota

__all__ = [
    "build",
    "dynamo_ports",
    "fsck",
    "fsck_ports",
    "policy_of",
    "recount",
    "renew_journals",
    "set_quota",
]
