"""``wangge`` as Typer built it: every command, and whether it would take some arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from cli.main import app

ROOT_COMMAND: Any = get_command(app)


def leaves(group: Any = ROOT_COMMAND, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name such as ``city init``."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


def take(arguments: list[str]) -> None:
    """Parse as the command line would, without running. Raises Typer's own usage errors."""
    command, context, rest = ROOT_COMMAND, None, list(arguments)
    while hasattr(command, "commands"):
        context = command.make_context("wangge", list(rest), parent=context)
        name, command, rest = command.resolve_command(context, list(rest))
    command.make_context(name, rest, parent=context)


def options(command: Any) -> set[str]:
    """``--run``, ``--no-feed``, ``-h`` …"""
    named = {"--help", "-h"}
    for parameter in command.params:
        named |= {*parameter.opts, *parameter.secondary_opts}
    return named
