"""versitygw: S3's API on plain files."""

from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import StackError
from local_stack.parts.part import Part
from local_stack.parts.platform import missing
from local_stack.parts.tools import Run

_MODULE = "github.com/versity/versitygw"
_VERSION = "v1.8.0"
_MODULE_SUM = "h1:au+wI+aybno/STsQiSm35Uu6Q6iK5MWReQxgO6SEMFc="


@dataclass(frozen=True, slots=True)
class FromGo:
    """Built from source; go.sum binds every dependency, `_MODULE_SUM` binds the program itself."""

    version: str = "1.8.0"
    step: str = "building with go (1 to 3 minutes)"

    def obstacle(self) -> str | None:
        return missing("go", "Go 1.25 or newer: see go.dev")

    def install(self, folder: Path, run: Run) -> None:
        build = ["go", "install", "-trimpath", "-ldflags=-s -w", f"{_MODULE}/cmd/versitygw@{_VERSION}"]
        run(build, env={"GOBIN": str(folder), "CGO_ENABLED": "0"})
        built_from = run(["go", "version", "-m", str(folder / "versitygw")])
        if f"{_MODULE}\t{_VERSION}\t{_MODULE_SUM}" not in built_from:
            raise StackError(
                f"versitygw: the source that came is not the {_VERSION} that was tried; not installed"
            )


VERSITYGW = Part(
    name="versitygw",
    program="versitygw",
    recipes=(FromGo(),),
    version_arguments=("--version",),
    oldest=(1, 8, 0),
    before=(2,),
)
