"""Where installed parts live: one folder per part and version, whole or not there at all."""

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from local_stack.errors import StackError
from local_stack.parts.part import Part, Recipe
from local_stack.parts.tools import Tool, explain
from local_stack.progress import Say


def default_root() -> Path:
    """The per-user cache, shared by all clones on this machine."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "stowage"


@dataclass(frozen=True, slots=True)
class Store:
    """Parts by name and version. Safe for two runs at once, and for one that is killed half way."""

    root: Path
    say: Say

    def provide(self, parts: Sequence[Part]) -> dict[str, Path]:
        """The program of each part, found or installed; installs run side by side, in the order given.

        Raises StackError naming everything that failed, after the others have finished.
        """
        with ThreadPoolExecutor(max_workers=max(1, len(parts))) as pool:
            futures = {part.name: pool.submit(self.program, part) for part in parts}
        failures = [str(error) for future in futures.values() if (error := future.exception())]
        for future in futures.values():
            error = future.exception()
            if error is not None and not isinstance(error, StackError):
                raise error
        if failures:
            raise StackError("\n".join(failures))
        return {name: future.result() for name, future in futures.items()}

    def program(self, part: Part) -> Path:
        """One part's program, from PATH, from the cache, or installed now."""
        found = part.on_path() or self._installed(part)
        if found is not None:
            return found
        try:
            return self._install(part)
        except OSError as error:
            raise StackError(f"{part.name}: {explain(str(error)) or error}") from error

    def _folder(self, part: Part, recipe: Recipe) -> Path:
        return self.root / f"{part.name}-{recipe.version}"

    def _installed(self, part: Part) -> Path | None:
        programs = (self._folder(part, recipe) / part.program for recipe in part.recipes)
        return next((program for program in programs if program.exists()), None)

    def _install(self, part: Part) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / f".{part.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self.say(part.name, "another run is installing it; waiting …")
            lock.acquire()
        try:
            return self._installed(part) or self._try_recipes(part)
        finally:
            lock.release()

    def _try_recipes(self, part: Part) -> Path:
        refusals: list[str] = []
        for recipe in part.recipes:
            obstacle = recipe.obstacle()
            if obstacle:
                refusals.append(f"{part.name}: {obstacle}")
                continue
            try:
                return self._follow(recipe, part)
            except StackError as error:
                refusals.append(str(error))
                self.say(
                    part.name, f"that failed: {str(error).splitlines()[0].removeprefix(f'{part.name}: ')}"
                )
        raise StackError("\n".join(refusals))

    def _follow(self, recipe: Recipe, part: Part) -> Path:
        started = time.monotonic()
        unfinished = f".unfinished-{part.name}-"
        for leftover in self.root.glob(f"{unfinished}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        self.say(part.name, f"{recipe.version}: {recipe.step} …")
        scratch = Path(tempfile.mkdtemp(prefix=unfinished, dir=self.root))
        log = self.root / f"{part.name}-{recipe.version}.log"
        try:
            recipe.install(scratch, Tool(part.name, log))
            if not (scratch / part.program).exists():
                raise StackError(f"{part.name}: the installer left no {part.program}; its output: {log}")
            scratch.chmod(0o755)
            scratch.rename(self._folder(part, recipe))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self.say(part.name, f"{recipe.version} installed in {time.monotonic() - started:.0f} s")
        return self._folder(part, recipe) / part.program
