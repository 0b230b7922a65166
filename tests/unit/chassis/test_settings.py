import socket
from pathlib import Path
from typing import Self

import pytest
from pydantic import Field, SecretStr

from chassis.settings import SECRETS_DIR_VARIABLE, ServiceSettings, load


class KeeperSettings(ServiceSettings):
    keeper_secret: SecretStr = Field(validation_alias="STOWAGE_KEEPER_SECRET")


class FacingSocket:
    """Of a machine that faces everybody from one address, but itself from loopback."""

    def __init__(self, _family: int, _kind: int) -> None:
        self._own = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connect(self, place: tuple[str, int]) -> None:
        self._own = "127.0.0.1" if place[0] == "127.0.0.1" else "10.1.0.7"

    def getsockname(self) -> tuple[str, int]:
        return self._own, 40000


def test_every_setting_but_secrets_has_a_default() -> None:
    settings = load(ServiceSettings)
    assert settings.table_prefix == "stowage_"
    assert settings.consul_http_addr == "http://127.0.0.1:8500"
    assert settings.rpc_port == 0


def test_a_variable_is_read_whatever_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("stowage_table_prefix", "other_")
    assert load(ServiceSettings).table_prefix == "other_"


def test_a_secret_is_read_from_a_file_named_like_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stowage_keeper_secret").write_text("from a file\n")
    monkeypatch.setenv(SECRETS_DIR_VARIABLE, str(tmp_path))
    assert load(KeeperSettings).keeper_secret.get_secret_value() == "from a file"


def test_the_environment_wins_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stowage_keeper_secret").write_text("from a file")
    monkeypatch.setenv(SECRETS_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv("STOWAGE_KEEPER_SECRET", "from the environment")
    assert load(KeeperSettings).keeper_secret.get_secret_value() == "from the environment"


def test_a_missing_secret_ends_the_process_and_names_its_variable() -> None:
    with pytest.raises(SystemExit, match="STOWAGE_KEEPER_SECRET: is missing"):
        load(KeeperSettings)


def test_a_bad_value_ends_the_process_and_names_its_variable_but_not_the_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STOWAGE_RPC_PORT", "hunter2")
    with pytest.raises(SystemExit, match="STOWAGE_RPC_PORT: ") as ended:
        load(ServiceSettings)
    assert "hunter2" not in str(ended.value)


@pytest.mark.parametrize(
    "address", ["", "consul", "http://consul", "http://consul:port", "ftp://consul:8500"]
)
def test_an_address_of_consul_that_leads_nowhere_is_a_bad_value(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSUL_HTTP_ADDR", address)
    with pytest.raises(SystemExit, match="CONSUL_HTTP_ADDR: "):
        load(ServiceSettings)


def test_a_secrets_directory_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS_DIR_VARIABLE, "/nowhere/at/all")
    with pytest.raises(SystemExit, match=SECRETS_DIR_VARIABLE):
        load(ServiceSettings)


def test_settings_are_made_by_field_name_in_tests() -> None:
    settings = KeeperSettings(keeper_secret=SecretStr("x"), bind_host="0.0.0.0", advertise_host="10.0.0.7")
    assert settings.reachable_host == "10.0.0.7"


@pytest.mark.parametrize("everything", ["0.0.0.0", "::"])
def test_listening_on_all_interfaces_an_instance_is_reached_under_its_own_address(
    everything: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "container")
    monkeypatch.setattr(socket, "gethostbyname", {"container": "172.20.0.7"}.__getitem__)

    assert KeeperSettings(keeper_secret=SecretStr("x"), bind_host=everything).reachable_host == "172.20.0.7"


def test_where_its_name_means_loopback_it_is_reached_where_it_faces_consul_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "gethostbyname", lambda _name: "127.0.1.1")  # as on Debian
    monkeypatch.setattr(socket, "socket", FacingSocket)

    settings = ServiceSettings(bind_host="0.0.0.0", consul_http_addr="http://10.1.0.2:8500")

    assert settings.reachable_host == "10.1.0.7"


def test_loopback_is_never_told_to_consul_of_a_machine_that_listens_on_all_interfaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "gethostbyname", lambda _name: "127.0.1.1")
    monkeypatch.setattr(socket, "socket", FacingSocket)

    with pytest.raises(SystemExit, match="STOWAGE_ADVERTISE_HOST"):
        _ = ServiceSettings(bind_host="0.0.0.0", consul_http_addr="127.0.0.1:8500").reachable_host


def test_a_machine_whose_name_has_no_address_must_be_told_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def knows_nobody(name: str) -> str:
        raise socket.gaierror(name)

    monkeypatch.setattr(socket, "gethostbyname", knows_nobody)
    monkeypatch.setattr(socket, "socket", FacingSocket)

    with pytest.raises(SystemExit, match="STOWAGE_ADVERTISE_HOST"):
        _ = KeeperSettings(keeper_secret=SecretStr("x"), bind_host="0.0.0.0").reachable_host


def test_a_secret_is_not_shown_when_settings_are_printed() -> None:
    assert "sesame" not in repr(KeeperSettings(keeper_secret=SecretStr("sesame")))
