"""`wangge schema`: what producers and consoles check their bodies against."""

import json
from copy import deepcopy

import jsonschema
import pytest
import typer
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK
from cli.schema import NAMES, schema
from packs.document import read

app = typer.Typer()
app.command()(schema)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_without_a_name_the_names_are_listed():
    assert run().stdout.split() == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(json.loads(run(name).stdout))


def test_all_schemas_come_as_one_object():
    assert set(json.loads(run("--json").stdout)) == set(NAMES)


def test_schemas_are_written_into_a_folder(tmp_path):
    assert run("--out", tmp_path / "schemas").exit_code == 0
    folder = tmp_path / "schemas"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}
    assert written == {f"{name}.schema.json" for name in NAMES}


def test_a_name_that_nobody_knows_is_refused():
    assert "settings.schema" in str(run("gossip").exception)


FILES = [(f"pack/{file.stem}", file) for file in sorted(DEFAULT_PACK.glob("*.yaml"))]
FILES += [
    (f"pack/{folder.name.removesuffix('s')}", file)
    for folder in (DEFAULT_PACK / name for name in ("sources", "modes", "overrides"))
    for file in sorted(folder.glob("*.yaml"))
]


@pytest.mark.parametrize(("name", "file"), FILES, ids=lambda one: getattr(one, "stem", one))
def test_an_editor_finds_nothing_wrong_with_the_demonstration_pack(name, file):
    jsonschema.validate(read(file).data, json.loads(run(name).stdout))


def test_an_editor_finds_a_misspelt_field():
    routing = deepcopy(read(DEFAULT_PACK / "routing.yaml").data)
    routing["nodes"][0]["mtach"] = {}
    with pytest.raises(jsonschema.ValidationError, match="mtach"):
        jsonschema.validate(routing, json.loads(run("pack/routing").stdout))
