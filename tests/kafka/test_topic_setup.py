"""`topics apply` on an Apache Kafka."""

import time

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from messages.topics import Topics
from messages.unit import CITY, Unit
from streams.cluster.brokers import client, reach
from streams.cluster.topic_setup import apply
from streams.cluster.topology import topic_plan

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
UNITS = [CITY, Unit("street", "320106001")]


@pytest.fixture
def plan(kafka_namespace):
    return topic_plan(Topics(kafka_namespace), shards=3, units=UNITS)


def config(brokers, topic):
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    admin = AdminClient(client(brokers))
    (future,) = admin.describe_configs([resource]).values()
    return {name: entry.value for name, entry in future.result(10).items()}


def test_a_second_apply_finds_nothing_to_do(kafka, plan):
    first, second = apply(plan, kafka), apply(plan, kafka)
    assert first.missing == tuple(topic.name for topic in plan)
    assert (second.missing, second.differing, second.unchanged) == ((), (), len(plan))


def test_topics_have_their_partitions_and_settings(kafka, plan, kafka_namespace):
    apply(plan, kafka)
    topics, found = Topics(kafka_namespace), reach(kafka).partitions
    assert {topic.name: topic.partitions for topic in plan}.items() <= found.items()
    assert config(kafka, topics.state)["cleanup.policy"] == "compact"
    assert config(kafka, topics.lane("reports"))["message.timestamp.type"] == "LogAppendTime"
    assert config(kafka, topics.dead)["max.message.bytes"] == str(2 * 1024 * 1024)


def test_a_dry_run_makes_nothing(kafka, plan):
    diff = apply(plan, kafka, dry_run=True)
    assert (len(diff.missing), diff.applied) == (len(plan), False)
    assert not {topic.name for topic in plan} & set(reach(kafka).partitions)


def test_a_topic_that_exists_otherwise_is_reported_and_left_as_it_is(kafka, plan, kafka_namespace):
    state = Topics(kafka_namespace).state
    admin = AdminClient(client(kafka))
    admin.create_topics([NewTopic(state, 1, 1)])[state].result(10)
    deadline = time.monotonic() + 10
    while state not in reach(kafka).partitions:
        assert time.monotonic() < deadline
    diff = apply(plan, kafka)
    found = {(one.what, one.wanted, one.found) for one in diff.differing if one.topic == state}
    assert ("partitions", "3", "1") in found
    assert ("cleanup.policy", "compact", "delete") in found
    assert len(diff.missing) == len(plan) - 1
    assert reach(kafka).partitions[state] == 1
    assert config(kafka, state)["cleanup.policy"] == "delete"
