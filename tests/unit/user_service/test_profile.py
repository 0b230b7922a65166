import pytest

from tests.fakes.user_service_house import House, SignedIn
from user_service.app.profile import GetAccount, UpdateAccount
from user_service.domain.errors import AccountNotFound, DisplayNameInvalid


@pytest.fixture
async def device(house: House) -> SignedIn:
    await house.new_account()
    return await house.new_session()


async def test_an_account_reads_itself(house: House, device: SignedIn) -> None:
    assert await GetAccount(house.stored_accounts)(device.caller) == device.account


async def test_a_new_display_name_is_kept(house: House, device: SignedIn) -> None:
    update = UpdateAccount(house.stored_accounts)
    assert (await update(device.caller, display_name=" Countess ")).display_name == "Countess"
    assert (await GetAccount(house.stored_accounts)(device.caller)).display_name == "Countess"


async def test_what_is_not_said_stays(house: House, device: SignedIn) -> None:
    update = UpdateAccount(house.stored_accounts)
    assert await update(device.caller, display_name=None) == device.account


async def test_a_display_name_that_cannot_be_shown_is_refused(house: House, device: SignedIn) -> None:
    with pytest.raises(DisplayNameInvalid):
        await UpdateAccount(house.stored_accounts)(device.caller, display_name="a\nb")


async def test_an_account_that_is_gone_is_not_found(house: House, device: SignedIn) -> None:
    house.stored_accounts.rows.clear()
    with pytest.raises(AccountNotFound):
        await GetAccount(house.stored_accounts)(device.caller)
