"""What kind of machine this is, in the words of the recipes."""

import platform
import shutil
import sys


def is_linux_x64() -> bool:
    """True on 64-bit Intel/AMD Linux, for which some parts come ready made."""
    return sys.platform == "linux" and platform.machine() in {"x86_64", "AMD64"}


def missing(program: str, advice: str) -> str | None:
    """A sentence if `program` is not on PATH, else None."""
    return None if shutil.which(program) else f"{program} is not installed ({advice})"
