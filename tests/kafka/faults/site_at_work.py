"""One city at work, to be harmed: Kafka, Redis behind a cable, workers under a supervisor, a
feeder, a witness and an onlooker."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from cable import Cable
from crew import Crew, until
from feeder import Feeder
from kafka_server import KafkaCluster, KafkaServer
from onlooker import Onlooker
from typer.testing import CliRunner
from witness import Reckoning, Witness

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from geo.boundaries import BoundaryLayer
from messages.topics import LANES, Topics
from packs.load import load
from packs.pack import Pack
from streams.boundaries.load import load_layers
from streams.cluster.brokers import reach
from streams.cluster.topic_setup import apply
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.posting.lag import GroupLag, worker_groups
from streams.settings import Settings

SETTLES_S = 150.0
"""Within so long after the last record, everything has its outcome, or it has none."""


@dataclass(frozen=True, slots=True)
class Town:
    """The demonstration city, read once."""

    pack: Pack
    layers: tuple[BoundaryLayer, ...]

    @classmethod
    def read(cls, folder: Path = DEFAULT_PACK) -> Town:
        """From its pack."""
        pack = load(folder)
        return cls(pack, load_layers(pack, cache_folder())[0])


class Site:
    """``alteration``: of the workers, see :mod:`altered_worker`; empty: as they are. ``cache``:
    their cache folder, the tests' own where none is given."""

    def __init__(
        self,
        kafka: KafkaServer | KafkaCluster,
        town: Town,
        folder: Path,
        namespace: str,
        *,
        seed: int,
        alteration: str = "",
        rate: float = 200.0,
        poison_every: int = 0,
        lanes: Collection[str] = LANES,
        cache: Path | None = None,
    ) -> None:
        self.kafka, self.folder, self.random = kafka, folder, Random(seed)
        self.topics = Topics(namespace)
        self.lifted: list[float] = []
        self.cache = cache or cache_folder()
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self._alteration = alteration
        self.releases: dict[str, Path | None] = {}
        """Slots that another release than this one works in, and where it is checked out."""
        units = units_of(town.pack, town.layers)
        plan = topic_plan(self.topics, shards=town.pack.city.shards.count, units=units)
        apply(plan, kafka.brokers)
        self.partitions = partitions_of(plan)
        # Of several brokers each hears of new topics a little later, and says until then that there
        # are none: a reader would begin at their ends.
        brokers, named = kafka.brokers.split(","), self.partitions.keys()
        assert until(lambda: all(named <= reach(one).partitions.keys() for one in brokers), 30)
        self.redis = EmbeddedRedis.start(log=folder / "redis.log")
        self.cable = Cable(_port(self.redis))
        self.crew = Crew(self._hire)
        self.witness = Witness(kafka.brokers, self.topics, self.partitions)
        shards = town.pack.city.shards.count
        self.onlooker = Onlooker(lambda: self.redis.url, self.topics, shards)
        self._town = town
        self.feeder = self.another_feeder(
            rate=rate, seed=seed, poison_every=poison_every, lanes=lanes
        )

    def another_feeder(self, **how: Any) -> Feeder:
        """One that posts to the same city; see :class:`feeder.Feeder`."""
        pack, layers = self._town.pack, self._town.layers
        return Feeder(self.kafka.brokers, self.topics, pack, layers[-1], **how)

    def behind(self) -> int:
        """How many records wait in Kafka for the workers."""
        lag = GroupLag(self.kafka.brokers, worker_groups(self._settings("lag"), self.partitions))
        try:
            return lag.read().behind
        finally:
            lag.close()

    def begin(self, *slots: str) -> None:
        """Workers, witness and feeder at work; return when outcomes come."""
        self.witness.start()
        self.onlooker.start()
        self.crew.start(*slots)
        self.feeder.start()
        assert until(lambda: len(self.witness.first_said) > 200, 60), "nothing is decided"

    def lift(self) -> None:
        """A fault is over now."""
        self.lifted.append(time.monotonic())

    def empty_redis(self) -> None:
        """The server is gone, and another one without data stands in its place."""
        self.redis = EmbeddedRedis.start(log=self.folder / "redis.log")
        self.cable.to = _port(self.redis)
        self.cable.mend()

    def settle(self) -> Reckoning:
        """Feed no more; what became of all that was fed."""
        self.feeder.stop()
        until(lambda: self.witness.knows(self.feeder.posted), SETTLES_S)
        until(lambda: not self.behind(), 30)
        time.sleep(1.0)  # what would be said twice is said by now
        return self.witness.reckon(self.feeder.posted, self.lifted)

    def view_is_wrong(self) -> str:
        """What Redis shows otherwise than Kafka holds; empty where it comes to show the same."""
        said = ""

        def right() -> bool:
            nonlocal said
            code, said = self._command(
                "state", "verify", "--redis", f"redis://127.0.0.1:{self.cable.port}/0"
            )
            return code == 0

        return "" if until(right, 30) else said

    def shown_too_early(self) -> str:
        """What Redis has shown at any moment and Kafka has never committed; ask when the workers
        are gone."""
        if not self.onlooker.seen:
            return "the onlooker has seen nothing at all"
        shown = self.onlooker.never_committed(self.kafka.brokers)
        return f"{len(shown)} units of {len(self.onlooker.seen)} seen: {shown[0]}" if shown else ""

    def ledger_is_wrong(self) -> str:
        """The ledger, from the topics; empty where it balances."""
        code, said = self._command("ledger", "--verify")
        return "" if code == 0 else said

    def end(self) -> None:
        """Nobody is left."""
        self.crew.drain()
        self.witness.stop()
        self.onlooker.stop()
        self.cable.close()
        self.redis.stop()

    def _command(self, *words: str) -> tuple[int, str]:
        where = ("--brokers", self.kafka.brokers, "--namespace", self.topics.ns)
        result = CliRunner().invoke(app, [*words, *where])
        return result.exit_code, result.output

    def _hire(self, slot: str) -> WorkerProcess:
        settings, log = self._settings(slot), self.folder / f"{slot}.log"
        return WorkerProcess(settings, log, self._module(slot))

    def _module(self, slot: str) -> tuple[str, ...]:
        if release := self.releases.get(slot):
            return ("tests.kafka.faults.earlier_worker", str(release))
        if self._alteration:
            return ("tests.kafka.faults.altered_worker", self._alteration, str(self.clock))
        return ("streams.worker",)

    def _settings(self, slot: str) -> Settings:
        return Settings.read(
            brokers=self.kafka.brokers,
            redis=f"redis://127.0.0.1:{self.cable.port}/0",
            namespace=self.topics.ns,
            pack=self._town.pack.folder,
            cache=self.cache,
            slot=slot,
            web_port=free_port(),
        )


def _port(server: EmbeddedRedis) -> int:
    return int(server.url.rpartition(":")[2].partition("/")[0])
