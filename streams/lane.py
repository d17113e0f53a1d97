"""Stage A at work on one lane: a batch in, its outputs and offsets committed, the ledger kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from confluent_kafka import Consumer, TopicPartition

from messages.cloudevents import rfc3339
from messages.model import Body
from messages.topics import Input
from sinks.encode import Encoder
from sinks.offsets import At
from sinks.output import Output
from streams import metrics
from streams.backpressure import DeskGate
from streams.commit import Commits
from streams.control.in_force import InForce
from streams.control.packs import PackLoader
from streams.leave import leave_if_failed
from streams.ledger import balance
from streams.understanding.understand import Understood, understand
from streams.wire.patience import patiently
from streams.wire.records import Delivery, Records

EXPRESS: frozenset[Input] = frozenset({"alarms", "urgent", "verdicts", "actions"})
"""Lanes that never wait for the desk: what must wait is a report or a reading."""


class LaneWork:
    """One lane of one worker. Its consumer tells it which partitions come and go."""

    def __init__(
        self,
        lane: Input,
        force: Callable[[], InForce],
        packs: PackLoader,
        encoder: Encoder,
        gate: DeskGate,
        clock: Callable[[], float],
    ) -> None:
        self.lane = lane
        self._force = force
        self._packs = packs
        self._encoder = encoder
        self._gate = gate
        self._clock = clock
        self._positions: dict[tuple[str, int], int] = {}
        self._previous: asyncio.Task[None] | None = None
        self.commits: Commits | None = None
        self.ready = False
        self.draining: Callable[[], bool] = lambda: False

    async def work(self, delivery: Delivery) -> None:
        """Understand one batch while the one before it is being committed; then commit it too."""
        if self.lane not in EXPRESS:
            await self._gate.open(self.draining)
        began = self._clock()
        records = delivery.records
        await self._packs.ready(records.received_at, self.draining)
        understanding = time.perf_counter()
        understood = understand(self.lane, records, self._force())
        took = (time.perf_counter() - understanding) / max(1, len(records))
        metrics.DECISION_SECONDS.labels(self.lane).observe(took)
        now = self._clock()
        positions = list(self._positions.items())  # the consumer's thread changes it
        starts = {p: at for (topic, p), at in positions if topic == records.topic}
        ledger = balance(records, understood, starts, now)
        outputs = lane_outputs(self._encoder, understood, ledger, now)
        await self.settle()
        if delivery.outdated:  # the unit before it was aborted, or the partitions are lost
            delivery.done()
            return
        self._positions.update(
            {(records.topic, entry["partition"]): entry["end"] for entry in ledger}
        )
        self._previous = asyncio.create_task(
            self._commit(delivery, understood, outputs, ledger, began)
        )
        self._previous.add_done_callback(leave_if_failed)

    async def settle(self) -> None:
        """Wait for the commit under way. What it raised is raised here."""
        if self._previous is not None:
            await self._previous
            self._previous = None

    async def _commit(
        self,
        delivery: Delivery,
        understood: Understood,
        outputs: Iterable[Output],
        ledger: list[Body],
        began: float,
    ) -> None:
        assert self.commits is not None
        records = delivery.records
        ends = {entry["partition"]: entry["end"] for entry in ledger}
        committed = await self.commits.commit(delivery, outputs, ends)
        delivery.done()
        if committed:
            self._count(records, understood, ledger, began)

    def _count(
        self, records: Records, understood: Understood, ledger: Iterable[Body], began: float
    ) -> None:
        metrics.RECEIVED.labels(records.topic).inc(len(records))
        placed = ("desk", "quarantined", "dead", "ignored", "discarded")
        accounted = sum(entry[place] for entry in ledger for place in placed)
        metrics.LEDGER_IMBALANCE.inc(abs(len(records) - accounted))
        metrics.DECIDED.labels("quarantined").inc(len(understood.quarantined))
        metrics.DECIDED.labels("dead").inc(len(understood.dead))
        metrics.DECIDED.labels("ignored").inc(len(understood.ignored))
        metrics.UNIT_SECONDS.labels(self.lane).observe(self._clock() - began)
        self._gate.sent(body["shard"] for body in understood.desk)

    # Assignments, on the consumer's thread ------------------------------------------------

    def assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """The ledger goes on where the group has committed, or at the log's start."""
        for found in patiently(lambda: consumer.committed(partitions, timeout=10)):
            start = found.offset
            if start < 0:
                start, _ = patiently(partial(consumer.get_watermark_offsets, found, timeout=10))
            self._positions[found.topic, found.partition] = start
        self.ready = True

    def revoked(self, partitions: list[TopicPartition], *, lost: bool) -> None:
        for partition in partitions:
            self._positions.pop((partition.topic, partition.partition), None)

    def rewound(self, positions: Mapping[At, int]) -> None:
        self._positions.update(positions)


def lane_outputs(
    encoder: Encoder, understood: Understood, ledger: list[Body], now: float
) -> Iterator[Output]:
    """Everything one unit of stage A writes. ``now``: epoch seconds."""
    time = rfc3339(now)
    return chain(
        encoder.desk(understood.desk, time),
        encoder.quarantined(understood.quarantined, time),
        encoder.decisions(understood.decisions, time),
        encoder.dead(understood.dead, time),
        encoder.ledger(ledger, time),
    )
