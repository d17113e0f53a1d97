"""The demo city, compiled once a run, for the pure halves of the pipeline."""

from __future__ import annotations

import pytest
from warned_desk import WarnedDesk, write_warned_town

from cli.city_option import DEFAULT_PACK, cache_folder
from packs.load import load
from streams.boundaries.load import load_layers
from streams.city import City


@pytest.fixture(scope="session")
def nanjing() -> City:
    """The demo city, compiled; its boundaries come from the cache after the first run."""
    return City.load(DEFAULT_PACK, cache_folder())


@pytest.fixture(scope="session")
def cells():
    """The demo city's grid layer."""
    layers, _ = load_layers(load(DEFAULT_PACK), cache_folder())
    return layers[-1]


@pytest.fixture(scope="session")
def warned_town(tmp_path_factory) -> City:
    """A small city in which many floods make a warning."""
    folder = write_warned_town(tmp_path_factory.mktemp("warned") / "town")
    return City.load(folder, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def warned_desk(warned_town) -> WarnedDesk:
    """One shard's desk of it."""
    return WarnedDesk(warned_town)
