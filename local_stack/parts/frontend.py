"""The web page, built from its sources beside us; each state of the sources is a version of its own."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import StackError
from local_stack.parts.part import Part, printed_version
from local_stack.parts.platform import missing
from local_stack.parts.store import Store
from local_stack.parts.tools import Run
from local_stack.progress import Say

SOURCES = Path(__file__).parents[2] / "frontend"
_OLDEST_NODE = (20, 19)
_BUILT_FROM = (
    "build",
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.app.json",
    "tsconfig.json",
    "vite.config.ts",
)


def fingerprint(sources: Path) -> str:
    """Of all that the page is built from, by content: clones share what they have built."""
    seen = hashlib.sha256()
    for file in sorted(_files(sources)):
        content = file.read_bytes()
        seen.update(f"{file.relative_to(sources)} {len(content)}\n".encode() + content)
    return seen.hexdigest()[:16]


def _files(sources: Path) -> Iterator[Path]:
    for name in _BUILT_FROM:
        path = sources / name
        found = path.rglob("*") if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and ".test." not in file.name)


@dataclass(frozen=True, slots=True)
class FromSources:
    """With npm, whose packages go into the sources' node_modules."""

    sources: Path
    step: str = "building it with npm (up to a minute)"

    @property
    def version(self) -> str:
        return fingerprint(self.sources)

    def obstacle(self) -> str | None:
        if not (self.sources / "package.json").exists():
            return f"its sources are not in {self.sources}"
        absent = missing("npm", "Debian: apt-get install npm")
        if absent:
            return absent
        node = printed_version(["node", "--version"])
        if node is None or node < _OLDEST_NODE:
            return "it needs Node.js 20.19 or newer"
        return None

    def install(self, folder: Path, run: Run) -> None:
        run([str(self.sources / "install.sh")])
        run(["npm", "run", "build", "--", "--outDir", str(folder), "--emptyOutDir"], cwd=self.sources)


def provide_page(store: Store, part: Part, say: Say) -> dict[str, Path]:
    """The page's index by the part's name. Nothing where it cannot be built: the API does without, and it is said."""
    try:
        return {part.name: store.program(part)}
    except StackError as error:
        say(part.name, f"goes without the web page. {error}")
        return {}


def frontend_part(sources: Path = SOURCES) -> Part:
    return Part(name="frontend", program="index.html", recipes=(FromSources(sources),))
