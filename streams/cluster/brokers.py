"""Reaching Kafka: how every client of ours is configured, and a clear word when nobody is there."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError
from streams.cluster.security import kafka_security

REACH_SECONDS: Final = 6.0
"""Under the ten seconds after which an absent broker must have been reported."""
_ATTEMPT_SECONDS: Final = 2.0

_log = logging.getLogger("wangge.librdkafka")
_practice: Final[set[str]] = set()
# Without a handler of some kind, Python writes warnings straight to the user's terminal.
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Cluster:
    """What answered. ``partitions``: topic name → number of partitions, internal topics left out.

    ``practice_ground``: it is the embedded broker, which drops the oldest records in silence.
    """

    brokers: str
    partitions: dict[str, int]
    practice_ground: bool


def client(brokers: str, **settings: Any) -> dict[str, Any]:
    """librdkafka's settings for one client; its log lines go to the logger ``wangge.librdkafka``.

    Underscores in the names of ``settings`` stand for dots (``group_id`` → ``group.id``). Raises
    :class:`SettingsError` ``settings.invalid`` where what is set for TLS and SASL cannot be.
    """
    plain = brokers in _practice
    return {
        **({} if plain else kafka_security().librdkafka()),
        "bootstrap.servers": brokers,
        "logger": _log,
        "log.connection.close": False,
        **{name.replace("_", "."): value for name, value in settings.items()},
    }


def practise(brokers: str) -> None:
    """These are the embedded broker: it speaks plain text, whatever is set for the city's own."""
    _practice.add(brokers)


def reach(brokers: str, *, within: float | None = None) -> Cluster:
    """The cluster that answers at ``brokers``.

    Raises :class:`BrokerError` ``broker.unreachable`` after ``within`` seconds, by default
    :data:`REACH_SECONDS`.
    """
    within = REACH_SECONDS if within is None else within
    admin = AdminClient(client(brokers))
    deadline = time.monotonic() + within
    while True:
        left = deadline - time.monotonic()
        try:
            # All topics: asking for one by name makes the embedded broker create it.
            found = admin.list_topics(timeout=max(0.1, min(_ATTEMPT_SECONDS, left)))
        except KafkaException as error:
            if time.monotonic() < deadline:
                continue
            raise BrokerError(
                "unreachable",
                f"no Kafka broker answered at {brokers} within {within:g} s: {error.args[0].str()}",
                mend="check that it runs and that --brokers names its host and port; "
                "`wangge up` starts a practice ground",
            ) from None
        return Cluster(
            brokers=brokers,
            partitions={
                name: len(topic.partitions)
                for name, topic in found.topics.items()
                if not name.startswith("__")
            },
            practice_ground=str(found.cluster_id).startswith("mockCluster"),
        )
