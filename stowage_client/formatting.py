"""Numbers and times as people read them."""

import unicodedata
from datetime import datetime

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def size(size_bytes: float) -> str:
    """`3.0 GiB`; whole bytes below one KiB."""
    value, unit = float(size_bytes), 0
    while abs(value) >= 1023.95 and unit < len(_UNITS) - 1:  # 1023.96 would be written 1024.0
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """`4.2 s`, `3:07`, `1:00:05`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rate(size_bytes: float, seconds: float) -> str:
    return f"{size(size_bytes / max(seconds, 0.001))}/s"


def moment(time: datetime) -> str:
    """In the person's own time zone, to the minute."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def visible(text: str) -> str:
    """Without control characters, which could write anywhere on a terminal, and bytes that are no text."""
    return "".join(repr(char)[1:-1] if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)


def is_text(given: str) -> bool:
    """Whether a word of the command line is UTF-8; Python keeps other bytes as lone surrogates."""
    return not any(unicodedata.category(char) == "Cs" for char in given)
