"""What stands on the control topic: a fold that neither order, nor cuts, nor compaction change."""

from __future__ import annotations

import orjson
import pytest
from given_orders import at, end, epoch, level, mode, pack, records, silence, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.control.standing import Standing, packs_since

LAW = settings(max_examples=100, deadline=None)

ORDERS = (
    mode("m1", approver="chief-1"),
    mode("m2", begins=30),
    end("m1", when=60),
    level(),
    silence(unit="district:D1"),
    pack("b" * 16, order_id="k1"),
    pack("c" * 16, order_id="k2", begins=10),
)
of_orders = st.sampled_from(records(*ORDERS)) | st.sampled_from(
    [(one.order_id.encode(), None) for one in ORDERS]
)
of_others = st.tuples(
    st.sampled_from([b"hot/iot s-1", b"hot/iot s-2", b"notice/m1/started", b"m9", None]),
    st.none() | st.just(b"{}"),
)
topics = st.lists(of_orders | of_others, max_size=12)


@LAW
@given(topics, st.randoms(use_true_random=False))
def test_only_the_order_of_records_of_one_key_counts(found, random):
    keys = [key for key, _ in found]
    random.shuffle(keys)
    left = {key: [r for r in found if r[0] == key] for key in keys}
    assert Standing.of([left[key].pop(0) for key in keys]) == Standing.of(found)


@LAW
@given(topics)
def test_what_is_left_after_compaction_stands_for_the_whole(found):
    compacted = list({key: (key, value) for key, value in found}.values())
    assert Standing.of(compacted) == Standing.of(found)


@LAW
@given(topics, st.integers(0, 12))
def test_read_in_two_batches_it_is_the_same(found, cut):
    whole = Standing.of(found)
    read = Standing.of(found[:cut]).after(found[cut:])
    assert read == whole
    assert (read.modes, read.packs, read.levels) == (whole.modes, whole.packs, whole.levels)


@LAW
@given(topics)
def test_a_repeated_record_changes_nothing(found):
    assert Standing.of([*found, *found]) == Standing.of(found)


def test_every_kind_of_order_stands_where_it_is_looked_for():
    found = standing(*ORDERS)
    assert [m.order_id for m in found.modes] == ["m1"]
    assert [p.order_id for p in found.proposals] == ["m2"]
    assert found.packs == ((epoch(0), "b" * 16), (epoch(10), "c" * 16))
    assert [s.unit for s in found.silences] == ["district:D1"]
    assert [one.level for one in found.levels] == ["IV"]
    assert found.mode("m1").ends == epoch(60)
    assert found.mode("m2") is None


def test_every_order_stays_on_the_record():
    assert standing(*ORDERS).orders.keys() == {one.order_id for one in ORDERS}


def test_a_device_is_hot_until_its_tombstone():
    said = {"schema_version": 1, "kind": "hot", "device": "iot-alarms smoke 1", "shard": 3}
    hot = Standing.of([(b"hot/iot-alarms smoke 1", orjson.dumps(said))])
    assert hot.hot == {"iot-alarms smoke 1": 3}
    assert hot.after([(b"hot/iot-alarms smoke 1", None)]).hot == {}


@pytest.mark.parametrize("value", [b"{}", b"{broken", b"[]", b'{"shard":"3"}'])
def test_a_hot_device_whose_shard_is_not_said_is_hot(value):
    assert Standing.of([(b"hot/iot s-1", value)]).hot == {"iot s-1": None}


def test_a_notice_that_was_sent_is_known_by_its_id():
    assert Standing.of([(b"notice/m/ending-60@1", b"{}")]).sent == {"m/ending-60@1"}


def test_a_record_that_is_no_order_decides_nothing_and_is_named():
    found = Standing.of([(b"x", b"{broken"), *records(mode(approver="chief-1"))])
    assert found.unreadable == {"x"}
    assert len(found.orders) == 1


def test_an_order_under_another_s_id_is_not_taken_for_it():
    ((_, value),) = records(mode("m"))
    assert Standing.of([(b"other", value)]).unreadable == {"other"}


def test_packs_that_were_followed_by_another_long_ago_are_needed_no_more():
    packs = ((1.0, "a"), (5.0, "b"), (9.0, "c"))
    assert packs_since(packs, 0.0) == packs
    assert packs_since(packs, 5.0) == packs[1:]
    assert packs_since(packs, 8.9) == packs[1:]
    assert packs_since(packs, 20.0) == packs[2:]
    assert packs_since((), 3.0) == ()


def test_a_pack_order_that_arrives_late_decides_from_its_arrival_on():
    found = standing(pack("b" * 16, begins=-60), arrived=5)
    assert found.packs == ((at(5).timestamp(), "b" * 16),)
