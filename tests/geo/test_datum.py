"""Datums: published points, laws of the formula and its inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.datum import convert, from_wgs84, to_wgs84
from geo.metres import metres_per_degree

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
china_lon = st.floats(73.0, 136.8)
china_lat = st.floats(1.8, 54.8)


def metres_apart(a, b):
    x_scale, y_scale = metres_per_degree(a[1])
    return float(np.hypot((a[0] - b[0]) * x_scale, (a[1] - b[1]) * y_scale).max())


@given(china_lon, china_lat, st.sampled_from(DATUMS))
def test_the_inverse_returns_to_within_a_millimetre(lon, lat, datum):
    there = from_wgs84([lon], [lat], datum)
    assert metres_apart(to_wgs84(*there, datum), (np.array([lon]), np.array([lat]))) < 0.001


@given(china_lon, china_lat, st.sampled_from(DATUMS), st.sampled_from(DATUMS))
def test_a_conversion_and_its_way_back_cancel_out(lon, lat, source, target):
    back = convert(*convert([lon], [lat], source, target), target, source)
    assert metres_apart(back, (np.array([lon]), np.array([lat]))) < 0.003


@given(st.lists(st.tuples(china_lon, china_lat), min_size=1, max_size=20))
def test_an_array_gives_what_its_points_give_one_by_one(points):
    lon, lat = np.array(points).T
    together = to_wgs84(lon, lat, "bd09")
    alone = [to_wgs84([x], [y], "bd09") for x, y in points]
    np.testing.assert_allclose(together, np.hstack(alone), rtol=0, atol=1e-8)


def test_gcj02_gives_the_values_that_the_eviltransform_project_tests_itself_with():
    # Shanghai, Shenzhen, Beijing: https://github.com/googollee/eviltransform, go/transform_test.go
    lon, lat = from_wgs84(
        [121.5272106, 113.912316, 116.377817], [31.1774276, 22.543847, 39.911954], "gcj02"
    )
    assert lon.tolist() == pytest.approx([121.531541859215, 113.9171764808363, 116.38404722455657])
    assert lat.tolist() == pytest.approx(
        [31.17530398364597, 22.540796131694766, 39.91334545536069], rel=0, abs=1e-12
    )


@pytest.mark.parametrize(("datum", "metres"), [("gcj02", 539), ("bd09", 1183)])
def test_nanjing_lies_as_far_off_as_others_measured(datum, metres):
    here = np.array([118.7968]), np.array([32.0600])
    assert metres_apart(here, from_wgs84(*here, datum)) == pytest.approx(metres, rel=0.03)


def test_gcj02_leaves_the_rest_of_the_world_alone():
    lon, lat = from_wgs84([-71.06, 2.35], [42.36, 48.86], "gcj02")
    assert lon.tolist() == [-71.06, 2.35]
    assert lat.tolist() == [42.36, 48.86]


def test_cgcs2000_is_wgs84():
    assert [a.tolist() for a in from_wgs84([118.8], [32.0], "cgcs2000")] == [[118.8], [32.0]]


@pytest.mark.parametrize("datum", DATUMS)
def test_what_is_not_a_number_stays_so_and_harms_no_other(datum):
    lon, lat = to_wgs84([np.nan, 118.8], [32.0, 32.0], datum)
    assert np.isnan(lon[0])
    assert [lon[1], lat[1]] == pytest.approx(np.ravel(to_wgs84([118.8], [32.0], datum)).tolist())


def test_no_points_are_no_error():
    assert len(to_wgs84([], [], "bd09")[0]) == 0
