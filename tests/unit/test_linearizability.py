"""The checker itself, on the smallest thing that can be written and read: a number."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.linearizability import Event, NotLinearizable, Sort, check


def put(value: int, seq: int, invoked: int, answered: int) -> Event[int]:
    return Event(
        what=f"put {value}",
        sort=Sort.WRITE,
        seq=seq,
        invoked=invoked,
        answered=answered,
        explain=lambda _: value,
    )


def add(result: int, seq: int, invoked: int, answered: int) -> Event[int]:
    """Adds one, and was answered `result`."""
    return Event(
        what="add",
        sort=Sort.WRITE,
        seq=seq,
        invoked=invoked,
        answered=answered,
        explain=lambda state: result if state + 1 == result else None,
    )


def saw(value: int, invoked: int, answered: int, *, seq: int = 0, sort: Sort = Sort.READ) -> Event[int]:
    return Event(
        what=f"saw {value}",
        sort=sort,
        seq=seq,
        invoked=invoked,
        answered=answered,
        explain=lambda state: state if state == value else None,
    )


def refused(value: int, invoked: int, answered: int) -> Event[int]:
    """What is refused while the number is `value`."""
    return saw(value, invoked, answered, sort=Sort.REFUSAL)


RIGHT: dict[str, list[Event[int]]] = {
    "nothing happened": [],
    "one after the other": [put(5, 1, 0, 1), saw(5, 2, 3, seq=1), put(6, 2, 4, 5), saw(6, 6, 7, seq=2)],
    "written in the opposite order of asking": [put(5, 2, 0, 3), put(6, 1, 1, 2), saw(5, 4, 5, seq=2)],
    "in one transaction, in some order": [add(2, 1, 0, 9), add(1, 1, 1, 9), add(3, 1, 2, 9)],
    "a read while a write was under way saw it or did not": [
        put(5, 1, 0, 9),
        saw(0, 1, 2),
        saw(5, 1, 2),
        saw(5, 1, 2, seq=1),
    ],
    "a read whose rows came after its head": [put(5, 1, 0, 1), put(6, 2, 2, 9), saw(6, 3, 4, seq=1)],
    "others wrote numbers in between": [put(5, 3, 0, 1), saw(5, 2, 3, seq=7), put(6, 9, 4, 5)],
    "refused in the middle of a transaction": [add(1, 1, 0, 9), add(2, 1, 0, 9), refused(1, 0, 9)],
    "refused before, during or after a write": [
        put(5, 1, 2, 8),
        refused(0, 0, 1),
        refused(0, 3, 4),
        refused(5, 3, 4),
        refused(5, 9, 10),
    ],
}

WRONG: dict[str, list[Event[int]]] = {
    "a write that was lost": [put(5, 1, 0, 1), put(6, 2, 2, 3), saw(5, 4, 5, seq=2)],
    "a read of the past, and it says so": [put(5, 1, 0, 1), saw(0, 2, 3, seq=0)],
    "a read of the past that says it is of now": [put(5, 1, 0, 1), saw(0, 2, 3, seq=1)],
    "a read of the future": [saw(5, 0, 1), put(5, 1, 2, 3)],
    "a read of half a transaction": [add(1, 1, 0, 9), add(2, 1, 0, 9), saw(1, 0, 9)],
    "a write with a number below one that was answered": [put(5, 2, 0, 1), put(6, 1, 2, 3)],
    "a write with the number of one that was answered": [put(5, 1, 0, 1), put(5, 1, 2, 3)],
    "two who both won": [add(1, 1, 0, 9), add(1, 2, 0, 9)],
    "two who both won in one transaction": [add(1, 1, 0, 9), add(1, 1, 0, 9)],
    "a refusal that was never right": [put(5, 1, 0, 1), refused(6, 0, 9)],
    "a refusal that was right only before": [put(5, 1, 0, 1), refused(0, 2, 3)],
    "a refusal that was right only afterwards": [refused(5, 0, 1), put(5, 1, 2, 3)],
    "a refusal in the middle of a transaction that was over": [
        add(1, 1, 0, 1),
        add(2, 1, 0, 1),
        refused(1, 2, 3),
    ],
}


@pytest.mark.parametrize("events", RIGHT.values(), ids=RIGHT.keys())
def test_what_can_be_is_accepted(events: list[Event[Any]]) -> None:
    check(0, events)


@pytest.mark.parametrize("events", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_is_refused(events: list[Event[Any]]) -> None:
    with pytest.raises(NotLinearizable):
        check(0, events)


def test_the_state_in_the_end_is_that_of_the_highest_seq() -> None:
    assert check(0, [put(5, 2, 0, 9), put(6, 1, 0, 9)]) == 5


def test_an_order_among_many_that_are_in_nobody_s_way_is_found_at_once() -> None:
    """The first closes a door that the second, asked later, went through; fifteen others care for neither."""
    asked = 0

    def step(bit: int, forbidden: int = 0) -> Event[int]:
        def explain(state: int) -> int | None:
            nonlocal asked
            asked += 1
            return None if state & forbidden else state | bit

        return Event(what=f"{bit}", sort=Sort.WRITE, seq=1, invoked=0, answered=9, explain=explain)

    closing, passing = step(1), step(2, forbidden=1)

    assert check(0, [closing, *(step(4 << number) for number in range(15)), passing]) == 2**17 - 1
    assert asked < 10_000


def test_of_two_that_could_each_be_the_last_it_was_the_one_that_the_journal_tells_of() -> None:
    def move(value: int) -> Event[int]:
        return replace(put(value, seq=1, invoked=0, answered=9), about="it", left=value)

    events = [move(5), *(replace(put(0, 1, 0, 9), explain=lambda state: state) for _ in range(30)), move(6)]

    assert check(0, events, told=lambda event: event.left == 5) == 5
    assert check(0, events, told=lambda event: event.left == 6) == 6
    with pytest.raises(NotLinearizable):
        check(0, events, told=lambda event: event.left == 7)


def test_of_two_orders_that_explain_all_answers_it_was_the_one_that_left_what_the_journal_tells_of() -> None:
    def step(name: str, explain: Callable[[int], int]) -> Event[int]:
        return Event(what=name, sort=Sort.WRITE, seq=1, invoked=0, answered=9, explain=explain)

    events = [step("add one", lambda state: state + 1), step("double", lambda state: state * 2)]

    assert check(1, events, fits=lambda seq, state: (seq, state) == (1, 4)) == 4
    assert check(1, events, fits=lambda seq, state: (seq, state) == (1, 3)) == 3
    with pytest.raises(NotLinearizable):
        check(1, events, fits=lambda seq, state: state == 5)
