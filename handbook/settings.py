"""Every setting of every service, as its class declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from api_gateway.settings import GatewaySettings
from chassis.settings import SECRETS_DIR_VARIABLE, ServiceSettings
from file_metadata_service.settings import MetadataSettings
from file_upload_service.settings import UploadSettings
from user_service.settings import UserSettings

SETTINGS: Mapping[str, type[ServiceSettings]] = {
    "api_gateway": GatewaySettings,
    "user_service": UserSettings,
    "file_metadata_service": MetadataSettings,
    "file_upload_service": UploadSettings,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """default: as it would be written, "" for none. services: the packages that read it."""

    variable: str
    default: str
    is_required: bool
    is_secret: bool
    meaning: str
    services: tuple[str, ...]

    @property
    def is_common(self) -> bool:
        return len(self.services) == len(SETTINGS)


# Read before all others, so it is a field of no class.
_SECRETS_DIR = Setting(
    SECRETS_DIR_VARIABLE,
    default="",
    is_required=False,
    is_secret=False,
    meaning="A folder of settings as files, each named like its variable in lower case.",
    services=tuple(SETTINGS),
)


def all_settings() -> list[Setting]:
    """Those of all services first, then each service's own, in the order of their declaration."""
    found: dict[str, Setting] = {SECRETS_DIR_VARIABLE: _SECRETS_DIR}
    for service, declared in SETTINGS.items():
        for setting in (_read(field) for field in declared.model_fields.values()):
            readers = found[setting.variable].services if setting.variable in found else ()
            found[setting.variable] = replace(setting, services=(*readers, service))
    return sorted(found.values(), key=lambda setting: not setting.is_common)


def settings_of(service: str) -> list[Setting]:
    """What one service reads; what it cannot do without comes first."""
    read = [setting for setting in all_settings() if service in setting.services]
    return sorted(read, key=lambda setting: (not setting.is_required, setting.is_common))


def _read(field: FieldInfo) -> Setting:
    variable = str(field.validation_alias)
    if not field.description:
        raise LookupError(f"{variable} has no description: say in one sentence what an operator should know")
    return Setting(
        variable,
        default="" if field.is_required() else _written(field.default),
        is_required=field.is_required(),
        is_secret=SecretStr in (field.annotation, *get_args(field.annotation)),
        meaning=field.description,
        services=(),
    )


def _written(default: Any) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return default.get_secret_value() if isinstance(default, SecretStr) else str(default)
