"""Which key signs when, and that nobody ever meets a token whose key is not known to them."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from chassis.building import KEYS_EVERY_SECONDS
from user_service.domain.key_schedule import (
    NOTICE,
    SLACK,
    believed_until,
    is_believed,
    is_key_id,
    new_key_id,
    signing,
    signs_from,
)
from user_service.domain.tokens import ACCESS_TOKEN_LIFE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
# What chassis and bootstrap do: how often verifiers fetch the keys, how often instances look at the files.
FETCH_EVERY, LOOK_EVERY = 9 * timedelta(seconds=KEYS_EVERY_SECONDS), timedelta(seconds=5)
SKEW = timedelta(minutes=1)


def key(start: datetime, number: int = 0) -> str:
    return new_key_id(start, f"{number:08x}")


OLD, CURRENT, NEXT = key(NOW - timedelta(days=90)), key(NOW - timedelta(minutes=1)), key(NOW + NOTICE)


def test_the_youngest_key_whose_time_has_come_signs() -> None:
    assert signing([OLD, CURRENT, NEXT], NOW) == CURRENT
    assert signing([OLD, CURRENT, NEXT], NOW + NOTICE) == NEXT


def test_a_clock_that_went_back_leaves_nobody_without_a_key() -> None:
    assert signing([CURRENT, NEXT], NOW - timedelta(days=400)) == CURRENT


def test_a_key_is_believed_until_the_last_token_that_it_signed_has_ended() -> None:
    keys = [OLD, CURRENT, NEXT]
    assert believed_until(keys, CURRENT) == NOW + NOTICE + ACCESS_TOKEN_LIFE + SLACK
    assert believed_until(keys, NEXT) is None
    assert is_believed(keys, OLD, NOW)
    assert not is_believed(keys, OLD, NOW + ACCESS_TOKEN_LIFE + SLACK)


@pytest.mark.parametrize("name", ["", "main", "20260101T000000Z", "20261301T000000Z-00000000", f".{OLD}"])
def test_what_does_not_say_when_it_signs_is_no_key(name: str) -> None:
    assert not is_key_id(name)
    with pytest.raises(ValueError, match=r"."):
        signs_from(name)


def test_every_token_is_proven_by_whoever_fetches_the_keys_every_minute_or_misses_eight_turns() -> None:
    """Without asking anew for an unknown key, whatever the clocks and delays: no request waits or fails.

    One rotation, at NOW, and every extreme: who signs and who publishes is a minute early or late, the signing
    instance sees the file at once or at its next look, the token is shown at once or at its end, to somebody who
    has the keys of this moment or of nine minutes ago.
    """
    rotated = key(NOW + NOTICE)
    extremes = product(
        range(-60, int((NOTICE + timedelta(minutes=5)).total_seconds()), 10),
        (-SKEW, SKEW),
        (-SKEW, SKEW),
        (timedelta(0), LOOK_EVERY),
        (timedelta(0), ACCESS_TOKEN_LIFE),
        (timedelta(0), FETCH_EVERY),
    )
    for seconds, signer_skew, publisher_skew, lag, age, staleness in extremes:
        signed_at = NOW + timedelta(seconds=seconds)
        fetched_at = signed_at + age - staleness
        signer_sees = [OLD, rotated] if NOW + lag <= signed_at else [OLD]
        publisher_sees = [OLD, rotated] if fetched_at >= NOW else [OLD]

        signer = signing(signer_sees, signed_at + signer_skew)

        assert signer in publisher_sees
        assert is_believed(publisher_sees, signer, fetched_at + publisher_skew)
