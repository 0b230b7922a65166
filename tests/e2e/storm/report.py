"""What a storm came to."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    seed: int
    rounds: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    struck: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    files: int = 0
    repeats: int = 0
    anew: int = 0
    slowest_seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.rounds} rounds, {self.files} files right; deaths {dict(self.deaths)} at "
            f"{len(self.struck)} points; faults {dict(self.faults)}; {self.repeats} steps said again, {self.anew} "
            f"uploads begun anew; slowest round {self.slowest_seconds:.1f} s\n"
        )
