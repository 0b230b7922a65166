"""What the gateway lets itself be told."""

import pytest

from api_gateway.settings import GatewaySettings, listed
from chassis.settings import load


@pytest.mark.parametrize("origin", ["http://[::1]:9000", "https://a.example", "http://127.0.0.1:443"])
def test_an_origin_is_spelled_as_browsers_do(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("STOWAGE_STORAGE_ORIGINS", origin)
    assert load(GatewaySettings).storage_origins == origin


@pytest.mark.parametrize("variable", ["STOWAGE_CORS_ORIGINS", "STOWAGE_STORAGE_ORIGINS"])
def test_a_default_port_is_left_out_as_browsers_do(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(
        variable, "https://a.example:443, http://localhost:80,http://[::1]:80,https://b.example:80"
    )
    settings = load(GatewaySettings)
    told = {
        "STOWAGE_CORS_ORIGINS": settings.cors_origins,
        "STOWAGE_STORAGE_ORIGINS": settings.storage_origins,
    }
    assert told[variable] == "https://a.example,http://localhost,http://[::1],https://b.example:80"


def test_lists_are_separated_by_commas() -> None:
    assert listed(" https://a.example , ,https://b.example:8443") == (
        "https://a.example",
        "https://b.example:8443",
    )
    assert listed("") == ()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STOWAGE_CORS_ORIGINS", "*"),
        ("STOWAGE_CORS_ORIGINS", "https://a.example/path"),
        ("STOWAGE_CORS_ORIGINS", "a.example"),
        ("STOWAGE_CORS_ORIGINS", "https://A.example"),
        ("STOWAGE_STORAGE_ORIGINS", "https://a.example; script-src *"),
        ("STOWAGE_TRUSTED_PROXIES", "everybody"),
        ("STOWAGE_HTTP_PORT", "65536"),
        ("STOWAGE_SPOOL_BYTES", "1"),
    ],
)
def test_a_bad_value_ends_the_start_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as end:
        load(GatewaySettings)
    assert variable in str(end.value)


def test_by_default_no_browser_of_others_and_no_proxy_is_believed() -> None:
    settings = GatewaySettings()
    assert (settings.cors_origins, settings.trusted_proxies) == ("", "")
