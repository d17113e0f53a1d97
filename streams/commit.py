"""How a unit of work ends: its outputs on the broker, and its offsets committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Final, Protocol, TypeVar

import structlog
from confluent_kafka import TopicPartition

from messages.errors import BrokerError
from sinks.output import Output
from streams import metrics
from streams.wire.consumer import ConsumerThread
from streams.wire.producer import BatchProducer
from streams.wire.records import Delivery
from streams.wire.transaction import AbortedError, TransactionalProducer

T = TypeVar("T")
log = structlog.get_logger(__name__)

ABORTS: Final = 8
"""So many aborts one after the other are no rebalance: the worker leaves, and says why."""


class Commits(Protocol):
    """How the units of one lane, or of the desk, end. One at a time."""

    async def commit(
        self,
        delivery: Delivery,
        outputs: Iterable[Output],
        offsets: Mapping[int, int],
        state: Iterable[Output] = (),
    ) -> bool:
        """Whether the unit is durable when this returns; else nothing of it is, and its records
        are read once more.

        ``offsets``: partition of the delivery's topic → the next one to read. ``state``: what is
        written down behind the outputs. Raises :class:`BrokerError` when it cannot go on.
        """

    def close(self) -> None: ...


class AtLeastOnce:
    """What is published first, all acknowledged; then the state; then the offsets.

    A crash before the state is whole repeats the unit, with the same ids, so that a consumer can
    drop the repeat. State that were there before what it speaks of would make the unit look done.
    """

    def __init__(self, producer: BatchProducer, consumer: ConsumerThread, name: str) -> None:
        self._producer = producer
        self._consumer = consumer
        self._name = name
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"flush-{name}")

    async def commit(
        self,
        delivery: Delivery,
        outputs: Iterable[Output],
        offsets: Mapping[int, int],
        state: Iterable[Output] = (),
    ) -> bool:
        """Always True: what is acknowledged stays, whoever owns the partitions by then."""
        self._producer.produce(outputs)
        began = time.perf_counter()
        await _apart(self._executor, self._producer.flush)
        if state:
            self._producer.produce(state)
            await _apart(self._executor, self._producer.flush)
        committing = self._consumer.commit(_positions(delivery, offsets))
        await asyncio.wrap_future(committing)
        metrics.COMMIT_SECONDS.labels(self._name).observe(time.perf_counter() - began)
        return True

    def close(self) -> None:
        self._executor.shutdown(wait=False)


class ExactlyOnce:
    """Outputs, state and offsets in one transaction: whoever reads committed records sees all of
    the unit, or nothing.

    The offsets go with the group's metadata of the poll that read the records. A member that has
    lost its partitions meanwhile is refused; so is, in every rebalance, a unit that was under way:
    it is aborted, and its records are read once more by whose they are then.
    """

    def __init__(
        self, producer: TransactionalProducer, consumer: ConsumerThread, name: str
    ) -> None:
        self._producer = producer
        self._consumer = consumer
        self._name = name
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"commit-{name}")
        self._aborts = 0

    async def commit(
        self,
        delivery: Delivery,
        outputs: Iterable[Output],
        offsets: Mapping[int, int],
        state: Iterable[Output] = (),
    ) -> bool:
        """False: aborted, and read once more from what is committed."""
        positions = _positions(delivery, offsets)
        try:
            self._producer.begin()
            self._producer.produce(chain(outputs, state))
            began = time.perf_counter()
            await _apart(
                self._executor, lambda: self._producer.commit(positions, delivery.metadata)
            )
        except AbortedError as error:
            await self._abort(error)
            return False
        metrics.COMMIT_SECONDS.labels(self._name).observe(time.perf_counter() - began)
        self._aborts = 0
        return True

    async def _abort(self, why: AbortedError) -> None:
        metrics.ABORTED.labels(self._name).inc()
        log.warning("unit.aborted", stage=self._name, why=str(why))
        self._aborts += 1
        if self._aborts > ABORTS:
            raise BrokerError("transaction", f"{self._aborts} units aborted in a row: {why}")
        await _apart(self._executor, self._producer.abort)
        await asyncio.wrap_future(self._consumer.rewind())

    def close(self) -> None:
        self._executor.shutdown(wait=False)


async def _apart(executor: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, call)


def _positions(delivery: Delivery, offsets: Mapping[int, int]) -> list[TopicPartition]:
    topic = delivery.records.topic
    return [TopicPartition(topic, p, offset) for p, offset in offsets.items()]
