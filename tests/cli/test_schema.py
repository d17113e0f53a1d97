"""`wangge schema`: what producers and consoles check their bodies against."""

import json

import jsonschema
import pytest
import typer
from typer.testing import CliRunner

from cli.schema import schema
from messages.schema import CONTRACT

app = typer.Typer()
app.command()(schema)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_without_a_name_the_names_are_listed():
    assert run().stdout.split() == list(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_every_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(json.loads(run(name).stdout))


def test_all_schemas_come_as_one_object():
    assert set(json.loads(run("--json").stdout)) == set(CONTRACT)


def test_schemas_are_written_into_a_folder(tmp_path):
    assert run("--out", tmp_path / "schemas").exit_code == 0
    written = {path.name for path in (tmp_path / "schemas").iterdir()}
    assert written == {f"{name}.schema.json" for name in CONTRACT}


def test_a_name_that_nobody_knows_is_refused():
    assert "settings.schema" in str(run("gossip").exception)
