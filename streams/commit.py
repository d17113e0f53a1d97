"""How a unit of work ends: its outputs on the broker, then its offsets committed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import TopicPartition

from sinks.output import Output
from streams.wire.consumer import ConsumerThread
from streams.wire.producer import BatchProducer


class AtLeastOnce:
    """What is published first, all acknowledged; then the state; then the offsets.

    A crash before the state is whole repeats the unit, with the same ids, so that a consumer can
    drop the repeat. State that were there before what it speaks of would make the unit look done.
    """

    def __init__(self, producer: BatchProducer, consumer: ConsumerThread, name: str) -> None:
        self._producer = producer
        self._consumer = consumer
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"flush-{name}")

    async def commit(
        self,
        outputs: Iterable[Output],
        topic: str,
        offsets: Mapping[int, int],
        state: Iterable[Output] = (),
    ) -> None:
        """Returns when the unit is durable. ``offsets``: partition → the next one to read."""
        loop = asyncio.get_running_loop()
        self._producer.produce(outputs)
        await loop.run_in_executor(self._executor, self._producer.flush)
        if state:
            self._producer.produce(state)
            await loop.run_in_executor(self._executor, self._producer.flush)
        positions = [TopicPartition(topic, p, offset) for p, offset in offsets.items()]
        await asyncio.wrap_future(self._consumer.commit(positions))

    def close(self) -> None:
        self._executor.shutdown(wait=False)
