"""Reads a whole topic once, from its beginning to where it ends now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from messages.errors import BrokerError
from streams.cluster.brokers import client, reach

SILENT_POLLS = 40


def read_all(brokers: str, topic: str) -> Iterator[dict[str, Any]]:
    """Every JSON body of ``topic`` that is there now, committed ones only, partition by partition.

    Raises ``broker.unreachable``, or ``broker.no_topic`` where the topic does not exist.
    """
    count = reach(brokers).partitions.get(topic)
    if count is None:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check --namespace")
    consumer = Consumer(
        client(
            brokers,
            group_id=f"{topic}.reader",
            enable_auto_commit=False,
            isolation_level="read_committed",
        )
    )
    try:
        for number in range(count):
            yield from _partition(consumer, topic, number)
    finally:
        consumer.close()


def _partition(consumer: Consumer, topic: str, number: int) -> Iterator[dict[str, Any]]:
    where = TopicPartition(topic, number, OFFSET_BEGINNING)
    low, high = consumer.get_watermark_offsets(where, timeout=10)
    if high <= low:
        return
    consumer.assign([where])
    silent = 0
    while silent < SILENT_POLLS:
        messages = consumer.consume(5000, 0.25)
        silent = 0 if messages else silent + 1
        for message in messages:
            if message.error() is None and (value := message.value()) is not None:
                yield orjson.loads(value)
        if consumer.position([where])[0].offset >= high:
            return
    raise BrokerError("silent", f"{topic}/{number} stopped answering while it was read")
