"""Groups of verbs in which to list is what is meant if nothing else is said."""

from typing import Any

from typer.core import TyperGroup


class ListingGroup(TyperGroup):
    """`stowage versions PATH` lists, as `stowage versions list PATH` does."""

    # The context is of a click that typer brings along, and does not export.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        wants_help = not args and self.no_args_is_help
        is_said = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if wants_help or is_said else ["list", *args])
