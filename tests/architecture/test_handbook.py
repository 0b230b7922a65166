"""What is generated for operators is what the code does."""

import re

import pytest

from handbook.documents import OPERATIONS, ROOT, documents, env_example
from handbook.settings import SETTINGS, all_settings
from user_service.settings import UserSettings

_FILLED = {"S3_BUCKET": "files"}


def test_every_setting_of_every_service_is_explained_to_the_operator() -> None:
    explained = documents()[OPERATIONS]

    declared = {
        str(field.validation_alias)
        for settings in SETTINGS.values()
        for field in settings.model_fields.values()
    }

    assert not {variable for variable in declared if f"| `{variable}` |" not in explained}


def test_the_words_around_the_table_stay() -> None:
    written = (ROOT / OPERATIONS).read_text()

    assert documents()[OPERATIONS].split("## Settings")[0] == written.split("## Settings")[0]


@pytest.mark.parametrize("service", SETTINGS)
def test_an_example_with_its_gaps_filled_and_its_comments_opened_means_the_defaults(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in all_settings():
        monkeypatch.delenv(setting.variable, raising=False)
    required = {setting.variable for setting in all_settings() if setting.is_required}
    opened = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", env_example(service), re.MULTILINE))
    gaps = {name: _FILLED.get(name, "x" * 32) for name in opened if name in required}

    for name, value in {**{name: value for name, value in opened.items() if value}, **gaps}.items():
        monkeypatch.setenv(name, value)
    as_written = SETTINGS[service]()
    for name in opened.keys() - gaps.keys():
        monkeypatch.delenv(name, raising=False)

    assert as_written == SETTINGS[service]()


def test_a_setting_without_words_for_the_operator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserSettings.model_fields["session_days"], "description", None)

    with pytest.raises(LookupError, match="STOWAGE_SESSION_DAYS"):
        all_settings()


def test_an_example_holds_no_secret_and_marks_what_is_one() -> None:
    example = env_example("user_service")

    assert re.search(r"# Required\. Secret\..*\nSTOWAGE_REFRESH_SECRET=\n", example)
