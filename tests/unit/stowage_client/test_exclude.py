"""`--exclude`: what a person leaves out of a folder."""

import pytest

from stowage_client.errors import ExitCode
from tests.unit.stowage_client.conftest import World


def below(world: World, folder: str) -> list[str]:
    drive = world.gateway.drive
    return sorted(
        path
        for node in drive.children(drive.path(folder)["id"])
        for path in (
            below(world, f"{folder}/{node['name']}")
            if node["kind"] == "folder"
            else [f"{folder}/{node['name']}"]
        )
    )


@pytest.fixture
def code(world: World) -> World:
    for name in (
        "main.py",
        "notes.tmp",
        "keep.tmp",
        "build/out.o",
        "src/build/out.o",
        "src/a.py",
        "node_modules/x/y.js",
    ):
        world.file(f"code/{name}", name.encode())
    return world


@pytest.mark.parametrize(
    ("patterns", "sent"),
    [
        (("*.tmp", "node_modules/"), ["build/out.o", "main.py", "src/a.py", "src/build/out.o"]),
        (("*", "!/main.py"), ["main.py"]),
        (
            ("*.tmp", "!keep.tmp", "/build", "node_modules"),
            ["keep.tmp", "main.py", "src/a.py", "src/build/out.o"],
        ),
        (("src/**/out.o", "*.tmp", "node_modules/x/"), ["build/out.o", "main.py", "src/a.py"]),
    ],
)
def test_what_fits_a_pattern_is_not_sent(code: World, patterns: tuple[str, ...], sent: list[str]) -> None:
    words = [word for pattern in patterns for word in ("--exclude", pattern)]

    code.do("put", "-r", code.home / "code", "/", *words)

    assert below(code, "/code") == [f"/code/{name}" for name in sent]


def test_a_folder_that_is_left_out_is_neither_read_nor_made_and_counts_as_one(code: World) -> None:
    (code.home / "code" / "node_modules").chmod(0)

    said = code.do("put", code.home / "code", "/", "--exclude", "node_modules")
    (code.home / "code" / "node_modules").chmod(0o700)

    assert "Sent 6 files, 1 excluded" in said
    assert "node_modules" not in code.names("/code")


def test_what_is_named_is_sent_whatever_its_name_fits(code: World) -> None:
    file = code.file("code.tmp", b"x")

    code.do("put", code.home / "code", file, "/", "--exclude", "*.tmp", "--exclude", "code*")

    assert code.names() == ["code", "code.tmp"]
    assert "notes.tmp" not in code.names("/code")


def test_a_link_is_matched_as_a_file_unless_links_are_followed(code: World) -> None:
    (code.home / "code" / "link").symlink_to(code.home / "code" / "src")

    assert "1 skipped" in code.do("put", code.home / "code", "/", "--exclude", "link/")
    assert "1 excluded" in code.do("put", "-L", code.home / "code", "/", "--exclude", "link/")


def test_what_fits_a_pattern_is_not_fetched_and_its_folder_not_listed(code: World) -> None:
    code.do("put", code.home / "code", "/")
    code.gateway.requests.clear()

    said = code.do(
        "get", "-r", "/code", code.home / "back", "--exclude", "*.tmp", "--exclude", "node_modules/"
    )

    assert sorted(path.name for path in (code.home / "back").iterdir()) == ["build", "main.py", "src"]
    assert "Fetched 4 files, 3 excluded" in said
    left_out = code.gateway.drive.path("/code/node_modules")["id"]
    assert not any(left_out in path for _, path, _ in code.gateway.requests)


def test_what_is_no_pattern_is_told_before_anything_is_done(code: World) -> None:
    result = code.run("put", code.home / "code", "/", "--exclude", "!")

    assert result.exit_code == ExitCode.USAGE
    assert ".gitignore" in result.stderr
    assert code.gateway.requests == []
