"""The index on real boundary files, and on the demo city, against GEOS: not one mismatch.

The files lie beside the checkout on the founders' machines; elsewhere those tests are skipped.
"""

from pathlib import Path

import numpy as np
import pytest
import shapely

import packs
from cli.city_option import DEFAULT_PACK, cache_folder
from geo.index import GridIndex
from geo.index.edges import Edges
from geo.index.in_datum import drawn_in
from packs.city import LayerFile
from streams.boundaries.load import load_layers, read_layer

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
FILES = {
    "boston wards": ("boston/wards.geojson", "WARD", None, "wgs84"),
    "boston precincts": ("boston/precincts.geojson", "WARD_PRECINCT", "EPSG:2249", "wgs84"),
    "taipei towns": ("taipei/taipei_towns.geojson", None, None, "wgs84"),
    "taipei villages": ("taipei/taipei_villages.geojson", None, None, "wgs84"),
    "nanjing districts": ("nanjing/nanjing_districts_gcj02.geojson", None, None, "gcj02"),
}


def read(name):
    file, code, crs, datum = FILES[name]
    path = DATA / file
    if not path.exists():
        pytest.skip(f"no {file} beside this checkout")
    layer = LayerFile(
        level="grid", file=path.name, code=code or _code_of(path), crs=crs, datum=datum
    )
    return read_layer(path, layer)[0]


def _code_of(path):
    """A property that is another one in every feature."""
    import json

    rows = [feature["properties"] for feature in json.loads(path.read_text("utf-8"))["features"]]
    unique = (k for k in rows[0] if len({str(row.get(k)) for row in rows}) == len(rows))
    return next(k for k in unique if str(rows[0][k]).replace("-", "").isalnum())


def points_of(cells, count=20_000):
    """Random points in and around, every corner, every edge's middle, and an ulp beside each."""
    west, south, east, north = shapely.total_bounds(cells)
    rng = np.random.default_rng(11)
    wide, high = (east - west) / 50, (north - south) / 50
    anywhere = np.column_stack(
        (
            rng.uniform(west - wide, east + wide, count),
            rng.uniform(south - high, north + high, count),
        )
    )
    ends = Edges.of(cells).ends
    exact = np.vstack((ends[:, :2], ends[:, 2:], (ends[:, :2] + ends[:, 2:]) / 2))
    exact = exact[rng.permutation(len(exact))[: 4 * count]]
    ulps = [
        np.column_stack((np.nextafter(exact[:, 0], x), np.nextafter(exact[:, 1], y)))
        for x, y in ((-999, -999), (999, 999), (-999, 999))
    ]
    found = np.vstack((anywhere, exact, *ulps))
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])


def by_geos(cells, lon, lat):
    """The lowest row that intersects each point, by GEOS alone."""
    point, cell = shapely.STRtree(cells).query(shapely.points(lon, lat), predicate="intersects")
    found = np.full(len(lon), -1, np.int32)
    order = np.lexsort((cell, point))[::-1]
    found[point[order]] = cell[order]
    return found


def mismatches(index, datum):
    cells = drawn_in(index.cells, datum)
    # A few large polygons take GEOS far longer a point than many small ones.
    lon, lat = points_of(cells, 20_000 if len(cells) > 100 else 4_000)
    return int((index.locate(lon, lat, datum).cell != by_geos(cells, lon, lat)).sum())


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_no_point_of_a_real_boundary_file_is_misplaced(name, datum):
    layer = read(name)
    index = GridIndex.build([layer], city="c", tolerance_m=0, version="v")
    assert mismatches(index, datum) == 0


@pytest.mark.parametrize(
    "datum", ["gcj02", *(pytest.param(d, marks=pytest.mark.slow) for d in ("wgs84", "bd09"))]
)
def test_no_point_of_the_demo_city_is_misplaced(datum):
    layers, version = load_layers(packs.load(DEFAULT_PACK), cache_folder())
    index = GridIndex.build(layers, city="c", tolerance_m=0, version=version)
    assert mismatches(index, datum) == 0


def test_one_by_one_the_demo_city_gives_the_same_places():
    layers, version = load_layers(packs.load(DEFAULT_PACK), cache_folder())
    index = GridIndex.build(layers, city="c", tolerance_m=0, version=version)
    lon, lat = points_of(index.cells, 1000)
    cells = index.locate(lon, lat, "wgs84").cell
    ones = [index.locate_one(*at, "wgs84") for at in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert ones == cells.tolist()
