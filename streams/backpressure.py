"""What must wait waits in ``in.reports`` and ``in.readings``, and the desk stays short."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams import metrics

log = structlog.get_logger(__name__)
POLL_SECONDS: Final = 0.25
DESK_SECONDS: Final = 0.35
"""So much work may lie on the desk: an alarm is put behind it, and must be in its queue within two
seconds, the unit of work that is under way and its own included."""
FEW: Final = 300
"""So few events are always let on: of a desk that has had nothing to do, nobody knows how fast it
is."""
_FORGOTTEN_SECONDS: Final = 10.0
"""Within so long, half of how fast the desk once was is forgotten."""


class Backlog:
    """How much lies on the desk, all workers together, and how long it will take. Pure.

    ``limit``: events that may wait at one shard, however fast they are judged. ``piece``: how many
    events to put on it at a time, ``whole`` at most: what is under way when it is full, two pieces
    of each lane, comes on top of what lies there.
    """

    def __init__(self, limit: int, whole: int) -> None:
        self._limit = limit
        self._whole = whole
        self.piece = min(whole, FEW // 3)
        self._waiting: Counter[int] = Counter()
        self._rate = 0.0
        self._judged_at: tuple[int, float] | None = None

    @property
    def worst(self) -> int:
        """Events waiting at the shard that is furthest behind."""
        return max(self._waiting.values(), default=0)

    @property
    def full(self) -> bool:
        """Whether what may wait must wait."""
        waiting = self._waiting.total()
        too_long = waiting > max(FEW, self._rate * DESK_SECONDS)
        return too_long or self.worst > self._limit

    def found(self, waiting: Mapping[int, int], judged: int, now: float) -> None:
        """What Kafka says. ``waiting``: events by shard; ``judged``: offsets committed in all;
        ``now``: monotonic seconds."""
        self._waiting = Counter(waiting)
        if self._judged_at is not None:
            before, at = self._judged_at
            passed = now - at
            kept = self._rate * 0.5 ** (passed / _FORGOTTEN_SECONDS)
            self._rate = max(kept, (judged - before) / passed if passed > 0 else 0.0)
        self._judged_at = judged, now
        # Where it is not full, small pieces may be what holds it up: each costs a commit.
        few = max(FEW // 3, int(self._rate * DESK_SECONDS / 3))
        self.piece = min(self._whole, few if self.full else 2 * self.piece)

    def sent(self, shards: Iterable[int]) -> None:
        """One more event for each of these shards lies on the desk."""
        self._waiting.update(shards)

    def judged(self, shard: int, count: int) -> None:
        """So many of a shard's are done."""
        self._waiting[shard] = max(0, self._waiting[shard] - count)


class DeskGate:
    """Shut while more lies on the desk than is judged within :data:`DESK_SECONDS`, or any shard is
    more than ``limit`` events behind. ``whole``: the records of a unit of work.

    The backlog is Kafka's (end of the desk minus the judge group's commit, over all workers),
    asked four times a second, and moved on in between by what this worker sends and judges itself.
    """

    def __init__(
        self, conf: dict[str, object], topic: str, shards: int, limit: int, whole: int
    ) -> None:
        # As of now: one of committed records would wait for a dead worker's transaction to end.
        self._conf = {**conf, "isolation.level": "read_uncommitted"}
        self._topic = topic
        self._shards = shards
        self._backlog = Backlog(limit, whole)
        self._room = asyncio.Event()
        self._room.set()

    async def open(self, unless: Callable[[], bool]) -> None:
        """Return when there is room, or ``unless`` turns true: a rebalance or the end of the
        worker waits for what is in flight, which is little."""
        while not self._room.is_set() and not unless():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), 0.1)

    def piece(self) -> int:
        """How many records to read at a time of a lane that may have to wait."""
        return self._backlog.piece

    def sent(self, shards: Iterable[int]) -> None:
        """One more event for each of these shards lies on the desk."""
        self._backlog.sent(shards)
        self._weigh()

    def judged(self, shard: int, count: int) -> None:
        """So many of a shard's are done."""
        self._backlog.judged(shard, count)
        self._weigh()

    def _weigh(self) -> None:
        if self._backlog.full:
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
                    waiting, judged = await loop.run_in_executor(None, self._ask, consumer)
                    self._backlog.found(waiting, judged, time.monotonic())
                    metrics.DESK_BACKLOG.set(self._backlog.worst)
                    self._weigh()
                except KafkaException as error:
                    log.warning("desk.backlog_unknown", error=str(error))
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await loop.run_in_executor(None, consumer.close)

    def _ask(self, consumer: Consumer) -> tuple[dict[int, int], int]:
        """Events waiting by shard, and how many offsets are committed in all."""
        partitions = [TopicPartition(self._topic, shard) for shard in range(self._shards)]
        waiting, judged = {}, 0
        for found in consumer.committed(partitions, timeout=5):
            low, high = consumer.get_watermark_offsets(found, timeout=5)
            begins = max(found.offset, low)
            waiting[found.partition] = max(0, high - begins)
            judged += begins
        return waiting, judged
