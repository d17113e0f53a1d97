"""How far from its border a position is, and which cell comes second."""

import tracemalloc

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lattice_cities import LAT, as_arrays, at, box, cities_and_points, index

GEOD = pyproj.Geod(ellps="WGS84")


def borders(built, points, accuracy_m=None, datum="wgs84"):
    lon, lat = as_arrays(points)
    cell = built.locate(lon, lat, datum).cell
    accuracy = None if accuracy_m is None else np.full(len(lon), float(accuracy_m))
    return cell, built.borders(cell, lon, lat, datum, accuracy)


def codes(built, cells):
    return [built.territories[c].grid if c >= 0 else None for c in cells]


@settings(max_examples=100, deadline=None)
@given(cities_and_points())
def test_the_border_is_as_far_as_its_geodesic(city):
    shapes, points = city
    built = index(shapes)
    cell, found = borders(built, points)
    for c, metres, point in zip(cell, found.border_m, points, strict=True):
        if c < 0:
            assert np.isnan(metres)
            continue
        scale = np.cos(np.radians(point[1]))
        flat = shapely.transform(built.cells[c].boundary, lambda p: (p - point) * (scale, 1.0))  # noqa: B023
        foot = shapely.get_coordinates(shapely.shortest_line(flat, shapely.Point(0, 0)))[0]
        true = GEOD.inv(*point, point[0] + foot[0] / scale, point[1] + foot[1])[2]
        assert metres == pytest.approx(true, rel=0.005, abs=0.01)


@settings(max_examples=100, deadline=None)
@given(cities_and_points(), st.floats(0, 3000))
def test_the_runner_up_is_the_nearest_other_cell_within_the_accuracy(city, accuracy_m):
    shapes, points = city
    built = index(shapes)
    lon, lat = as_arrays(points)
    cell, found = borders(built, points, accuracy_m)
    tree = built.in_datum("wgs84").tree
    near, _ = tree.nearest(lon, lat, accuracy_m, cell)
    wanted = np.where((cell >= 0) & (found.border_m <= accuracy_m), near, -1)
    assert found.runner_up.tolist() == wanted.tolist()


def test_a_position_nearer_to_the_border_than_its_accuracy_has_a_runner_up():
    built = index([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    near = at(1 - 10 / 944, 0.5)  # 0.01° of longitude is some 944 m here
    _, found = borders(built, [near], 15)
    assert found.border_m[0] == pytest.approx(10, abs=0.1)
    assert codes(built, found.runner_up) == ["001"]


@pytest.mark.parametrize("accuracy_m", [5, np.nan, None])
def test_a_position_farther_from_the_border_than_its_accuracy_has_none(accuracy_m):
    built = index([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    _, found = borders(built, [at(1 - 10 / 944, 0.5)], accuracy_m)
    assert found.runner_up.tolist() == [-1]


def test_at_the_edge_of_the_city_there_may_be_a_border_and_no_runner_up():
    built = index([box(0, 0, 1, 1), box(5, 0, 6, 1)])
    _, found = borders(built, [at(0.001, 0.5)], 50)
    assert found.border_m[0] < 1
    assert found.runner_up.tolist() == [-1]


def test_a_cell_that_overlaps_is_a_runner_up_once_the_border_is_in_doubt():
    built = index([box(0, 0, 4, 4), box(1, 1, 2, 2)])
    _, found = borders(built, [at(1.5, 1.5)], 1000)
    assert codes(built, found.runner_up) == ["000"]


def test_an_accuracy_of_a_thousand_kilometres_is_answered():
    built = index([box(x, y, x + 1, y + 1) for y in range(20) for x in range(20)])
    _, found = borders(built, [at(0.5, 0.5)] * 50, 1_000_000)
    assert (found.runner_up >= 0).all()


def test_a_border_of_many_edges_is_measured_in_little_memory():
    turn = np.linspace(0, 2 * np.pi, 40_001)[:-1]
    coast = shapely.Polygon(np.column_stack((np.cos(turn), np.sin(turn))) * 0.05 + at(0, 0))
    built = index([coast])
    points = [at(i * 0.01, 0) for i in range(64)]
    tracemalloc.start()
    _, found = borders(built, points)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
    assert (np.diff(found.border_m) < 0).all()


def test_a_border_in_another_datum_is_as_far():
    from geo.datum import from_wgs84

    built = index([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    point = at(1 - 10 / 944, 0.5)
    _, plain = borders(built, [point])
    moved = tuple(float(v[0]) for v in from_wgs84([point[0]], [point[1]], "bd09"))
    _, found = borders(built, [moved], None, "bd09")
    assert found.border_m[0] == pytest.approx(plain.border_m[0], rel=0.01)
    assert moved[1] > LAT
