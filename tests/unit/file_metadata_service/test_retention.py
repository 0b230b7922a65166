"""Which past versions stay: a table for people, properties for all the rest."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from file_metadata_service.domain.ids import BlobId
from file_metadata_service.domain.nodes import Version
from file_metadata_service.domain.retention import DAY_MS, HOUR_MS, Retention
from file_metadata_service.domain.versions import PastVersion, dated
from tests.fakes.metadata_service import ANN

MIDNIGHT = 20_000 * DAY_MS
SECOND = 1_000
GENEROUS = Retention(max_versions=10**6)


def a_version(number: int, created_at_ms: int, *, kept: bool = False) -> Version:
    return Version(
        number=number,
        blob_id=BlobId(f"b{number}"),
        size_bytes=1,
        content_type="",
        content_hash="",
        layout="p23",
        created_at_ms=created_at_ms,
        actor=ANN,
        kept=kept,
    )


def a_past(made: Sequence[int], replaced_at_ms: int, kept: frozenset[int] = frozenset()) -> list[PastVersion]:
    """One version made at each time, each replaced by the next, the last one at `replaced_at_ms`."""
    times = zip(made, [*made[1:], replaced_at_ms], strict=True)
    return [
        PastVersion(version=a_version(number, at, kept=number in kept), replaced_at_ms=until)
        for number, (at, until) in enumerate(times, 1)
    ]


def staying(retention: Retention, past: Sequence[PastVersion], now_ms: int) -> list[PastVersion]:
    gone = retention.thin(past, now_ms)
    return [it for it in past if it.number not in gone]


def numbers(past: Sequence[PastVersion]) -> list[int]:
    return [it.number for it in past]


EVERY_TEN_MINUTES = range(MIDNIGHT, MIDNIGHT + 3 * HOUR_MS, HOUR_MS // 6)


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (0, [6, 12, 13, 14, 15, 16, 17, 18]),
        (HOUR_MS, [6, 12, 18]),
        (21 * HOUR_MS, [6, 12, 18]),
        (DAY_MS, [18]),
        (29 * DAY_MS, [18]),
        (30 * DAY_MS, []),
    ],
)
def test_all_of_an_hour_then_one_an_hour_then_one_a_day_then_none(later: int, left: list[int]) -> None:
    end = MIDNIGHT + 3 * HOUR_MS
    assert numbers(staying(GENEROUS, a_past(EVERY_TEN_MINUTES, end), end + later)) == left


def test_what_a_file_had_been_for_years_stays_after_somebody_spoils_it() -> None:
    now = MIDNIGHT
    past = a_past([now - 2_000 * DAY_MS, now - 5 * SECOND], now)
    assert numbers(staying(Retention(), past, now + 29 * DAY_MS)) == [1, 2]


def test_a_file_that_is_saved_every_second_loses_its_seconds_not_its_days() -> None:
    days = [MIDNIGHT - day * DAY_MS for day in range(20, 0, -1)]
    seconds = [MIDNIGHT + second * SECOND for second in range(3_000)]
    now = MIDNIGHT + 3_000 * SECOND
    left = staying(Retention(), a_past([*days, *seconds], now), now)
    assert numbers(left)[:20] == list(range(1, 21))
    assert 50 <= len(left) <= 100
    assert left[-1].number == 3_020


@pytest.mark.parametrize("most", [1, 2, 3, 10, 100])
def test_there_are_never_more_than_may_be(most: int) -> None:
    past = a_past(range(MIDNIGHT, MIDNIGHT + 20 * DAY_MS, 977 * SECOND), MIDNIGHT + 20 * DAY_MS)
    left = staying(Retention(max_versions=most), past, MIDNIGHT + 20 * DAY_MS)
    assert 1 <= len(left) <= most
    assert left[-1].number == len(past)


def test_rows_that_do_not_say_when_they_were_replaced_were_so_by_the_next_one() -> None:
    past = [
        PastVersion(version=a_version(number, at), replaced_at_ms=None) for number, at in ((3, 30), (1, 10))
    ]
    filled = [(it.number, it.replaced_at_ms) for it in dated(past, a_version(4, 40))]
    assert filled == [(1, 30), (3, 40)]


FEWER = settings(max_examples=50, deadline=None)
GAPS = st.lists(
    st.one_of(st.integers(1, 5_000), st.integers(1, 2 * HOUR_MS), st.integers(1, 3 * DAY_MS)), max_size=60
)


@st.composite
def pasts(draw: st.DrawFn) -> list[PastVersion]:
    made = [MIDNIGHT]
    for gap in draw(GAPS):
        made.append(made[-1] + gap)
    kept = draw(st.frozensets(st.integers(1, len(made)), max_size=5))
    return a_past(made, made[-1] + draw(st.integers(1, DAY_MS)), kept)


AGES = st.integers(0, 40 * DAY_MS)
RETENTIONS = st.builds(Retention, max_versions=st.integers(1, 40), days=st.integers(1, 40))


def end_of(past: Sequence[PastVersion]) -> int:
    last = past[-1].replaced_at_ms
    assert last is not None
    return last


@FEWER
@given(pasts(), RETENTIONS, AGES)
def test_what_goes_may_go(past: list[PastVersion], retention: Retention, age: int) -> None:
    now = end_of(past) + age
    gone = retention.thin(past, now)
    free = [it for it in past if not it.version.kept]
    left = [it for it in free if it.number not in gone]
    assert gone <= {*numbers(free)}
    assert len(left) <= retention.max_versions
    young = [it for it in free if now - end_of([it]) < retention.days * DAY_MS]
    assert left[-1:] == young[-1:]
    assert retention.thin(left, now) == frozenset()


@FEWER
@given(pasts(), AGES, AGES)
def test_looking_more_often_drops_nothing_else(past: list[PastVersion], one: int, other: int) -> None:
    sooner, later = (end_of(past) + age for age in sorted((one, other)))
    in_between = staying(GENEROUS, past, sooner)
    assert staying(GENEROUS, in_between, later) == staying(GENEROUS, past, later)


@FEWER
@given(pasts(), AGES)
def test_for_every_hour_of_the_last_day_and_every_day_of_thirty_one_stays(
    past: list[PastVersion], age: int
) -> None:
    """If there was one, made in it and not too old."""
    now = end_of(past) + age
    free = [it for it in past if not it.version.kept]
    left = staying(GENEROUS, free, now)
    for life, grain in ((DAY_MS, HOUR_MS), (30 * DAY_MS, DAY_MS)):
        had = {it.version.created_at_ms // grain for it in free if now - end_of([it]) < life}
        assert had <= {it.version.created_at_ms // grain for it in left}


@FEWER
@given(pasts(), AGES)
def test_nothing_is_due_before_its_time_and_everything_goes_when_it_is(
    past: list[PastVersion], age: int
) -> None:
    now = end_of(past) + age
    left = staying(GENEROUS, past, now)
    dues = GENEROUS.dues(left)
    assert dues.keys() == {it.number for it in left if not it.version.kept}
    if dues:
        first = min(dues.values())
        assert first > now
        assert GENEROUS.thin(left, first - 1) == frozenset()
        assert GENEROUS.thin(left, first) == {number for number, due in dues.items() if due == first}
