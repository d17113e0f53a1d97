"""Posting one record and waiting for what becomes of it, as a person at a desk does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, TypeVar

from confluent_kafka import Message

from messages.errors import BrokerError
from sinks.output import Output
from streams.cluster.brokers import Cluster
from streams.cluster.tail import Tail
from streams.posting.poster import Poster

T = TypeVar("T")
Place: TypeAlias = tuple[str, int, int]
"""Topic, partition and offset."""
_WAIT_SECONDS: Final = 0.2


def answered(
    output: Output,
    cluster: Cluster,
    watched: Iterable[str],
    answer: Callable[[Message, Place], T | None],
    *,
    within: float,
) -> T | None:
    """Post a record, and return the first ``answer`` to it on the ``watched`` topics. None when
    there was none ``within`` seconds; the record stays posted.

    ``answer``: is given each of their records, and where the broker has put ours. Raises
    :class:`BrokerError` ``broker.no_topic``, or ``broker.delivery`` where it was not taken.
    """
    where: list[Place] = []

    def delivered(message: Message) -> None:
        where.append((message.topic() or "", message.partition() or 0, message.offset() or 0))

    partitions_of(cluster, output.topic)
    counts = {topic: partitions_of(cluster, topic) for topic in watched}
    with Tail(cluster.brokers, counts, from_start=False) as tail:
        with Poster(
            cluster.brokers,
            idempotent=not cluster.practice_ground,
            delivered=delivered,
        ) as poster:
            poster.post([output])
            posted = poster.flush()
        if not posted.complete:
            raise BrokerError("delivery", f"it was not posted: {posted.failures[0]}")
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for message in tail.take(_WAIT_SECONDS):
                found = answer(message, where[0])
                if found is not None:
                    return found
    return None


def partitions_of(cluster: Cluster, topic: str) -> int:
    """How many a topic has. Raises :class:`BrokerError` ``broker.no_topic``."""
    count = cluster.partitions.get(topic)
    if count is None:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check --namespace")
    return count
