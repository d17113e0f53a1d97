"""A small city whose pack has one of everything that is checked, and nothing wrong with it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from small_city import write_city

from streams.checking.check import check
from streams.city import City

HERE = Path(__file__).parent
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="session")
def _written(tmp_path_factory) -> Path:
    folder = write_city(tmp_path_factory.mktemp("checked") / "town")
    shutil.rmtree(folder / "sources")
    shutil.copytree(HERE / "sound", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def town(_written, tmp_path) -> Path:
    """The folder of the sound pack, to be changed by a test."""
    return Path(shutil.copytree(_written, tmp_path / "town"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("boundaries")


@pytest.fixture
def load(cache):
    return lambda folder: City.load(folder, cache)


@pytest.fixture
def checked(load):
    """The report on the pack in a folder, as of 2026-11-25."""
    return lambda folder, **how: check(load(folder), TODAY, **how)
