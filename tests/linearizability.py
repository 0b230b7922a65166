"""Could what many clients saw at once have been seen one after the other, in the order of a drive's numbers?

Each event is what one client asked, between which two ticks of a clock that all share, and what it was answered.
`check` finds an order that explains all of them, or says what cannot be explained:

- A write took effect at its seq, and changed the state before into one that explains its answer. Several can share a
  seq, as one transaction wrote them; then some order among them must do.
- Whoever was answered before another one asked comes before it: a smaller seq.
- A read is of its seq or a later one, but of no later one than could have been when it was answered, and of a state
  between two transactions; and it is not older than what was answered before it was asked.
- A refusal was right at some moment while it was being asked.
- Of several that changed one thing in one transaction, the last left it as the journal says (`told`); and all that a
  transaction changed stands where the journal says (`fits`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar

S = TypeVar("S")


class Sort(Enum):
    WRITE = auto()
    READ = auto()
    REFUSAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Generic[S]):
    """`explain`: the state after it, None if it cannot be at that state. Reads and refusals leave it as it is.

    `seq` of a refusal says nothing. `about`: the thing that a write changed; `left`: how it left it, for `told`.
    """

    what: str
    sort: Sort
    invoked: int
    answered: int
    seq: int = 0
    explain: Callable[[S], S | None]
    about: str = ""
    left: Any = None

    def __str__(self) -> str:
        return f"{self.what} (asked {self.invoked}, answered {self.answered}, seq {self.seq})"


class NotLinearizable(AssertionError):
    """No order explains it."""


@dataclass(frozen=True, slots=True)
class _Moment(Generic[S]):
    """The state at a seq, and those in the middle of its transaction before it."""

    seq: int
    state: S
    within: tuple[S, ...]


def _untold(event: Event[Any]) -> bool:
    return True


def _fits(seq: int, state: object) -> bool:
    return True


def check(
    initial: S,
    events: Sequence[Event[S]],
    *,
    begin: int = 0,
    told: Callable[[Event[S]], bool] = _untold,
    fits: Callable[[int, S], bool] = _fits,
) -> S:
    """The state in the end. Raises NotLinearizable.

    `begin`: the seq of `initial`. `told`: whether the thing was, after its transaction, as this write left it; answers
    alone do not say which of two moves came last. `fits`: whether the state is one that the transaction can have left;
    answers alone do not say whether what was restored went to its folder, or above it because that was restored later.
    """
    writes = [event for event in events if event.sort is Sort.WRITE]
    moments = list(_replay(initial, begin, writes, lambda event: not event.about or told(event), fits))
    bounds = _Bounds(writes, begin, moments[-1].seq)
    for event in events:
        earliest = bounds.earliest(event)
        if event.sort is Sort.WRITE and event.seq <= earliest:
            raise NotLinearizable(f"{event} comes before seq {earliest}, which was answered earlier")
        if event.sort is Sort.READ and event.seq < earliest:
            raise NotLinearizable(f"{event} is older than seq {earliest}, which was answered earlier")
        if event.sort is not Sort.WRITE:
            first = max(event.seq, earliest) if event.sort is Sort.READ else earliest
            _check_seen(event, moments, first, bounds.latest(event))
    return moments[-1].state


def _replay(
    initial: S,
    begin: int,
    writes: Sequence[Event[S]],
    told: Callable[[Event[S]], bool],
    fits: Callable[[int, S], bool],
) -> Iterator[_Moment[S]]:
    yield _Moment(begin, initial, ())
    state = initial
    for seq, group in groupby(sorted(writes, key=attrgetter("seq", "invoked")), attrgetter("seq")):
        together = tuple(group)
        for event in together:
            if not any(told(other) for other in together if other.about == event.about):
                raise NotLinearizable(
                    f"the journal tells of {event.about} what {event} and others did not do"
                )
        states = _in_some_order(state, together, {}, told, partial(fits, seq))
        if states is None:
            raise NotLinearizable(f"no order explains {', '.join(map(str, together))}")
        *within, state = states
        yield _Moment(seq, state, tuple(within))


def _in_some_order(
    state: S,
    events: tuple[Event[S], ...],
    hopeless: dict[Any, list[S]],
    told: Callable[[Event[S]], bool],
    fits: Callable[[S], bool],
) -> list[S] | None:
    """The states after each, in the first order that works; most often that of asking.

    Two things keep it from trying all orders of those that are in nobody's way: one that makes another impossible comes
    later if it can, and what came to nothing from one state is not tried from there again (`hopeless`).
    """
    if not events:
        return [] if fits(state) else None
    if state in hopeless.get(events, ()):
        return None
    possible = [
        (at, after)
        for at, event in enumerate(events)
        if _may_be_next(at, events, told) and (after := event.explain(state)) is not None
    ]

    def is_in_the_way(step: tuple[int, S]) -> bool:
        return any(events[at].explain(step[1]) is None for at, _ in possible if at != step[0])

    for at, after in sorted(possible, key=is_in_the_way):
        rest = _in_some_order(after, events[:at] + events[at + 1 :], hopeless, told, fits)
        if rest is not None:
            return [after, *rest]
    hopeless.setdefault(events, []).append(state)
    return None


def _may_be_next(at: int, events: tuple[Event[S], ...], told: Callable[[Event[S]], bool]) -> bool:
    """Whether one that leaves the thing as was told can still be the last about it."""
    event = events[at]
    others = [other for place, other in enumerate(events) if place != at and other.about == event.about]
    return any(map(told, others or [event]))


class _Bounds(Generic[S]):
    """Between which seqs an event must be, as what was answered before, and asked after it, says."""

    def __init__(self, writes: Sequence[Event[S]], begin: int, end: int) -> None:
        by_answer = sorted(writes, key=attrgetter("answered"))
        self._answered = [event.answered for event in by_answer]
        self._highest = [begin]
        for event in by_answer:
            self._highest.append(max(self._highest[-1], event.seq))
        by_asking = sorted(writes, key=attrgetter("invoked"))
        self._invoked = [event.invoked for event in by_asking]
        self._lowest = [end + 1]
        for event in reversed(by_asking):
            self._lowest.append(min(self._lowest[-1], event.seq))
        self._lowest.reverse()

    def earliest(self, event: Event[S]) -> int:
        """The highest seq that was answered before this was asked."""
        return self._highest[bisect_right(self._answered, event.invoked)]

    def latest(self, event: Event[S]) -> int:
        """The seq before the lowest that was asked for after this was answered."""
        return self._lowest[bisect_right(self._invoked, event.answered)] - 1


def _check_seen(event: Event[S], moments: Sequence[_Moment[S]], first: int, last: int) -> None:
    begin = bisect_right(moments, first, key=attrgetter("seq")) - 1
    for number, moment in enumerate(moments[begin:]):
        if moment.seq > max(last, moments[begin].seq):
            break
        within = moment.within if number and event.sort is Sort.REFUSAL else ()
        if any(event.explain(state) is not None for state in (*within, moment.state)):
            return
    raise NotLinearizable(f"{event} was true at no seq from {first} to {last}")
