"""A pack's layers: from files or a recipe, cached by content, never trusted when damaged."""

import json
import logging
import os
import shutil
import time

import numpy as np
import pytest
import shapely

import packs
from cli.city_option import DEFAULT_PACK
from cli.new_pack import write_pack
from geo.layer import BoundaryLayer
from messages.errors import BoundaryError, PackError
from streams.boundaries.cache import cache_file, recall
from streams.boundaries.load import boundaries_version, load_boundaries, load_layers


def layer(level, shapes, parents):
    codes = tuple(shapes)
    return BoundaryLayer(
        level, codes, codes, parents, np.array(list(shapes.values()), dtype=object)
    )


@pytest.fixture
def folder(tmp_path):
    """A city of two districts and three streets."""
    districts = {"D1": shapely.box(0, 0, 2, 1), "D2": shapely.box(2, 0, 3, 1)}
    streets = {f"S{x}": shapely.box(x, 0, x + 1, 1) for x in range(3)}
    layers = [
        layer("district", districts, (None, None)),
        layer("street", streets, ("D1", "D1", "D2")),
    ]
    write_pack(tmp_path / "town", layers, name="town", time_zone="UTC")
    return tmp_path / "town"


@pytest.fixture
def recipe_folder(tmp_path):
    """A copy of the demo city that a test may break."""
    return shutil.copytree(DEFAULT_PACK, tmp_path / "nanjing")


def same(one, other):
    assert [(a.level, a.codes, a.names, a.parents) for a in one] == [
        (b.level, b.codes, b.names, b.parents) for b in other
    ]
    for a, b in zip(one, other, strict=True):
        assert shapely.to_wkb(a.geometries).tolist() == shapely.to_wkb(b.geometries).tolist()


def edit(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_layers_come_coarse_to_fine_with_their_parents(folder, tmp_path):
    layers, version = load_layers(packs.load(folder), tmp_path)
    assert [(a.level, a.parents) for a in layers] == [
        ("district", (None, None)),
        ("street", ("D1", "D1", "D2")),
    ]
    assert len(version) == 16


def test_the_second_time_they_come_from_the_cache_and_are_the_same(folder, tmp_path):
    pack = packs.load(folder)
    first, second = (load_boundaries(pack, tmp_path / "cache") for _ in range(2))
    assert (first.cached, second.cached) == (False, True)
    assert first.version == second.version
    same(first.layers, second.layers)


def test_the_version_is_the_content_s_and_not_the_folder_s(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    os.utime(copy / "boundaries" / "street.geojson", (0, 0))
    version = boundaries_version(packs.load(folder))
    assert boundaries_version(packs.load(copy)) == version
    edit(copy / "boundaries" / "street.geojson", '"name":"S1"', '"name":"S9"')
    assert boundaries_version(packs.load(copy)) != version


def test_reading_a_file_otherwise_is_another_version(folder):
    version = boundaries_version(packs.load(folder))
    edit(folder / "city.yaml", "name: name}", "name: name, datum: gcj02}")
    assert boundaries_version(packs.load(folder)) != version


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_byte_in_the_cache_is_never_believed(folder, tmp_path, where):
    pack = packs.load(folder)
    first = load_boundaries(pack, tmp_path)
    file = cache_file(tmp_path, first.version)
    body = bytearray(file.read_bytes())
    body[int(len(body) * where)] ^= 0xFF
    file.write_bytes(body)
    # Either it is found out, or the byte meant nothing.
    again = load_boundaries(pack, tmp_path)
    same(first.layers, again.layers)
    assert load_boundaries(pack, tmp_path).cached


@pytest.mark.parametrize("body", [b"", b"PK", b"not a zip file at all", b"\x93NUMPY"])
def test_a_cache_file_that_is_none_is_built_again(folder, tmp_path, body):
    pack = packs.load(folder)
    file = cache_file(tmp_path, load_boundaries(pack, tmp_path).version)
    file.write_bytes(body)
    assert not load_boundaries(pack, tmp_path).cached
    assert recall(file) is not None


def test_an_archive_that_says_it_is_encrypted_is_built_again(folder, tmp_path):
    pack = packs.load(folder)
    file = cache_file(tmp_path, load_boundaries(pack, tmp_path).version)
    body = bytearray(file.read_bytes())
    body[body.find(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(body)
    assert not load_boundaries(pack, tmp_path).cached


def test_a_cache_that_was_changed_and_zipped_again_is_not_believed(folder, tmp_path):
    pack = packs.load(folder)
    file = cache_file(tmp_path, load_boundaries(pack, tmp_path).version)
    with np.load(file) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["1.codes"] = np.frombuffer(b"S0\x1fS2\x1fS1", np.uint8)
    with file.open("wb") as stream:
        np.savez(stream, **arrays)
    assert recall(file) is None


def test_no_draft_is_left_beside_the_cache(folder, tmp_path):
    version = load_boundaries(packs.load(folder), tmp_path / "cache").version
    left = [f.name for f in (tmp_path / "cache" / "boundaries").iterdir()]
    assert left == [f"{version}.npz"]


def test_a_cache_that_cannot_be_written_is_a_warning(folder, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with caplog.at_level(logging.WARNING, "wangge.boundaries"):
        layers, _ = load_layers(packs.load(folder), blocked)
    assert len(layers) == 2
    assert "not cached" in caplog.text


def test_an_oddity_is_logged_when_built_and_kept_in_the_cache(folder, tmp_path, caplog):
    file = folder / "boundaries" / "street.geojson"
    body = json.loads(file.read_text())
    body["features"][1]["properties"]["parent"] = None
    file.write_text(json.dumps(body))
    pack = packs.load(folder)
    with caplog.at_level(logging.WARNING, "wangge.boundaries"):
        load_layers(pack, tmp_path)
    assert "S1" in caplog.text
    kept = load_boundaries(pack, tmp_path)
    assert kept.cached
    assert [(f.code, f.territory) for f in kept.findings] == [("orphan", "S1")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "boundary.unreadable_file"),
        (b"{", "boundary.not_json"),
        (b'{"type":"FeatureCollection","features":[NaN]}', "boundary.not_json"),
        (b"\xff\xfe", "boundary.not_json"),
        (b"[]", "boundary.not_geojson"),
    ],
)
def test_a_boundary_file_that_cannot_be_read_is_named(folder, tmp_path, body, code):
    file = folder / "boundaries" / "street.geojson"
    file.unlink()
    if body is not None:
        file.write_bytes(body)
    with pytest.raises(BoundaryError) as refused:
        load_layers(packs.load(folder), tmp_path)
    assert refused.value.code == code
    assert str(file) in str(refused.value)
    assert refused.value.mend


def test_boundaries_and_pack_must_speak_of_the_same_districts(folder, tmp_path):
    edit(folder / "city.yaml", '"D2"', '"D7"')
    with pytest.raises(PackError):
        load_layers(packs.load(folder), tmp_path)


# The demo city -------------------------------------------------------------------------


def test_the_demo_city_nests_exactly_and_loads_fast_from_the_cache(tmp_path):
    pack = packs.load(DEFAULT_PACK)
    began = time.perf_counter()
    districts, streets, grids = load_boundaries(pack, tmp_path).layers
    built_s = time.perf_counter() - began
    assert (len(districts), len(streets), len(grids) >= 12_000) == (11, 100, True)
    for above, below in ((districts, streets), (streets, grids)):
        assert shapely.coverage_is_valid(below.geometries)
        assert shapely.coverage_is_valid(above.geometries)
        row = {code: i for i, code in enumerate(above.codes)}
        parents = above.geometries[[row[p] for p in below.parents]]
        assert shapely.covers(parents, below.geometries).all()
    assert {shapely.get_type_id(g) for g in districts.geometries} == {3}
    assert all(len(code) == 15 for code in grids.codes)
    began = time.perf_counter()
    assert load_boundaries(pack, tmp_path).cached
    cached_s = time.perf_counter() - began
    assert built_s < 20
    assert cached_s < 0.5


def test_every_demo_street_holds_the_point_it_was_made_from(tmp_path):
    from streams.boundaries.recipe import read_seeds

    _, streets, _ = load_boundaries(packs.load(DEFAULT_PACK), tmp_path).layers
    seeds = read_seeds(DEFAULT_PACK / "boundaries" / "streets.csv")
    held = shapely.contains_xy(streets.geometries, [s.lon for s in seeds], [s.lat for s in seeds])
    assert held.all()


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "line"),
    [
        ("recipe.yaml", "grids: 12288", "grid: 12288", "pack.unknown_field", 5),
        ("recipe.yaml", "grids: 12288", "grids: many", "pack.wrong_type", 5),
        ("recipe.yaml", "streets.csv", "roads.csv", "boundary.unreadable_file", 0),
        ("streets.csv", "lon,lat", "x,y", "pack.missing_column", 1),
        ("streets.csv", "118.79748", "far east", "pack.wrong_row", 2),
        ("streets.csv", "118.79748", "18.79748", "boundary.seed_outside", 0),
        ("outline.geojson", "{", "", "pack.not_json", 2),
        ("outline.geojson", "[118.59, 32.38]", "[119.59, 32.38]", "boundary.outline", 0),
    ],
)
def test_a_broken_recipe_is_refused_with_its_place(
    recipe_folder, tmp_path, file, old, new, code, line
):
    edit(recipe_folder / "boundaries" / file, old, new)
    with pytest.raises((PackError, BoundaryError)) as refused:
        load_layers(packs.load(recipe_folder), tmp_path)
    assert refused.value.code == code
    assert getattr(refused.value, "line", 0) == line
    assert str(recipe_folder) in str(refused.value)
    assert refused.value.mend
