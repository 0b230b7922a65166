"""The documents know every setting, and every link in them leads somewhere."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from api_gateway.settings import GatewaySettings
from file_metadata_service.settings import MetadataSettings
from file_upload_service.settings import UploadSettings
from user_service.settings import UserSettings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("settings", [GatewaySettings, MetadataSettings, UploadSettings, UserSettings])
def test_every_setting_is_explained_to_the_operator(settings: type[BaseSettings]) -> None:
    explained = (ROOT / "docs" / "operations.md").read_text()

    variables = {str(field.validation_alias) for field in settings.model_fields.values()}

    assert not {variable for variable in variables if f"`{variable}`" not in explained}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())

    assert not [link for link in links if "://" not in link and not (document.parent / link).exists()]
