"""One librdkafka consumer on one thread, handing batches over to the event loop.

Every call on the consumer happens on its own thread: a ``commit()`` from another one starves for
up to a minute while ``consume()`` loops. Others leave a command and wait for its future.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from messages.errors import WanggeError
from sinks.offsets import At
from streams.wire.patience import REBALANCING, patiently
from streams.wire.records import Delivery, columns

T = TypeVar("T")
log = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
"""A command waits at most this long for the poll under way."""
DRAIN_SECONDS = 8.0
"""A revoked partition's work must be committed within this, or the process leaves."""


def _committed(consumer: Consumer, offsets: list[TopicPartition]) -> None:
    for done in consumer.commit(offsets=offsets, asynchronous=False) or ():
        if done.error is not None:
            raise KafkaException(done.error)


class Assignments(Protocol):
    """Told, on the consumer's thread, which partitions come and go."""

    def assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None: ...

    def revoked(self, partitions: list[TopicPartition], *, lost: bool) -> None: ...

    def rewound(self, positions: Mapping[At, int]) -> None:
        """Reading goes on there; what was handed over behind it is outdated."""


class ConsumerThread(threading.Thread):
    """Reads ``topics`` as a member of ``conf['group.id']`` until :meth:`stop`.

    ``hand_over`` is called on this thread with each batch and must not block. At most
    ``max_in_flight`` batches are out at once; the next one waits in librdkafka's own queue.
    ``max_records``: of the next batch, asked on this thread.
    ``fatal`` is called once when the consumer cannot go on. ``headers``: whether they are read.
    ``past_markers``: whether, at a log's end, the group commits past the markers of transactions
    that stand there: they are no records, and would look like a lag for ever.
    """

    def __init__(
        self,
        *,
        name: str,
        conf: dict[str, Any],
        topics: Sequence[str],
        hand_over: Callable[[Delivery], None],
        assignments: Assignments,
        fatal: Callable[[str], None],
        clock: Callable[[], float] = time.time,
        max_records: Callable[[], int] = lambda: 2000,
        max_in_flight: int = 2,
        headers: bool = True,
        past_markers: bool = False,
    ) -> None:
        super().__init__(name=f"consumer-{name}", daemon=True)
        self._conf = {**conf, "enable.partition.eof": past_markers}
        self._topics = list(topics)
        self._hand_over = hand_over
        self._assignments = assignments
        self._fatal = fatal
        self._clock = clock
        self._max_records = max_records
        self._max_in_flight = max_in_flight
        self._headers = headers
        self._commands: deque[tuple[Callable[[Consumer], Any], Future[Any]]] = deque()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._in_flight = 0
        self._stopping = False
        self._ended = False
        self._reading = True
        self._term = 0
        self._handed: dict[At, int] = {}
        self._ends: dict[At, int] = {}
        self.draining = False
        """Work in flight should end soon: a rebalance or the end waits for it."""

    # Called from other threads ------------------------------------------------------------

    def submit(self, command: Callable[[Consumer], T]) -> Future[T]:
        """Run ``command`` on the consumer's thread; its result or exception in the future."""
        future: Future[T] = Future()
        if self._ended:
            future.set_exception(RuntimeError(f"{self.name} has ended"))
            return future
        self._commands.append((command, future))
        self._wake.set()
        return future

    def commit(self, offsets: list[TopicPartition]) -> Future[Any]:
        """Commit these offsets, synchronously on the consumer's thread."""
        return self.submit(
            lambda c: patiently(partial(_committed, c, offsets), within=10, passing=REBALANCING)
        )

    def rewind(self) -> Future[None]:
        """Read once more what was handed over and is not committed; until then it is outdated.

        Only after the abort of what was under way: the committed offsets are those of the group.
        """
        return self.submit(self._rewind)

    def stop_reading(self) -> None:
        """Hand over no further batch; commits still run. The first half of a drain."""
        self._reading = False
        self.draining = True

    def stop(self) -> None:
        """Leave the group and end the thread."""
        self._stopping = True
        self._wake.set()

    @property
    def in_flight(self) -> int:
        """Batches handed over and not yet given back."""
        return self._in_flight

    # On the consumer's thread -------------------------------------------------------------

    def run(self) -> None:
        consumer = Consumer(self._conf)
        try:
            consumer.subscribe(
                self._topics,
                on_assign=self._on_assign,
                on_revoke=self._on_revoke,
                on_lost=self._on_lost,
            )
            while not self._stopping:
                self._run_commands(consumer)
                if not self._reading or self._in_flight >= self._max_in_flight:
                    self._wake.wait(POLL_SECONDS)
                    self._wake.clear()
                    continue
                self._read(consumer)
                self._commit_ends(consumer)
            self._run_commands(consumer)
            consumer.close()
            self._ended = True
            self._run_commands(consumer)
        except Exception as error:
            why = error if isinstance(error, WanggeError) else repr(error)
            self._fatal(f"{self.name} stopped: {why}")

    def _read(self, consumer: Consumer) -> None:
        by_topic: dict[str, list[Any]] = {}
        for message in consumer.consume(self._max_records(), POLL_SECONDS):
            error = message.error()
            at = message.topic() or "", message.partition() or 0
            if error is None:
                by_topic.setdefault(at[0], []).append(message)
                self._handed[at] = (message.offset() or 0) + 1
                self._ends.pop(at, None)
            elif error.fatal():
                raise RuntimeError(error.str())
            elif error.code() == KafkaError._PARTITION_EOF:
                self._ends[at] = message.offset() or 0
            else:
                log.warning("consumer.error", consumer=self.name, error=error.str())
        if not by_topic:
            return
        # Read after the poll that brought the batch: cached, it is stale after a rebalance.
        metadata = consumer.consumer_group_metadata()
        if not consumer.memberid():
            # Lost, and the callback is yet to come. Metadata of no member is not checked by the
            # coordinator at all: what is committed with it would not be fenced.
            log.warning("consumer.not_a_member", consumer=self.name)
            self._ends.clear()  # of what is dropped here, nothing is done
            return
        arrival = self._clock()
        term = self._term
        for messages in by_topic.values():
            with self._lock:
                self._in_flight += 1
            records = columns(messages, arrival, headers=self._headers)
            self._hand_over(
                Delivery(records, metadata, self._given_back, lambda: self._term != term)
            )

    def _given_back(self) -> None:
        with self._lock:
            self._in_flight -= 1
        self._wake.set()

    def _rewind(self, consumer: Consumer) -> None:
        self._term += 1
        self._ends.clear()
        ours = [p for p in consumer.assignment() if (p.topic, p.partition) in self._handed]
        positions: dict[At, int] = {}
        if ours:
            for found in patiently(lambda: consumer.committed(ours, timeout=10)):
                start = found.offset
                if start < 0:
                    start, _ = patiently(partial(consumer.get_watermark_offsets, found, timeout=10))
                consumer.seek(TopicPartition(found.topic, found.partition, start))
                positions[found.topic, found.partition] = start
        self._handed.update(positions)
        self._assignments.rewound(positions)
        log.info("consumer.rewound", consumer=self.name, partitions=len(positions))

    def _commit_ends(self, consumer: Consumer) -> None:
        """At rest, everything up to a log's end is done: also the markers there."""
        if self._in_flight or not self._ends:
            return
        ends = {at: end for at, end in self._ends.items() if end > self._handed.get(at, 0)}
        self._ends.clear()
        if ends:
            try:
                _committed(consumer, [TopicPartition(*at, end) for at, end in ends.items()])
                self._handed.update(ends)
            except KafkaException as error:  # a rebalance: what is still ours then is tried again
                log.debug("consumer.end_not_committed", error=error.args[0].str())
                self._ends.update(ends)

    def _forget(self, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            self._handed.pop((partition.topic, partition.partition), None)
            self._ends.pop((partition.topic, partition.partition), None)

    def _run_commands(self, consumer: Consumer) -> None:
        while self._commands:
            command, future = self._commands.popleft()
            try:
                future.set_result(command(consumer))
            except Exception as error:
                future.set_exception(error)

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._assignments.assigned(consumer, partitions)

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # Commit before the callback returns: afterwards another owner reads from the committed
        # offset, and KIP-447 fences generations, not partitions.
        self.draining = True
        deadline = time.monotonic() + (0.0 if self._stopping else DRAIN_SECONDS)
        while self._in_flight and time.monotonic() < deadline:
            self._run_commands(consumer)
            self._wake.wait(0.01)
            self._wake.clear()
        self.draining = not self._reading
        if self._in_flight and not self._stopping:
            self._fatal(f"{self.name}: work in flight did not end before the rebalance")
        self._forget(partitions)
        self._assignments.revoked(partitions, lost=False)

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        # What is under way will be refused by its metadata; what waits must not be begun.
        self._term += 1
        self._forget(partitions)
        self._assignments.revoked(partitions, lost=True)
