"""Which layers a position lies in, against the geodesics of PROJ."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datum import from_wgs84
from geo.exposure import Exposure

GEOD = pyproj.Geod(ellps="WGS84")
MIDDLE = 118.8, 32.05
law = settings(max_examples=100, deadline=None)


def layer(slug, *places, datum="wgs84"):
    """A layer of places (lon, lat, radius_m)."""
    lon, lat, radius = np.array(places, np.float64).reshape(-1, 3).T
    return slug, datum, lon, lat, radius


def at(exposure, *positions):
    lon, lat = np.array(positions, np.float64).reshape(-1, 2).T
    return exposure.at(lon, lat)


def north_of(metres, lon=MIDDLE[0], lat=MIDDLE[1]):
    return GEOD.fwd(lon, lat, 0, metres)[:2]


@st.composite
def cities(draw):
    """Layers of places, close together or a city apart, each in some datum, and positions."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    middle = rng.uniform(75, 135), rng.uniform(4, 53)
    spread = draw(st.sampled_from([300.0, 3000.0, 60_000.0]))

    def around(n):
        lon, lat, _ = GEOD.fwd(
            np.full(n, middle[0]),
            np.full(n, middle[1]),
            rng.uniform(0, 360, n),
            spread * np.sqrt(rng.random(n)),
        )
        return lon, lat

    layers = []
    for slug in draw(st.lists(st.sampled_from("edcba"), max_size=5)):
        n = int(rng.integers(0, 15))
        datum = draw(st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09"]))
        layers.append((slug, datum, *around(n), rng.choice([20.0, 80.0, 200.0, 5000.0], n)))
    return layers, around(int(rng.integers(0, 40)))


@given(cities())
@law
def test_a_position_lies_in_the_layers_that_brute_force_finds(city):
    layers, (lon, lat) = city
    exposure = Exposure.compile(
        [(slug, datum, *from_wgs84(x, y, datum), r) for slug, datum, x, y, r in layers]
    )
    found = exposure.at(lon, lat)
    assert len(found) == len(lon)
    for row, slugs in enumerate(found):
        surely, perhaps = set(), set()  # a datum is inverted to a millimetre, no further
        for slug, _, x, y, radius in layers:
            ends = np.full_like(x, lon[row]), np.full_like(y, lat[row])
            away = GEOD.inv(*ends, x, y)[2]
            surely |= {slug} if (away <= radius * 0.999).any() else set()
            perhaps |= {slug} if (away <= radius * 1.001).any() else set()
        assert surely <= set(slugs) <= perhaps
        assert list(slugs) == sorted(set(slugs))


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0, 360), st.floats(1, 5000))
@law
def test_the_edge_of_a_circle_is_where_its_radius_ends(lon, lat, azimuth, radius):
    exposure = Exposure.compile([layer("schools", (lon, lat, radius))])
    within = GEOD.fwd(lon, lat, azimuth, radius * (1 - 1e-5))[:2]
    beyond = GEOD.fwd(lon, lat, azimuth, radius * (1 + 1e-5))[:2]
    assert at(exposure, within, beyond) == [("schools",), ()]


def test_a_layer_is_named_once_and_layers_are_sorted():
    exposure = Exposure.compile(
        [
            layer("schools", (*MIDDLE, 150), (*north_of(50), 150)),
            layer("hospitals", (*north_of(10), 200)),
        ]
    )
    assert at(exposure, MIDDLE) == [("hospitals", "schools")]


def test_every_place_has_a_radius_of_its_own():
    far = north_of(1000)
    exposure = Exposure.compile([layer("schools", (*MIDDLE, 100), (*far, 200))])
    assert at(exposure, north_of(-150), north_of(150, *far)) == [(), ("schools",)]


@pytest.mark.parametrize("nowhere", [(np.nan, np.nan), (np.nan, 32.05), (118.8, np.nan)])
def test_a_row_without_a_position_lies_in_no_layer_and_harms_no_other(nowhere):
    exposure = Exposure.compile([layer("schools", (*MIDDLE, 150))])
    assert at(exposure, nowhere, MIDDLE, nowhere) == [(), ("schools",), ()]


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_layer_is_read_in_its_datum(datum):
    x, y = from_wgs84([MIDDLE[0]], [MIDDLE[1]], datum)
    exposure = Exposure.compile([layer("schools", (x[0], y[0], 1), datum=datum)])
    assert at(exposure, MIDDLE, (x[0], y[0])) == [("schools",), ()]


def test_a_slug_that_comes_twice_is_one_layer_with_the_places_of_both():
    far = north_of(1000)
    exposure = Exposure.compile(
        [
            layer("schools", (*MIDDLE, 100)),
            layer("hospitals", (*far, 100)),
            layer("schools", (*far, 100)),
        ]
    )
    assert at(exposure, MIDDLE, far) == [("schools",), ("hospitals", "schools")]


def test_rows_in_no_layer_share_one_empty_tuple():
    exposure = Exposure.compile([layer("schools", (*MIDDLE, 150))])
    first, second = at(exposure, (0, 0), (1, 1))
    assert first == () and first is second


@pytest.mark.parametrize("layers", [[], [layer("schools")], [layer("a"), layer("b")]])
def test_without_places_nothing_lies_in_a_layer(layers):
    assert at(Exposure.compile(layers), MIDDLE, (np.nan, np.nan)) == [(), ()]


def test_no_positions_are_no_error():
    assert at(Exposure.compile([layer("schools", (*MIDDLE, 150))])) == []


def test_a_layer_without_places_does_not_take_another_ones():
    exposure = Exposure.compile([layer("a"), layer("b", (*MIDDLE, 150)), layer("c")])
    assert at(exposure, MIDDLE) == [("b",)]


def test_a_place_at_a_pole_harms_no_other():
    exposure = Exposure.compile([layer("camps", (10, 90, 500), (10, -90, 500), (*MIDDLE, 150))])
    assert at(exposure, (10, 89.997), MIDDLE, (10, -89.9)) == [("camps",), ("camps",), ()]
