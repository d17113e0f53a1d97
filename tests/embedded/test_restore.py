"""A shard's state, read back: whole units only, and nothing of one that was cut off."""

from __future__ import annotations

import time

import pytest

from incidents.state import Version, Write
from streams.posting.poster import Poster
from streams.restore import restore, state_outputs
from streams.settings import Settings
from streams.wire import config

pytestmark = pytest.mark.broker


def read_back(stack, topics, shard=0):
    conf = config.consumer(Settings.read(brokers=stack.brokers), f"{topics.ns}.test", "test")
    return restore(conf, topics.state, shard)


def write(stack, outputs):
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(outputs)


def unit(topics, number, *writes, shard=0, owner="first", owners=None):
    """``owners``: of the shard until then, each with the number of its first unit."""
    version = Version(number=number, cursor=number, opened=number, owners=owners or ((owner, 1),))
    return list(state_outputs(topics.state, shard, version, writes, owner))


def test_an_empty_shard_is_at_version_zero(stack, topics):
    state = read_back(stack, topics)
    assert state.version == Version()
    assert len(state) == 0


def test_what_was_written_unit_by_unit_is_there_again_with_its_due_times(stack, topics):
    due = b'{"v":1,"incident":"i","origin":"o","due":5.0}'
    write(stack, unit(topics, 1, Write("seen", "a", due, 5.0), Write("incident", "i", b"{}")))
    write(stack, unit(topics, 2, Write("incident", "i", b'{"seq":2}')))
    state = read_back(stack, topics)
    assert state.version.number == 2
    assert state.get("incident", "i") == b'{"seq":2}'
    assert state.due(6.0, 9) == [("seen", "a")]


def test_a_tombstone_takes_the_record_away(stack, topics):
    write(stack, unit(topics, 1, Write("incident", "i", b"{}")))
    write(stack, unit(topics, 2, Write("incident", "i", None)))
    assert read_back(stack, topics).get("incident", "i") is None


def test_records_of_a_unit_that_was_cut_off_before_its_version_are_not_taken(stack, topics):
    write(stack, unit(topics, 1, Write("incident", "1", b"{}")))
    cut_off = unit(topics, 2, Write("incident", "2", b"{}"), Write("incident", "1", None))[:-1]
    write(stack, cut_off)
    state = read_back(stack, topics)
    assert state.version.number == 1
    assert state.get("incident", "1") == b"{}"
    assert state.get("incident", "2") is None


def test_a_cut_off_unit_is_not_taken_for_part_of_its_successor_s(stack, topics):
    write(stack, unit(topics, 1, Write("incident", "cut", b"{}"))[:-1])
    write(stack, unit(topics, 1, Write("incident", "whole", b"{}"), owner="second"))
    state = read_back(stack, topics)
    assert state.get("incident", "cut") is None
    assert state.get("incident", "whole") == b"{}"


def test_an_owner_that_was_late_does_not_roll_the_shard_back(stack, topics):
    for number in (1, 2, 3):
        write(stack, unit(topics, number, Write("incident", str(number), b"{}"), owner="second"))
    write(stack, unit(topics, 2, Write("incident", "3", None), owner="first"))
    state = read_back(stack, topics)
    assert state.version.number == 3
    assert state.get("incident", "3") == b"{}"


def test_records_whose_version_compaction_has_removed_are_still_there(stack, topics):
    for number in (1, 2):
        write(stack, unit(topics, number, Write("incident", str(number), b"{}"))[:-1])
    write(stack, unit(topics, 3, Write("incident", "3", b"{}")))
    state = read_back(stack, topics)
    assert [state.get("incident", key) for key in "123"] == [b"{}"] * 3


def test_after_compaction_a_cut_off_unit_of_an_earlier_owner_is_still_known_as_one(stack, topics):
    both = (("first", 1), ("second", 3))
    write(stack, unit(topics, 2, Write("incident", "2", b"{}"))[:-1])
    write(stack, unit(topics, 3, Write("incident", "cut", b"{}"))[:-1])
    write(stack, unit(topics, 3, Write("incident", "3", b"{}"), owner="second", owners=both)[:-1])
    write(stack, unit(topics, 4, Write("incident", "4", b"{}"), owner="second", owners=both))
    state = read_back(stack, topics)
    assert state.get("incident", "cut") is None
    assert [state.get("incident", key) for key in "234"] == [b"{}"] * 3


def test_shards_do_not_mix(stack, topics):
    write(stack, unit(topics, 1, Write("incident", "1", b"{}"), shard=1))
    assert len(read_back(stack, topics, shard=0)) == 0
    assert len(read_back(stack, topics, shard=1)) == 1


def test_shards_taken_over_one_after_the_other_are_read_without_a_pause(stack, topics):
    write(stack, unit(topics, 1, Write("incident", "i", b"{}")))
    began = time.monotonic()
    assert [read_back(stack, topics).version.number for _ in range(8)] == [1] * 8
    assert time.monotonic() - began < 2.0  # a client that is left to itself waits half a second
