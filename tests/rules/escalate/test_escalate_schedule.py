"""When steps are due, and what a suspension does to them; laws against a walk by the minute."""

from itertools import pairwise
from math import inf, nextafter

import pytest
from escalate_calendars import cities, moment, office, shown, slow_elapsed
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from packs.escalation import Policy as Written
from rules.escalate import (
    Limit,
    Policy,
    due,
    elapsed,
    elapsed_unpaused,
    limit_due,
    moment_after,
    step_due,
)

LAW = settings(max_examples=60, deadline=None)  # a busy machine is no fault
CLOCKS = ("continuous", "natural_day", "working_hours", "working_days")
DAYS = {"natural_day", "working_days"}


def policy(*steps, **limits):
    written = tuple({"of": of, "after": after, "notify": ("city",)} for of, after in steps)
    return Policy.compile(Written.model_validate({"policy": "some", "steps": written, **limits}))


STAGED = policy(
    ("dispose", "100 %"), ("accept", "100 %"), ("dispose", "4 h"), ("dispose", "7 d"),
    accept="1 working d", dispose="20 d",
)  # fmt: skip


def limit(clock, in_days):
    return Limit(in_days if clock in DAYS else in_days * 28_800, clock)


def times(found):
    return [(one.step.n, shown(one.at)) for one in found]


def ends(limit, start, *pauses):
    spans = [tuple(map(moment, pause)) for pause in pauses]
    return shown(limit_due(Limit.parse(limit), moment(start), spans, office))


def test_staged_limits_are_due_by_time_whatever_their_order_in_the_pack():
    found = due(STAGED, "dispose", moment("2026-09-30 16:00"), (), office)
    assert times(found) == [
        (3, "2026-09-30 20:00:00"),
        (4, "2026-10-07 16:00:00"),
        (1, "2026-10-20 16:00:00"),
    ]


def test_each_clock_has_its_own_steps():
    found = due(STAGED, "accept", moment("2026-09-30 16:00"), (), office)
    assert times(found) == [(2, "2026-10-08 16:00:00")]
    assert due(policy(), "accept", 0.0, (), office) == ()


def test_steps_of_one_time_keep_the_packs_order():
    same = policy(*[("accept", after) for after in ("10 min", "200 %", "10 min")], accept="5 min")
    assert [one.step.n for one in due(same, "accept", 0.0, (), office)] == [1, 2, 3]


def test_a_suspension_moves_the_later_steps_and_not_those_before_it():
    paused = [(moment("2026-10-01 00:00"), moment("2026-10-11 00:00"))]
    found = due(STAGED, "dispose", moment("2026-09-30 16:00"), paused, office)
    assert times(found) == [
        (3, "2026-09-30 20:00:00"),
        (4, "2026-10-17 16:00:00"),
        (1, "2026-10-30 16:00:00"),
    ]


def test_a_suspension_over_a_weekend_moves_no_working_day():
    friday = "2026-11-27 10:00"
    assert ends("1 working d", friday) == "2026-11-30 10:00:00"
    assert ends("1 working d", friday, ("2026-11-27 18:00", "2026-11-30 08:00")) == (
        "2026-11-30 10:00:00"
    )


def test_a_suspension_of_a_working_day_moves_it_by_one():
    pause = ("2026-11-25 11:00", "2026-11-26 11:00")
    assert ends("1 working d", "2026-11-25 10:00", pause) == "2026-11-27 10:00:00"


def test_a_step_that_is_due_as_the_suspension_begins_is_due_then():
    pause = ("2026-11-25 14:00", "2026-12-25 14:00")
    assert ends("4 h", "2026-11-25 10:00", pause) == "2026-11-25 14:00:00"


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_step_due_as_the_suspension_begins_is_not_lost_to_rounding(clock):
    start = moment("2026-11-25 10:00")
    at = limit_due(limit(clock, 1 / 3), start, (), office)
    for begin in (nextafter(at, 0), at, nextafter(at, inf)):
        found = limit_due(limit(clock, 1 / 3), start, [(begin, begin + 1e6)], office)
        assert found == pytest.approx(at, abs=1e-5)


def test_a_limit_that_ended_at_closing_time_is_not_held_up_by_a_suspension_after_it():
    pause = ("2026-11-25 12:30", "2026-12-25 14:00")
    assert ends("4 working h", "2026-11-25 08:00", pause) == "2026-11-25 12:00:00"


def test_a_suspension_before_the_start_changes_nothing():
    assert ends("4 h", "2026-11-25 10:00", ("2026-11-20 00:00", "2026-11-24 00:00")) == (
        "2026-11-25 14:00:00"
    )


def test_a_clock_that_starts_in_a_suspension_starts_at_its_end():
    assert ends("4 h", "2026-11-25 10:00", ("2026-11-24 00:00", "2026-11-25 11:00")) == (
        "2026-11-25 15:00:00"
    )


def test_suspensions_that_overlap_count_once_and_in_any_order():
    one, other = ("2026-11-25 11:00", "2026-11-25 13:00"), ("2026-11-25 12:00", "2026-11-25 14:00")
    inner = ("2026-11-25 11:30", "2026-11-25 11:40")
    assert ends("4 h", "2026-11-25 10:00", other, one, inner) == "2026-11-25 17:00:00"
    spans = [tuple(map(moment, pause)) for pause in (other, one, inner)]
    since, until = moment("2026-11-25 10:00"), moment("2026-11-25 17:00")
    assert elapsed_unpaused("continuous", since, until, spans, office) == 4 * 3600


def test_a_suspension_that_lasts_keeps_what_is_due_after_it():
    paused = [(moment("2026-10-03 00:00"), inf)]
    found = due(STAGED, "dispose", moment("2026-09-30 16:00"), paused, office)
    assert [(one.step.n, one.at) for one in found] == [
        (3, moment("2026-09-30 20:00")),
        (1, inf),
        (4, inf),
    ]
    run = elapsed_unpaused(
        "natural_day", moment("2026-09-30 00:00"), moment("2026-12-01"), paused, office
    )
    assert run == 3


def test_what_has_run_stops_at_the_moment_asked_for():
    pause = (moment("2026-11-25 12:00"), moment("2026-11-25 13:00"))
    start = moment("2026-11-25 10:00")
    for until, hours in (("11:00", 1), ("12:30", 2), ("14:00", 3), ("09:00", 0)):
        end = moment(f"2026-11-25 {until}")
        assert elapsed_unpaused("continuous", start, end, [pause], office) == hours * 3600


# Laws

seconds = st.floats(0, 14 * 86_400)
minutes = st.integers(0, 14 * 1440)
amounts = st.floats(0.001, 8)
pauses = st.lists(st.tuples(seconds, seconds).map(sorted).map(tuple), max_size=4)


def near(value, clock):
    return pytest.approx(value, rel=1e-9, abs=1e-7 if clock in DAYS else 1e-4)


def later(spans, begin):
    return [(begin + since, begin + until) for since, until in spans]


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), start=seconds, amount=amounts, spans=pauses)
def test_a_step_is_due_when_its_limit_has_run_outside_the_pauses(clock, city, start, amount, spans):
    calendar, begin = city
    start, paused = begin + start, later(spans, begin)
    wanted = limit(clock, amount)
    at = limit_due(wanted, start, paused, calendar)
    run = elapsed_unpaused(clock, start, at, paused, calendar)
    assume(not (clock == "natural_day" and run > wanted.amount + 1e-9))  # ends in a skipped hour
    assert run == near(wanted.amount, clock)
    assert elapsed_unpaused(clock, start, at - 0.1, paused, calendar) < wanted.amount
    assert at >= moment_after(clock, start, wanted.amount, calendar) - 1e-5


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(city=cities(), start=seconds, amount=amounts, spans=pauses)
def test_pauses_move_a_step_by_just_the_clock_time_in_them(clock, city, start, amount, spans):
    calendar, begin = city
    start, paused = begin + start, later(spans, begin)
    wanted = limit(clock, amount)
    at = limit_due(wanted, start, paused, calendar)
    edges = sorted({start, at, *(edge for pause in paused for edge in pause)})
    inside = sum(
        elapsed(clock, a, b, calendar)
        for a, b in pairwise(edges)
        if start <= a and b <= at and any(p <= a and b <= q for p, q in paused)
    )
    moved = moment_after(clock, start, wanted.amount + inside, calendar)
    assert at == pytest.approx(moved, rel=0, abs=1e-3)


@pytest.mark.parametrize("clock", CLOCKS)
@LAW
@given(
    city=cities(),
    ends=st.tuples(minutes, minutes),
    spans=st.lists(st.tuples(minutes, minutes).map(sorted), max_size=3),
)
def test_what_runs_outside_the_pauses_is_what_a_walk_counts(clock, city, ends, spans):
    calendar, begin = city
    start, until = (begin + 60 * minute for minute in ends)
    paused = [(begin + 60 * a, begin + 60 * b) for a, b in spans]
    edges = sorted({start, until, *(edge for pause in paused for edge in pause)})
    slow = sum(
        slow_elapsed(clock, a, b, calendar)
        for a, b in pairwise(edges)
        if start <= a and b <= until and not any(p <= a and b <= q for p, q in paused)
    )
    found = elapsed_unpaused(clock, start, until, paused, calendar)
    assert found == near(slow, clock)


@LAW
@given(city=cities(), start=seconds, spans=pauses)
def test_a_step_is_due_as_its_limit_is(city, start, spans):
    calendar, begin = city
    paused = later(spans, begin)
    for one in due(STAGED, "dispose", begin + start, paused, calendar):
        assert one.at == step_due(one.step, begin + start, paused, calendar)
        assert one.at == limit_due(one.step.after, begin + start, paused, calendar)
