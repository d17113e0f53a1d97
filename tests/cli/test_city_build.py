"""`wangge city build`: what a pack's boundaries are, and that they can be used."""

import json

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from cli.city import app
from cli.city_option import DEFAULT_PACK
from cli.new_pack import write_pack
from geo.layer import BoundaryLayer


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_CACHE", str(tmp_path / "cache"))


def run(*arguments):
    return CliRunner().invoke(app, ["build", *map(str, arguments)])


def test_the_demo_city_is_built_once_and_then_comes_from_the_cache():
    first, second = (json.loads(run(DEFAULT_PACK, "--json").stdout) for _ in range(2))
    assert first["layers"] == {"district": 11, "street": 100, "grid": 12288}
    assert (first["cached"], second["cached"]) == (False, True)
    assert first["boundaries"] == second["boundaries"]
    assert first["seconds"] < 20


def test_fresh_builds_even_when_cached():
    run(DEFAULT_PACK)
    assert json.loads(run(DEFAULT_PACK, "--json", "--fresh").stdout)["cached"] is False


def test_the_table_names_version_and_counts():
    shown = run(DEFAULT_PACK)
    assert shown.exit_code == 0
    for word in ("boundaries", "grids", "12,288", "seconds"):
        assert word in shown.stdout


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--allow-orphans"], 0)])
def test_an_orphan_is_a_finding_unless_it_is_allowed(tmp_path, options, code):
    box = np.array([shapely.box(0, 0, 1, 1)])
    far = np.array([shapely.box(9, 0, 10, 1)])
    layers = [
        BoundaryLayer("district", ("D",), ("D",), (None,), box),
        BoundaryLayer("street", ("S",), ("S",), (None,), far),
    ]
    write_pack(tmp_path / "town", layers, name="town", time_zone="UTC")
    built = run(tmp_path / "town", *options)
    assert built.exit_code == code
    assert "street S" in built.stderr


def test_a_folder_that_is_no_pack_is_refused(tmp_path):
    assert run(tmp_path).exception.code == "pack.missing_file"
