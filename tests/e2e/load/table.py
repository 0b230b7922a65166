"""The table of docs/operations.md that says what still works while an engine is gone."""

from pathlib import Path

_PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
_HEAD = "| while this is gone:"


def promised(engine: str) -> dict[str, str]:
    """What the column of `engine` says, by row."""
    lines = iter(_PAGE.read_text().splitlines())
    head = next(line for line in lines if line.startswith(_HEAD))
    column = next(number for number, name in enumerate(_cells(head)) if name.lower() == engine)
    next(lines)  # the rule below the head
    rows = {}
    for line in lines:
        if not line.startswith("|"):
            break
        cells = _cells(line)
        rows[cells[0]] = cells[column]
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
