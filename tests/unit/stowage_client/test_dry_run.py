"""`--dry-run`: everything is looked at, nothing is changed."""

from collections import Counter

from stowage_client.errors import ExitCode
from tests.unit.stowage_client.conftest import World


def outcomes(report: dict[str, list[dict[str, str]]]) -> Counter[str]:
    return Counter(file["outcome"] for file in report["files"])


def require_untouched(world: World) -> None:
    assert {method for method, _, _ in world.gateway.requests} == {"GET"}
    assert world.storage.sends == world.storage.fetches == []
    assert world.tickets == []


def test_a_put_says_what_it_would_send_and_sends_nothing(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "same.jpg", b"same")
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "other.jpg", b"theirs")
    for name, content in {
        "same.jpg": b"same",
        "other.jpg": b"mine",
        "new.jpg": b"new",
        "deep/er/a.jpg": b"a",
    }.items():
        world.file(f"photos/{name}", content)
    world.gateway.requests.clear()

    failing = world.run("put", world.home / "photos", "/", "-n")
    replacing = world.json("put", world.home / "photos", "/", "--dry-run", "--conflict", "replace")

    assert failing.exit_code == ExitCode.CONFLICT
    assert "Would send 2 files, 1 unchanged, 1 failed: 4 B." in failing.stdout
    assert "other.jpg" in failing.stderr
    assert outcomes(replacing) == {"planned": 3, "unchanged": 1}
    assert replacing["folders_made"] == 2
    require_untouched(world)


def test_missing_folders_are_not_made_either(world: World) -> None:
    world.do("put", "-p", world.file("a.txt", b"hello"), "/films/1927/", "-n")
    missing = world.run("put", world.home / "a.txt", "/films/1927/", "-n")

    assert world.names() == []
    assert missing.exit_code == ExitCode.NOT_FOUND
    require_untouched(world)


def test_a_put_foresees_what_is_in_the_way(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "deep", b"I am a file")
    world.gateway.drive.folder("/photos/a.jpg")
    world.file("photos/deep/b.jpg", b"b")
    world.file("photos/a.jpg", b"a")

    result = world.run("put", world.home / "photos", "/", "-n", "--conflict", "replace", "--json")

    assert result.exit_code == ExitCode.CONFLICT
    assert '"code": "name_taken"' in result.stdout
    assert '"code": "is_a_folder"' in result.stdout
    require_untouched(world)


def test_a_get_says_what_it_would_fetch_and_leaves_this_disk_alone(world: World) -> None:
    photos = world.gateway.drive.folder("/photos")
    for name, content in {"same.jpg": b"same", "other.jpg": b"theirs", "new.jpg": b"new"}.items():
        world.gateway.uploads.hold(photos, name, content)
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos/deep"), "a.jpg", b"a")
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos/file"), "b.jpg", b"b")
    for name, content in {"same.jpg": b"same", "other.jpg": b"mine", "file": b"in the way"}.items():
        world.file(f"photos/{name}", content)
    before = sorted(world.home.rglob("photos/**/*"))

    failing = world.run("get", "-r", "/photos", world.home, "-n")
    forced = world.run("get", "-r", "/photos", world.home, "-n", "--force", "--json")

    assert failing.exit_code == forced.exit_code == ExitCode.LOCAL
    assert "Would fetch 2 files, 1 unchanged, 2 failed: 4 B." in failing.stdout
    assert forced.stdout.count('"outcome": "planned"') == 3
    assert sorted(world.home.rglob("photos/**/*")) == before
    assert (world.home / "photos" / "other.jpg").read_bytes() == b"mine"
    require_untouched(world)
