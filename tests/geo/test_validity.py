"""Local days as moments, and which of several validities holds."""

from datetime import datetime
from itertools import pairwise
from math import inf
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.validity import Validity, between, valid_at

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def test_a_day_is_its_first_moment_by_the_city_s_clocks():
    found = between("2026-07-01", "2026-07-02 08:30", SHANGHAI)
    assert found.since == datetime.fromisoformat("2026-07-01T00:00+08:00").timestamp()
    assert found.until == datetime.fromisoformat("2026-07-02T08:30+08:00").timestamp()


def test_none_has_no_end():
    assert between(None, None, SHANGHAI) == Validity(-inf, inf)


def test_the_beginning_belongs_to_it_and_the_end_does_not():
    found = Validity(10.0, 20.0)
    assert [found.holds(t) for t in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]


def test_an_hour_that_a_clock_change_leaves_out_turns_nothing_round():
    found = between("2026-03-08 02:30", "2026-03-08 03:00", NEW_YORK)
    assert found.since <= found.until


@pytest.mark.parametrize(
    ("at", "else_at", "number"),
    [(5, 99, 0), (15, 99, 1), (-5, 15, 1), (-5, -9, 0), (25, 25, 1), (12, 25, 1)],
)
def test_the_set_of_the_moment_then_of_the_arrival_then_the_last_that_began(at, else_at, number):
    assert valid_at([Validity(0, 10), Validity(10, 20)], at, else_at) == number


@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=8, unique=True),
    st.integers(-60, 60),
    st.integers(-60, 60),
)
def test_a_set_that_holds_is_always_taken(cuts, at, else_at):
    edges = sorted(cuts)
    sets = [Validity(a, b) for a, b in pairwise(edges)][::2]
    chosen = sets[valid_at(sets, at, else_at)]
    if any(one.holds(at) for one in sets):
        assert chosen.holds(at)
