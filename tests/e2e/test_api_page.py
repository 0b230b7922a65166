"""docs/api.md, run as it stands: every capability by curl."""

import re
from pathlib import Path

from api_gateway.adapters.http.application import described
from tests.e2e.tour import ROOT, blocks, run

PAGE = (ROOT / "docs" / "api.md").read_text()


def test_every_example_works_as_it_is_written(stack_url: str, tmp_path: Path) -> None:
    said = run("\n".join(blocks(PAGE)), stack_url, tmp_path)
    assert said.rstrip().endswith("and that was all")


def test_every_operation_is_shown() -> None:
    script = "\n".join(blocks(PAGE))
    missing = [path for path in described()["paths"] if not re.search(_asked(path), script)]
    assert not missing


def _asked(path: str) -> str:
    """The address as it stands in a line of curl, with something in place of each parameter."""
    under = path.removeprefix("/api/v1")
    return re.sub(r"\\\{\w+\\\}", r"[^\\s]+?", re.escape(under)) + r"""(?=["'?\s])"""
