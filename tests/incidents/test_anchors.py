"""The squares of anchors miss nothing that is near and nothing is near twice."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import anchors
from incidents.anchors import KIND, Anchor, metres, near, read, squares, written

M = 111_195.0
"""Metres of a degree of latitude."""


class Store(dict):
    """The records of squares, as the shard's state has them."""

    def put(self, category, radius, *found):
        for anchor in found:
            key = KIND, squares(category, anchor.point, radius)[0]
            self[key] = written([*read(self.get(key), 0.0), anchor])[0]

    def read(self, kind, key):
        return self.get((kind, key))


def ids(store, category, point, radius, now=0.0):
    return sorted(a.incident_id for a, _ in near(store.read, category, point, radius, now))


def test_metres_agree_with_the_great_circle_on_a_sphere():
    one, other = (118.79, 32.06), (118.80, 32.07)
    (x1, y1), (x2, y2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    haversine = math.sin((y2 - y1) / 2) ** 2
    haversine += math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    circle = 2 * 6_371_009 * math.asin(math.sqrt(haversine))
    assert abs(metres(one, other) / circle - 1) < 1e-3


# Anchors within two radii of a point, the point beside the edge of a square or anywhere.
LATITUDES = st.one_of(
    st.floats(-89.9, 89.9), st.floats(-60, 60), st.sampled_from([0.0, 32.06, -32.06, 78.2, 89.5])
)
OFFSETS = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), max_size=12)


@settings(max_examples=500, deadline=None)
@given(
    lon=st.one_of(st.floats(-179, 179), st.sampled_from([0.0, 118.79])),
    lat=LATITUDES,
    edge=st.sampled_from([None, 0.0, 0.5, 1e-9, -1e-9]),
    radius=st.sampled_from([30.0, 50.0, 200.0, 1000.0]),
    offsets=OFFSETS,
)
def test_near_finds_what_a_look_at_every_anchor_finds(lon, lat, edge, radius, offsets):
    if edge is not None:  # to the edge or the middle of a band
        side = 2 * radius
        lat = (math.floor(lat * M / side) + edge) * side / M
    wide = M * math.cos(math.radians(lat))
    points = [
        (lon + x * radius / wide, max(-90.0, min(90.0, lat + y * radius / M))) for x, y in offsets
    ]
    found = [Anchor(f"i-{n}", point, 0.0, 1.0) for n, point in enumerate(points)]
    store = Store()
    store.put("2101", radius, *found)
    due = sorted(a.incident_id for a in found if metres((lon, lat), a.point) <= radius)
    assert ids(store, "2101", (lon, lat), radius) == due


@settings(max_examples=200, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from([30.0, 200.0, 1000.0]))
def test_a_point_touches_at_most_four_squares_each_once(lon, lat, radius):
    keys = squares("2101", (lon, lat), radius)
    assert len(keys) == len(set(keys)) == 4


def test_an_anchor_lies_in_one_record_and_is_gone_when_its_window_is_over():
    store, point = Store(), (118.79, 32.06)
    store.put("2101", 50.0, Anchor("a", point, 0.0, 10.0), Anchor("b", point, 0.0, 20.0))
    assert len(store) == 1
    assert ids(store, "2101", point, 50.0, now=9.0) == ["a", "b"]
    assert ids(store, "2101", point, 50.0, now=10.0) == ["b"]


def test_categories_do_not_see_one_another():
    store, point = Store(), (118.79, 32.06)
    store.put("2101", 50.0, Anchor("a", point, 0.0, 10.0))
    assert ids(store, "2102", point, 50.0) == []


def test_a_record_is_its_own_json_and_is_of_interest_as_long_as_its_last_anchor():
    found = [
        Anchor("a", (118.79, 32.06), 5.0, 10.0, "sketch", ("0" * 16,)),
        Anchor("b", (118.79, 32.06), 5.0, 30.0),
    ]
    record, due = written(found)
    assert read(record, 0.0) == found
    assert due == 30.0
    assert anchors.read(None, 0.0) == []
