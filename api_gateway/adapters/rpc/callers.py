"""Proof of access tokens, by the chassis and the user service's published keys."""

from api_gateway.domain.identity import Caller
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.context import enter_identity
from chassis.tokens import TokenVerifier
from stowage.user.v1.user_pb2 import GetSigningKeysRequest
from stowage.user.v1.user_pb2_grpc import KeyServiceStub


class SigningKeys:
    """Fetches the public keys."""

    def __init__(self, users: ServiceChannel) -> None:
        self._get_keys = users.unary(
            lambda channel: KeyServiceStub(channel).GetSigningKeys, timeout_seconds=2, idempotent=True
        )

    async def fetch(self) -> str:
        """A JSON Web Key Set."""
        return (await self._get_keys(GetSigningKeysRequest(), token="")).jwks_json


class VerifiedTokens:
    """Implements ports.tokens.Tokens."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    async def prove(self, token: str) -> Caller:
        identity = await self._verifier.verify(token)
        enter_identity(token, identity)
        return Caller(identity.account_id, identity.session_id, until=identity.expires_at)
