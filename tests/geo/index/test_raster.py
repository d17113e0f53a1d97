"""The raster alone, as arrays and one by one, against GEOS on everything that is hard."""

import numpy as np
import shapely
from hypothesis import given, settings
from lattice_cities import (
    LAT,
    LON,
    STEP,
    as_arrays,
    at,
    box,
    brute_force,
    cities_and_points,
    edges_of,
    index,
)

from geo.index.lookup import look_up
from geo.index.raster import Raster
from geo.index.records import ASK, MOST_EDGES
from geo.index.scalar import UNDECIDED, scalar_look_up


def ranks(shapes, built):
    """The oracle's rows as ids of the index."""
    ids = {t.grid: i for i, t in enumerate(built.territories)}
    return lambda row: -1 if row is None else ids[f"{row:03d}"]


@settings(max_examples=200, deadline=None)
@given(cities_and_points())
def test_arrays_agree_with_brute_force_or_say_that_they_do_not_know(city):
    shapes, points = city
    built = index(shapes)
    wanted = [ranks(shapes, built)(brute_force(shapes, p)) for p in points]
    found, undecided = look_up(built.in_datum("wgs84").raster, *as_arrays(points))
    for row, point in enumerate(points):
        if row not in undecided:
            assert found[row] == wanted[row], point


@settings(max_examples=120, deadline=None)
@given(cities_and_points())
def test_one_by_one_gives_the_same_answers_as_arrays(city):
    shapes, points = city
    built = index(shapes)
    raster = built.in_datum("wgs84").raster
    found, undecided = look_up(raster, *as_arrays(points))
    one = scalar_look_up(raster)
    for row, (lon, lat) in enumerate(points):
        if row not in undecided:
            assert one(lon, lat) == found[row]
        else:
            wanted = ranks(shapes, built)(brute_force(shapes, (lon, lat)))
            assert one(lon, lat) in (UNDECIDED, wanted)


@settings(max_examples=100, deadline=None)
@given(cities_and_points())
def test_only_points_close_to_a_border_are_undecided(city):
    shapes, points = city
    lon, lat = as_arrays(points)
    _, undecided = look_up(index(shapes).in_datum("wgs84").raster, lon, lat)
    for row in undecided:
        # Also on the line that an edge of the same raster cell lies on.
        lines = [_line_through(a, b) for s in shapes for a, b in edges_of(s)]
        assert min(line.distance(shapely.Point(points[row])) for line in lines) < 1e-12


def _line_through(a, b):
    return shapely.LineString([a - (b - a) * 20, b + (b - a) * 20])


def test_a_fishnet_puts_every_point_on_its_lines_into_the_lowest_code():
    built = index([box(x, y, x + 1, y + 1) for y in range(12) for x in range(12)])
    along, lines = np.linspace(0, 12, 12 * 16 + 1), range(13)
    points = [at(x, y) for x in along for y in lines] + [at(x, y) for x in lines for y in along]
    lon, lat = as_arrays(points)
    held = shapely.intersects_xy(built.cells[:, None], lon, lat)
    wanted = np.where(held.any(axis=0), held.argmax(axis=0), -1)  # ids are ranks
    assert built.locate(lon, lat, "wgs84").cell.tolist() == wanted.tolist()


def test_most_positions_are_told_by_one_read():
    shapes = [box(x, y, x + 1, y + 1) for y in range(10) for x in range(10)]
    raster = index(shapes).in_datum("wgs84").raster
    assert (raster.cells >= -1).mean() > 0.7


def test_a_cell_with_more_overlaps_than_bits_is_left_to_the_tree():
    shapes = [box(0, 0, 1 + i / 1e6, 1 + i / 1e6) for i in range(40)]
    built = index(shapes)
    raster = built.in_datum("wgs84").raster
    assert (raster.cells == ASK).any()
    points = [at(1 + i / 2e6, 0.5) for i in range(90)]
    cells = built.locate(*as_arrays(points), "wgs84").cell
    assert cells.tolist() == [ranks(shapes, built)(brute_force(shapes, p)) for p in points]
    assert built.locate_one(*at(1 + 1 / 2e6, 0.5), "wgs84") == cells[1]


def test_a_cell_with_a_very_crooked_border_is_left_to_the_tree():
    turn = np.linspace(0, np.pi, 4 * MOST_EDGES)
    tooth = 1e-6 * (np.arange(len(turn)) % 2)
    half = np.column_stack((np.cos(turn), np.sin(turn))) * (1e-5 + tooth)[:, None]
    shape = shapely.Polygon(half + at(3, 3))
    built = index([shape, box(0, 0, 6, 6)])
    rng = np.random.default_rng(5)
    points = rng.uniform(-1.2e-5, 1.2e-5, (400, 2)) + at(3, 3)
    cells = built.locate(*as_arrays(points), "wgs84").cell
    wanted = [ranks([shape, None], built)(brute_force([shape, box(0, 0, 6, 6)], p)) for p in points]
    assert cells.tolist() == wanted
    assert len(set(wanted)) == 2


def test_polygons_smaller_than_a_raster_cell_are_found():
    far = box(400, 400, 401, 401)
    tiny = [shapely.box(LON + i * 1e-4, LAT, LON + i * 1e-4 + 5e-5, LAT + 5e-5) for i in range(20)]
    built = index([*tiny, far])
    points = [shapely.get_coordinates(shapely.centroid(s))[0] for s in [*tiny, far]]
    cells = built.locate(*as_arrays(points), "wgs84").cell
    assert [built.territories[c].grid for c in cells] == [f"{i:03d}" for i in range(21)]


def test_a_city_a_metre_wide_is_no_trouble():
    shapes = [box(i * 1e-3, 0, (i + 1) * 1e-3, 1e-3) for i in range(3)]
    cells = index(shapes).locate(*as_arrays([at(i * 1e-3 + 5e-4, 5e-4) for i in range(3)]), "wgs84")
    assert sorted(cells.cell.tolist()) == [0, 1, 2]


def test_the_raster_is_the_same_whether_drawn_in_one_band_or_in_many(monkeypatch):
    shapes = [box(x, y, x + 1, y + 1) for y in range(6) for x in range(6)]
    cells = np.array(shapes, dtype=object)
    rank = np.arange(len(cells), dtype=np.int32)
    whole = Raster.build(cells, rank)
    monkeypatch.setattr("geo.index.raster._BAND_CELLS", 1)
    banded = Raster.build(cells, rank)
    for name in ("cells", "heads", "pairs", "candidates", "edges", "outlines", "outline_edges"):
        assert np.array_equal(getattr(whole, name), getattr(banded, name)), name


def test_positions_off_the_raster_and_numbers_that_are_none_are_outside():
    raster = index([box(0, 0, 1, 1)]).in_datum("wgs84").raster
    bad = [np.nan, np.inf, -np.inf, 1e300, -1e300, 0.0]
    lon = np.array([*bad, *[LON + STEP / 2] * len(bad)])
    lat = np.array([*[LAT + STEP / 2] * len(bad), *bad])
    found, undecided = look_up(raster, lon, lat)
    assert (found == -1).all()
    assert not len(undecided)
    one = scalar_look_up(raster)
    assert {one(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)} == {-1}
