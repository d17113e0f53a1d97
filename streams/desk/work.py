"""Stage B at work: this worker's shards, judged one unit of work at a time."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

import orjson
import structlog
from confluent_kafka import Consumer, TopicPartition

from incidents.state import MemoryState
from messages.cloudevents import rfc3339
from sinks.encode import Encoder
from sinks.offsets import At
from sinks.output import Output
from streams import metrics
from streams.backpressure import DeskGate
from streams.commit import Commits
from streams.control.in_force import InForce
from streams.control.packs import PackLoader
from streams.desk.judge import Decisions, DeskBatch, judge
from streams.desk.open_cases import OpenCases
from streams.leave import leave_if_failed
from streams.restore import refuse_ahead, restore, state_outputs
from streams.view import RedisView
from streams.wire.patience import patiently
from streams.wire.producer import BatchProducer
from streams.wire.records import Delivery, Records

log = structlog.get_logger(__name__)
VIEW_SECONDS = 5.0
CASES_SECONDS = 10.0
CASES_AT_ONCE = 200
"""Of a shard just taken over: some milliseconds of reading, between which events are judged."""
TICK_AGAIN_SECONDS = 5.0
TICK_SECONDS = 0.5
"""How often a shard is looked at for what has fallen due, and no event has come to say so."""


class DeskWork:
    """The shards this worker owns. Kafka's group makes it the only writer of each."""

    def __init__(
        self,
        force: Callable[[], InForce],
        packs: PackLoader,
        encoder: Encoder,
        gate: DeskGate,
        view: RedisView,
        consumer_conf: dict[str, Any],
        clock: Callable[[], float],
    ) -> None:
        self._force = force
        self._packs = packs
        self._encoder = encoder
        self._gate = gate
        self._view = view
        self._conf = consumer_conf
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self.states: dict[int, MemoryState] = {}
        self._owner = uuid.uuid4().hex[:12]
        self._showing: asyncio.Task[None] | None = None
        self._ticked: dict[int, tuple[int, float]] = {}
        self._cases = OpenCases()
        self.commits: Commits | None = None
        self.ticks: BatchProducer | None = None
        self.ready = False
        self.draining: Callable[[], bool] = lambda: False

    async def work(self, delivery: Delivery) -> None:
        """Judge a batch shard by shard, commit it as one unit, then show it in Redis."""
        assert self.commits is not None
        began = self._clock()
        records = delivery.records
        found = desk_batches(records, self._force(), self._encoder.topics.ns)
        batches = await self._packs.known(found, self.draining)
        owned = ((shard, self.states.get(shard)) for shard, _ in batches)
        states = {shard: state for shard, state in owned if state is not None}
        if delivery.outdated or len(states) < len(batches):
            # The unit before it was aborted, or the shards are lost: they are read once more.
            delivery.done()
            return
        due = {shard: state.next_timer for shard, state in states.items()}
        judging = time.perf_counter()
        units = [(shard, self._judge(states[shard], batch)) for shard, batch in batches]
        took = (time.perf_counter() - judging) / max(1, len(records))
        metrics.DECISION_SECONDS.labels("desk").observe(took)
        outputs = chain.from_iterable(published(self._encoder, unit) for _, unit in units)
        topic = self._encoder.topics.state
        state = chain.from_iterable(
            state_outputs(topic, shard, unit.version, unit.writes, self._owner)
            for shard, unit in units
        )
        ends = {shard: end for shard, (_, end) in records.spans().items()}
        if not await self.commits.commit(delivery, outputs, ends, state):
            delivery.done()
            return
        for shard, unit in units:
            states[shard].apply(unit.base, unit.version, unit.writes)
            self._cases.changed(shard, unit.incidents)
        delivery.done()
        for shard, batch in batches:
            self._gate.judged(shard, len(batch.bodies))
        self._count(units, began, due)
        await self.settle()
        self._showing = asyncio.create_task(self._show(units))
        self._showing.add_done_callback(leave_if_failed)

    def _judge(self, state: MemoryState, batch: DeskBatch) -> Decisions:
        unit = judge(state, batch, 0.0)
        unit.version = unit.version.signed(self._owner)
        return unit

    async def settle(self) -> None:
        """Wait until what was committed is shown: the view lags by one unit at most."""
        showing = self._showing
        if showing is not None:
            await showing
            if self._showing is showing:  # else another waited too, and went on
                self._showing = None

    async def _show(self, units: list[tuple[int, Decisions]]) -> None:
        for shard, unit in units:
            state = self.states.get(shard)
            if state is not None:  # else revoked meanwhile: its new owner shows it
                await self._view.applied(shard, unit.base, unit.version, unit.writes, state)
        self._tell_behind()

    async def watch_view(self) -> None:
        """Until cancelled: find out a view that has fallen behind while nothing was judged."""
        while True:
            await asyncio.sleep(VIEW_SECONDS)
            await self.settle()
            for shard, state in list(self.states.items()):
                await self._view.catch_up(shard, state)
            self._tell_behind()

    def _tell_behind(self) -> None:
        # A shard may have been revoked while its view was being written.
        metrics.VIEW_BEHIND.set(len(self._view.behind & self.states.keys()))

    async def count_cases(self) -> None:
        """Until cancelled: show how many cases are open, and how far their escalation is."""
        while True:
            await asyncio.sleep(CASES_SECONDS)
            while self._cases.read_on(CASES_AT_ONCE):
                await asyncio.sleep(0.05)
            self._cases.show()

    async def tick(self) -> None:
        """Until cancelled: put the time on the desk of a shard where something has fallen due.

        The tick stands in the log like an event, so that what it makes due is a function of the
        log. A shard that has not come as far as its last tick gets no other for a while.
        """
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._clock()
            for shard, state in list(self.states.items()):
                if self.ready and self._needs_tick(shard, state, now):
                    self._ticked[shard] = (state.version.number, now)
                    assert self.ticks is not None
                    self.ticks.produce([tick_output(self._encoder.topics.desk, shard, now)])

    def _needs_tick(self, shard: int, state: MemoryState, now: float) -> bool:
        due = state.next_timer
        if due is None or due > now:
            return False
        number, at = self._ticked.get(shard, (-1, 0.0))
        return state.version.number != number or now - at >= TICK_AGAIN_SECONDS

    def _count(
        self,
        units: Iterable[tuple[int, Decisions]],
        began: float,
        due: Mapping[int, float | None],
    ) -> None:
        now = self._clock()
        for shard, unit in units:
            first = due[shard]
            if unit.fired and first is not None:
                metrics.TIMERS_LATE_SECONDS.observe(max(0.0, now - first))
            routed = [d for d in unit.decisions if d["outcome"] == "routed"]
            metrics.DECIDED.labels("routed").inc(len(routed))
            for outcome in ("merged", "ignored"):
                ended = sum(d["outcome"] == outcome for d in unit.decisions)
                metrics.DECIDED.labels(outcome).inc(ended)
            for outcome in ("applied", "refused"):
                ended = sum(one["outcome"] == outcome for one in unit.actions)
                metrics.DECIDED.labels(outcome).inc(ended)
            metrics.TIMERS.inc(unit.fired)
            for incident_id, error in unit.stuck:
                metrics.STUCK.inc()
                log.error("case.stuck", incident=incident_id, error=error)
            metrics.DECIDED.labels("quarantined").inc(len(unit.quarantined))
            metrics.DECIDED.labels("dead").inc(len(unit.dead))
            if routed:
                oldest = min(decision["received_at"] for decision in routed)
                arrived = datetime.fromisoformat(oldest).timestamp()
                metrics.END_TO_END_SECONDS.observe(max(0.0, now - arrived))
        metrics.UNIT_SECONDS.labels("desk").observe(now - began)

    # Assignments, on the consumer's thread ------------------------------------------------

    def assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Take the shards over: their state first, then their events."""
        # Waits for a pending transaction.
        patiently(lambda: consumer.committed(partitions, timeout=10))
        for partition in partitions:
            shard = partition.partition
            topic = self._encoder.topics.state
            state = patiently(partial(restore, self._conf, topic, shard))
            _, end = patiently(partial(consumer.get_watermark_offsets, partition, timeout=10))
            refuse_ahead(shard, state.version, end)
            self.states[shard] = state
            self._cases.take(shard, state)
            log.info("shard.taken", shard=shard, version=state.version.number, records=len(state))
            asyncio.run_coroutine_threadsafe(self._view.catch_up(shard, state), self._loop)
        self.ready = True

    def revoked(self, partitions: list[TopicPartition], *, lost: bool) -> None:
        for partition in partitions:
            self.states.pop(partition.partition, None)
            self._ticked.pop(partition.partition, None)
            self._cases.leave(partition.partition)
            self._view.forget(partition.partition)

    def rewound(self, positions: Mapping[At, int]) -> None:
        """The state says how far it is: nothing of the aborted unit is in it."""


def tick_output(topic: str, shard: int, now: float) -> Output:
    """The time as a record of a shard's desk. ``now``: epoch seconds."""
    at = rfc3339(now).decode()
    body = {"schema_version": 1, "kind": "tick", "received_at": at, "shard": shard}
    return Output(topic, b"%d" % shard, orjson.dumps(body), None, shard)


def desk_batches(records: Records, force: InForce, ns: str) -> list[tuple[int, DeskBatch]]:
    """The batch's events by shard, decoded, in offset order."""
    batches = []
    spans = records.spans()
    for shard, rows in records.by_partition().items():
        bodies = [_decoded(records.values[row]) for row in rows]
        offsets = [records.offsets[row] for row in rows]
        batches.append((shard, DeskBatch(force, shard, bodies, offsets, spans[shard][1], ns)))
    return batches


def _decoded(value: bytes | None) -> Any:
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return value  # the judge buries what is no event


def desk_outputs(
    encoder: Encoder, shard: int, unit: Decisions, owner: str = ""
) -> Iterator[Output]:
    """Everything one unit of stage B writes: for readers first, its state last."""
    topic = encoder.topics.state
    return chain(
        published(encoder, unit), state_outputs(topic, shard, unit.version, unit.writes, owner)
    )


def published(encoder: Encoder, unit: Decisions) -> Iterator[Output]:
    """What one unit of stage B says to its readers."""
    time = rfc3339(unit.version.now)
    return chain(
        encoder.entries(unit.entries, time),
        encoder.refusals(unit.refusals, time),
        encoder.incidents(unit.incidents, time),
        encoder.warnings(unit.warnings, time),
        encoder.warning_notices(unit.notices, time),
        encoder.actions(unit.actions, time),
        encoder.decisions(unit.decisions, time),
        encoder.quarantined(unit.quarantined, time),
        encoder.dead(unit.dead, time),
        encoder.hot(unit.hot, unit.shard),
    )
