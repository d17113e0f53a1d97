import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screen_events import code, facts, screen

from rules.screen.position import _haversine_m

NULL = {"name": "null island", "lon": 0, "lat": 0, "radius_m": 1000}
INSIDE = {"name": "town hall", "lon": 118.8, "lat": 32.0, "radius_m": 50}
BOX = {"west": 117.0, "south": -1.0, "east": 120.0, "north": 33.0}
POINTS = screen({"check": "impossible_position", "points": [NULL]})


def where(**parameters):
    return screen({"check": "impossible_position", **parameters})


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (0.005, -0.005)])
def test_a_point_near_null_island_is_impossible(lon, lat):
    assert code(POINTS, lon=lon, lat=lat) == "impossible_position"


def test_a_point_further_than_the_radius_is_possible():
    assert code(POINTS, lon=0.0, lat=0.0091) is None


def test_the_radius_is_in_metres_also_far_north():
    rules = where(points=[{"name": "pole", "lon": 20.0, "lat": 80.0, "radius_m": 1000}])
    # A degree of longitude has 19.4 km at 80° N.
    assert code(rules, lon=20.05, lat=80.0) == "impossible_position"
    assert code(rules, lon=20.06, lat=80.0) is None


def test_a_point_outside_the_box_is_impossible():
    assert code(where(box=BOX), lon=116.4, lat=32.0) == "impossible_position"
    assert code(where(box=BOX), lon=118.8, lat=32.0) is None


def test_a_point_of_the_list_is_impossible_inside_the_box_too():
    rules = where(box=BOX, points=[NULL, INSIDE])
    assert code(rules, lon=118.8001, lat=32.0) == "impossible_position"
    assert code(rules, lon=118.801, lat=32.0) is None


def test_a_point_beyond_the_box_s_edge_reaches_into_it():
    edge = {"name": "edge", "lon": 118.8, "lat": 33.001, "radius_m": 500}
    rules = where(box=BOX, points=[edge])
    assert code(rules, lon=118.8, lat=32.998) == "impossible_position"
    assert code(rules, lon=118.8, lat=32.996) is None


def test_outside_the_box_a_known_point_is_called_by_its_name():
    rules = where(box=BOX | {"south": 30.0}, points=[NULL])
    assert rules.check(facts(lon=0.0, lat=0.001)).finding.text.endswith("111 m from null island")


def test_an_event_without_a_position_has_no_impossible_one():
    assert code(where(box=BOX, points=[NULL]), lon=None, lat=None) is None


degrees = st.floats(30.9, 31.1)


@settings(max_examples=100, deadline=None)
@given(lon=degrees, lat=degrees, at=degrees, radius_m=st.floats(1, 5000))
def test_the_short_way_finds_what_distances_to_all_points_and_the_box_find(lon, lat, at, radius_m):
    box = {"west": 30.95, "south": 30.95, "east": 31.05, "north": 31.05}
    point = {"name": "p", "lon": 31.0, "lat": at, "radius_m": radius_m}
    outside = not (30.95 <= lon <= 31.05 and 30.95 <= lat <= 31.05)
    near = _haversine_m(lon, lat, 31.0, at) <= radius_m
    found = code(where(box=box, points=[point]), lon=lon, lat=lat)
    assert (found is not None) == (outside or near)
