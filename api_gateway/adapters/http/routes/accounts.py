"""Accounts: the people who can sign in."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.models.people import Account
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import ClientAddress, CommandId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.requests import PasswordChange, ProfileChange, Registration
from api_gateway.adapters.http.wiring import AccountsPort

router = APIRouter(route_class=Operation, tags=["accounts"])


@router.post(
    "/accounts",
    status_code=201,
    response_model=Account,
    summary="Make an account",
    openapi_extra=declares("email_taken", "email_invalid", "password_unacceptable", "too_many_attempts"),
)
async def register(
    accounts: AccountsPort, body: Registration, command_id: CommandId, address: ClientAddress
) -> Response:
    """The same e-mail, key and password give the same account again."""
    account = await accounts.register(
        command_id=command_id,
        email=body.email,
        password=body.password,
        display_name=body.display_name,
        client_address=address,
    )
    return encoded(account, 201)


@router.get(
    "/account",
    response_model=Account,
    summary="Your account",
    openapi_extra=declares("account_not_found"),
)
async def get_account(accounts: AccountsPort, _: Identified) -> Response:
    """Who you are."""
    return encoded(await accounts.get())


@router.patch(
    "/account",
    response_model=Account,
    summary="Change your profile",
    openapi_extra=declares("account_not_found"),
)
async def update_account(
    accounts: AccountsPort, _: Identified, body: ProfileChange, __: CommandId
) -> Response:
    """What is left out stays as it is."""
    return encoded(await accounts.rename(body.display_name))


@router.post(
    "/account/password",
    status_code=204,
    summary="Set a new password",
    openapi_extra=declares("credentials_wrong", "password_unacceptable", "too_many_attempts"),
)
async def change_password(
    accounts: AccountsPort, _: Identified, body: PasswordChange, __: CommandId, address: ClientAddress
) -> Response:
    """Every other session of yours ends."""
    await accounts.change_password(
        current_password=body.current_password, new_password=body.new_password, client_address=address
    )
    return Response(status_code=204)
