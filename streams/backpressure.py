"""What must wait waits in ``in.reports`` and ``in.readings``, and the desk stays short."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams import metrics

log = structlog.get_logger(__name__)
POLL_SECONDS = 0.5


class DeskGate:
    """Shut while any shard's desk is more than ``limit`` events behind.

    The backlog is Kafka's (end of the desk minus the judge group's commit, over all workers),
    asked twice a second, and moved on in between by what this worker sends and judges itself.
    """

    def __init__(self, conf: dict[str, object], topic: str, shards: int, limit: int) -> None:
        # As of now: one of committed records would wait for a dead worker's transaction to end.
        self._conf = {**conf, "isolation.level": "read_uncommitted"}
        self._topic = topic
        self._shards = shards
        self._limit = limit
        self._backlog: Counter[int] = Counter()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def worst(self) -> int:
        """Events waiting at the shard that is furthest behind."""
        return max(self._backlog.values(), default=0)

    async def open(self, unless: Callable[[], bool]) -> None:
        """Return when there is room, or ``unless`` turns true: a rebalance or the end of the
        worker waits for what is in flight, which is little."""
        while not self._room.is_set() and not unless():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), 0.1)

    def sent(self, shards: Iterable[int]) -> None:
        """One more event for each of these shards lies on the desk."""
        self._backlog.update(shards)
        self._weigh()

    def judged(self, shard: int, count: int) -> None:
        self._backlog[shard] = max(0, self._backlog[shard] - count)
        self._weigh()

    def _weigh(self) -> None:
        if self.worst > self._limit:
            self._room.clear()
        else:
            self._room.set()

    async def watch(self) -> None:
        """Ask Kafka until cancelled. While it does not answer, the last known backlog stands."""
        loop = asyncio.get_running_loop()
        consumer = Consumer(self._conf)  # never subscribes: it only asks
        try:
            while True:
                try:
                    lags = await loop.run_in_executor(None, self._ask, consumer)
                    self._backlog = Counter(lags)
                    metrics.DESK_BACKLOG.set(self.worst)
                    self._weigh()
                except KafkaException as error:
                    log.warning("desk.backlog_unknown", error=str(error))
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await loop.run_in_executor(None, consumer.close)

    def _ask(self, consumer: Consumer) -> dict[int, int]:
        partitions = [TopicPartition(self._topic, shard) for shard in range(self._shards)]
        lags = {}
        for found in consumer.committed(partitions, timeout=5):
            low, high = consumer.get_watermark_offsets(found, timeout=5)
            lags[found.partition] = max(0, high - max(found.offset, low))
        return lags
