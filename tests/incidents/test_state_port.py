"""Both implementations of the state port keep the same promises, on a real Redis server too."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.overlay import Overlay
from incidents.redis_state import RedisState
from incidents.state import MemoryState, Version, Write
from messages.errors import StateError
from streams.embedded.redis_server import EmbeddedRedis


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = EmbeddedRedis.start(log=tmp_path_factory.mktemp("redis") / "redis.log")
    yield found
    found.stop()


@pytest.fixture(params=["memory", "redis"])
def state(request, server):
    if request.param == "memory":
        return MemoryState()
    client = redis.Redis.from_url(server.url)
    client.flushdb()
    return RedisState(client, "test", 3)


def test_an_empty_state_is_at_version_zero(state):
    assert state.version == Version()
    assert state.get("seen", "a") is None


def test_a_unit_makes_its_writes_visible_with_its_version(state):
    state.apply(0, Version(number=1, cursor=7), [Write("seen", "a", b"1")])
    assert state.get("seen", "a") == b"1"
    assert state.version == Version(number=1, cursor=7)


def test_applying_the_same_unit_twice_changes_nothing(state):
    state.apply(0, Version(number=1), [Write("seen", "a", b"1")])
    state.apply(0, Version(number=1), [Write("seen", "a", b"2")])
    assert state.get("seen", "a") == b"1"


def test_a_writer_that_was_overtaken_is_refused_and_changes_nothing(state):
    state.apply(0, Version(number=1), [])
    state.apply(1, Version(number=2), [])
    with pytest.raises(StateError) as refused:
        state.apply(0, Version(number=3), [Write("seen", "a", b"1")])
    assert refused.value.code == "state.stale"
    assert state.get("seen", "a") is None


def test_a_tombstone_removes_the_record_and_its_due_time(state):
    state.apply(0, Version(number=1), [Write("seen", "a", b"1", 5.0)])
    state.apply(1, Version(number=2), [Write("seen", "a", None)])
    assert state.get("seen", "a") is None
    assert state.due(10.0, 10) == []


def test_due_records_come_earliest_first_and_no_more_than_asked(state):
    writes = [Write("seen", name, b"1", at) for name, at in (("c", 3.0), ("a", 1.0), ("b", 2.0))]
    state.apply(0, Version(number=1), [*writes, Write("seen", "z", b"1", 99.0)])
    assert state.due(10.0, 2) == [("seen", "a"), ("seen", "b")]
    assert state.due(10.0, 9) == [("seen", "a"), ("seen", "b"), ("seen", "c")]


def test_timers_of_incidents_stand_apart_from_windows(state):
    writes = [
        Write("incident", "b", b"1", 2.0),
        Write("incident", "a", b"1", 2.0),
        Write("incident", "c", b"1", 1.0),
        Write("incident", "d", b"1", None),
        Write("seen", "e", b"1", 0.5),
    ]
    state.apply(0, Version(number=1), writes)
    in_order = [(1.0, "c"), (2.0, "a"), (2.0, "b")]
    assert state.timers(2.0, 9) == [(at, "incident", key) for at, key in in_order]
    assert state.timers(2.0, 2) == [(1.0, "incident", "c"), (2.0, "incident", "a")]
    assert state.timers(0.9, 9) == []
    assert state.due(9.0, 9) == [("seen", "e")]


def test_a_timer_that_was_moved_is_due_once(state):
    state.apply(0, Version(number=1), [Write("incident", "a", b"1", 1.0)])
    state.apply(1, Version(number=2), [Write("incident", "a", b"2", 5.0)])
    assert state.timers(4.0, 9) == []
    state.apply(2, Version(number=3), [Write("incident", "a", b"3", 1.0)])
    assert state.timers(9.0, 9) == [(1.0, "incident", "a")]
    state.apply(3, Version(number=4), [Write("incident", "a", None)])
    assert state.timers(9.0, 9) == []


def test_a_version_of_a_later_release_can_be_read():
    later = b'{"number": 3, "cursor": 7, "something_new": [1]}'
    assert Version.from_json(later) == Version(number=3, cursor=7)


def test_a_version_knows_whose_units_are_part_of_it():
    version = Version(number=1).signed("a")
    version = replace(version, number=4).signed("a")
    version = replace(version, number=5).signed("b")
    version = replace(version, number=9).signed("a")
    assert version.owners == (("a", 1), ("b", 5), ("a", 9))
    assert [version.wrote("a", n) for n in (1, 4, 5, 8, 9, 10)] == [
        *(True, True, False, False, True, False),
    ]
    assert [version.wrote("b", n) for n in (4, 5, 8, 9)] == [False, True, True, False]
    assert not version.wrote("c", 3)
    assert Version.from_json(version.to_json()) == version


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=20, max_size=60))
def test_every_unit_that_was_written_to_its_end_is_part_of_the_version(tenures):
    version, wrote = Version(), []
    for owner, units in tenures:
        for _ in range(units):
            version = replace(version, number=version.number + 1).signed(owner)
            wrote.append((owner, version.number))
    assert all(version.wrote(owner, number) for owner, number in wrote)


def test_a_key_may_hold_colons_and_chinese(state):
    state.apply(0, Version(number=1), [Write("seen", "随手拍/a:b:c", b"1", 1.0)])
    assert state.due(2.0, 5) == [("seen", "随手拍/a:b:c")]


UNITS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(("seen", "incident")),
            st.sampled_from("abcd"),
            st.one_of(st.none(), st.binary(min_size=1, max_size=4)),
            st.one_of(st.none(), st.integers(0, 20).map(float)),
        ),
        max_size=5,
    ),
    max_size=6,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(units=UNITS)
def test_redis_and_memory_agree_after_any_units(server, units):
    client = redis.Redis.from_url(server.url)
    client.flushdb()
    both = (MemoryState(), RedisState(client, "law", 0))
    for number, unit in enumerate(units):
        overlay = Overlay(both[0])
        for kind, key, value, due in unit:
            if value is None:
                overlay.remove(kind, key)
            else:
                overlay.put(kind, key, value, due)
        for state in both:
            state.apply(number, Version(number=number + 1, cursor=number), overlay.writes)
    memory, shared = both
    assert memory.version == shared.version
    for kind, key in product(("seen", "incident"), "abcd"):
        assert memory.get(kind, key) == shared.get(kind, key)
    assert memory.timers(15.0, 99) == shared.timers(15.0, 99)
    assert sorted(memory.due(15.0, 99)) == sorted(shared.due(15.0, 99))
