"""Each command can be learnt from its own help."""

from __future__ import annotations

import pytest
from command_tree import leaves
from typer.testing import CliRunner

from cli.main import app

LEAVES = dict(leaves())


@pytest.mark.parametrize("name", [*LEAVES, "city", "topics", ""])
def test_help_is_shown(name):
    shown = CliRunner().invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    assert "Usage:" in shown.output


@pytest.mark.parametrize("name", LEAVES)
def test_a_command_says_what_it_does(name):
    assert len((LEAVES[name].help or "").split()) >= 5


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, parameter)
        for name, command in LEAVES.items()
        for parameter in command.params
        if parameter.name != "help"
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_an_option_says_what_it_is_for(name, parameter):
    assert parameter.help, f"wangge {name}: {parameter.opts} has no help"
