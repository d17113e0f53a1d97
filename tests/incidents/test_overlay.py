"""A unit's own writes over the shard's state: hidden from it, and its timers among its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from incidents.overlay import Overlay
from incidents.state import MemoryState, Version, Write


def state_of(timers):
    under = MemoryState()
    writes = [Write("incident", name, b"1", due) for name, due in timers.items()]
    under.apply(0, Version(number=1), writes)
    return under


def fired(overlay, now):
    """All that is due, in its order; each is done with by being written without a timer."""
    while timer := overlay.next_timer(now):
        yield timer
        overlay.put(*timer[1:], b"2")


def test_it_keeps_its_writes_to_itself():
    under = MemoryState()
    overlay = Overlay(under)
    overlay.put("seen", "a", b"1")
    assert overlay.get("seen", "a") == b"1"
    assert under.get("seen", "a") is None


def test_it_knows_its_own_timers_and_those_below():
    overlay = Overlay(state_of({"a": 1.0, "b": 2.0}))
    overlay.put("incident", "a", b"2", 9.0)
    overlay.put("incident", "c", b"1", 1.5)
    assert overlay.next_timer(1.0) is None
    assert overlay.next_timer(5.0) == (1.5, "incident", "c")
    overlay.remove("incident", "c")
    assert overlay.next_timer(5.0) == (2.0, "incident", "b")
    overlay.remove("incident", "b")
    assert overlay.next_timer(5.0) is None


def test_a_timer_whose_step_is_taken_back_is_due_again():
    overlay = Overlay(state_of({"a": 1.0, "b": 2.0}))
    overlay.keep()
    overlay.put("incident", "a", b"2")
    overlay.put("incident", "b", b"2", 7.0)
    assert overlay.next_timer(9.0) == (7.0, "incident", "b")
    overlay.take_back()
    assert list(fired(overlay, 9.0)) == [(1.0, "incident", "a"), (2.0, "incident", "b")]


def test_a_working_day_s_beginning_costs_by_what_falls_due_and_not_by_its_square():
    under = state_of({f"{number:05d}": 10.0 for number in range(5000)})
    asked = []
    found = under.timers
    under.timers = lambda now, limit: asked.append(limit) or found(now, limit)
    assert len(list(fired(Overlay(under), 10.0))) == 5000
    assert sum(asked) < 4 * 5000


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcdef"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.sampled_from("abcdef"), st.none()),
        st.tuples(st.sampled_from(("keep", "take_back")), st.none(), st.none()),
        st.tuples(st.just("look"), st.none(), st.integers(0, 9)),
    ),
    max_size=40,
)


@given(below=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)), steps=STEPS)
def test_what_is_next_is_always_the_least_of_all_that_stand(below, steps):
    overlay, stands = Overlay(state_of(below)), dict(below)
    kept = dict(stands)
    for step, key, number in steps:
        match step:
            case "put":
                overlay.put("incident", key, b"2", number)
                stands[key] = number
            case "remove":
                overlay.remove("incident", key)
                stands.pop(key, None)
            case "keep":
                overlay.keep()
                kept = dict(stands)
            case "take_back":
                overlay.take_back()
                stands = dict(kept)
            case "look":
                due = [(at, "incident", key) for key, at in stands.items() if at <= number]
                assert overlay.next_timer(number) == min(due, default=None)
