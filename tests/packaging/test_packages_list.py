"""The packages that the wheel carries, that import-linter guards and that exist are the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CARRIED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LINTER = PROJECT["tool"]["importlinter"]
DATA = {"cities"}
NOT_CARRIED = {"benchmarks", "tests"}


def test_the_wheel_carries_every_layer_and_the_cities():
    layers = LINTER["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    assert set(CARRIED) == named | DATA


def test_the_linter_guards_every_package_of_the_wheel():
    assert set(LINTER["root_packages"]) == set(CARRIED) - DATA


def test_every_package_of_the_checkout_is_in_the_wheel():
    found = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    assert found - NOT_CARRIED == set(CARRIED) - DATA


def test_mypy_reads_every_package_of_the_wheel():
    assert set(PROJECT["tool"]["mypy"]["files"]) == set(CARRIED) - DATA


def test_the_lock_names_only_the_public_index():
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    sources = {str(package["source"]) for package in lock["package"]}
    assert sources == {"{'registry': 'https://pypi.org/simple'}", "{'editable': '.'}"}
