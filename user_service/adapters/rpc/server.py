"""All that user_service serves."""

from dataclasses import dataclass
from typing import Any

import grpc

from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import (
    KeyServiceServicer,
    add_AccountServiceServicer_to_server,
    add_KeyServiceServicer_to_server,
    add_SessionServiceServicer_to_server,
)
from user_service.adapters.rpc.accounts import AccountRpc
from user_service.adapters.rpc.sessions import SessionRpc
from user_service.ports.token_signer import TokenSigner


@dataclass(frozen=True, slots=True)
class KeyRpc(KeyServiceServicer):
    """KeyService."""

    signer: TokenSigner

    async def GetSigningKeys(
        self, request: pb.GetSigningKeysRequest, context: Any
    ) -> pb.GetSigningKeysResponse:
        return pb.GetSigningKeysResponse(jwks_json=await self.signer.key_set())


@dataclass(frozen=True, slots=True)
class UserRpc:
    """The three services together; an instance is what `RpcServer` registers with."""

    accounts: AccountRpc
    sessions: SessionRpc
    keys: KeyRpc

    def __call__(self, server: grpc.aio.Server) -> None:
        add_AccountServiceServicer_to_server(self.accounts, server)
        add_SessionServiceServicer_to_server(self.sessions, server)
        add_KeyServiceServicer_to_server(self.keys, server)
