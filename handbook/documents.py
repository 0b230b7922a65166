"""What is generated for readers: documents, or a part of one, each from what the code declares."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from handbook.postman.collection import collection
from handbook.settings import SETTINGS, Setting, all_settings, settings_of

ROOT = Path(__file__).parents[1]
OPERATIONS = Path("docs/operations.md")
POSTMAN = Path("docs/stowage.postman_collection.json")
_WHO = {"api_gateway": "gateway", "user_service": "user", "file_metadata_service": "metadata"}
_WHO["file_upload_service"] = "upload"
_BEGIN, _END = "<!-- settings: written by `make generate` -->", "<!-- end of settings -->"
_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_COLUMNS = 100


def documents() -> dict[Path, str]:
    """What each should hold now, by its path in the repository."""
    written = (ROOT / OPERATIONS).read_text()
    before, _, rest = written.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return {
        POSTMAN: collection(),
        OPERATIONS: f"{before}{_BEGIN}\n{table()}{_END}{after}",
        **{Path(service) / ".env.example": env_example(service) for service in SETTINGS},
    }


def table() -> str:
    """Every setting, as a table in Markdown."""
    rows = [("variable", "default", "who", "meaning"), ("---",) * 4, *map(_row, all_settings())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(setting: Setting) -> tuple[str, str, str, str]:
    who = "all" if setting.is_common else ", ".join(_WHO[service] for service in setting.services)
    return f"`{setting.variable}`", _default(setting), who, setting.meaning


def _default(setting: Setting) -> str:
    if setting.is_required:
        return "required"
    if setting.variable.endswith("_BYTES") and (size := _in_units(int(setting.default))):
        return size
    return f"`{setting.default}`" if setting.default else "none"


def _in_units(size_bytes: int) -> str | None:
    for unit_bytes, unit in _UNITS:
        if size_bytes and size_bytes % unit_bytes == 0:
            return f"{size_bytes // unit_bytes} {unit}"
    return None


def env_example(service: str) -> str:
    """A file for `docker run --env-file` and its kind: defaults as comments, what is required as a gap to fill."""
    head = f"What `python -m {service}` reads. Copy to .env, fill the gaps, and keep it private (chmod 600)."
    return "\n".join([*_comment(head), *_comment("Written by `make generate`."), *_lines(service), ""])


def _lines(service: str) -> Iterator[str]:
    for setting in settings_of(service):
        kind = f"{'Required. ' if setting.is_required else ''}{'Secret. ' if setting.is_secret else ''}"
        yield ""
        yield from _comment(f"{kind}{setting.meaning}".replace("`", ""))
        yield f"{'' if setting.is_required else '#'}{setting.variable}={setting.default}"


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in wrap(text, _COLUMNS - 2))
