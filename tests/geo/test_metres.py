"""Metres and square metres against the geodesics of PROJ."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.metres import area_m2, distance_m, metres_per_degree

GEOD = pyproj.Geod(ellps="WGS84")
lons, lats = st.floats(-170, 170), st.floats(-70, 70)


@given(lons, lats)
def test_a_step_along_a_parallel_or_meridian_is_as_long_as_its_geodesic(lon, lat):
    step = 0.001
    x_scale, y_scale = metres_per_degree(lat)
    assert x_scale * step == pytest.approx(GEOD.inv(lon, lat, lon + step, lat)[2], rel=1e-4)
    assert y_scale * step == pytest.approx(GEOD.inv(lon, lat, lon, lat + step)[2], rel=1e-4)


@given(lons, lats, st.floats(0.001, 0.05))
def test_an_area_is_that_of_the_ellipsoid(lon, lat, size):
    box = shapely.box(lon, lat, lon + size, lat + size)
    exact, _ = GEOD.geometry_area_perimeter(box)
    assert area_m2(np.array([box]))[0] == pytest.approx(abs(exact), rel=0.0005)


@given(lons, lats, st.floats(0, 360), st.floats(1, 5000))
def test_a_distance_is_within_a_tenth_of_a_percent_of_the_geodesic_one(lon, lat, azimuth, metres):
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, azimuth, metres)
    speck = shapely.box(to_lon, to_lat, to_lon + 1e-9, to_lat + 1e-9)
    found = distance_m(np.array([speck]), np.array([lon]), np.array([lat]))
    assert found[0] == pytest.approx(metres, rel=0.001, abs=0.001)


def test_a_point_inside_is_no_distance_away():
    box = np.array([shapely.box(118, 32, 119, 33)])
    assert distance_m(box, np.array([118.5]), np.array([32.5]))[0] == 0
