"""Accounts: the people who can sign in."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.errors import answers
from api_gateway.adapters.http.parameters import ClientAddress, CommandId, Identified
from api_gateway.adapters.http.requests import PasswordChange, ProfileChange, Registration
from api_gateway.domain.identity import Account
from api_gateway.ports.accounts import Accounts
from chassis.errors import Kind


def account_routes(accounts: Accounts) -> APIRouter:
    router = APIRouter(tags=["accounts"])

    @router.post(
        "/accounts", status_code=201, response_model=Account, responses=answers(Kind.CONFLICT, Kind.THROTTLED)
    )
    async def register(body: Registration, command_id: CommandId, address: ClientAddress) -> Response:
        """Make an account."""
        account = await accounts.register(
            command_id=command_id,
            email=body.email,
            password=body.password,
            display_name=body.display_name,
            client_address=address,
        )
        return encoded(account, 201)

    @router.get("/account", response_model=Account, responses=answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND))
    async def get_account(_: Identified) -> Response:
        """Your account."""
        return encoded(await accounts.get())

    @router.patch("/account", response_model=Account, responses=answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND))
    async def update_account(_: Identified, body: ProfileChange) -> Response:
        """Change your profile."""
        return encoded(await accounts.rename(body.display_name))

    @router.post(
        "/account/password", status_code=204, responses=answers(Kind.UNAUTHENTICATED, Kind.THROTTLED)
    )
    async def change_password(_: Identified, body: PasswordChange, address: ClientAddress) -> Response:
        """Set a new password; every other session of yours ends."""
        await accounts.change_password(
            current_password=body.current_password, new_password=body.new_password, client_address=address
        )
        return Response(status_code=204)

    return router
