"""Posts records through one librdkafka producer, no faster than somebody reads them.

The embedded broker keeps 5 MiB a partition and drops the oldest in silence. So a poster may be
given the lag of the groups behind it, and then keeps at most ``outstanding`` records and
``outstanding_bytes`` bytes unread: under 5 MiB in all, no lane can lose one, whatever the skew.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from messages.errors import BrokerError
from sinks.output import Output
from streams.cluster.brokers import client
from streams.posting.lag import Lag

_POLL_SECONDS: Final = 0.005
_FLUSH_SECONDS: Final = 30.0
_WIDEST_RECORD: Final = 2 * 1024 * 1024


class Pace(Protocol):
    """What a poster asks before it goes on: :class:`streams.posting.lag.GroupLag` answers it."""

    def read(self) -> Lag: ...


@dataclass(slots=True)
class Posted:
    """What became of the records: counts per topic. ``failures`` holds the first few reasons."""

    delivered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Every record was acknowledged by the broker."""
        return not self.failed


class Poster:
    """``with Poster(brokers) as poster: poster.post(outputs)``. Not thread-safe.

    ``progress`` is called with the number of records handed to librdkafka since the last call,
    ``delivered`` with each record that the broker has acknowledged, at its offset.
    ``idempotent``: a retry after a lost acknowledgement is no second record. librdkafka takes half
    a second to begin with it, which a practice ground on loopback need not wait for.
    ``patience``: seconds without any progress of the readers after which a paced poster gives up
    with ``broker.nobody_reads``. ``broker.dropped``: the broker threw unread records away.
    """

    def __init__(
        self,
        brokers: str,
        *,
        pace: Pace | None = None,
        outstanding: int = 3_000,
        outstanding_bytes: int = 4 * 1024 * 1024,
        patience: float = 30.0,
        idempotent: bool = True,
        progress: Callable[[int], None] | None = None,
        delivered: Callable[[Message], None] | None = None,
        **settings: Any,
    ) -> None:
        self.posted = Posted()
        self._producer = Producer(
            {
                **client(brokers),
                "enable.idempotence": idempotent,
                **({} if idempotent else {"max.in.flight": 1}),  # the order, also over a retry
                "linger.ms": 5,
                "message.max.bytes": _WIDEST_RECORD,
                # The partitioner of Java's producers: a device keeps its partition whoever posts.
                "partitioner": "murmur2_random",
                "delivery.timeout.ms": int(_FLUSH_SECONDS * 1000),
                **settings,
            }
        )
        self._pace = pace
        self._outstanding = outstanding
        self._outstanding_bytes = outstanding_bytes
        self._patience = patience
        self._progress = progress or (lambda _: None)
        self._delivered = delivered or (lambda _: None)
        self._room = outstanding if pace is not None else 0
        self._room_bytes = outstanding_bytes if pace is not None else 0
        self._sent = self._sent_bytes = 0
        self._lost_before: int | None = None

    def post(self, outputs: Iterable[Output]) -> Posted:
        """Hand over every record, pacing. What was acknowledged is known after :meth:`flush`."""
        since = 0
        for output in outputs:
            if self._pace is not None:
                self._wait_for_room(output)
            self._produce(output)
            since += 1
            if since == 200:
                self._producer.poll(0)
                self._progress(since)
                since = 0
        self._progress(since)
        return self.posted

    def flush(self) -> Posted:
        """Return when every record is acknowledged or has failed for good."""
        left = self._producer.flush(_FLUSH_SECONDS)
        if left:
            self.posted.failed["(not acknowledged)"] += left
            self.posted.failures.append(f"{left} records were not acknowledged")
        return self.posted

    def wait_until_read(self, *, within: float) -> bool:
        """True as soon as the readers have committed everything that was posted."""
        if self._pace is None:
            return True
        deadline = time.monotonic() + within
        while self._lag().behind:
            if time.monotonic() > deadline:
                return False
            self._producer.poll(0.02)
        return True

    def __enter__(self) -> Poster:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def _produce(self, output: Output) -> None:
        while True:
            try:
                self._producer.produce(
                    output.topic,
                    output.value,
                    output.key,
                    output.partition,
                    on_delivery=self._report,
                    headers=list(output.headers or ()),
                )
                return
            except BufferError:
                self._producer.poll(0.05)
            except KafkaException as error:  # refused before it left, such as too large
                self._fail(output.topic, error.args[0].str())
                return

    def _wait_for_room(self, output: Output) -> None:
        size = len(output.value or b"") + len(output.key)
        if self._room <= 0 or self._room_bytes < size:
            self._make_room(size)
        self._room -= 1
        self._room_bytes -= size
        self._sent += 1
        self._sent_bytes += size

    def _make_room(self, size: int) -> None:
        self._producer.flush(_FLUSH_SECONDS)  # what is still on its way would not be seen as lag
        best: int | None = None
        deadline = time.monotonic() + self._patience
        while True:
            behind = self._lag().behind
            mean = self._sent_bytes / self._sent if self._sent else size
            self._room = self._outstanding - behind
            self._room_bytes = self._outstanding_bytes - int(behind * mean)
            if not behind or (self._room > self._outstanding // 4 and self._room_bytes > 2 * size):
                return
            if best is None or behind < best:
                best, deadline = behind, time.monotonic() + self._patience
            if time.monotonic() > deadline:
                raise BrokerError(
                    "nobody_reads",
                    f"{behind} records wait and nobody read one for {self._patience:g} s",
                    mend="start a worker (`wangge worker`), or post to an Apache Kafka, which "
                    "keeps what waits",
                )
            self._producer.poll(_POLL_SECONDS)

    def _lag(self) -> Lag:
        assert self._pace is not None
        lag = self._pace.read()
        if self._lost_before is None:
            self._lost_before = lag.lost
        elif lag.lost > self._lost_before:
            raise BrokerError(
                "dropped",
                f"the broker dropped {lag.lost - self._lost_before} records before they were read",
                mend="post with a smaller --outstanding",
            )
        return lag

    def _report(self, error: KafkaError | None, message: Message) -> None:
        topic = message.topic() or ""
        if error is None:
            self.posted.delivered[topic] += 1
            self._delivered(message)
        else:
            self._fail(topic, error.str())

    def _fail(self, topic: str, reason: str) -> None:
        self.posted.failed[topic] += 1
        if len(self.posted.failures) < 10:
            self.posted.failures.append(f"{topic}: {reason}")
