"""AccountService."""

from dataclasses import dataclass
from typing import Any

from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import AccountServiceServicer
from user_service.adapters.rpc.messages import account_message, caller
from user_service.app.change_password import ChangePassword, PasswordChange
from user_service.app.profile import GetAccount, UpdateAccount
from user_service.app.register import Register, Registration


@dataclass(frozen=True, slots=True)
class AccountRpc(AccountServiceServicer):
    """Translates; what an rpc answers, and refuses, stands in the proto."""

    register: Register
    get_account: GetAccount
    update_account: UpdateAccount
    change_password: ChangePassword

    async def Register(self, request: pb.RegisterRequest, context: Any) -> pb.RegisterResponse:
        account = await self.register(
            Registration(
                command_id=request.command_id,
                email=request.email,
                password=request.password,
                display_name=request.display_name,
                address=request.client_address,
            )
        )
        return pb.RegisterResponse(account=account_message(account))

    async def GetAccount(self, request: pb.GetAccountRequest, context: Any) -> pb.GetAccountResponse:
        return pb.GetAccountResponse(account=account_message(await self.get_account(caller())))

    async def UpdateAccount(self, request: pb.UpdateAccountRequest, context: Any) -> pb.UpdateAccountResponse:
        display_name = request.display_name if request.HasField("display_name") else None
        account = await self.update_account(caller(), display_name=display_name)
        return pb.UpdateAccountResponse(account=account_message(account))

    async def ChangePassword(
        self, request: pb.ChangePasswordRequest, context: Any
    ) -> pb.ChangePasswordResponse:
        change = PasswordChange(request.current_password, request.new_password, request.client_address)
        await self.change_password(caller(), change)
        return pb.ChangePasswordResponse()
