"""At most so many in any window: exactly, and remembering no more than those."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screen_events import CALM, FIRE, NOW, Desk, desk, screen

LAW = settings(max_examples=100, deadline=None)


def rate(**changes):
    limit = {"check": "rate", "by": "reporter", "max": 2, "window_minutes": 10}
    return screen(limit | changes)


def test_the_event_after_the_last_allowed_one_is_held_back():
    one = Desk(rate())
    assert [one.found(NOW + i) for i in range(3)] == [
        None,
        None,
        "2 of this reporter are in already within 10 min",
    ]


def test_the_window_slides():
    one = Desk(rate())
    assert [one.found(NOW + at) is None for at in (0, 599, 599.9, 600, 601, 1199)] == [
        *(True, True, False),
        *(True, False, True),
    ]


def test_what_is_held_back_does_not_count():
    one = Desk(rate(max=1))
    assert [one.found(NOW + at) is None for at in (0, 300, 599, 600)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("by", "other"),
    [("reporter", {"reporter": "r-2"}), ("device", {"device": "d-2"}), ("source", {"source": "b"})],
)
def test_everybody_has_a_limit_of_their_own(by, other):
    one = Desk(rate(by=by, max=1))
    named = {"reporter": "r-1", "device": "d-1"}
    assert one.found(NOW, **named) is None
    assert one.found(NOW, **named | other) is None
    assert one.found(NOW, **named) is not None


def test_a_pseudonym_is_its_source_s():
    one = Desk(rate(max=1))
    assert [one.found(NOW, source=source) for source in ("app", "hotline")] == [None, None]


def test_who_is_not_named_has_no_limit():
    one = Desk(rate(max=1))
    assert [one.found(NOW, reporter=None) for _ in range(3)] == [None] * 3
    assert not one.state


def test_a_bypass_marks_life_safety_and_lets_it_through():
    (only,) = rate(max=1, life_safety_bypass=True).memory
    state = only.observe(None, desk(category=CALM), NOW).state
    assert only.observe(state, desk(category=FIRE), NOW).finding.effect == "mark"
    assert only.observe(state, desk(category=CALM), NOW).finding.effect == "quarantine"


def test_filters_of_two_names_do_not_share_their_memory():
    limit = {"check": "rate", "by": "source", "max": 1, "window_minutes": 1}
    first, second = screen(limit | {"filter": "a"}, limit | {"filter": "b"}).memory
    assert first.key(desk()) != second.key(desk())


def test_a_state_carries_the_time_at_which_it_may_be_forgotten():
    (only,) = rate().memory
    seen = only.observe(None, desk(), NOW)
    assert orjson.loads(seen.state)["due"] == seen.due == NOW + 600


def test_a_finding_leaves_the_state_as_it_was():
    (only,) = rate(max=1).memory
    first = only.observe(None, desk(), NOW)
    again = only.observe(first.state, desk(), NOW + 5)
    assert again.state is first.state
    assert again.due == first.due


# Whole and broken seconds, near the window's edge and far from it.
steps = st.lists(st.sampled_from([0.0, 0.1, 1.0, 29.9, 30.0, 59.9, 60.0, 61.0, 130.0]), max_size=60)


@LAW
@given(steps=steps, most=st.integers(1, 5))
def test_no_window_has_more_than_the_limit_and_nothing_is_held_back_without_need(steps, most):
    one, admitted, now = Desk(rate(max=most, window_minutes=1)), [], NOW
    for step in steps:
        now += step
        within = sum(1 for at in admitted if at + 60 > now)
        found = one.found(now)
        assert (found is not None) == (within >= most)
        if found is None:
            admitted.append(now)
    assert all(sum(1 for at in admitted if start <= at < start + 60) <= most for start in admitted)


@LAW
@given(steps=steps, most=st.integers(1, 5))
def test_no_more_times_are_remembered_than_the_limit(steps, most):
    one, now = Desk(rate(max=most, window_minutes=1)), NOW
    for step in steps:
        now += step
        one.found(now)
        assert all(len(orjson.loads(state)["times"]) <= most for state in one.state.values())


@LAW
@given(steps=steps, forgets=st.lists(st.booleans(), min_size=60, max_size=60))
def test_when_a_state_that_is_due_is_removed_changes_nothing(steps, forgets):
    kept, forgetful, now = Desk(rate(window_minutes=1)), Desk(rate(window_minutes=1)), NOW
    for step, forget in zip(steps, forgets, strict=False):
        now += step
        if forget:
            forgetful.forget(now)
        assert kept.found(now) == forgetful.found(now)
