"""`stowage put` of small files, which travel in bundles: one that fails spoils no other, and nothing is left behind."""

from stowage_client.errors import ExitCode
from stowage_client.storage.errors import Interrupted, LinkExpired
from tests.unit.stowage_client.conftest import World

MIB = 2**20


def some(world: World, count: int = 5) -> dict[str, bytes]:
    files = {f"{number}.txt": f"text {number}".encode() for number in range(count)}
    for name, content in files.items():
        world.file(f"in/{name}", content)
    return files


def arrived(world: World, folder: str = "/in") -> dict[str, bytes]:
    return {name: world.stored(f"{folder}/{name}") for name in world.names(folder)}


def test_three_hundred_arrive_in_three_bundles(world: World) -> None:
    files = some(world, 300)
    world.do("put", world.home / "in", "/")

    assert arrived(world) == files
    assert world.gateway.count()["POST /bundles"] <= 4
    assert world.gateway.count()["POST /uploads"] == 0


def test_one_alone_is_an_upload_that_can_be_gone_on_with(world: World) -> None:
    world.do("put", world.file("a.txt", b"one"), "/")
    assert world.gateway.count()["POST /uploads"] == 1
    assert world.gateway.count()["POST /bundles"] == 0


def test_no_bundle_is_larger_than_what_a_cut_may_cost(world: World) -> None:
    for number in range(20):
        world.file(f"in/{number}.bin", bytes([number]) * (7 * MIB))
    world.do("put", world.home / "in", "/")
    assert world.gateway.count()["POST /bundles"] == 3


def test_one_whose_name_is_taken_by_another_content_fails_alone(world: World) -> None:
    files = some(world)
    world.gateway.drive.folder("/in")
    world.gateway.uploads.hold(world.gateway.drive.path("/in")["id"], "3.txt", b"other")

    result = world.run("put", world.home / "in", "/")

    assert result.exit_code == ExitCode.CONFLICT
    assert "3.txt: There is a 3.txt already" in result.output
    assert arrived(world) == files | {"3.txt": b"other"}


def test_one_that_cannot_be_read_any_more_fails_alone(world: World) -> None:
    files = some(world)
    (world.home / "in" / "3.txt").unlink()
    (world.home / "in" / "3.txt").symlink_to("nowhere")
    world.run("put", world.home / "in", "/")
    assert arrived(world) == {name: content for name, content in files.items() if name != "3.txt"}


def test_one_that_changes_while_it_is_sent_is_not_kept_and_the_others_are(world: World) -> None:
    files = some(world)

    def write(_: int) -> None:
        world.storage.on_send = lambda number: None
        (world.home / "in" / "3.txt").write_bytes(b"longer than it was before")

    world.storage.on_send = write
    result = world.run("put", world.home / "in", "/")

    assert result.exit_code == ExitCode.LOCAL
    assert arrived(world) == {name: content for name, content in files.items() if name != "3.txt"}


def test_what_storage_refuses_for_a_moment_is_sent_again(world: World) -> None:
    files = some(world)
    world.storage.send_failures.extend([(1, Interrupted("cut")), (0, LinkExpired("403"))])
    world.storage.lost_answers = 1

    world.do("put", world.home / "in", "/")

    assert arrived(world) == files
    assert world.gateway.count()["DELETE /bundles/*"] == 0


def test_what_storage_has_lost_before_it_was_committed_is_sent_again(world: World) -> None:
    files = some(world)
    handle, lost = world.handler, []

    def losing(request: object) -> object:
        if str(request.url).endswith("/complete") and not lost:  # type: ignore[attr-defined]
            lost.append(world.storage.parts.popitem())
        return handle(request)  # type: ignore[arg-type]

    world.handler = losing  # type: ignore[assignment]
    world.do("put", world.home / "in", "/")

    assert lost
    assert arrived(world) == files


def test_whoever_gives_up_leaves_no_bundle_open(world: World) -> None:
    some(world)

    def refuse(_: int) -> None:
        raise Interrupted("the network is gone")

    world.storage.on_send = refuse
    result = world.run("put", world.home / "in", "/")

    assert result.exit_code == ExitCode.UNAVAILABLE
    assert world.gateway.count()["DELETE /bundles/*"] == 1
    assert world.names("/in") == []


def test_a_second_run_after_a_cut_sends_only_what_is_missing(world: World) -> None:
    files = some(world, 150)
    sent = 0

    def refuse(_: int) -> None:
        nonlocal sent
        sent += 1
        if sent > 120:
            raise Interrupted("the network is gone")

    world.storage.on_send = refuse
    world.run("put", world.home / "in", "/")
    world.storage.on_send = lambda number: None
    world.storage.sends.clear()
    there = len(world.names("/in"))

    world.do("put", world.home / "in", "/")

    assert arrived(world) == files
    assert len(world.storage.sends) == 150 - there
