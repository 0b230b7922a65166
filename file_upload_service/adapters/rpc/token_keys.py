"""The keys that access tokens are checked with, from the user service."""

from chassis.rpc.channels import ServiceChannel
from stowage.user.v1.user_pb2 import GetSigningKeysRequest
from stowage.user.v1.user_pb2_grpc import KeyServiceStub

TIMEOUT_SECONDS = 2.0


class KeysOfUserService:
    def __init__(self, channel: ServiceChannel) -> None:
        self._get_keys = channel.unary(
            lambda it: KeyServiceStub(it).GetSigningKeys, timeout_seconds=TIMEOUT_SECONDS, idempotent=True
        )

    async def fetch(self) -> str:
        """A JSON Web Key Set. Raises Unavailable."""
        answer = await self._get_keys(GetSigningKeysRequest(), token="")  # it needs none
        return answer.jwks_json
