"""What the model says of Kafka, one promise at a time."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from model.kafka import FencedError, Kafka, RefusedError
from model.rules import Rules


@pytest.fixture
def kafka():
    return Kafka(Rules(), Counter())


def begun(kafka, slot="a", key="k", value="v"):
    """An epoch, with a transaction that has written one record of the state."""
    epoch = kafka.fence(slot)
    kafka.begin(slot, epoch)
    kafka.produce(slot, epoch, "state", key, value)
    return epoch


def ended(kafka, slot, epoch, *, committed=True):
    kafka.end(slot, epoch, committed=committed)
    while kafka.write_marker(Random(0)):
        pass


def values(partition):
    return [record.value for record in partition.read(0, 99)[0]]


def test_an_open_transaction_hides_what_others_commit_behind_it(kafka):
    first = begun(kafka, "a", value=1)
    ended(kafka, "b", begun(kafka, "b", value=2))
    assert values(kafka.state) == []
    ended(kafka, "a", first)
    assert values(kafka.state) == [1, 2]


def test_what_was_aborted_is_never_read_and_leaves_a_gap(kafka):
    ended(kafka, "a", begun(kafka, value=1), committed=False)
    ended(kafka, "a", begun(kafka, value=2))
    assert [(r.offset, r.value) for r in kafka.state.read(0, 99)[0]] == [(2, 2)]


def test_a_commit_is_seen_only_when_its_marker_is_written(kafka):
    epoch = begun(kafka)
    kafka.end("a", epoch, committed=True)
    assert values(kafka.state) == [] and kafka.busy("a")
    assert kafka.write_marker(Random(0))
    assert values(kafka.state) == ["v"] and not kafka.busy("a")


def test_a_successor_s_init_fences_the_older_producer_and_aborts_what_it_left_open(kafka):
    old = begun(kafka)
    new = kafka.fence("a")
    with pytest.raises(FencedError):
        kafka.end("a", old, committed=True)
    while kafka.write_marker(Random(0)):
        pass
    assert values(kafka.state) == []
    kafka.begin("a", new)


def test_a_transaction_that_timed_out_cannot_be_committed(kafka):
    epoch = begun(kafka)
    kafka.step = 11
    kafka.time_out(older_than=10)
    with pytest.raises(FencedError):
        kafka.end("a", epoch, committed=True)


def test_offsets_of_a_generation_that_is_over_are_refused(kafka):
    kafka.group.join("one")
    before = kafka.group.members["one"]
    kafka.group.join("two")
    epoch = begun(kafka)
    with pytest.raises(RefusedError):
        kafka.send_offsets("a", epoch, "one", before, 5)
    kafka.send_offsets("a", epoch, "one", kafka.group.members["one"], 5)


def test_the_group_does_not_check_who_owns_the_partition(kafka):
    kafka.group.join("one")
    kafka.group.join("two")
    assert kafka.group.owner == "one"
    kafka.send_offsets("a", begun(kafka), "two", kafka.group.members["two"], 5)


def test_the_committed_offset_is_not_told_while_a_transaction_may_move_it(kafka):
    kafka.group.join("one")
    epoch = begun(kafka)
    kafka.send_offsets("a", epoch, "one", kafka.group.members["one"], 5)
    assert kafka.committed_offset() is None
    ended(kafka, "a", epoch)
    assert kafka.committed_offset() == 5


def test_a_partition_changes_hands_when_its_owner_gives_it_back_or_is_given_up(kafka):
    kafka.group.join("one")
    kafka.group.join("two")
    kafka.group.move("two")
    assert kafka.group.owner == "one" and kafka.group.revoking("one")
    kafka.group.give_back("one")
    assert kafka.group.owner == "two"
    kafka.group.expire("two")
    assert kafka.group.owner == "one"


def test_compaction_keeps_the_last_of_each_key_and_drops_old_tombstones(kafka):
    for key, value in (("a", 1), ("b", 1), ("a", 2), ("b", None), ("a", 3)):
        ended(kafka, "s", begun(kafka, "s", key, value))
    kafka.state.compact(8, tombstones_below=4)
    assert [(r.key, r.value) for r in kafka.state.records] == [("a", 2), ("b", None), ("a", 3)]
    kafka.state.compact(8, tombstones_below=8)
    assert [(r.key, r.value) for r in kafka.state.records] == [("a", 2), ("a", 3)]
    assert kafka.state.horizon == 8
