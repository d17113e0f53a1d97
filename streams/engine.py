"""The worker's inside: the wire, the lanes and the desk as one Faust service."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol

import faust
import structlog

from messages.errors import WanggeError
from messages.topics import READ, Input
from packs.store import PackStore
from sinks.encode import Encoder
from streams import metrics
from streams.backpressure import DeskGate
from streams.city import City
from streams.cluster.brokers import reach
from streams.cluster.security import redis_security
from streams.commit import AtLeastOnce, Commits, ExactlyOnce
from streams.control.clerk import Clerk
from streams.control.fit import refuse_without_topics
from streams.control.in_force import InForce
from streams.control.packs import PackLoader
from streams.control.reader import ControlReader
from streams.delivery import delivery_of
from streams.desk.work import DeskWork
from streams.lag_watch import LagWatch
from streams.lane import EXPRESS, LaneWork
from streams.leave import Watchdog, leave, leave_for
from streams.settings import Guarantee, Settings
from streams.settled import settle
from streams.view import RedisView
from streams.wire import config
from streams.wire.channel import BatchChannel
from streams.wire.consumer import ConsumerThread
from streams.wire.producer import BatchProducer
from streams.wire.records import Delivery
from streams.wire.transaction import TransactionalProducer

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 3.0
PACK_SECONDS = 5.0
PARTS = (*READ, "desk")


class Work(Protocol):
    """A stage's work on one batch."""

    commits: Commits | None
    ready: bool

    async def work(self, delivery: Delivery) -> None: ...

    async def settle(self) -> None: ...


class Engine(faust.Service):  # type: ignore[misc]
    """Both stages of one worker. ``channels`` are read by the app's agents, which :meth:`run`.

    ``parts``: the lanes, and the desk, that this worker takes part in; all of them in production.
    """

    settings: Settings
    channels: dict[str, BatchChannel]
    guarantee: Guarantee

    def __init__(
        self,
        settings: Settings,
        channels: dict[str, BatchChannel],
        clock: Callable[[], float] = time.time,
        parts: Collection[str] = PARTS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.guarantee = settings.delivery
        self.channels = channels
        self._clock = clock
        self._parts = parts
        self._threads: dict[str, ConsumerThread] = {}
        self._works: dict[str, Work] = {}
        self._transactions: dict[str, TransactionalProducer] = {}
        self._view: RedisView | None = None
        self._watchdog: Watchdog | None = None
        self._control: ControlReader | None = None
        self._clerk: Clerk | None = None
        self._begun = asyncio.Event()

    async def on_start(self) -> None:
        """Load the city, then read: a worker with a bad pack never joins a group."""
        settings, loop = self.settings, asyncio.get_running_loop()
        try:
            city = await loop.run_in_executor(
                None, City.load, settings.pack, settings.cache, settings.boundaries
            )
        except WanggeError as error:  # raised on, Faust would log it and stay
            leave(str(error), code=2)
        except Exception as error:
            leave(f"the city cannot be loaded: {type(error).__name__}: {error}")
        await loop.run_in_executor(None, settle, city)
        log.info("city.loaded", city=city.code, pack=city.version, cells=city.cells)
        self.guarantee = await self._guarantee()
        self._watchdog = Watchdog(loop)
        self._watchdog.start()
        packs = self._packs = PackLoader(
            PackStore(settings.store),
            city,
            lambda folder: City.load(folder, settings.cache, settings.boundaries),
            check=self._has_its_topics,
        )
        self.add_future(packs.keep())
        await self._open_producers()
        force = (await self._follow_control(city)).current
        encoder = Encoder(settings.topics)
        desk_conf = config.consumer(settings, settings.desk_group, "desk")
        self._gate = DeskGate(
            desk_conf, settings.topics.desk, city.shards, settings.desk_backlog, settings.batch
        )
        security = {} if settings.embedded else redis_security().options(settings.redis)
        view = self._view = RedisView(settings.redis, settings.namespace, security=security)
        for lane in READ:
            if lane in self._parts:
                work = LaneWork(lane, force, packs, encoder, self._gate, self._clock)
                self._add_lane(lane, work)
        if "desk" in self._parts:
            desk = DeskWork(force, packs, encoder, self._gate, view, desk_conf, self._clock)
            self._add("desk", settings.topics.desk, desk, desk_conf)
            desk.ticks = BatchProducer(config.producer(settings, "ticks"))
            self.add_future(desk.watch_view())
            self.add_future(desk.tick())
            self.add_future(desk.count_cases())
        for thread in self._threads.values():
            thread.start()
        self.add_future(self._gate.watch())
        self.add_future(LagWatch(settings).watch())
        self.add_future(self._tell_pack(force))

    async def _tell_pack(self, force: Callable[[], InForce]) -> None:
        """Until cancelled: show which pack decides now."""
        shown = ""
        while True:
            version = force().city_at(self._clock()).version
            metrics.PACK_DECIDING.labels(version).set(1)
            if shown not in ("", version):
                metrics.PACK_DECIDING.remove(shown)
            shown = version
            await asyncio.sleep(PACK_SECONDS)

    async def _guarantee(self) -> Guarantee:
        """Said once, in the log and among the metrics."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(None, delivery_of, self.settings)
        except WanggeError as error:
            leave(str(error), code=2)
        log.info("delivery", guarantee=found.guarantee, why=found.why)
        metrics.DELIVERY.labels(found.guarantee).set(1)
        return found.guarantee

    async def _open_producers(self) -> None:
        """End what a worker of this slot has left open, before anything is read: readers of the
        topics it has written to, this worker among them, wait for it."""
        if self.guarantee == "at_least_once":
            return
        loop = asyncio.get_running_loop()
        for part in self._parts:
            conf = config.transactional(self.settings, part)
            self._transactions[part] = TransactionalProducer(conf)
        opening = (
            loop.run_in_executor(None, producer.open) for producer in self._transactions.values()
        )
        try:
            await asyncio.gather(*opening)
        except Exception as error:
            leave_for(error)

    async def _follow_control(self, city: City) -> ControlReader:
        """Returns when every order is known: no event is decided before."""
        settings = self.settings
        reader = ControlReader(
            settings.brokers,
            settings.topics.control,
            city,
            cities=self._packs.get,
            on_pack=self._packs.expect,
            fatal=leave,
            clock=self._clock,
        )
        self._packs.follow(reader)
        try:
            await asyncio.get_running_loop().run_in_executor(None, reader.begin)
        except WanggeError as error:
            leave(str(error), code=2)
        self._control = reader
        self._clerk = Clerk(reader, self._packs.knows)
        self._begun.set()
        return reader

    def _has_its_topics(self, city: City) -> None:
        topics = reach(self.settings.brokers).partitions
        refuse_without_topics(city, self.settings.topics, topics)

    async def clerk(self) -> Clerk:
        """Who takes orders in, as soon as it is known what stands."""
        await self._begun.wait()
        assert self._clerk is not None
        return self._clerk

    @property
    def begun(self) -> bool:
        """It is known what stands."""
        return self._begun.is_set()

    def _add_lane(self, lane: Input, work: LaneWork) -> None:
        settings = self.settings
        conf = config.consumer(settings, f"{settings.group}.{lane}", lane)
        topics = settings.topics
        # One topic a unit: a pattern, because a pack may bring units with it.
        name = topics.actions_pattern if lane == "actions" else topics.lane(lane)
        self._add(lane, name, work, conf)

    def _add(self, name: str, topic: str, work: Any, conf: dict[str, Any]) -> None:
        def whole() -> int:
            return self.settings.batch

        thread = ConsumerThread(
            name=name,
            conf=conf,
            topics=[topic],
            hand_over=self.channels[name].fill_from(asyncio.get_running_loop()),
            assignments=work,
            fatal=leave,
            clock=self._clock,
            max_records=whole if name == "desk" or name in EXPRESS else self._gate.piece,
            headers=name != "desk",  # a dead letter keeps its producer's; the desk's are ours
            # Ours alone: the ledger shows a lane's markers, as absent, with the next record.
            past_markers=name == "desk" and self.guarantee == "exactly_once",
        )
        work.draining = lambda: thread.draining
        work.commits = self._commits(name, thread)
        self._threads[name] = thread
        self._works[name] = work

    def _commits(self, name: str, thread: ConsumerThread) -> Commits:
        if name in self._transactions:
            return ExactlyOnce(self._transactions[name], thread, name)
        return AtLeastOnce(BatchProducer(config.producer(self.settings, name)), thread, name)

    async def run(self, name: str, delivery: Delivery) -> None:
        """One batch of one lane, or of the desk. Whatever a stage raises ends the process."""
        try:
            await self._works[name].work(delivery)
        except Exception as error:
            leave_for(error, name)

    @property
    def alive(self) -> bool:
        """Every consumer still runs."""
        threads = [*self._threads.values(), *([self._control] if self._control else ())]
        return bool(self._threads) and all(thread.is_alive() for thread in threads)

    @property
    def ready(self) -> bool:
        """Every lane and the desk have been given their partitions once."""
        return self.alive and all(work.ready for work in self._works.values())

    async def on_stop(self) -> None:
        """Drain: hand over nothing more, let what is out be committed, leave the groups."""
        threads = list(self._threads.values())
        for thread in threads:
            thread.stop_reading()
        deadline = time.monotonic() + DRAIN_SECONDS
        while any(t.in_flight for t in threads) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        if any(t.in_flight for t in threads):
            log.warning("drain.cut_short", left={t.name: t.in_flight for t in threads})
        for thread in threads:
            thread.stop()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(None, t.join, 1.0) for t in threads))
        for work in self._works.values():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(work.settle(), 0.5)
            if work.commits is not None:
                work.commits.close()
        if self._control is not None:
            await loop.run_in_executor(None, self._control.close)
            self._packs.close()
        if self._view is not None:  # else it is told to stop before it has begun
            await self._view.close()
        if self._watchdog is not None:
            self._watchdog.stop()
        log.info("drained")
