"""Three brokers, each record on all of them: one is killed under load, and nothing is lost."""

from __future__ import annotations

import os
import time

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource
from faults import Fault
from kafka_server import KafkaCluster, MissingError
from site_at_work import Site
from test_faults import SEED, suffer

from streams.cluster.brokers import client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture
def cluster():
    try:
        running = KafkaCluster.start(3)
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with running:
        yield running


def copies(cluster, topic):
    """How many a topic has, and how many of them take a record before its writer is told so."""
    admin = AdminClient(client(cluster.brokers))
    found = admin.list_topics(topic, timeout=10).topics[topic]
    asked = ConfigResource(ConfigResource.Type.TOPIC, topic)
    (answer,) = admin.describe_configs([asked]).values()
    fewest = min(len(one.replicas) for one in found.partitions.values())
    return fewest, answer.result(10)["min.insync.replicas"].value


def one_of_them_away(site):
    """One broker by chance is killed, away for twenty seconds, and comes back."""
    broker = site.random.choice(site.kafka.servers)
    broker.kill()
    time.sleep(20.0)
    broker.run()
    site.lift()


def test_one_of_three_brokers_killed_under_load_loses_nothing(
    cluster, kafka_namespace, town, tmp_path
):
    fault = Fault("one of three brokers killed", one_of_them_away)
    site = Site(cluster, town, tmp_path, kafka_namespace, seed=SEED, rate=100.0)
    assert copies(cluster, site.topics.state) == (3, "2")
    wrong = suffer(fault, site, fault.name)
    assert not wrong, "; ".join(wrong)
