"""Each mutation, applied, and its answer lost for good: the caller hears UNAVAILABLE, and repeats."""

import pytest

from chassis.errors import Kind, Unavailable
from stowage.user.v1 import user_pb2 as pb
from tests.faults import LOST_AFTER, LOST_BEFORE, Fault
from tests.integration.user_service.rig import Person, Running, refused

NEW = "another good password"


def lose(one: Running, operation: str, fault: Fault = LOST_AFTER) -> None:
    """So often that sending the same again does not help. The last sending is the one that counts."""
    one.faults.inject(operation, fault, times=3)


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE])
async def test_registering_again_gives_the_same_account(one: Running, fault: Fault) -> None:
    person = Person(one.client, "lost@" + fault.name.lower().replace("_", "-") + ".example.com")
    lose(one, "TransactWriteItems", fault)
    with pytest.raises(Unavailable):
        await one.client.register(person.registration(), token="")
    first = (await one.client.register(person.registration(), token="")).account
    again = (await one.client.register(person.registration(), token="")).account
    assert first == again
    assert await person.sign_in()


async def test_signing_in_again_works(one: Running) -> None:
    person = await one.client.new_person()
    lose(one, "TransactWriteItems")
    with pytest.raises(Unavailable):
        await person.sign_in()
    tokens = await person.sign_in()
    listed = await one.client.list_sessions(pb.ListSessionsRequest(), token=tokens.access_token)
    assert len(listed.sessions) == 2


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE])
async def test_refreshing_again_gives_a_successor_that_works(one: Running, fault: Fault) -> None:
    request = pb.RefreshRequest(refresh_token=(await (await one.client.new_person()).sign_in()).refresh_token)
    # Applied and lost, the second sending finds its own write: the caller never notices.
    lose(one, "UpdateItem", fault)
    if fault is LOST_BEFORE:
        with pytest.raises(Unavailable):
            await one.client.refresh(request, token="")
    first = (await one.client.refresh(request, token="")).tokens
    again = (await one.client.refresh(request, token="")).tokens
    assert first.refresh_token == again.refresh_token
    assert await one.client.refresh(pb.RefreshRequest(refresh_token=first.refresh_token), token="")


async def test_changing_the_password_again_is_a_success(one: Running) -> None:
    person = await one.client.new_person()
    laptop, phone = await person.sign_in(), await person.sign_in()
    lose(one, "UpdateItem", LOST_BEFORE)
    with pytest.raises(Unavailable):
        await one.client.change_password(person.new_password(NEW), token=laptop.access_token)
    # This time the password is written, and then the sessions cannot be ended.
    one.faults.inject("UpdateItem", LOST_BEFORE, skip=1, times=3)
    with pytest.raises(Unavailable):
        await one.client.change_password(person.new_password(NEW), token=laptop.access_token)
    await one.client.change_password(person.new_password(NEW), token=laptop.access_token)
    await one.client.change_password(person.new_password(NEW), token=laptop.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await one.client.check_session(pb.CheckSessionRequest(), token=phone.access_token)
    assert await one.client.sign_in(person.credentials(password=NEW), token="")


async def test_ending_a_session_again_is_a_success(one: Running) -> None:
    tokens = await (await one.client.new_person()).sign_in()
    lose(one, "UpdateItem", LOST_BEFORE)
    with pytest.raises(Unavailable):
        await one.client.end_session(pb.EndSessionRequest(), token=tokens.access_token)
    for _ in range(2):
        await one.client.end_session(pb.EndSessionRequest(), token=tokens.access_token)
    with refused(Kind.UNAUTHENTICATED, "session_ended"):
        await one.client.check_session(pb.CheckSessionRequest(), token=tokens.access_token)


async def test_renaming_again_is_a_success(one: Running) -> None:
    tokens = await (await one.client.new_person()).sign_in()
    request = pb.UpdateAccountRequest(display_name="Countess")
    lose(one, "UpdateItem")
    with pytest.raises(Unavailable):
        await one.client.update_account(request, token=tokens.access_token)
    answer = await one.client.update_account(request, token=tokens.access_token)
    assert answer.account.display_name == "Countess"
