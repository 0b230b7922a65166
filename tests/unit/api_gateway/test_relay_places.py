"""Places for transfers that pass through: bounded for each and for all, and every one comes back."""

from contextlib import ExitStack

import pytest

from api_gateway.app.relay_places import RelayPlaces
from api_gateway.domain.errors import TooManyRelays
from chassis.errors import Unavailable


def test_an_account_has_its_share_and_leaves_the_rest_to_others() -> None:
    places = RelayPlaces(in_total=10, of_one_account=2)
    with ExitStack() as stack:
        for account in ("ada", "ada", "bob"):
            stack.enter_context(places.taken_by(account))
        with pytest.raises(TooManyRelays) as refused:
            stack.enter_context(places.taken_by("ada"))
        assert refused.value.retry_after_seconds
        stack.enter_context(places.taken_by("bob"))
        assert places.taken == 4
    assert places.taken == 0


def test_when_all_are_taken_nobody_gets_one() -> None:
    places = RelayPlaces(in_total=3, of_one_account=2)
    with ExitStack() as stack:
        for account in ("ada", "ada", "bob"):
            stack.enter_context(places.taken_by(account))
        for account in ("bob", "carl"):
            with pytest.raises(Unavailable):
                stack.enter_context(places.taken_by(account))
    with places.taken_by("carl"):
        assert places.taken == 1


def test_what_fails_gives_its_place_back() -> None:
    places = RelayPlaces(in_total=1, of_one_account=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), places.taken_by("ada"):
            raise ValueError("inside")
    assert places.taken == 0


def test_a_refusal_takes_no_place_and_leaves_none_behind() -> None:
    places = RelayPlaces(in_total=5, of_one_account=1)
    with places.taken_by("ada"):
        for _ in range(10):
            with pytest.raises(TooManyRelays), places.taken_by("ada"):
                pass
        assert places.taken == 1
    with places.taken_by("ada"):
        assert places.taken == 1


def test_several_places_are_taken_together_or_not_at_all() -> None:
    places = RelayPlaces(in_total=10, of_one_account=5)
    with places.taken_by("ada", places=4):
        with pytest.raises(TooManyRelays), places.taken_by("ada", places=2):
            pass
        assert places.taken == 4
        with pytest.raises(Unavailable), places.taken_by("bob", places=5), places.taken_by("carl", places=2):
            pass
    assert places.taken == 0
