"""The walls that import-linter cannot say: a deny-list misses the next library, so this is an allow-list."""

import sys
from collections.abc import Iterator
from functools import cache

import grimp
import pytest

SERVICES = ("api_gateway", "user_service", "file_metadata_service", "file_upload_service")
PURE_FLOORS = ("domain", "ports", "app")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *SERVICES, "chassis", "migrations", "stowage", include_external_packages=True, cache_dir=None
    )


def modules_below(package: str) -> Iterator[str]:
    return (module for module in graph().modules if module == package or module.startswith(f"{package}."))


def is_allowed(service: str, imported: str) -> bool:
    own = any(
        imported == f"{service}.{floor}" or imported.startswith(f"{service}.{floor}.")
        for floor in PURE_FLOORS
    )
    return own or imported == "chassis.errors" or imported.split(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("floor", PURE_FLOORS)
def test_the_pure_floors_import_only_the_standard_library_and_the_errors(service: str, floor: str) -> None:
    strangers = {
        f"{module} -> {imported}"
        for module in modules_below(f"{service}.{floor}")
        for imported in graph().find_modules_directly_imported_by(module)
        if not is_allowed(service, imported)
    }
    assert not strangers


@pytest.mark.parametrize("service", SERVICES)
def test_the_pure_floors_touch_neither_the_network_nor_files_nor_the_environment(service: str) -> None:
    """The standard library has doors to the outside too; technology belongs into adapters."""
    doors = {"socket", "ssl", "http", "urllib.request", "subprocess", "os", "sqlite3", "threading", "shutil"}
    strangers = {
        f"{module} -> {imported}"
        for floor in PURE_FLOORS
        for module in modules_below(f"{service}.{floor}")
        for imported in graph().find_modules_directly_imported_by(module)
        if imported in doors
    }
    assert not strangers


def test_every_service_has_the_same_floors() -> None:
    for service in SERVICES:
        floors = {module.split(".")[1] for module in modules_below(service) if "." in module}
        assert floors == {"__main__", "bootstrap", "adapters", "settings", "app", "ports", "domain"}, service
