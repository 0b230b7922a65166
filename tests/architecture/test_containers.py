"""What docker-compose.yml and the Dockerfiles promise, read without a Docker daemon."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from api_gateway.adapters.http.browser_policy import ALWAYS, STRICT_TRANSPORT, page_policy
from api_gateway.settings import GatewaySettings
from chassis.settings import SECRETS_DIR_VARIABLE
from file_metadata_service.settings import MetadataSettings
from file_upload_service.settings import UploadSettings
from tests.architecture.test_files import tracked_files
from user_service.settings import UserSettings

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, type[BaseSettings]] = {
    "api_gateway": GatewaySettings,
    "user_service": UserSettings,
    "file_metadata_service": MetadataSettings,
    "file_upload_service": UploadSettings,
}
EXTRAS = dict(zip(SERVICES, ("gateway", "user", "metadata", "upload"), strict=True))
DOORS = {"front", "s3"}
OFFICIAL = re.compile(r"(hashicorp/|versity/)?[a-z0-9]+:v?[0-9][a-z0-9.-]*|debian:bookworm-slim")

Service = dict[str, Any]


@cache
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def services() -> dict[str, Service]:
    return dict(compose()["services"])


def lasting() -> dict[str, Service]:
    return {name: it for name, it in services().items() if it["restart"] != "no"}


def dockerfiles() -> dict[str, list[list[str]]]:
    """Each Dockerfile's instructions, in words."""
    found = {}
    for name in tracked_files():
        if name.endswith("Dockerfile"):
            text = (ROOT / name).read_text().replace("\\\n", " ")
            lines = [line.split() for line in text.splitlines()]
            found[name] = [words for words in lines if words and not words[0].startswith("#")]
    return found


@pytest.mark.parametrize("name", services())
def test_a_container_can_change_nothing_but_its_volumes_and_gain_no_right(name: str) -> None:
    service = services()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)


@pytest.mark.parametrize("name", lasting())
def test_what_lasts_says_how_it_is_and_comes_back_by_itself(name: str) -> None:
    assert lasting()[name]["healthcheck"]["test"]
    assert lasting()[name]["restart"] == "unless-stopped"


def test_only_the_front_door_and_storage_are_reached_from_outside_and_by_default_from_this_machine() -> None:
    published = {name: it["ports"] for name, it in services().items() if "ports" in it}

    assert set(published) == DOORS
    for (port,) in published.values():
        assert port.startswith("${STOWAGE_BIND:-127.0.0.1}:")


def test_nobody_else_has_a_way_out() -> None:
    streets = {name for name, it in compose()["networks"].items() if not (it or {}).get("internal")}

    assert {name for name, it in services().items() if streets & set(it["networks"])} == DOORS


def test_who_is_published_meets_nobody_but_who_answers_for_it() -> None:
    """Neither DynamoDB nor Consul asks for a password, and the two doors need not know each other."""
    met = {
        door: {
            name
            for name, it in services().items()
            if name != door and set(it["networks"]) & set(services()[door]["networks"])
        }
        for door in DOORS
    }

    assert met == {"front": {"api_gateway"}, "s3": {"api_gateway", "file_upload_service", "bucket"}}


@pytest.mark.parametrize("name", SERVICES)
def test_a_services_own_name_means_its_address_where_consul_is(name: str) -> None:
    """Docker joins the network of the highest priority first, and writes that address first into /etc/hosts."""
    joined = services()[name]["networks"]

    assert "data" in services()["consul"]["networks"]
    assert joined == ["data"] or max(joined, key=lambda it: joined[it].get("priority", 0)) == "data"


def test_with_tls_the_front_door_is_storage_to_whoever_asks_for_its_public_name() -> None:
    overlay = (ROOT / "deploy/tls/compose.yml").read_text()

    assert re.search(r"^ +storage: \{aliases: \[\"\$\{STOWAGE_S3_DOMAIN\}\"\]\}$", overlay, re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_any_number_of_instances_can_run(name: str) -> None:
    assert not {"container_name", "hostname", "ports"} & set(services()[name])
    assert "STOWAGE_ADVERTISE_HOST" not in services()[name]["environment"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_told_only_what_it_understands(name: str) -> None:
    understood = {str(field.validation_alias) for field in SERVICES[name].model_fields.values()}
    told = set(services()[name]["environment"])

    strange = told - understood - {SECRETS_DIR_VARIABLE}
    assert not {variable for variable in strange if not variable.startswith("AWS_")}


def test_secrets_are_seen_by_who_they_are_for() -> None:
    seen: dict[str, set[str]] = {}
    for name, service in services().items():
        for volume in service.get("volumes", ()):
            seen.setdefault(volume.split(":")[0], set()).add(name)

    assert seen["vault"] == {"secrets", "bucket"}
    assert (
        {name: len(who) for name, who in seen.items() if name.startswith("for-")}
        == {
            "for-gateway": 2,  # who deals, and who is dealt to; three services make their tables in another container
            "for-users": 3,
            "for-metadata": 3,
            "for-upload": 3,
            "for-redis": 2,
            "for-s3": 2,
        }
    )
    assert set(seen) == set(compose()["volumes"])


def test_images_are_official_ones_of_a_known_version_without_a_registry() -> None:
    used = {it["image"] for it in services().values() if "image" in it}
    for instructions in dockerfiles().values():
        stages = {words[3] for words in instructions if words[0] == "FROM" and len(words) > 3}
        used |= {words[1] for words in instructions if words[0] == "FROM"} - stages

    assert not {image for image in used if not OFFICIAL.fullmatch(image)}


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_holds_its_own_packages_only(name: str) -> None:
    instructions = dockerfiles()[f"{name}/Dockerfile"]
    copied = [words[1] for words in instructions if words[0] == "COPY" and not words[1].startswith("--from")]

    assert f"requirements/{EXTRAS[name]}.txt" in copied
    assert not (set(SERVICES) - {name}) & set(copied)
    assert any("--require-hashes" in words for words in instructions)
    assert [words[1:] for words in instructions if words[0] == "ENTRYPOINT"] == [
        ['["python",', '"-m",', f'"{name}"]']
    ]


@pytest.mark.parametrize("name", dockerfiles())
def test_no_image_runs_as_root(name: str) -> None:
    users = [words[1] for words in dockerfiles()[name] if words[0] == "USER"]

    assert users[-1:] == ["10001:10001"]


def test_no_ready_made_image_runs_as_root() -> None:
    for name, service in services().items():
        if "build" not in service:
            assert not str(service["user"]).startswith("0"), name


def test_pages_come_with_the_headers_that_the_gateway_sends() -> None:
    template = (ROOT / "deploy/front/templates/headers.inc.template").read_text()
    sent = dict(re.findall(r'^add_header (\S+) "(.*)" always;$', template, re.MULTILINE))

    assert sent == {**ALWAYS, "Content-Security-Policy": page_policy(["${STOWAGE_S3_URL}"])}
    assert f'https "{STRICT_TRANSPORT}";' in (ROOT / "deploy/front/nginx.conf").read_text()


def test_nginx_says_what_is_wrong_in_one_form_for_all_locations() -> None:
    """A location with an `error_page` of its own would inherit none, and after a 418 none counts unless recursive."""
    site, gateway = ((ROOT / "deploy/front" / name).read_text() for name in ("site.inc", "gateway.inc"))

    assert "\nrecursive_error_pages on;\n" in site
    assert not re.search(r"^\s+error_page ", site, re.MULTILINE)
    assert "error_page" not in gateway
    for said in re.findall(r"^error_page [\d ]+= (.+);$", site, re.MULTILINE):
        assert re.search(rf"^location (= )?{said} ", site, re.MULTILINE), said


def test_plain_http_leads_to_the_port_of_tls() -> None:
    listen = (ROOT / "deploy/tls/listen.conf.template").read_text()

    assert "return 308 https://$host$tls_port$request_uri;" in listen
    assert re.search(r"map \$\{STOWAGE_TLS_PORT\} \$tls_port \{\s+443 \"\";\s+default \":\$", listen)


def test_whatever_nginx_says_itself_carries_them() -> None:
    site = (ROOT / "deploy/front/site.inc").read_text()
    locations = re.findall(r"^location (.+?) \{(.*?)^\}", site, re.MULTILINE | re.DOTALL)

    assert locations
    for name, body in locations:
        assert "gateway.inc" in body or "headers.inc" in body, name
