"""gRPC between services. Handlers need only what is named here."""

from chassis.rpc.context import bearer, caller, identity, remaining_seconds

__all__ = ["bearer", "caller", "identity", "remaining_seconds"]
