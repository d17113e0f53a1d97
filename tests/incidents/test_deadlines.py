"""A case's clocks: what falls due on them, when, and what keeps it from its time."""

from __future__ import annotations

from math import inf

import pytest
from cases_at_hand import DAY, HOUR, LIFECYCLE, NOON, URGENT, a_case
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.case import Clock
from incidents.deadlines import (
    arrange,
    begin,
    end_pause,
    falls_due,
    limits,
    restart_accept,
    restart_dispose,
    stop,
)
from packs.calendars import CalendarsFile
from packs.hours import WEEKDAYS
from rules.calendar import Calendar
from rules.escalate import Limit, Policy, Step, step_due

OFFICE = CalendarsFile.model_validate(
    {
        "schema_version": 1,
        "calendars": (
            {
                "name": "office",
                "first_day": "2026-01-01",
                "last_day": "2026-12-31",
                "working_hours": dict.fromkeys(WEEKDAYS[:5], ("08:00-12:00", "14:00-18:00")),
                "holidays": (),
                "workdays": (),
            },
        ),
    }
).whole()["office"]
CALENDAR = Calendar.compile(OFFICE, "Asia/Shanghai")
WORKING = Policy("working", Limit.parse("2 working h"), Limit.parse("3 working d"), ())


def due(case, policy=URGENT):
    return falls_due(case, policy, CALENDAR, LIFECYCLE)


def steps(case, policy=URGENT):
    """What falls due one after the other: (hours after noon, kind, number of the step)."""
    found = []
    while (one := due(case, policy)) is not None and one.kind == "step":
        found.append(((one.at - NOON) / HOUR, one.step.n))
        name = one.step.of
        clock = getattr(case, name)
        setattr(case, name, clock._replace(fired=(*clock.fired, one.step.n)))
    return found


def test_the_steps_of_both_clocks_fall_due_in_the_order_of_their_time():
    assert steps(a_case()) == [(0.25, 1), (0.5, 2), (3, 3), (4, 4), (6, 5)]


def test_an_accepted_case_has_the_steps_of_its_disposal_alone():
    case = a_case()
    case.accept = case.accept._replace(end=NOON + 60)
    assert steps(case) == [(3, 3), (4, 4), (6, 5)]


def test_a_suspended_case_falls_due_at_its_review_alone():
    case = a_case(pauses=[(NOON + HOUR, None)], review=NOON + DAY)
    case.accept = case.accept._replace(end=NOON + 60)
    assert due(case) == (NOON + DAY, "review", None)


def test_what_is_left_of_a_limit_runs_on_after_a_suspension():
    case = a_case(pauses=[(NOON + HOUR, None)], review=NOON + DAY)
    case.accept = None
    end_pause(case, NOON + 11 * HOUR)
    assert case.review is None
    assert steps(case) == [(13, 3), (14, 4), (16, 5)]


def test_a_suspension_does_not_stop_the_accept_clock():
    case = a_case(pauses=[(NOON, None)], review=NOON + DAY)
    assert due(case).at == NOON + 900


def test_an_extension_moves_every_step_of_the_disposal_that_is_still_to_come():
    case = a_case()
    case.accept = None
    case.dispose = case.dispose._replace(fired=(3,), longer=("2 h", "1 h"))
    assert steps(case) == [(7, 4), (9, 5)]


def test_the_accept_clock_begins_anew_with_another_unit_and_the_disposal_clock_does_not():
    case = a_case()
    case.accept = case.accept._replace(end=NOON + 60, fired=(1,))
    restart_accept(case, NOON + HOUR)
    assert (case.accept, case.dispose) == (Clock(NOON + HOUR), Clock(NOON))


def test_a_clock_that_the_policy_does_not_have_does_not_begin():
    case = a_case(None)
    begin(case, URGENT._replace(dispose=None), NOON)
    assert (case.accept, case.dispose) == (Clock(NOON), None)
    restart_accept(case := a_case(None), NOON)
    assert case.accept is None


def test_while_a_case_counted_as_done_its_time_stood_still():
    case = a_case()
    case.accept = None
    case.dispose = case.dispose._replace(end=NOON + HOUR)
    restart_dispose(case, NOON + 5 * HOUR)
    assert case.dispose.end is None
    assert steps(case) == [(7, 3), (8, 4), (10, 5)]


@pytest.mark.parametrize("status", ["resolved", "checked"])
def test_nothing_falls_due_on_a_case_that_waits_for_its_end(status):
    assert due(a_case(status=status, reminder=NOON)) is None


@pytest.mark.parametrize(("status", "change"), [("closed", "closed"), ("void", "voided")])
def test_an_ended_case_is_forgotten_when_it_was_kept_long_enough_whatever_is_said_of_it(
    status, change
):
    case = a_case(status=status)
    case.mark(change, NOON + HOUR, "2026-11-23T05:00:00Z")
    case.mark("feedback", NOON + DAY, "2026-11-24T04:00:00Z")
    assert due(case) == (NOON + HOUR + LIFECYCLE.kept_s, "end", None)


def test_a_stopped_case_has_no_clock_that_runs_and_what_has_ended_ended_then():
    case = a_case(asks={"extend": {}})
    case.accept = case.accept._replace(end=NOON + 60)
    stop(case, NOON + HOUR)
    assert (case.accept.end, case.dispose.end, case.asks) == (NOON + 60, NOON + HOUR, {})


def test_the_limits_of_a_case_are_those_of_its_policy_on_the_work_clock():
    case = a_case(None)
    begin(case, WORKING, NOON)
    # Monday noon: two working hours end at 16:00, three working days on Thursday at noon
    assert limits(case, WORKING, CALENDAR)["accept"] == NOON + 4 * HOUR
    assert limits(case, WORKING, CALENDAR)["dispose"] == NOON + 3 * DAY


def test_a_limit_whose_clock_stands_still_is_not_told():
    case = a_case(pauses=[(NOON + HOUR, None)])
    assert limits(case, URGENT, CALENDAR) == {"accept": NOON + 900}
    assert limits(a_case(None), None, CALENDAR) == {}


def test_when_all_steps_are_taken_what_nobody_has_accepted_is_said_again():
    case = a_case()
    case.dispose = None
    for fired, reminder in (((1,), None), ((1, 2), NOON + HOUR + LIFECYCLE.remind_s)):
        case.accept = case.accept._replace(fired=fired)
        arrange(case, URGENT, CALENDAR, LIFECYCLE, NOON + HOUR)
        assert case.reminder == reminder
    assert due(case).kind == "reminder"
    case.accept = case.accept._replace(end=NOON + 2 * HOUR)
    arrange(case, URGENT, CALENDAR, LIFECYCLE, NOON + 2 * HOUR)
    assert (case.reminder, case.due) == (None, None)


def test_supervision_is_said_again_until_it_is_acknowledged_and_not_put_off_by_other_changes():
    case = a_case(supervised={"by": "city", "at": NOON, "times": 1})
    case.accept = case.dispose = None
    for now in (NOON, NOON + 60):
        arrange(case, URGENT, CALENDAR, LIFECYCLE, now)
        assert case.due == NOON + LIFECYCLE.remind_s
    case.supervised = {**case.supervised, "acknowledged": NOON + 60}
    arrange(case, URGENT, CALENDAR, LIFECYCLE, NOON + 60)
    assert case.due is None


def test_a_case_without_a_policy_has_no_timer():
    case = a_case(None)
    arrange(case, None, CALENDAR, LIFECYCLE, NOON)
    assert case.due is None


LIMITS = st.sampled_from(
    [Limit.parse(text) for text in ("10 min", "3 h", "30 h", "1 d", "2 working h", "1 working d")]
)
POLICIES = st.lists(st.tuples(st.sampled_from(["accept", "dispose"]), LIMITS), max_size=6).map(
    lambda some: Policy(
        "any",
        None,
        Limit.parse("4 h"),
        tuple(Step(n, of, after, ("city",), "") for n, (of, after) in enumerate(some, 1)),
    )
)
PAUSES = st.lists(st.floats(60, DAY), max_size=6).map(
    lambda gaps: [NOON + sum(gaps[: n + 1]) for n in range(len(gaps))]
)


@settings(max_examples=200, deadline=None)
@given(POLICIES, PAUSES, st.data())
def test_what_falls_due_first_is_the_first_of_all_steps_that_were_not_taken(policy, edges, data):
    pauses = list(zip(edges[::2], edges[1::2], strict=False))
    if len(edges) % 2:
        pauses.append((edges[-1], None))
    case = a_case(policy, pauses=pauses)
    fired = data.draw(st.sets(st.sampled_from([0, *(step.n for step in policy.steps)])))
    for name in ("accept", "dispose"):
        if (clock := getattr(case, name)) is not None:
            setattr(case, name, clock._replace(fired=tuple(fired)))
    still = [(since, inf if until is None else until) for since, until in pauses]
    times = [
        step_due(step, NOON, still if step.of == "dispose" else (), CALENDAR)
        for step in policy.steps
        if step.n not in fired
    ]
    found = due(case, policy)
    assert (found.at if found is not None else inf) == min(times, default=inf)
