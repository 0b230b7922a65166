"""The web page is built once for each state of its sources, and left out, in words, where it cannot be."""

from pathlib import Path

import pytest

from local_stack.parts import frontend
from local_stack.parts.frontend import FromSources, fingerprint, frontend_part, provide_page
from local_stack.parts.store import Store
from tests.unit.local_stack.test_recipes import FakeRun


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    sources = tmp_path / "frontend"
    (sources / "src").mkdir(parents=True)
    (sources / "package.json").write_text("{}")
    (sources / "src" / "main.ts").write_text("one")
    return sources


def test_another_source_is_another_version(sources: Path) -> None:
    before = fingerprint(sources)

    (sources / "src" / "main.ts").write_text("two")

    assert fingerprint(sources) != before


@pytest.mark.parametrize("name", ["src/main.test.ts", "README.md", "node_modules/vue.js"])
def test_what_the_page_is_not_built_from_makes_no_other_version(sources: Path, name: str) -> None:
    before = fingerprint(sources)

    (sources / name).parent.mkdir(exist_ok=True)
    (sources / name).write_text("new")

    assert fingerprint(sources) == before


def test_it_is_built_from_locked_packages_into_the_cache(sources: Path, tmp_path: Path) -> None:
    run = FakeRun(tmp_path, leaves={"index.html": b"<!doctype html>"})

    FromSources(sources).install(tmp_path, run)

    assert run.ran == [
        [str(sources / "install.sh")],
        ["npm", "run", "build", "--", "--outDir", str(tmp_path), "--emptyOutDir"],
    ]


@pytest.mark.parametrize(
    ("node", "obstacle"),
    [
        ("v20.18.1", "it needs Node.js 20.19 or newer"),
        ("v20.19.0", None),
        ("v24.1.0", None),
        ("", "it needs Node.js 20.19 or newer"),
    ],
)
def test_an_old_node_is_told_of_before_it_fails(
    sources: Path, node: str, obstacle: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ("npm", "node"):
        (tmp_path / program).write_text(f"#!/bin/sh\necho {node}\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert FromSources(sources).obstacle() == obstacle


def test_where_it_cannot_be_built_the_rest_goes_on_and_says_why(tmp_path: Path) -> None:
    said: list[str] = []

    found = provide_page(
        Store(tmp_path / "cache", lambda *_: None),
        frontend_part(tmp_path / "nowhere"),
        lambda subject, text: said.append(f"{subject}: {text}"),
    )

    assert found == {}
    assert said == [
        f"frontend: goes without the web page. frontend: its sources are not in {tmp_path / 'nowhere'}"
    ]


def test_the_sources_are_where_they_are_looked_for() -> None:
    assert (frontend.SOURCES / "package.json").exists()
