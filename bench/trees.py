"""Moving, deleting and restoring a folder of 100,000 files, beside an empty one."""

from bench.arena import Person
from bench.findings import Finding, at_most, middle
from bench.landscape import Landscape

ROUNDS = 30
FACTOR, MOVE_MS = 2.0, 20.0


async def measure(land: Landscape) -> list[Finding]:
    person = await land.owner()
    other = await person.folder("elsewhere")
    seconds: dict[tuple[str, str], list[float]] = {}
    for _ in range(land.arena.size(ROUNDS)):
        for size in ("huge", "empty"):
            for name, request in _steps(person, land.folders[size], other).items():
                took = await person.time(request)
                seconds.setdefault((name.partition(" ")[0], size), []).append(took)
    ms = {key: middle(each) * 1000 for key, each in seconds.items()}
    findings = [
        at_most(
            f"{name} a folder of 100,000 files, beside an empty one",
            ms[name, "huge"] / ms[name, "empty"],
            FACTOR,
            " ×",
            more=f"{ms[name, 'huge']:.1f} ms, {ms[name, 'empty']:.1f} ms",
        )
        for name in ("move", "delete", "restore")
    ]
    return [*findings, at_most("move of any folder, p50", ms["move", "huge"], MOVE_MS, " ms")]


def _steps(person: Person, folder_id: str, other_id: str) -> dict[str, bytes]:
    """Each round ends where it began."""
    node = f"/nodes/{folder_id}"
    return {
        "move": person.request("PATCH", node, {"parent_id": other_id}),
        "move back": person.request("PATCH", node, {"parent_id": "root"}),
        "delete": person.request("DELETE", node),
        "restore": person.request("POST", f"/trash/{folder_id}/restore", {}),
    }
