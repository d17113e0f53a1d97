"""Rasters on disk: the same answers, mapped and shared; never believed when damaged or old."""

import logging
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import packs
from cli.city_option import DEFAULT_PACK, cache_folder
from geo.index.raster import Raster
from streams.boundaries import raster_cache
from streams.boundaries.index import load_index
from streams.boundaries.load import load_boundaries
from streams.boundaries.raster_cache import (
    forget_unread,
    raster_file,
    recall_raster,
    store_raster,
)


@pytest.fixture(scope="module")
def nanjing():
    """The demo pack and its boundaries."""
    pack = packs.load(DEFAULT_PACK)
    return pack, load_boundaries(pack, cache_folder())


@pytest.fixture(scope="module")
def stored(nanjing, tmp_path_factory):
    """A cache folder with one raster, the raster, and its file."""
    folder = tmp_path_factory.mktemp("cache")
    index = load_index(*nanjing, folder, ["gcj02"])
    file = raster_file(folder, nanjing[1].version, "gcj02")
    return folder, index.in_datum("gcj02").raster, file


def same(one, other):
    return one.frame == other.frame and all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name))
        for f in fields(Raster)
        if f.name != "frame"
    )


def test_a_recalled_raster_is_the_stored_one_to_the_last_bit(nanjing, stored):
    _, raster, file = stored
    built = load_index(*nanjing, Path(os.devnull), []).in_datum("gcj02").raster
    assert same(recall_raster(file, nanjing[1].version), built)
    assert same(raster, built)


def test_its_arrays_are_mapped_and_cannot_be_written_to(stored):
    _, raster, _ = stored
    assert not raster.cells.flags.writeable
    bases = [raster.cells]
    while isinstance(bases[-1], np.ndarray) and bases[-1].base is not None:
        bases.append(bases[-1].base)
    assert any(isinstance(base, np.memmap) for base in bases)


def test_an_index_over_a_recalled_raster_gives_the_same_places(nanjing, stored, tmp_path):
    folder = stored[0]
    points = np.random.default_rng(3).uniform((118.4, 31.3), (119.2, 32.6), (5000, 2)).T.copy()
    recalled = load_index(*nanjing, folder, ["gcj02"]).locate(*points, "gcj02")
    built = load_index(*nanjing, tmp_path, ["gcj02"], fresh=True).locate(*points, "gcj02")
    assert np.array_equal(recalled.cell, built.cell)
    assert (recalled.cell >= 0).sum() > 1000


@pytest.mark.parametrize("where", [0, 30, 300, 2000, 4095, 4096, 50_000, -5, -1])
def test_a_flipped_byte_is_never_believed(stored, nanjing, tmp_path, where):
    body = bytearray(stored[2].read_bytes())
    blank = body[where] == ord(" ")
    body[where] ^= 0xFF
    damaged = tmp_path / "damaged.raster"
    damaged.write_bytes(body)
    found = recall_raster(damaged, nanjing[1].version)
    # Behind the line of JSON there are blanks that mean nothing.
    assert found is None or (blank and same(found, stored[1]))


@pytest.mark.parametrize("kept", [0, 1, 4095, 4096, 4097, 10_000_000])
def test_a_file_cut_short_is_never_believed(stored, nanjing, tmp_path, kept):
    cut = tmp_path / "cut.raster"
    cut.write_bytes(stored[2].read_bytes()[:kept])
    assert recall_raster(cut, nanjing[1].version) is None


def test_a_number_changed_in_the_head_is_never_believed(stored, nanjing, tmp_path):
    body = stored[2].read_bytes()
    columns = str(stored[1].frame.columns).encode()
    changed = str(stored[1].frame.columns - 1).encode()
    assert len(columns) == len(changed)
    other = tmp_path / "changed.raster"
    other.write_bytes(body.replace(b'"columns":' + columns, b'"columns":' + changed, 1))
    assert other.read_bytes() != body
    assert recall_raster(other, nanjing[1].version) is None


def test_a_raster_of_other_boundaries_is_not_taken(stored):
    assert recall_raster(stored[2], "0" * 16) is None


def test_a_raster_of_an_older_format_is_built_again(stored, nanjing, tmp_path, monkeypatch):
    file = raster_file(tmp_path, nanjing[1].version, "wgs84")
    with monkeypatch.context() as older:
        older.setattr(raster_cache, "FORMAT", "wangge-raster-0.1")
        store_raster(file, stored[1], nanjing[1].version)
        assert recall_raster(file, nanjing[1].version) is not None
    assert recall_raster(file, nanjing[1].version) is None
    load_index(*nanjing, tmp_path, ["wgs84"])
    assert recall_raster(file, nanjing[1].version) is not None


def test_a_damaged_cache_is_mended_by_the_next_load(stored, nanjing, tmp_path):
    file = raster_file(tmp_path, nanjing[1].version, "gcj02")
    file.parent.mkdir()
    file.write_bytes(stored[2].read_bytes()[:-9])
    load_index(*nanjing, tmp_path, ["gcj02"])
    assert file.read_bytes() == stored[2].read_bytes()
    assert [f.name for f in file.parent.iterdir()] == [file.name]


def test_a_cache_that_cannot_be_written_is_a_warning(nanjing, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with caplog.at_level(logging.WARNING, "wangge.boundaries"):
        index = load_index(*nanjing, blocked, ["wgs84"])
    assert index.locate_one(118.79, 32.06, "wgs84") >= 0
    assert "not cached" in caplog.text


@pytest.mark.slow
def test_two_processes_that_load_at_once_both_get_the_raster(nanjing, tmp_path):
    script = (
        "import sys; from pathlib import Path; import packs;"
        "from cli.city_option import DEFAULT_PACK;"
        "from streams.boundaries.index import load_index;"
        "from streams.boundaries.load import load_boundaries;"
        "pack = packs.load(DEFAULT_PACK); folder = Path(sys.argv[1]);"
        "index = load_index(pack, load_boundaries(pack, folder), folder, ['wgs84']);"
        "print(index.locate_one(118.79, 32.06, 'wgs84'))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=100)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]


def test_a_raster_that_nobody_has_read_for_two_months_is_taken_away(stored, nanjing, tmp_path):
    version = nanjing[1].version
    old, new = (raster_file(tmp_path, name, "wgs84") for name in ("a" * 16, version))
    for file, name in ((old, "a" * 16), (new, version)):
        store_raster(file, stored[1], name)
        os.utime(file, (0, 0))
    assert recall_raster(new, version) is not None  # which is reading it
    forget_unread(tmp_path, new.stat().st_mtime + 1)
    assert (old.exists(), new.exists()) == (False, True)
