"""Giving an order from outside: what stands, the post, and the answer of whoever reads it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import orjson
from confluent_kafka import Message

from messages import cloudevents
from messages.model import Body
from messages.order import AnyOrder
from messages.topics import Topics
from sinks.output import Output
from streams.cluster.brokers import Cluster
from streams.cluster.tail import Tail
from streams.control.standing import Standing
from streams.posting.answered import Place, answered, partitions_of


class Answer(NamedTuple):
    """``code`` and ``message`` are empty for an order that is on the record."""

    accepted: bool
    code: str = ""
    message: str = ""


def standing_now(cluster: Cluster, topics: Topics) -> Standing:
    """What stands on the control topic at this moment. Raises ``broker.no_topic``, or
    ``broker.reading``."""
    return Standing.of((m.key(), m.value()) for m in _history(cluster, topics.control))


def latest(cluster: Cluster, topic: str) -> Iterator[Body]:
    """The last body of each key of a compacted topic. Raises as :func:`standing_now` does."""
    found: dict[bytes | None, bytes | None] = {}
    for message in _history(cluster, topic):
        found[message.key()] = message.value()
    return (orjson.loads(value) for value in found.values() if value is not None)


def give(order: AnyOrder, cluster: Cluster, topics: Topics, *, within: float) -> Answer | None:
    """Post an order and wait for what becomes of it, ``within`` seconds: it is on the record, or a
    dead letter says why not. None when nobody has answered by then; it stays posted.

    Raises :class:`BrokerError` where the broker does not take it.
    """
    watched = (topics.control, topics.dead)

    def answer(message: Message, where: Place) -> Answer | None:
        return _answer(message, order, topics, where)

    return answered(_output(order, topics), cluster, watched, answer, within=within)


def _answer(message: Message, order: AnyOrder, topics: Topics, where: Place) -> Answer | None:
    if message.topic() == topics.control:
        return Answer(True) if message.key() == order.order_id.encode() else None
    letter = orjson.loads(message.value() or b"{}")
    origin = letter.get("origin", {})
    if (origin.get("topic"), origin.get("partition"), origin.get("offset")) != where:
        return None
    return Answer(False, letter["code"], letter["message"])


def _output(order: AnyOrder, topics: Topics) -> Output:
    now = cloudevents.rfc3339(time.time())
    return Output(
        topics.orders,
        order.order_id.encode(),
        order.to_json(),
        cloudevents.headers(order.order_id, "wangge.order.v1", "/wangge/mode", now),
    )


def _history(cluster: Cluster, topic: str) -> Iterator[Message]:
    with Tail(cluster.brokers, {topic: partitions_of(cluster, topic)}, from_start=True) as tail:
        yield from tail.history()
