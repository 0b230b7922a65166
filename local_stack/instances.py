"""How many of each service run, and what they are called."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from local_stack.errors import StackError

MOST = 9
_MARK = "-"


def counted(text: str, packages: Sequence[str]) -> Mapping[str, int]:
    """What "2", "api_gateway=3" or "2,api_gateway=1" says: a number for all, others by name; one if unsaid.

    Raises StackError for what says nothing of that kind.
    """
    counts = dict.fromkeys(packages, 1)
    for word in filter(None, (part.strip() for part in text.split(","))):
        package, equals, number = word.rpartition("=")
        if not number.isdecimal() or not 1 <= int(number) <= MOST or (equals and package not in counts):
            raise StackError(
                f"STOWAGE_INSTANCES={text}: say a number from 1 to {MOST} for every service, "
                f"or SERVICE=NUMBER for one of {', '.join(packages)}"
            )
        counts |= {package: int(number)} if equals else dict.fromkeys(packages, int(number))
    return counts


def name_of(package: str, number: int) -> str:
    """The first instance is called like its service; so one alone needs no number."""
    return package if number == 1 else f"{package}{_MARK}{number}"


def package_of(name: str) -> str:
    """The service that a process is an instance of."""
    return name.partition(_MARK)[0]


def counts_in(names: Iterable[str], packages: Sequence[str]) -> Mapping[str, int]:
    """How many of each service are among these processes; one where there is none."""
    seen = Counter(package_of(name) for name in names)
    return {package: seen[package] or 1 for package in packages}
