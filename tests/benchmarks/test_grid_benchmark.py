"""The grid benchmark on cities of a few polygons: it must find disagreement, and end clean."""

import json

import numpy as np
import pytest
import shapely

from benchmarks.geo.__main__ import main
from benchmarks.geo.agreement import answers, compare
from benchmarks.geo.cities import make_city
from benchmarks.geo.contenders import strtree_ways, wangge
from benchmarks.geo.contenders.contender import PairsContender
from benchmarks.geo.measure import measure
from benchmarks.geo.points import make_points
from benchmarks.geo.table import city_section, table
from benchmarks.geo.timing import Effort

TINY = Effort(rounds=2, seconds=0.005, longest=0.1, comparing=1.0)


@pytest.fixture(scope="module")
def city():
    return make_city(60)


@pytest.fixture(scope="module")
def index(city):
    return wangge.build(city)


@pytest.fixture(scope="module")
def points(city):
    return make_points(city, 3_000)


def test_a_city_has_no_gap_and_no_overlap(city):
    assert len(city) == 60
    assert shapely.is_valid(city.polygons).all()
    assert shapely.coverage_is_valid(city.polygons)
    assert shapely.get_num_interior_rings(shapely.coverage_union_all(city.polygons)) == 0


def test_a_city_is_the_same_every_time(city):
    assert shapely.equals_exact(make_city(60).polygons, city.polygons).all()


def test_vertices_are_as_many_as_asked_for():
    assert make_city(2_000, pieces=3).vertices == pytest.approx(13, abs=0.1)


def test_one_point_in_twenty_lies_outside_the_box(city):
    points = make_points(city, 20_000)
    west, _, east, _ = city.box
    assert np.mean((points.lon < west) | (points.lon > east)) == pytest.approx(0.05, abs=0.01)


@pytest.mark.slow
def test_ours_and_the_usual_ways_agree_and_are_timed(city, index):
    said = []
    found = measure(city, index, ["rtree", "strtree", "take"], TINY, said.append)
    assert found.absent == []
    assert all(one.asked and not one.differ and not one.several for one in found.agreement)
    ways = found.micros
    assert len(ways) == 7
    assert all(
        len(rounds) == 2 and min(rounds) > 0 for by in ways.values() for rounds in by.values()
    )
    assert wangge.ONE in city_section(found)
    assert "round 2 of 2" in said


class _OneRowOff(PairsContender):
    """A peer that is wrong wherever it finds anything."""

    name = "one row off"

    def __init__(self, right):
        self._right = right

    def pairs(self, lon, lat):
        points, rows = self._right.pairs(lon, lat)
        return points, rows + 1


class _Twice(_OneRowOff):
    """A peer that finds the right cell and one more."""

    def pairs(self, lon, lat):
        points, rows = self._right.pairs(lon, lat)
        return np.concatenate((points, points)), np.concatenate((rows, rows + 1))


def test_a_peer_with_another_answer_is_found_out(city, index, points):
    with wangge.contenders(index) as (ours, _), strtree_ways.contenders(city, points) as peers:
        known = answers(ours, points)
        inside = int((known >= 0).sum())
        assert compare(peers[0], points, known, 1.0).differ == 0
        assert compare(_OneRowOff(peers[0]), points, known, 1.0).differ == inside > 2_000
        twice = compare(_Twice(peers[0]), points, known, 1.0)
        assert (twice.differ, twice.several) == (0, inside)


def test_a_table_is_aligned():
    lines = table(["way", "µs"], [["网格", "1"], ["a longer one", "10.5"]]).splitlines()
    assert lines[1] == "| ------------ | ---: |"
    assert lines[2] == "| 网格         |    1 |"


@pytest.mark.slow
def test_the_whole_command_prints_its_figures(capfd):
    assert main(["--sizes", "60", "--quick", "--peers", "strtree", "--json"]) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["cities"][0]["build"]["peak_mb"] > figures["cities"][0]["build"]["polygons_mb"]
