"""Posts a city's day until it is told to stop, and keeps its own list of what the broker took."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Final, NamedTuple, TypeAlias

from confluent_kafka import KafkaError, Message, Producer

from drills.ordinary_day import OrdinaryDay, Posted, events
from geo.boundaries import BoundaryLayer
from messages.topics import LANES, Topics
from packs.pack import Pack
from streams.cluster.brokers import client

Place: TypeAlias = tuple[str, int, int]
"""Topic, partition and offset, as the broker has acknowledged them."""

_POISON = (
    b"",
    b"\x00\xff\xfe",
    b"[]",
    b"null",
    b'{"schema_version": 1, "kind": "report"',
    b'{"schema_version": 1, "event_id": 7, "source": null, "occurred_at": "yesterday"}',
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b'{"schema_version": 1, "text": "\\ud800"}',
)

_AS_THE_DAY: Final = 200.0
"""So many a second are the events of the day apart."""


class Given(NamedTuple):
    """``event_id``: known to the feeder alone. ``at``: when it was acknowledged, monotonic s."""

    event_id: str
    at: float


class Feeder:
    """``rate``: records a second. ``poison_every``: so many records apart one is no event at all.

    ``lanes``: which of the day's; ``at_most``: so many of its events, of which only those of
    these lanes are posted.

    ``posted``: by place, what the broker has acknowledged. ``refused``: what it has not.
    """

    def __init__(
        self,
        brokers: str,
        topics: Topics,
        pack: Pack,
        cells: BoundaryLayer,
        *,
        rate: float,
        seed: int,
        poison_every: int = 0,
        lanes: Collection[str] = LANES,
        at_most: int = 200_000,
    ) -> None:
        self.posted: dict[Place, Given] = {}
        self.refused: list[str] = []
        self._topics, self._pack, self._cells = topics, pack, cells
        self._rate, self._seed, self._poison_every = rate, seed, poison_every
        self._lanes, self._at_most = lanes, at_most
        self._stop = Event()
        # A broker that is away for half a minute is waited for: what is not acknowledged does not
        # count, and would prove nothing.
        self._producer = Producer(
            {
                **client(brokers),
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "delivery.timeout.ms": 120_000,
            }
        )
        self._thread = Thread(target=self._run, name="feeder", daemon=True)

    def start(self) -> None:
        """Begin to post."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """It has posted all there is."""
        return not self._thread.is_alive()

    def stop(self) -> int:
        """Post no more, and return when every record is acknowledged: how many."""
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert self._producer.flush(120) == 0
        return len(self.posted)

    def _run(self) -> None:
        began = time.monotonic()
        for number, one in enumerate(self._records(), 1):
            if self._stop.is_set():
                return
            self._post(one)
            if number % 10 == 0:
                self._producer.poll(0)
                time.sleep(max(0.0, began + number / self._rate - time.monotonic()))

    def _records(self) -> Iterator[Posted]:
        day = OrdinaryDay.of(self._pack)
        start = datetime.now(UTC)
        if self._rate > _AS_THE_DAY:  # no event may be of a time to come
            start -= timedelta(seconds=self._at_most / _AS_THE_DAY)
        made = events(
            day, self._pack, self._cells, count=self._at_most, seed=self._seed, start=start
        )
        poison = itertools.cycle(_POISON)
        for number, one in enumerate(made, 1):
            if one.lane in self._lanes:
                yield one
            if self._poison_every and number % self._poison_every == 0:
                yield Posted("reports", f"poison-{number}", next(poison))

    def _post(self, one: Posted) -> None:
        def report(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self.refused.append(one.event_id)
                return
            place = (message.topic() or "", message.partition() or 0, message.offset() or 0)
            self.posted[place] = Given(one.event_id, time.monotonic())

        while True:
            try:
                self._producer.produce(
                    self._topics.lane(one.lane), one.body, one.event_id, on_delivery=report
                )
                return
            except BufferError:
                self._producer.poll(0.05)
