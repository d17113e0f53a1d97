"""The grid index against a brute-force oracle, and its rules one by one."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_cities import LAT, LON, at, box, brute_force, cities_and_points, codes_at, index, layer

from geo.datum import from_wgs84
from geo.index import GridIndex, Territory
from messages.errors import BoundaryError

GEOD = pyproj.Geod(ellps="WGS84")

# The oracle ----------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(cities_and_points())
def test_every_point_goes_where_brute_force_puts_it(city):
    shapes, points = city
    wanted = [brute_force(shapes, p) for p in points]
    found = codes_at(index(shapes), points)
    assert found == [f"{i:03d}" if i is not None else None for i in wanted]


@settings(max_examples=40, deadline=None)
@given(cities_and_points(), st.floats(1, 3000))
def test_a_point_in_no_cell_takes_the_nearest_that_its_geodesic_says(city, tolerance_m):
    shapes, points = city
    built = index(shapes, tolerance_m=tolerance_m)
    lon, lat = np.array(points).T
    places = built.locate(lon, lat, "wgs84")
    for i, point in enumerate(points):
        if brute_force(shapes, point) is not None:
            assert not places.nearest[i]
            continue
        true_m = min(_geodesic_m(s, point) for s in shapes)
        if places.cell[i] < 0:
            assert true_m > tolerance_m * 0.998 - 0.01
        else:
            assert places.nearest[i]
            assert places.distance_m[i] <= tolerance_m
            assert places.distance_m[i] == pytest.approx(true_m, rel=0.002, abs=0.01)


def _geodesic_m(shape, point):
    """Metres to the closest of many points along the border (every 0.1 m near the foot)."""
    scale = np.cos(np.radians(point[1]))
    flat = shapely.transform(shape, lambda c: (c - point) * (scale, 1.0))
    foot = shapely.get_coordinates(shapely.shortest_line(flat, shapely.Point(0, 0)))[0]
    return GEOD.inv(*point, point[0] + foot[0] / scale, point[1] + foot[1])[2]


@settings(max_examples=40, deadline=None)
@given(cities_and_points(), st.sampled_from(["gcj02", "bd09", "cgcs2000"]))
def test_a_point_keeps_its_cell_whatever_datum_it_comes_in(city, datum):
    shapes, points = city
    points = [p for p in points if not _close_to_a_border(shapes, p)]
    moved = np.column_stack(from_wgs84(*np.array(points, float).reshape(-1, 2).T, datum))
    built = index(shapes)
    assert codes_at(built, moved, datum) == codes_at(built, points)


def _close_to_a_border(shapes, point):
    # An edge bends by some millimetres between its corners when a datum is applied to them alone.
    return any(shapely.boundary(s).distance(shapely.Point(point)) < 1e-5 for s in shapes)


# The rules -----------------------------------------------------------------------------


def test_a_point_on_a_shared_edge_belongs_to_the_smaller_cell():
    built = index([box(0, 0, 2, 1), box(2, 0, 3, 1)])
    assert codes_at(built, [at(2, 0.5)]) == ["001"]


def test_of_two_equal_cells_the_lower_code_has_the_shared_corner():
    built = index([box(0, 0, 1, 1), box(0, 0, 1, 1)], codes=["b", "a"])
    assert codes_at(built, [at(1, 1), at(0.5, 0.5)]) == ["a", "a"]


def test_the_id_of_a_cell_is_its_rank():
    built = index([box(0, 0, 3, 3), box(0, 0, 1, 1), box(0, 0, 2, 2)])
    assert [t.grid for t in built.territories] == ["001", "002", "000"]


def test_a_hole_is_outside_and_its_rim_is_inside():
    ring = shapely.difference(box(0, 0, 3, 3), box(1, 1, 2, 2))
    assert codes_at(index([ring]), [at(1.5, 1.5), at(1, 1.5)]) == [None, "000"]


def test_a_point_near_the_city_takes_the_nearest_cell_and_says_how_far_it_is():
    built = index([box(0, 0, 1, 1), box(1, 0, 2, 1)], tolerance_m=200)
    lon, lat = at(2, 0.5)
    places = built.locate([lon + 0.001], [lat], "wgs84")
    assert built.territories[places.cell[0]].grid == "001"
    assert places.nearest.tolist() == [True]
    assert places.distance_m[0] == pytest.approx(GEOD.inv(lon, lat, lon + 0.001, lat)[2], abs=0.01)


def test_a_point_equally_near_to_two_cells_takes_the_smaller():
    built = index([box(0, 0, 2, 1), box(2, 0, 3, 1)], tolerance_m=200)
    lon, lat = at(2, 1)
    places = built.locate([lon], [lat + 0.0005], "wgs84")
    assert built.territories[places.cell[0]].grid == "001"


def test_a_point_beyond_the_tolerance_is_unlocated():
    places = index([box(0, 0, 1, 1)], tolerance_m=50).locate([LON - 0.001], [LAT], "wgs84")
    assert places.cell.tolist() == [-1]
    assert np.isnan(places.distance_m[0])
    assert not places.nearest[0]


def test_without_a_tolerance_nothing_is_near():
    assert codes_at(index([box(0, 0, 1, 1)]), [(LON - 1e-9, LAT)]) == [None]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 181.0, -181.0, 1e300])
def test_a_position_that_is_none_is_unlocated_and_harms_no_other(bad):
    built = index([box(0, 0, 1, 1)], tolerance_m=10_000)
    good = at(0.5, 0.5)
    assert codes_at(built, [(bad, LAT), good, (LON, bad), (bad, bad)]) == [None, "000", None, None]


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_a_pole_is_no_trouble(lat):
    assert codes_at(index([box(0, 0, 1, 1)], tolerance_m=100), [(0.0, lat)]) == [None]


def test_no_positions_give_no_places():
    places = index([box(0, 0, 1, 1)], tolerance_m=100).locate([], [], "gcj02")
    assert len(places.cell) == len(places.nearest) == len(places.distance_m) == 0


def test_the_columns_have_the_types_that_callers_count_on():
    places = index([box(0, 0, 1, 1)], tolerance_m=100).locate([LON], [LAT], "wgs84")
    kinds = [str(a.dtype) for a in (places.cell, places.distance_m, places.nearest)]
    assert kinds == ["int32", "float64", "bool"]


def test_a_territory_names_all_levels_that_are_there():
    layers = [
        layer([box(0, 0, 2, 2)], "district", ["D"]),
        layer([box(0, 0, 2, 2)], "street", ["S"], ["D"]),
        layer([box(0, 0, 1, 1), box(1, 1, 2, 2)], "grid", ["G1", "G2"], ["S", None]),
    ]
    built = GridIndex.build(layers, city="c", tolerance_m=0, version="v")
    known = {t.grid: t for t in built.territories}
    assert known["G1"] == Territory("G1", None, "S", "D", "G1", None, "S", "D")
    assert known["G2"] == Territory(grid="G2", grid_name="G2")


@pytest.mark.parametrize(
    ("levels", "parent", "code"),
    [(["grid", "street"], None, "layer_order"), (["street", "grid"], "X", "parent_unknown")],
)
def test_layers_that_do_not_nest_are_refused(levels, parent, code):
    layers = [
        layer([box(0, 0, 1, 1)], levels[0]),
        layer([box(0, 0, 1, 1)], levels[1], None, [parent]),
    ]
    with pytest.raises(BoundaryError) as refused:
        GridIndex.build(layers, city="c", tolerance_m=0, version="v")
    assert refused.value.code == f"boundary.{code}"
