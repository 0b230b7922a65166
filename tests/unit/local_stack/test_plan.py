"""What should run is written down without loss, and runs the same from every shell."""

from pathlib import Path

import pytest

from local_stack import source
from local_stack.composition import CATALOGUE, PACKAGES, compose, port_names
from local_stack.errors import StackError
from local_stack.home import Home
from local_stack.instances import counted, counts_in
from local_stack.places import FRONT_DOOR
from local_stack.plan import Plan
from local_stack.supervision import configuration
from local_stack.vault import Vault


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    Vault(home.secrets).fill()
    return home


def plan_of(
    home: Home, *, with_services: bool = True, instances: str = "", parts: tuple[str, ...] = ()
) -> Plan:
    counts = counted(instances, PACKAGES)
    ports = {name: 20000 + number for number, name in enumerate([FRONT_DOOR, *port_names(counts)])}
    names = ("versitygw", "consul", "dynoxide", "redis", *parts)
    return compose(
        home,
        programs={name: Path(f"/parts/{name}") for name in names},
        dynamodb_engine="dynoxide",
        ports=ports,
        python="/python",
        code="c0de",
        settings={"STOWAGE_DEFAULT_QUOTA_BYTES": "5", "STOWAGE_TLS_DIR": "/elsewhere"},
        instances=counts,
        with_services=with_services,
    )


def test_a_plan_reads_back_as_it_was_written(home: Home) -> None:
    plan = plan_of(home)
    plan.save(home)

    assert Plan.load(home.run) == plan


def test_before_the_first_start_there_is_no_plan(home: Home) -> None:
    assert Plan.load(home.run) is None


def test_engines_come_first_and_the_front_door_last(home: Home) -> None:
    names = list(plan_of(home).processes)

    assert names == ["dynamodb", "s3", "consul", "redis", *(service.package for service in CATALOGUE)]


def test_a_process_is_found_by_a_part_of_its_name(home: Home) -> None:
    assert plan_of(home).find("gateway").name == "api_gateway"


@pytest.mark.parametrize("name", ["service", "nobody"])
def test_a_name_that_fits_several_or_none_is_answered_with_all_names(name: str, home: Home) -> None:
    with pytest.raises(StackError, match="there are: dynamodb, s3, consul"):
        plan_of(home).find(name)


def test_no_two_processes_share_a_port(home: Home) -> None:
    addresses = [process.address for process in plan_of(home).processes.values()]

    assert len(set(addresses)) == len(addresses)


def test_the_gateway_alone_is_told_where_the_web_page_is(home: Home) -> None:
    plan = plan_of(home, parts=("frontend",))

    told = {it.name: it.env.get("STOWAGE_FRONTEND_DIR") for it in plan.processes.values()}
    assert {name: folder for name, folder in told.items() if folder} == {"api_gateway": "/parts"}


def test_without_a_built_page_the_gateway_is_told_of_none(home: Home) -> None:
    assert "STOWAGE_FRONTEND_DIR" not in plan_of(home).processes["api_gateway"].env


def test_only_the_upload_service_is_told_about_s3(home: Home) -> None:
    told = {
        name
        for name, process in plan_of(home).processes.items()
        if any(it.startswith("S3_") for it in process.env)
    }

    assert told == {"file_upload_service"}


def test_the_operators_settings_reach_every_service_but_do_not_rewire_it(home: Home) -> None:
    gateway = plan_of(home).processes["api_gateway"]

    assert gateway.env["STOWAGE_DEFAULT_QUOTA_BYTES"] == "5"
    assert gateway.env["STOWAGE_TLS_DIR"] == str(home.tls)


def test_the_upload_service_syncs_the_folder_that_the_s3_server_writes_to(home: Home) -> None:
    plan = plan_of(home)

    assert plan.processes["file_upload_service"].env["S3_FLUSH_DIRECTORY"] in plan.processes["s3"].folders


def test_nothing_of_the_callers_shell_gets_in(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_PROFILE", "STOWAGE_PASSWORD", "HTTP_PROXY", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(variable, "mine")

    environment = plan_of(home).processes["user_service"].environment(Vault(home.secrets))

    assert "mine" not in environment.values()
    assert environment["PATH"]


def test_new_source_makes_another_plan(tmp_path: Path) -> None:
    (tmp_path / "user_service").mkdir()
    (tmp_path / "user_service" / "a.py").write_text("1")
    before = source.fingerprint(tmp_path)

    (tmp_path / "user_service" / "a.py").write_text("1 + 1")

    assert source.fingerprint(tmp_path) != before == before


def test_the_supervisor_is_told_names_and_order_but_neither_paths_nor_secrets(home: Home) -> None:
    said = configuration(plan_of(home))

    assert "programs = dynamodb,s3,consul,redis\npriority = 0" in said
    assert "programs = api_gateway\npriority = 2" in said
    assert str(home.root) not in said


def test_without_services_only_the_engines_are_there(home: Home) -> None:
    assert "[group:services]" not in configuration(plan_of(home, with_services=False))


def test_instances_have_names_ports_and_addresses_of_their_own(home: Home) -> None:
    plan = plan_of(home, instances="2,user_service=1,api_gateway=3")
    services = [name for name in plan.processes if name.startswith(PACKAGES)]
    told = [value for name in services for key, value in plan.processes[name].env.items() if "PORT" in key]

    assert services == [
        "user_service",
        "file_metadata_service",
        "file_metadata_service-2",
        "file_upload_service",
        "file_upload_service-2",
        "api_gateway",
        "api_gateway-2",
        "api_gateway-3",
    ]
    assert len(set(told)) == len(told)
    assert len({process.address for process in plan.processes.values()}) == len(plan.processes)
    assert len({process.probe for process in plan.processes.values()}) == len(plan.processes)
    assert plan.processes["api_gateway"].address == plan.url


def test_instances_are_told_apart_by_ports_alone(home: Home) -> None:
    first, second = (plan_of(home, instances="2").processes[f"file_upload_service{it}"] for it in ("", "-2"))

    differing = {key for key in first.env if first.env[key] != second.env[key]}
    assert differing == {"STOWAGE_RPC_PORT", "STOWAGE_HEALTH_PORT"}


def test_a_name_without_a_number_is_the_first_instance(home: Home) -> None:
    plan = plan_of(home, instances="2")

    assert plan.find("gateway").name == "api_gateway"
    assert plan.find("gateway-2").name == "api_gateway-2"


def test_a_plan_tells_how_many_instances_it_has(home: Home) -> None:
    plan = plan_of(home, instances="2,user_service=1")

    assert counts_in(plan.processes, PACKAGES) == counted("2,user_service=1", PACKAGES)


@pytest.mark.parametrize("text", ["0", "10", "two", "nobody=2", "api_gateway=", "2;3"])
def test_a_number_of_instances_that_makes_no_sense_is_explained(text: str) -> None:
    with pytest.raises(StackError, match=r"STOWAGE_INSTANCES=.* number from 1 to 9"):
        counted(text, PACKAGES)
