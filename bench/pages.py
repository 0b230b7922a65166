"""Pages of a folder: the first one of few and of very many entries, and one far behind."""

from bench.findings import Finding, at_most, middle
from bench.landscape import Landscape

ROUNDS, PAGE = 60, 200
FAR = 400


async def measure(land: Landscape) -> list[Finding]:
    person = await land.owner()
    small, huge = land.folders["small"], land.folders["huge"]
    far = land.arena.size(FAR)
    cursor = await _cursor_of_page(land, huge, far)
    requests = {
        "small": person.request("GET", f"/folders/{small}/entries?limit={PAGE}"),
        "huge": person.request("GET", f"/folders/{huge}/entries?limit={PAGE}"),
        "far": person.request("GET", f"/folders/{huge}/entries?limit={PAGE}&cursor={cursor}"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(land.arena.size(ROUNDS)):
        for name, request in requests.items():
            seconds[name].append(await person.time(request))
    ms = {name: middle(each) * 1000 for name, each in seconds.items()}
    return [
        at_most(
            "first page of 200: a folder of 100,000 beside one of 200, p50",
            ms["huge"] / ms["small"],
            1.3,
            " ×",
            more=f"{ms['huge']:.1f} ms, {ms['small']:.1f} ms",
        ),
        at_most(
            "page 400 beside the first page", ms["far"] / ms["huge"], 1.1, " ×", more=f"{ms['far']:.1f} ms"
        ),
    ]


async def _cursor_of_page(land: Landscape, folder_id: str, number: int) -> str:
    """By pages of 1,000, because a cursor is a place, whatever the page's size was."""
    person, cursor, left = await land.owner(), "", (number - 1) * PAGE
    while left:
        limit = min(left, 1000)
        page = await person.ask("GET", f"/folders/{folder_id}/entries?limit={limit}&cursor={cursor}")
        cursor, left = page["next_cursor"], left - limit
    return cursor
