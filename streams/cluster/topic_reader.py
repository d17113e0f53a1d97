"""Reads a whole topic once, from its beginning to where it ends now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from messages.errors import BrokerError
from streams.cluster.brokers import reach
from streams.cluster.tail import Tail


def read_all(brokers: str, topic: str) -> Iterator[dict[str, Any]]:
    """Every JSON body of ``topic`` that is there now, committed ones only.

    Raises ``broker.unreachable``, ``broker.reading``, or ``broker.no_topic`` where the topic does
    not exist.
    """
    count = reach(brokers).partitions.get(topic)
    if count is None:
        raise BrokerError("no_topic", f"there is no topic {topic}", mend="check --namespace")
    with Tail(brokers, {topic: count}, from_start=True) as tail:
        for message in tail.history():
            if (value := message.value()) is not None:
                yield orjson.loads(value)
