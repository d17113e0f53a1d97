"""The page of a shift handover: what stands on it, and what does not."""

from __future__ import annotations

from math import inf
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.case import ENDED, OPEN
from incidents.handover import SOON_S, handover, heard_from, standing
from incidents.returned import Returned
from incidents.timeliness import Wait
from messages.cloudevents import rfc3339_text
from rules.modes import Mode

NOW = 1_795_406_400.0
SINCE = NOW - 12 * 3600
STREET, DEPT = "street:320106001", "dept:roads"
DONE = ["resolved", "checked", "closed", "void"]
NO_LIMITS = SimpleNamespace(accept=lambda body: Wait(), dispose=lambda body: Wait())


def case(name="c", ago=3600.0, **more):
    return {
        "incident_id": name,
        "seq": 1,
        "status": "dispatched",
        "opened_at": rfc3339_text(NOW - ago),
        "changed_at": rfc3339_text(NOW - ago),
        "priority": "P3",
        "unit": STREET,
        "clocks": {"accept": {"start": NOW - ago, "end": None}},
    } | more


def mode(name="m", ends=NOW + 3600, starts=NOW - 3600):
    return Mode(name, "flood", frozenset({"city"}), starts, ends, True, "a", "b", "rain")


def back(route="roads", sent=DEPT, went=STREET, name="c"):
    first = {"route": route, "unit": sent}
    return Returned(name, 2, NOW - 60, sent, "not-ours", first, went, False)


def page(cases=(), *, waits=NO_LIMITS, posted=(), returns=(), held=(), modes=()):
    return handover(list(cases), waits, posted, returns, held, modes, SINCE, NOW)


# Cases as they stood ------------------------------------------------------------------------


@given(st.permutations([case(seq=n, changed_at=rfc3339_text(NOW - 100 + n)) for n in range(1, 6)]))
def test_the_latest_state_of_a_case_stands_in_whatever_order_they_come(states):
    assert [one["seq"] for one in standing(states, NOW)] == [5]
    assert [one["seq"] for one in standing(states, NOW - 97)] == [3]


def test_a_case_of_which_only_later_states_are_left_is_not_lost():
    later = [case(seq=seq, changed_at=rfc3339_text(NOW + seq)) for seq in (7, 6, 8)]
    assert [one["seq"] for one in standing(later, NOW)] == [6]


def test_a_case_that_was_opened_later_does_not_stand_yet():
    assert standing([case(ago=-1)], NOW) == []


# P1 -----------------------------------------------------------------------------------------


def test_open_p1s_stand_on_the_page_and_no_others():
    cases = [case(s, priority="P1", status=s) for s in sorted(OPEN | ENDED | set(DONE))]
    assert {one["incident_id"] for one in page([*cases, case("p3")]).p1} == OPEN


# Overdue ------------------------------------------------------------------------------------


def waits(accept=None, dispose=None):
    return SimpleNamespace(accept=lambda b: accept or Wait(), dispose=lambda b: dispose or Wait())


def test_overdue_cases_stand_by_stage_the_longest_first():
    dues = {"a": NOW - 10, "b": NOW - 30, "c": NOW - 20}
    each = SimpleNamespace(
        accept=lambda body: Wait(), dispose=lambda body: Wait(due=dues[body["incident_id"]])
    )
    cases = [case("a", stage="超期"), case("b"), case("c", stage="超期")]
    found = page(cases, waits=each).overdue
    assert [(s, [o.case["incident_id"] for o in f]) for s, f in found.items()] == [
        ("", ["b"]),
        ("超期", ["c", "a"]),
    ]


def test_a_case_past_both_limits_stands_once_by_the_one_passed_longest_ago():
    late = waits(Wait(due=NOW - 50), Wait(due=NOW - 20))
    (one,) = page([case()], waits=late).overdue[""]
    assert (one.of, one.by_s) == ("accept", 50.0)


@pytest.mark.parametrize(
    "wait",
    [
        Wait(due=NOW),
        Wait(due=inf),
        Wait(done=NOW - 5, due=NOW - 10),
        Wait(stopped=NOW - 5, due=NOW - 10),
    ],
    ids=["at its limit", "suspended", "done late", "stopped"],
)
def test_what_no_running_clock_is_past_is_not_overdue(wait):
    assert page([case()], waits=waits(dispose=wait)).overdue == {}


def test_a_case_that_is_done_is_not_overdue():
    late = waits(dispose=Wait(due=NOW - 10))
    assert page([case(s, status=s) for s in DONE], waits=late).overdue == {}


# Silent units -------------------------------------------------------------------------------


def test_a_unit_with_cases_that_has_posted_nothing_is_silent_since_the_first():
    cases = [case("b", 60), case("a", 600), case("x", unit=DEPT)]
    (one,) = page(cases, posted=[DEPT]).silent
    assert (one.unit, one.cases, one.waits) == (STREET, ("a", "b"), NOW - 600)


@pytest.mark.parametrize(
    "more",
    [{"status": s} for s in ("filed", "confirmed", "returned", *DONE)] + [{"suspended": True}],
    ids=str,
)
def test_a_case_that_asks_nothing_of_the_unit_makes_it_not_silent(more):
    assert page([case(**more)]).silent == ()


def test_whoever_posted_in_the_shift_was_heard_from_also_when_refused():
    def said(unit, at, kind="action"):
        return {
            "kind": kind,
            "unit": unit,
            "decided_at": rfc3339_text(at),
            "outcome": "refused",
        }

    said_ = [
        said("a", SINCE),
        said("b", NOW),
        said("early", SINCE - 1),
        said("late", NOW + 1),
        said("event", NOW, kind="report"),
    ]
    assert heard_from(said_, SINCE, NOW) == {"a", "b"}


# Modes --------------------------------------------------------------------------------------


def test_modes_that_end_within_twelve_hours_stand_the_first_to_end_first():
    modes = [
        mode("last", NOW + SOON_S),
        mode("first", NOW + 1),
        mode("later", NOW + SOON_S + 1),
        mode("over", NOW),
        mode("to come", NOW + 60, starts=NOW + 1),
    ]
    assert [one.order_id for one in page(modes=modes).expiring] == ["first", "last"]


def test_cases_left_by_a_mode_that_has_ended_stand_and_those_of_one_in_force_do_not():
    def under(order):
        return {"modes": [{"order_id": order, "scenario": "flood"}]}

    cases = [
        case("left", **under("over")),
        case("resolved", status="resolved", **under("over")),
        case("closed", status="closed", **under("over")),
        case("void", status="void", **under("over")),
        case("now", **under("on")),
        case("unknown", **under("gone")),
    ]
    found = page(cases, modes=[mode("over", NOW), mode("on", NOW + 1)]).left_over
    assert [(one.order_id, one.ended, one.cases) for one in found] == [
        ("gone", None, ("unknown",)),
        ("over", NOW, ("left", "resolved")),
    ]


def test_where_no_orders_are_recorded_the_page_does_not_say_that_there_are_no_modes():
    found = page(modes=None)
    assert (found.expiring, found.left_over) == (None, None)


# Quarantine and returns ---------------------------------------------------------------------


def test_quarantine_is_counted_by_reason_with_its_oldest_and_not_what_came_later():
    held = [("spam", NOW - 5), ("spam", NOW - 9), ("far", NOW - 1), ("far", NOW + 1)]
    assert page(held=held).quarantine == (("spam", 2, NOW - 9), ("far", 1, NOW - 1))


def test_returns_are_counted_by_route_and_where_the_cases_went():
    returns = [back(name="a"), back(went=None), back(name="b"), back("water", "dept:water")]
    found = page(returns=returns).misrouted
    assert [(one.route, one.went, len(one.returns)) for one in found] == [
        ("roads", STREET, 2),
        ("roads", None, 1),
        ("water", STREET, 1),
    ]


def test_a_case_that_was_assigned_back_had_no_wrong_route():
    assert page(returns=[back(went=DEPT)]).misrouted == ()
