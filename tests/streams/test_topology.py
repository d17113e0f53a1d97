"""The plan of a namespace's topics."""

from types import SimpleNamespace

import pytest

from messages.topics import Topics
from messages.unit import CITY, Unit
from streams.cluster.topology import partitions_of, topic_plan, units_of

UNITS = [CITY, Unit("street", "320106001"), Unit("linkage", "119")]
TOPICS = Topics("drill.x")


@pytest.fixture(scope="module")
def plan():
    return {t.name: t for t in topic_plan(TOPICS, shards=12, units=UNITS, input_partitions=4)}


def test_every_topic_of_the_contract_is_planned_and_none_twice(plan):
    fixed = {
        value
        for name in dir(Topics)
        if isinstance(getattr(Topics, name), property)
        and name not in {"lanes", "inputs", "queues_prefix", "actions_pattern"}
        and isinstance(value := getattr(TOPICS, name), str)
    }
    of_units = {f(unit) for unit in UNITS for f in (TOPICS.queue, TOPICS.actions)}
    assert set(plan) == fixed | of_units | set(TOPICS.inputs)
    assert len(plan) == len(topic_plan(TOPICS, shards=12, units=UNITS))


def test_no_topic_leaves_the_namespace(plan):
    assert all(name.startswith("drill.x.") for name in plan)


def test_desk_and_state_and_decisions_have_one_partition_a_shard(plan):
    assert [plan[t].partitions for t in (TOPICS.desk, TOPICS.state, TOPICS.decisions)] == [12] * 3


def test_a_unit_has_one_queue_of_one_partition(plan):
    assert all(plan[TOPICS.queue(unit)].partitions == 1 for unit in UNITS)


def test_what_must_be_restored_is_compacted_and_nothing_else_is(plan):
    compacted = {name for name, t in plan.items() if t.config["cleanup.policy"] == "compact"}
    assert compacted == {TOPICS.state, TOPICS.control, TOPICS.incidents}


def test_the_broker_stamps_what_comes_in(plan):
    stamped = {name for name, t in plan.items() if "message.timestamp.type" in t.config}
    assert stamped == {name for name in plan if name.startswith("drill.x.in.")}


def test_a_dead_letter_may_be_larger_than_what_it_came_from(plan):
    lane = int(plan[TOPICS.lane("reports")].config["max.message.bytes"])
    assert int(plan[TOPICS.dead].config["max.message.bytes"]) > lane * 4 / 3


def test_the_embedded_stack_gets_names_and_partitions():
    plan = topic_plan(TOPICS, shards=2, units=[CITY])
    assert partitions_of(plan)["drill.x.desk"] == 2


def test_units_are_the_city_its_territories_departments_and_linkage_services():
    city = SimpleNamespace(departments=[SimpleNamespace(code="gas")], linkage=["119"])
    layers = [
        SimpleNamespace(level="district", codes=("320106",)),
        SimpleNamespace(level="street", codes=("320106001",)),
        SimpleNamespace(level="grid", codes=("320106001000001",)),
    ]
    found = [str(unit) for unit in units_of(SimpleNamespace(city=city), layers)]
    assert found == ["city", "district:320106", "street:320106001", "dept:gas", "linkage:119"]
