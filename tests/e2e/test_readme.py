"""The README's five minutes, run as they stand."""

from pathlib import Path

from tests.e2e.tour import ROOT, blocks, run


def test_the_tour_works_as_it_is_written(stack_url: str, tmp_path: Path) -> None:
    tour = (ROOT / "README.md").read_text().split("<!-- tour:")[1]

    said = run("\n".join(blocks(tour)), stack_url, tmp_path)

    assert '"name":"letters"' in said.splitlines()[-1]
