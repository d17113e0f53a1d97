"""Officers' orders on an Apache Kafka: what a transaction has aborted was never ordered."""

from __future__ import annotations

import time

import pytest
from confluent_kafka import Producer
from counted_city import CountedCity

from streams.cluster.brokers import client
from streams.embedded.redis_server import EmbeddedRedis

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.fixture
def city(kafka, kafka_namespace, tmp_path):
    redis = EmbeddedRedis.start(log=tmp_path / "redis.log")
    found = CountedCity(kafka, kafka_namespace, redis.url, tmp_path)
    yield found
    found.close()
    redis.stop()


def test_an_order_of_an_aborted_transaction_is_not_taken_in(city):
    producer = Producer(client(city.kafka, transactional_id=f"{city.topics.ns}.officer"))
    producer.init_transactions(30)
    for body, commits in ((b"aborted", False), (b"committed", True)):
        producer.begin_transaction()
        producer.produce(city.topics.orders, body)
        producer.flush(10)
        if commits:
            producer.commit_transaction(10)
        else:
            producer.abort_transaction(10)
    city.worker("one").wait_ready(90)
    deadline = time.monotonic() + 60
    while not (letters := city.bodies(city.topics.dead)):
        assert time.monotonic() < deadline, "no order was taken in"
        time.sleep(0.2)
    assert [letter["origin"]["offset"] for letter in letters] == [2]
