"""Which modes are in force: laws over sets of orders, and each way a mode begins and ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.order import Accepted, ApprovalOrder, EndOrder, ModeOrder
from rules.modes import in_force, modes_of, proposals_of

LAW = settings(max_examples=100, deadline=None)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFICERS = ("duty", "chief", "city")
IDS = ("a", "b")


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def epoch(minutes):
    return at(minutes).timestamp()


def note(minutes, approve_by=None):
    by = at(approve_by) if approve_by is not None else None
    return Accepted(at=at(minutes), pack="0" * 16, approve_by=by)


def mode(order_id="a", begins=0, ends=360, *, author="duty", arrived=None, **fields):
    return ModeOrder(
        schema_version=1,
        order_id=order_id,
        author=author,
        reason="暴雨",
        effective_at=at(begins),
        ends_at=at(ends),
        scenario="flood",
        area=fields.pop("area", ("district:320106",)),
        accepted=note(arrived) if arrived is not None else None,
        **fields,
    )


def approval(approves="a", when=0, *, author="chief", arrived=None, order_id=None):
    return ApprovalOrder(
        schema_version=1,
        order_id=order_id or f"approve-{approves}-{author}-{when}",
        author=author,
        reason="同意",
        effective_at=at(when),
        approves=approves,
        accepted=note(arrived) if arrived is not None else None,
    )


def end(ends="a", when=60, *, author="duty", arrived=None):
    return EndOrder(
        schema_version=1,
        order_id=f"end-{ends}-{author}-{when}",
        author=author,
        reason="雨停",
        effective_at=at(when),
        ends=ends,
        accepted=note(arrived) if arrived is not None else None,
    )


minutes = st.integers(-60, 400)
arrivals = st.none() | minutes
names = st.sampled_from(OFFICERS)
mode_orders = st.builds(
    mode,
    st.sampled_from(IDS),
    minutes,
    minutes,
    author=names,
    approver=st.none() | names,
    emergency=st.booleans(),
    arrived=arrivals,
)
approvals = st.builds(
    lambda n, *a, **k: approval(*a, order_id=f"p{n}", **k),
    st.integers(0, 9),
    st.sampled_from(IDS),
    minutes,
    author=names,
    arrived=arrivals,
)
ends = st.builds(end, st.sampled_from(IDS), minutes, author=names, arrived=arrivals)
order_sets = st.lists(
    mode_orders | approvals | ends, max_size=8, unique_by=lambda order: order.order_id
)


@LAW
@given(order_sets, st.randoms(use_true_random=False))
def test_what_is_in_force_does_not_depend_on_the_order_of_reading(orders, random):
    shuffled = list(orders)
    random.shuffle(shuffled)
    assert modes_of(shuffled) == modes_of(orders)
    assert proposals_of(shuffled) == proposals_of(orders)


@LAW
@given(order_sets, st.floats(epoch(-100), epoch(500)))
def test_a_mode_is_in_force_exactly_from_its_start_to_before_its_end(orders, moment):
    for found in modes_of(orders):
        inside = found.starts <= moment < found.ends
        assert (found in in_force([found], found.area, moment)) is inside
        if found.starts < found.ends:
            assert found.at(found.starts)
        assert not found.at(found.ends)


@LAW
@given(order_sets)
def test_nobody_approves_what_is_his_own(orders):
    for found in modes_of(orders):
        assert found.approver != found.author
        assert found.approved is (found.approver is not None)


@LAW
@given(order_sets)
def test_without_approval_only_an_emergency_is_in_force_and_not_for_long(orders):
    given_ = {o.order_id: o for o in orders if isinstance(o, ModeOrder)}
    for found in modes_of(orders, approve_within_s=1800):
        if not found.approved:
            assert given_[found.order_id].emergency
            assert found.ends <= found.starts + 1800


@LAW
@given(order_sets)
def test_a_mode_order_is_a_mode_or_a_proposal_or_withdrawn(orders):
    modes = {found.order_id for found in modes_of(orders)}
    waiting = {found.order_id for found in proposals_of(orders)}
    withdrawn = {o.ends for o in orders if isinstance(o, EndOrder)}
    assert not modes & waiting
    for order in orders:
        if isinstance(order, ModeOrder):
            assert order.order_id in modes | waiting | withdrawn


@LAW
@given(order_sets, order_sets, st.floats(epoch(-100), epoch(500)))
def test_what_arrives_later_changes_nothing_of_what_was_decided_before(before, later, now):
    note_ = Accepted(at=datetime.fromtimestamp(now, UTC), pack="0" * 16)
    new = [
        o.model_copy(update={"accepted": note_, "order_id": f"later {o.order_id}"}) for o in later
    ]
    then = now - 1
    known = {m.order_id for m in modes_of(before) if m.at(then)}
    assert {m.order_id for m in modes_of([*before, *new]) if m.at(then)} == known


def test_an_approved_mode_is_in_force_in_its_time_and_at_its_place_only():
    (found,) = modes_of([mode(approver="chief")])
    assert in_force([found], {"city", "district:320106", "street:320106003"}, epoch(0))
    assert not in_force([found], {"city", "district:320102"}, epoch(0))
    assert not in_force([found], {"district:320106"}, epoch(-1))
    assert not in_force([found], {"district:320106"}, epoch(360))


def test_a_mode_of_the_whole_city_is_in_force_everywhere():
    (found,) = modes_of([mode(approver="chief", area=("city",))])
    assert in_force([found], {"city", "district:320102"}, epoch(1))


def test_a_proposal_is_in_force_from_its_approval_on():
    assert modes_of([mode()]) == ()
    (found,) = modes_of([mode(), approval(when=30)])
    assert (found.starts, found.approver) == (epoch(30), "chief")


def test_a_proposal_that_is_approved_before_its_time_waits_for_its_time():
    (found,) = modes_of([mode(begins=60), approval(when=0)])
    assert found.starts == epoch(60)


def test_of_two_approvals_the_first_counts():
    (found,) = modes_of([mode(), approval(when=40, author="city"), approval(when=30)])
    assert (found.starts, found.approver) == (epoch(30), "chief")


def test_a_proposer_s_own_approval_counts_for_nothing():
    assert modes_of([mode(), approval(author="duty")]) == ()
    assert proposals_of([mode(), approval(author="duty")])
    assert modes_of([mode(approver="duty")]) == ()


def test_an_emergency_is_in_force_at_once_and_ends_unless_it_is_approved():
    (found,) = modes_of([mode(emergency=True)], approve_within_s=1800)
    assert (found.starts, found.ends, found.due) == (epoch(0), epoch(30), epoch(360))
    assert (found.approved, found.ending) == (False, "unapproved")


def test_an_emergency_that_is_approved_in_time_lasts_as_it_was_ordered():
    (found,) = modes_of([mode(emergency=True), approval(when=30)], approve_within_s=1800)
    assert (found.starts, found.ends, found.approved) == (epoch(0), epoch(360), True)


def test_an_approval_that_comes_late_does_not_revive_an_emergency():
    (found,) = modes_of([mode(emergency=True), approval(when=31)], approve_within_s=1800)
    assert (found.ends, found.approved, found.approver) == (epoch(30), False, None)


def test_an_approval_that_is_dated_back_counts_from_its_arrival():
    orders = [mode(emergency=True), approval(when=5, arrived=45)]
    assert modes_of(orders, approve_within_s=1800)[0].ends == epoch(30)


def test_an_order_that_is_dated_back_is_in_force_from_its_arrival():
    (found,) = modes_of([mode(begins=0, arrived=20, approver="chief")])
    assert found.starts == epoch(20)


def test_the_limit_that_the_engine_noted_goes_before_the_usual_one():
    order = mode(emergency=True).model_copy(update={"accepted": note(0, approve_by=10)})
    assert modes_of([order], approve_within_s=1800)[0].ends == epoch(10)


def test_an_emergency_shorter_than_the_limit_just_expires():
    (found,) = modes_of([mode(ends=20, emergency=True)], approve_within_s=1800)
    assert (found.ends, found.ending, found.change) == (epoch(20), "expires", "")


def test_a_mode_that_is_ended_says_by_whom_and_why():
    (found,) = modes_of([mode(approver="chief"), end(when=60)])
    assert (found.ends, found.due, found.ending) == (epoch(60), epoch(360), "ended")
    assert found.change == "ended by duty: 雨停"


@pytest.mark.parametrize("when", [-10, 0])
def test_a_mode_that_is_withdrawn_before_it_begins_is_never_in_force(when):
    (found,) = modes_of([mode(approver="chief"), end(when=when)])
    assert not any(found.at(epoch(minute)) for minute in range(-20, 400))


def test_a_proposal_that_is_withdrawn_waits_no_more():
    assert proposals_of([mode(), end(when=10)]) == ()
