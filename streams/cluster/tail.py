"""Reading some topics from outside, as nobody's member and committing nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError
from sinks import offsets
from streams.cluster.access import TAIL_GROUP
from streams.cluster.brokers import client
from streams.wire.transaction import SWEEP_SECONDS, TRANSACTION_SECONDS

_BATCH: Final = 1000
UNSTABLE_SECONDS: Final = TRANSACTION_SECONDS + SWEEP_SECONDS + 10.0
"""A log that says nothing for longer has stopped: by then the broker has ended a transaction that a
dead writer has left open, and committed records behind it can be read."""


class Tail:
    """Every partition of ``topics`` (name → partitions), from the oldest record or from now on.

    ``until`` is where the logs ended when the tail was made. Raises :class:`BrokerError`
    ``broker.offsets`` or ``broker.reading``.
    """

    def __init__(self, brokers: str, topics: Mapping[str, int], *, from_start: bool) -> None:
        admin = AdminClient(client(brokers))
        places = offsets.partitions(topics)
        self.until = offsets.ends(admin, places)
        self._positions = offsets.starts(admin, places) if from_start else dict(self.until)
        self._consumer = Consumer(
            client(
                brokers,
                group_id=TAIL_GROUP,
                enable_auto_commit=False,
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                fetch_wait_max_ms=50,
                fetch_queue_backoff_ms=2,
                # A log may end with a transaction's marker: no record, and still an offset.
                enable_partition_eof=True,
            )
        )
        self._consumer.assign([TopicPartition(*at, self._positions[at]) for at in places])

    def take(self, wait: float) -> list[Message]:
        """What has come, at most 1,000 records; nothing after ``wait`` seconds of silence."""
        found = []
        for message in self._consumer.consume(_BATCH, wait):
            error, offset = message.error(), message.offset() or 0
            if error is None:
                found.append(message)
                self._positions[_at(message)] = offset + 1
            elif error.code() == KafkaError._PARTITION_EOF:
                self._positions[_at(message)] = offset
            elif error.fatal() or (message.topic() is not None and not error.retriable()):
                raise BrokerError("reading", f"reading {message.topic()}: {error.str()}")
        return found

    def history(self) -> Iterator[Message]:
        """Everything up to :attr:`until`, per partition in order."""
        silent = 0.0
        while not self.at_end():
            messages = self.take(0.1)
            silent = 0.0 if messages else silent + 0.1
            if silent >= UNSTABLE_SECONDS:
                raise BrokerError("reading", f"the broker fell silent for {UNSTABLE_SECONDS:g} s")
            for message in messages:
                if (message.offset() or 0) < self.until[_at(message)]:
                    yield message

    def at_end(self) -> bool:
        """Everything up to :attr:`until` has been taken."""
        return all(self._positions[at] >= end for at, end in self.until.items())

    def close(self) -> None:
        self._consumer.close()

    def __enter__(self) -> Tail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def in_order_of_arrival(messages: Iterable[Message]) -> list[Message]:
    """By the broker's time stamp, then partition and offset."""
    return sorted(messages, key=lambda m: (m.timestamp()[1], m.partition(), m.offset()))


def _at(message: Message) -> offsets.At:
    return message.topic() or "", message.partition() or 0
