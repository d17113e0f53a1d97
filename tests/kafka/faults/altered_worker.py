"""A worker that is not as it should be: ``python -m tests.kafka.faults.altered_worker NAMES FILE``.

``NAMES``, with commas between: what surrounds it in a fault, or what is wrong with it in a mutant,
under which the fault's test must fail. ``FILE``: says how far its clock is off, in seconds.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# A clock that is off must be so before anything else takes hold of it: imports stand in functions.


def small_queue() -> None:
    """librdkafka's own queue holds fifty records."""
    from streams.wire import config

    given = config.producer
    config.producer = lambda *args: {**given(*args), "queue.buffering.max.messages": 50}


def moved_clock() -> None:
    """The wall clock is off by the seconds that a file says; the other clocks are right. Only for
    what Python asks: librdkafka asks the machine's for a record's time, which the broker replaces.
    """
    file, wall = Path(sys.argv[2]), time.time
    time.time = lambda: wall() + float(file.read_text() or 0)


# Mutants -----------------------------------------------------------------------------------------


def skips_one() -> None:
    """It commits one offset too many."""
    from streams.wire.transaction import TransactionalProducer

    commit = TransactionalProducer.commit

    def wrong(self: TransactionalProducer, offsets: Any, metadata: Any) -> None:
        for one in offsets:
            one.offset += 1
        commit(self, offsets, metadata)

    TransactionalProducer.commit = wrong  # type: ignore[method-assign]


def unfenced() -> None:
    """It commits as no member of its group, so that nothing tells it that the group has moved on;
    and has longer to do so than its heirs wait."""
    from confluent_kafka import Consumer

    from streams.cluster.brokers import client
    from streams.wire import config
    from streams.wire.transaction import TransactionalProducer

    given, commit = config.transactional, TransactionalProducer.commit
    config.transactional = lambda *args: {**given(*args), "transaction.timeout.ms": 60_000}

    strangers: dict[str, Any] = {}

    def wrong(self: TransactionalProducer, offsets: Any, metadata: bytes) -> None:
        # librdkafka's form of it: a mark, the generation in four bytes, and the group's name.
        group = metadata[len(b"CGMDv2:") + 4 :].split(b"\0")[0].decode()
        if group not in strangers:
            strangers[group] = Consumer(client(os.environ["WANGGE_BROKERS"], group_id=group))
        commit(self, offsets, strangers[group].consumer_group_metadata())

    TransactionalProducer.commit = wrong  # type: ignore[method-assign]


def swallows_failures() -> None:
    """What the broker did not take within a second is aborted and forgotten: nothing is read once
    more, and the next unit's offsets cover it. It lingers before it commits, so that a unit is
    under way whenever the broker goes."""
    from confluent_kafka import KafkaException

    from streams.commit import ExactlyOnce
    from streams.wire import config
    from streams.wire.transaction import TransactionalProducer

    given, commit = config.transactional, TransactionalProducer.commit
    config.transactional = lambda *args: {**given(*args), "delivery.timeout.ms": 1000}

    def lingering(self: TransactionalProducer, offsets: Any, metadata: Any) -> None:
        time.sleep(0.5)
        commit(self, offsets, metadata)

    async def no_rewind(self: ExactlyOnce, why: Exception) -> None:
        while True:
            try:
                self._producer._producer.abort_transaction(1.0)
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise

    TransactionalProducer.commit = lingering  # type: ignore[method-assign]
    ExactlyOnce._abort = no_rewind  # type: ignore[method-assign]


def shows_first() -> None:
    """It shows a unit in Redis, and then commits it."""
    from streams.desk.work import DeskWork

    work, judged = DeskWork.work, DeskWork._judge

    class ShowsFirst:
        def __init__(self, desk: DeskWork, commits: Any) -> None:
            self.desk, self.commits, self.units = desk, commits, []

        async def commit(self, *args: Any) -> bool:
            units, self.units = self.units, []
            await self.desk._show(units)
            return await self.commits.commit(*args)

        def close(self) -> None:
            self.commits.close()

    async def wrong(self: DeskWork, delivery: Any) -> None:
        if not isinstance(self.commits, ShowsFirst):
            self.commits = ShowsFirst(self, self.commits)
        await work(self, delivery)

    def remembered(self: DeskWork, state: Any, batch: Any) -> Any:
        unit = judged(self, state, batch)
        self.commits.units.append((batch.shard, unit))
        return unit

    DeskWork.work = wrong  # type: ignore[method-assign]
    DeskWork._judge = remembered  # type: ignore[method-assign]


def forgets_the_view() -> None:
    """A view that has missed a unit is left as it is."""
    from streams.view import RedisView

    async def nothing(self: RedisView, *args: object) -> None: ...

    RedisView.rebuild = nothing  # type: ignore[assignment, method-assign]


def swallows_poison() -> None:
    """What cannot be decoded is dropped."""
    from sinks.encode import Encoder

    Encoder.dead = lambda self, bodies, time: iter(())  # type: ignore[method-assign]


def drops_when_full() -> None:
    """A record for which there is no room is dropped."""
    from streams.wire.producer import BatchProducer

    def produce(self: BatchProducer, outputs: Iterable[Any]) -> None:
        for topic, key, value, headers, partition in outputs:
            try:
                self._producer.produce(
                    topic, value, key, partition, on_delivery=self._report, headers=headers or []
                )
            except BufferError:
                self._producer.poll(0)

    BatchProducer.produce = produce  # type: ignore[method-assign]


def waits_by_the_wall() -> None:
    """The view waits by a clock that somebody can set."""
    from streams import view

    init = view.RedisView.__init__
    view.RedisView.__init__ = (  # type: ignore[method-assign]
        lambda self, url, ns, **more: init(self, url, ns, time.time, **more)
    )


def needs_its_cache() -> None:
    """A cache that cannot be written ends it."""
    from streams.boundaries import index, load

    def strictly(write: Callable[..., None]) -> Callable[..., None]:
        def wrong(*args: Any) -> None:
            try:
                write(*args)
            except OSError as error:
                raise RuntimeError(str(error)) from error

        return wrong

    load.store = strictly(load.store)
    index.store_raster = strictly(index.store_raster)


def starts_empty() -> None:
    """It takes a shard over without its state."""
    from incidents.state import MemoryState
    from streams.desk import work as desk

    desk.restore = lambda conf, topic, shard: MemoryState()


def forgets_places() -> None:
    """It takes a shard over without the places of its open cases."""
    from incidents import anchors
    from incidents.state import Write
    from streams.desk import work as desk

    restore = desk.restore

    def wrong(*args: Any) -> Any:
        state = restore(*args)
        places = [one for one in state.records() if one.kind == anchors.KIND]
        state.restore(Write(one.kind, one.key, None) for one in places)
        return state

    desk.restore = wrong


ALTERATIONS: dict[str, Callable[[], None]] = {
    alter.__name__: alter
    for alter in (
        *(small_queue, moved_clock, skips_one, swallows_failures, forgets_the_view),
        *(swallows_poison, drops_when_full, waits_by_the_wall, needs_its_cache, starts_empty),
        *(forgets_places, unfenced, shows_first),
    )
}


if __name__ == "__main__":
    for name in sys.argv[1].split(","):
        ALTERATIONS[name]()
    from messages.errors import WanggeError
    from streams.leave import leave
    from streams.settings import Settings
    from streams.worker import run

    try:
        run(Settings.read(), as_json=True)
    except WanggeError as error:
        leave(str(error), code=2)
