"""The same worker on an Apache Kafka: topics by plan, nothing lost, the ledger proved."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from drills.accounting import account
from drills.ordinary_day import OrdinaryDay, events
from messages import cloudevents
from messages.topics import LANES, Topics
from packs.load import load
from sinks.output import Output
from sinks.recorder import Recorder
from sinks.run_folder import RunFolder
from streams.boundaries.load import load_layers
from streams.cluster.brokers import client
from streams.cluster.topic_setup import apply
from streams.cluster.topology import partitions_of, topic_plan, units_of
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.posting.lag import GroupLag, worker_groups
from streams.posting.poster import Poster
from streams.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
EVENTS = 3000


@pytest.fixture
def redis_server(tmp_path):
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    yield server
    server.stop()


class City:
    """The demo city's topics on a Kafka, a recorder, and a feeder that keeps its own list."""

    def __init__(self, kafka, namespace, redis_url, folder):
        self.pack = load(DEFAULT_PACK)
        self.layers, _ = load_layers(self.pack, cache_folder())
        self.kafka, self.redis_url, self.folder = kafka, redis_url, folder
        self.topics = topics = Topics(namespace)
        units = units_of(self.pack, self.layers)
        plan = topic_plan(topics, shards=self.pack.city.shards.count, units=units)
        apply(plan, kafka)
        self.partitions = partitions_of(plan)
        self.run = RunFolder.create(folder / "run")
        published = {topics.decisions, topics.dead, topics.ledger}
        outputs = {topic: self.partitions[topic] for topic in published}
        self.recorder = Recorder(client(kafka), topics, outputs, self.run)
        self.posted: dict = {}

    def worker(self, slot):
        settings = Settings.read(
            brokers=self.kafka,
            redis=self.redis_url,
            namespace=self.topics.ns,
            pack=DEFAULT_PACK,
            cache=cache_folder(),
            slot=slot,
            web_port=free_port(),
        )
        return WorkerProcess(settings, self.folder / f"{slot}.log")

    def feed(self, count, rate):
        """Post an ordinary day at ``rate`` a second; yields the number posted."""
        start = datetime.now(UTC)
        made = events(
            OrdinaryDay.of(self.pack), self.pack, self.layers[-1], count=count, seed=2, start=start
        )
        began = time.monotonic()
        with Poster(self.kafka, delivered=self._note) as poster:
            for number, event in enumerate(made, 1):
                head = cloudevents.headers(event.event_id, "wangge.event.v1", "/test", b"")
                lane = self.topics.lane(event.lane)
                poster.post([Output(lane, event.event_id.encode(), event.body, head)])
                if number % 50 == 0:
                    poster.flush()
                    time.sleep(max(0.0, began + number / rate - time.monotonic()))
                yield number

    def settle(self, worker):
        """Return when the worker has decided, and the recorder written, everything posted."""
        groups = worker_groups(worker.settings, self.partitions)
        lag = GroupLag(self.kafka, groups)
        deadline = time.monotonic() + 120
        while lag.read().behind or self.recorder.lag():
            worker.check()
            assert time.monotonic() < deadline, "the worker did not catch up"
            time.sleep(0.2)
        lag.close()

    def _note(self, message):
        place = (message.topic(), message.partition(), message.offset())
        self.posted[place] = message.key().decode()


@pytest.fixture
def city(kafka, kafka_namespace, redis_server, tmp_path):
    found = City(kafka, kafka_namespace, redis_server.url, tmp_path)
    with found.recorder:
        yield found


def test_a_kill_loses_nothing_and_the_ledger_is_proved_from_the_topics(city):
    first = city.worker("one")
    first.wait_ready(60)
    for number in city.feed(EVENTS, 3000):
        if number == EVENTS // 2:
            first.kill()
    second = city.worker("one")
    city.settle(second)
    assert second.terminate() < 5.0
    found = account(city.posted, city.run)
    assert found.posted == EVENTS
    assert found.complete, str(found)
    where = ["--brokers", city.kafka, "--namespace", city.topics.ns]
    proved = CliRunner().invoke(app, ["ledger", "--verify", *where])
    assert proved.exit_code == 0, proved.output
    assert set(LANES) <= {word for line in proved.output.splitlines() for word in line.split()}


def test_a_second_worker_joins_and_leaves_under_load_and_the_first_one_stays(city):
    first, second = city.worker("one"), None
    first.wait_ready(60)
    for number in city.feed(8000, 400):
        if number == 1000:
            second = city.worker("two")
        if number == 5500:
            second.wait_ready(30)
            assert second.terminate() < 5.0
        if number % 500 == 0:
            first.check()
    city.settle(first)
    first.check()
    assert first.terminate() < 5.0
    found = account(city.posted, city.run)
    assert found.complete, str(found)
