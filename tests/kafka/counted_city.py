"""A city on a Kafka, fed with events whose ids only the feeder knows; what became of them is told
from what a reader of committed records sees."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime

import orjson
from confluent_kafka.admin import AdminClient

from cli.city_option import DEFAULT_PACK, cache_folder
from drills.ordinary_day import OrdinaryDay, events
from messages import cloudevents
from messages.topics import Topics
from packs.load import load
from sinks.output import Output
from streams.boundaries.load import load_layers
from streams.cluster.brokers import client
from streams.cluster.tail import Tail
from streams.cluster.topic_setup import apply
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.embedded.redis_server import free_port
from streams.embedded.worker_process import WorkerProcess
from streams.posting.lag import GroupLag, worker_groups
from streams.posting.poster import Poster
from streams.settings import Settings


class CountedCity:
    """Its topics, its workers, its feed."""

    def __init__(self, kafka, namespace, redis_url, folder):
        self.kafka, self.redis_url, self.folder = kafka, redis_url, folder
        self.pack = load(DEFAULT_PACK)
        self.layers, _ = load_layers(self.pack, cache_folder())
        self.topics = Topics(namespace)
        units = units_of(self.pack, self.layers)
        plan = topic_plan(self.topics, shards=self.pack.city.shards.count, units=units)
        apply(plan, kafka)
        self.partitions = partitions_of(plan)
        self.posted: dict[tuple[str, int, int], str] = {}
        self.started: list[WorkerProcess] = []
        self._admin = AdminClient(client(kafka))
        self._feeding: threading.Thread | None = None
        self._enough = threading.Event()

    def worker(self, slot, **more):
        settings = Settings.read(
            brokers=self.kafka,
            redis=self.redis_url,
            namespace=self.topics.ns,
            pack=DEFAULT_PACK,
            cache=cache_folder(),
            slot=slot,
            web_port=free_port(),
            **more,
        )
        log = self.folder / f"{len(self.started)}-{slot}.log"
        self.started.append(WorkerProcess(settings, log))
        return self.started[-1]

    # The feed --------------------------------------------------------------------------------

    def feed(self, rate, seed=1, at_most=100_000):
        """Begin to post an ordinary day, ``rate`` a second, until :meth:`fed`."""
        self._enough.clear()
        self._feeding = threading.Thread(target=self._feed, args=(rate, seed, at_most))
        self._feeding.start()

    def fed(self):
        """End the feed; how many events were posted."""
        self._enough.set()
        if self._feeding is not None:
            self._feeding.join()
        return len(self.posted)

    def _feed(self, rate, seed, at_most):
        start, began = datetime.now(UTC), time.monotonic()
        day = OrdinaryDay.of(self.pack)
        made = events(day, self.pack, self.layers[-1], count=at_most, seed=seed, start=start)
        with Poster(self.kafka, delivered=self._note) as poster:
            for number, event in enumerate(made, 1):
                head = cloudevents.headers(event.event_id, "wangge.event.v1", "/test", b"")
                lane = self.topics.lane(event.lane)
                poster.post([Output(lane, event.event_id.encode(), event.body, head)])
                if number % 20 == 0:
                    poster.flush()
                    if self._enough.wait(max(0.0, began + number / rate - time.monotonic())):
                        return

    def _note(self, message):
        place = (message.topic(), message.partition(), message.offset())
        self.posted[place] = message.key().decode()

    # What became of it -----------------------------------------------------------------------

    def decided(self):
        """How many decisions are there, roughly: markers and open transactions count."""
        with Tail(self.kafka, self._of(self.topics.decisions), from_start=False) as tail:
            return sum(tail.until.values())

    def until_decided(self, more, worker, within=90.0):
        """Return when about so many more decisions are there."""
        deadline, wanted = time.monotonic() + within, self.decided() + more
        while self.decided() < wanted:
            worker.check()
            assert time.monotonic() < deadline, "the worker does not decide"
            time.sleep(0.02)

    def members(self, group):
        """How many members the group has."""
        return len(self._admin.describe_consumer_groups([group])[group].result().members)

    def until_members(self, group, count, within=60.0):
        """Return when the group has so many members."""
        deadline = time.monotonic() + within
        while self.members(group) != count:
            assert time.monotonic() < deadline, f"{group} has not {count} members"
            time.sleep(0.05)

    def settle(self, worker, within=120.0):
        """Return when the groups have committed everything up to the logs' ends."""
        deadline = time.monotonic() + within
        with GroupLag(self.kafka, worker_groups(worker.settings, self.partitions)) as lag:
            while behind := lag.read().behind:
                worker.check()
                assert time.monotonic() < deadline, f"{behind} behind"
                time.sleep(0.2)

    def found(self):
        return Found.read(self)

    def close(self):
        self.fed()
        for worker in self.started:
            worker.terminate()

    def _of(self, topic):
        return {topic: self.partitions[topic]}

    def bodies(self, topic):
        """Every committed body, partition by partition in the order of its offsets."""
        with Tail(self.kafka, self._of(topic), from_start=True) as tail:
            messages = [m for m in tail.history() if m.value() is not None]
        messages.sort(key=lambda m: (m.partition(), m.offset()))
        return [orjson.loads(message.value()) for message in messages]


class Found:
    """``lost``: ids without an outcome. ``doubled``: what was said twice. ``disordered``: incidents
    whose entries do not stand in the order of their seq."""

    def __init__(self):
        self.lost: list[str] = []
        self.doubled: list[str] = []
        self.disordered: list[str] = []
        self.entries = 0

    def __str__(self):
        return (
            f"{self.entries} entries; {len(self.lost)} lost {self.lost[:5]}, "
            f"{len(self.doubled)} doubled {self.doubled[:5]}, "
            f"{len(self.disordered)} out of order {self.disordered[:5]}"
        )

    @property
    def flawless(self):
        return not (self.lost or self.doubled or self.disordered)

    @classmethod
    def read(cls, city):
        found, topics = cls(), city.topics
        outcomes = Counter()
        for topic in (topics.decisions, topics.dead):
            outcomes.update(_place(body["origin"]) for body in city.bodies(topic))
        covered = Counter()
        for entry in city.bodies(topics.ledger):
            where = entry["topic"], entry["partition"]
            covered.update((*where, offset) for offset in range(entry["start"], entry["end"]))
            for first, last in entry["ignored_offsets"]:
                outcomes.update((*where, offset) for offset in range(first, last + 1))
        found.lost = [id for place, id in city.posted.items() if not outcomes[place]]
        found.doubled += [f"outcome {place}" for place, n in outcomes.items() if n > 1]
        found.doubled += [f"ledger {place}" for place, n in covered.items() if n > 1]
        aside = Counter(_place(body["origin"]) for body in city.bodies(topics.quarantine))
        found.doubled += [f"quarantine {place}" for place, n in aside.items() if n > 1]
        states = defaultdict(list)
        for body in city.bodies(topics.incidents):
            states[body["incident_id"]].append(body["seq"])
        found.disordered += [
            f"{incident} {seqs}"
            for incident, seqs in states.items()
            if seqs != list(range(1, len(seqs) + 1))
        ]
        for queue in (t for t in city.partitions if t.startswith(topics.queues_prefix)):
            found._queue(queue, city.bodies(queue) if _ends(city, queue) else [])
        return found

    def _queue(self, queue, entries):
        self.entries += len(entries)
        ids = Counter(entry["entry_id"] for entry in entries)
        self.doubled += [f"{queue} {id}" for id, times in ids.items() if times > 1]
        seqs = defaultdict(list)
        for entry in entries:
            seqs[entry["incident_id"]].append(entry["seq"])
        self.disordered += [f"{queue} {i} {s}" for i, s in seqs.items() if s != sorted(s)]


def _ends(city, topic):
    with Tail(city.kafka, {topic: 1}, from_start=False) as tail:
        return sum(tail.until.values())


def _place(origin):
    return origin["topic"], origin["partition"], origin["offset"]
