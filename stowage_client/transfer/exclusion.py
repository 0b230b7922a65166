"""What a person wants left out of a folder, said as in a `.gitignore`: `*.tmp`, `node_modules/`, `/build`, `!a.tmp`."""

from collections.abc import Sequence

from stowage_client.errors import UsageError


class Exclusion:
    """Patterns, of which the last one that fits decides. What lies in a folder that is left out is left out too."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Raises UsageError for what is no pattern."""
        self._spec = None
        if not patterns:
            return
        from pathspec import GitIgnoreSpec  # takes 0.1 s to import, and most commands leave nothing out

        try:
            self._spec = GitIgnoreSpec.from_lines(patterns)
        except ValueError as error:
            raise UsageError(f"--exclude: {error}.", hint="Patterns are those of .gitignore.") from error

    def covers(self, names: Sequence[str], *, is_folder: bool) -> bool:
        """`names`: where it stands below the folder that the person named, its own name last."""
        if self._spec is None:
            return False
        return self._spec.match_file("/".join(names) + ("/" if is_folder else ""))
