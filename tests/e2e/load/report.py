"""What a run under load came to, as a table."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.e2e.load.balancer import Call, Tally

_WINDOW_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Kill:
    """whom: the instances that got the signal. began, ready: when they got it, and when all were ready again."""

    signal: str
    whom: str
    began: float
    ready: float


@dataclass(slots=True)
class Report:
    seed: int
    tally: Tally = field(default_factory=Tally)
    kills: list[Kill] = field(default_factory=list)

    def cuts(self, signal: str) -> list[str]:
        """Connections that ended over a call while victims of that signal went and came back."""
        spans = [(kill.began, kill.ready) for kill in self.kills if kill.signal == signal]
        return [
            text for when, text in self.tally.cuts if any(began <= when <= ready for began, ready in spans)
        ]

    def table(self) -> str:
        """Requests, failures and times, before, during and after each kill."""
        calls, safe = self.tally.calls, [call for call in self.tally.calls if call.is_safe]
        summary = (
            f"seed {self.seed}: {len(calls)} requests, {len(safe)} of them safe, "
            f"failed safe calls {len(self.tally.failures())}, unsafe ones repeated {self.tally.repeats}, "
            f"connections refused {self.tally.refused}, cut {len(self.tally.cuts)}"
        )
        lines = [
            summary,
            f"{'kill':<34}{'back':>7}{'before':>18}{'during':>18}{'after':>18}",
            f"{'':<34}{'s':>7}" + f"{'n  p50  p99 ms':>18}" * 3,
        ]
        for kill in self.kills:
            windows = (
                (kill.began - _WINDOW_SECONDS, kill.began),
                (kill.began, kill.ready),
                (kill.ready, kill.ready + _WINDOW_SECONDS),
            )
            cells = "".join(f"{_figures(_within(calls, *window)):>18}" for window in windows)
            lines.append(f"{kill.signal + ' ' + kill.whom:<34}{kill.ready - kill.began:>7.1f}{cells}")
        return "\n".join(lines)


def _within(calls: Iterable[Call], began: float, ended: float) -> list[float]:
    return sorted(call.seconds for call in calls if began <= call.began + call.seconds and call.began < ended)


def _figures(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    p50, p99 = (seconds[min(len(seconds) - 1, int(len(seconds) * share))] * 1000 for share in (0.5, 0.99))
    return f"{len(seconds)}  {p50:.0f}  {p99:.0f}"
