"""Laws of the four clocks, against a walk minute by minute."""

import pytest
from escalate_calendars import cities, office, slow_elapsed
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.escalate import elapsed, moment_after

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
WORKING = ("working_hours", "working_days")
CLOCKS = ("continuous", "natural_day", *WORKING)
DAYS = {"natural_day", "working_days"}
minutes = st.integers(0, 21 * 1440)
seconds = st.floats(0, 21 * 86_400)
days = st.floats(0, 12)


def near(value, clock):
    """Ten microseconds, or that part of a day of seven minutes."""
    return pytest.approx(value, rel=1e-9, abs=1e-7 if clock in DAYS else 1e-4)


def amount_of(clock, in_days):
    return in_days if clock in DAYS else in_days * 28_800


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), ends=st.tuples(minutes, minutes))
def test_what_has_run_is_what_a_walk_minute_by_minute_counts(clock, city, ends):
    calendar, begin = city
    start, end = (begin + 60 * minute for minute in ends)
    due = slow_elapsed(clock, start, end, calendar)
    assert elapsed(clock, start, end, calendar) == near(due, clock)


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), start=seconds, amount=days)
def test_a_limit_has_run_when_it_ends_and_not_before(clock, city, start, amount):
    calendar, begin = city
    start, amount = begin + start, amount_of(clock, amount)
    end = moment_after(clock, start, amount, calendar)
    assert end >= start
    run = elapsed(clock, start, end, calendar)
    if clock == "natural_day" and run > amount + 1e-9:  # it ends in a skipped hour
        assert elapsed(clock, start, end - 1, calendar) < amount < run <= amount + 1 / 24
        return
    assert run == near(amount, clock)
    if end > start + 0.1:
        assert elapsed(clock, start, end - 0.1, calendar) < amount


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), three=st.tuples(seconds, seconds, seconds).map(sorted))
def test_what_runs_in_two_parts_runs_in_one(clock, city, three):
    calendar, begin = city
    a, b, c = (begin + second for second in three)
    parts = elapsed(clock, a, b, calendar) + elapsed(clock, b, c, calendar)
    assert elapsed(clock, a, c, calendar) == near(parts, clock)
    assert elapsed(clock, a, b, calendar) <= elapsed(clock, a, c, calendar) + 1e-9


@pytest.mark.parametrize("clock", WORKING)
@LAW
@given(city=cities(), start=seconds, one=days, more=days)
def test_one_limit_after_another_ends_as_their_sum_does(clock, city, start, one, more):
    calendar, begin = city
    one, more = amount_of(clock, one), amount_of(clock, more)
    assume(more > amount_of(clock, 1e-6))  # at closing time, nothing more is not the next morning
    half_way = moment_after(clock, begin + start, one, calendar)
    end = moment_after(clock, half_way, more, calendar)
    assert end == pytest.approx(
        moment_after(clock, begin + start, one + more, calendar), rel=0, abs=1e-4
    )


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), starts=st.tuples(seconds, seconds).map(sorted), amounts=st.tuples(days, days))
def test_a_later_start_or_a_longer_limit_never_ends_earlier(clock, city, starts, amounts):
    calendar, begin = city
    less, more = (amount_of(clock, amount) for amount in sorted(amounts))
    first = moment_after(clock, begin + starts[0], less, calendar)
    assert first <= moment_after(clock, begin + starts[0], more, calendar) + 1e-5
    assert first <= moment_after(clock, begin + starts[1], less, calendar) + 1e-5


@LAW
@given(start=minutes, amount=st.integers(1, 20))
def test_in_office_hours_a_working_day_is_eight_working_hours(start, amount):
    at = 1_790_000_000 // 60 * 60 + 60 * start
    hours = moment_after("working_hours", at, 28_800 * amount, office)
    assert moment_after("working_days", at, amount, office) == pytest.approx(hours, rel=0, abs=1e-5)
