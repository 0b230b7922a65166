"""One line per step: who (a part or process) and what is happening to it."""

from collections.abc import Callable

Say = Callable[[str, str], None]
"""Called with a subject ("versitygw") and what is happening to it ("building 1.8.0 …"); from any thread."""


def silent(_subject: str, _text: str) -> None:
    """For tests and for callers who show something else."""
