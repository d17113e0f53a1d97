"""A click group whose unnamed command takes a file: ``wangge classify FILE.csv``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class FileOrCommand(TyperGroup):
    """``wangge classify FILE.csv`` is ``wangge classify texts FILE.csv``; a file that is called as
    a command is has to be written with its folder: ``./train``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._named(ctx, args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, self._named(ctx, args))

    def _named(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] in self.commands or args[0] in ctx.help_option_names:
            return args
        return ["texts", *args]
