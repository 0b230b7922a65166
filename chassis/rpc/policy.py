"""Who may call what: one row per rpc, per service."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rpc:
    """One row: which services may call it, by certificate name, and if a person's access token is needed."""

    callers: frozenset[str]
    token: bool


# By full method name: "/stowage.user.v1.KeyService/GetSigningKeys".
Policy = Mapping[str, Rpc]


class PolicyError(Exception):
    """The table and what is served do not agree; such a service must not start."""


def require_agreement(policy: Policy, served: frozenset[str]) -> None:
    """Raises PolicyError for a method without a row, or a row without a method."""
    if without_row := sorted(served - policy.keys()):
        raise PolicyError(f"no policy says who may call {', '.join(without_row)}")
    if without_method := sorted(policy.keys() - served):
        raise PolicyError(f"the policy names what nobody serves: {', '.join(without_method)}")
