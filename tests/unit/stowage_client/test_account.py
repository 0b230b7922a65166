"""Signing in and out, staying so, and the words when it does not work."""

import asyncio
import json
from pathlib import Path

import pytest

from stowage_client.api.models import Tokens
from stowage_client.errors import ApiError, ExitCode, NotSignedIn
from stowage_client.session_store import Session, SessionStore
from stowage_client.tokens import TokenSource
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import SERVER, World


def test_registering_signs_in(stranger: World) -> None:
    said = stranger.do("register", "--email", "ada@example.com", "--name", "Ada")

    assert f"You are signed in at {SERVER}" in said
    assert "Ada <ada@example.com>" in stranger.do("whoami")


def test_nobody_is_told_to_sign_in(stranger: World) -> None:
    result = stranger.run("ls")

    assert result.exit_code == ExitCode.NOT_SIGNED_IN
    assert "stowage login --email" in result.stderr


def test_a_wrong_password_is_told_in_the_servers_words(world: World) -> None:
    world.variables["STOWAGE_PASSWORD"] = "wrong"

    result = world.run("login", "--email", "ada@example.com")

    assert result.exit_code == ExitCode.NOT_SIGNED_IN
    assert "E-mail or password is wrong. (credentials_wrong, request req-1)" in result.stderr


def test_the_password_is_asked_for_if_the_environment_has_none(world: World) -> None:
    from typer.testing import CliRunner

    from stowage_client.cli import make_app

    password = world.variables.pop("STOWAGE_PASSWORD")
    result = CliRunner().invoke(
        make_app(), ["login", "--email", "ada@example.com"], obj=world.machine, input=f"{password}\n"
    )

    assert result.exit_code == 0
    assert password not in result.output


def test_no_password_is_a_usage_error(world: World) -> None:
    del world.variables["STOWAGE_PASSWORD"]

    assert world.run("login", "--email", "ada@example.com").exit_code == ExitCode.USAGE


def test_errors_are_json_too_if_asked(stranger: World) -> None:
    stranger.do("register", "--email", "ada@example.com")
    stranger.gateway.refusals.append(("GET", "/account", Problem(403, "forbidden", "Not for you.")))

    result = stranger.run("whoami", "--json")

    assert json.loads(result.stderr)["error"] == {
        "code": "forbidden",
        "detail": "Not for you.",
        "hint": None,
        "request_id": "req-1",
        "exit_code": 6,
    }
    assert result.stdout == ""


def test_whoami_tells_all_to_programs(world: World) -> None:
    told = world.json("whoami")

    assert told["server"] == SERVER
    assert told["account"]["email"] == "ada@example.com"
    assert told["drive"]["file_count"] == 0


def test_whoami_tells_what_past_versions_hold(world: World) -> None:
    world.gateway.drive.versions_bytes = 3 * 2**20

    assert world.do("whoami").splitlines()[-1] == "  of it 3.0 MiB past versions"


def test_logout_ends_the_session_and_deletes_its_tokens(world: World) -> None:
    world.do("logout")

    assert not world.gateway.signed_in
    assert world.run("ls").exit_code == ExitCode.NOT_SIGNED_IN


def test_logout_deletes_the_tokens_even_if_the_server_cannot_be_told(world: World) -> None:
    world.gateway.refusals.append(("DELETE", "/sessions/current", Problem(500, "internal")))

    result = world.run("logout")

    assert result.exit_code == 0
    assert "could not be told" in result.stderr
    assert world.run("ls").exit_code == ExitCode.NOT_SIGNED_IN


def test_session_files_are_for_their_owner_only(world: World) -> None:
    folder = world.home / "config" / "stowage"

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_server_of_the_last_sign_in_is_remembered(stranger: World) -> None:
    del stranger.variables["STOWAGE_URL"]
    stranger.do("register", "--email", "ada@example.com", "--url", f"{SERVER}/")

    assert stranger.json("whoami")["server"] == SERVER


def test_an_address_that_is_none_is_told(stranger: World) -> None:
    result = stranger.run("ls", "--url", "localhost:8080")

    assert result.exit_code == ExitCode.USAGE
    assert "http://localhost:8080" in result.stderr


def test_a_token_is_renewed_before_it_ends(world: World) -> None:
    world.later(550)

    world.do("ls")

    assert world.gateway.refreshes == 1
    assert [path for _, path, _ in world.gateway.requests] == [
        "/sessions/refresh",
        "/paths/",
        "/folders/" + "a" * 32 + "/entries",
    ]


def test_a_token_that_the_server_no_longer_takes_is_renewed(world: World) -> None:
    world.gateway.end_access_tokens()

    world.do("ls")

    assert world.gateway.refreshes == 1


def test_a_clock_that_is_wrong_renews_no_more_often(world: World) -> None:
    real = world.gateway.now
    world.gateway.now = world.gateway.drive.now = lambda: real().replace(year=2099)
    world.do("login", "--email", "ada@example.com")

    world.do("ls")

    assert world.gateway.refreshes == 0


def test_a_session_that_ended_is_told_once_and_forgotten(world: World) -> None:
    world.gateway.signed_in = False
    world.gateway.end_access_tokens()

    result = world.run("ls")

    assert result.exit_code == ExitCode.NOT_SIGNED_IN
    assert "has ended" in result.stderr


def test_a_lost_answer_to_a_refresh_is_asked_again(world: World) -> None:
    world.later(550)
    world.gateway.refusals.append(("POST", "/sessions/refresh", Problem(503, "unavailable")))

    world.do("ls")

    assert world.gateway.refreshes == 1


def session(access: str, expires_at: float) -> Session:
    return Session(
        SERVER, "a" * 32, "ada@example.com", "5" * 32, access, expires_at, f"refresh-{access}", 1e12
    )


class Refreshing:
    """A server that counts, and takes a refresh token only once."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def __call__(self, refresh_token: str) -> Tokens:
        await asyncio.sleep(0)
        if refresh_token in self.seen:
            raise ApiError("used before", status=401, server_code="session_ended")
        self.seen.append(refresh_token)
        return Tokens("5" * 32, f"access-{len(self.seen)}", 600, f"refresh-{len(self.seen)}", 1e6)


async def test_many_tasks_and_processes_renew_once(tmp_path: Path) -> None:
    SessionStore(tmp_path).save(session("old", 0))
    server = Refreshing()
    processes = [
        TokenSource(SessionStore(tmp_path), SERVER, refresh=server, now=lambda: 1000.0) for _ in range(3)
    ]

    tokens = await asyncio.gather(*(process.access_token() for process in processes for _ in range(5)))

    assert set(tokens) == {"access-1"}
    assert server.seen == ["refresh-old"]


async def test_a_process_uses_what_another_one_renewed(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    store.save(session("old", 1e9))
    server = Refreshing()
    source = TokenSource(store, SERVER, refresh=server, now=lambda: 1000.0)
    assert await source.access_token() == "old"
    store.save(session("newer", 1e9))

    assert await source.renew(rejected="old") == "newer"
    assert server.seen == []


async def test_signing_out_elsewhere_is_noticed(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    store.save(session("old", 0))
    source = TokenSource(store, SERVER, refresh=Refreshing(), now=lambda: 1000.0)
    source.session()
    store.remove(SERVER)

    with pytest.raises(NotSignedIn):
        await source.access_token()


def test_a_session_file_that_is_damaged_means_signing_in_again(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    store.save(session("old", 0))
    [file] = tmp_path.glob("session-*.json")
    file.write_text("{")

    assert store.load(SERVER) is None


def test_what_is_no_text_is_not_sent(world: World) -> None:
    result = world.run("login", "--email", "bad\udcff@example.com")

    assert result.exit_code == ExitCode.USAGE
    assert "not UTF-8" in result.stderr


@pytest.mark.parametrize(
    "url", ["ftp://x", "localhost:8080", "http://", "http://[::1", "http://ex mple.com", "http://x:99999"]
)
def test_what_is_no_address_is_told_in_words(world: World, url: str) -> None:
    result = world.run("whoami", "--url", url)

    assert result.exit_code == ExitCode.USAGE
    assert f"{url} is not a server's address. (usage)" in result.stderr


def test_a_server_is_the_same_in_any_spelling(world: World) -> None:
    assert world.do("whoami", "--url", "HTTP://Stowage.TEST/") == world.do("whoami")


def test_a_config_folder_that_cannot_be_made_is_told_in_words(stranger: World) -> None:
    stranger.variables["XDG_CONFIG_HOME"] = str(stranger.file("taken", b""))

    result = stranger.run("register", "--email", "ada@example.com")

    assert result.exit_code == ExitCode.LOCAL
    assert "stowage: Cannot make the folder" in result.stderr
