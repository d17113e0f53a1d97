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


def test_a_worker_on_apache_kafka_loses_nothing_through_a_kill_and_its_ledger_is_proved(
    kafka, kafka_namespace, redis_server, tmp_path
):
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    topics = Topics(kafka_namespace)
    plan = topic_plan(topics, shards=pack.city.shards.count, units=units_of(pack, layers))
    apply(plan, kafka)
    settings = Settings.read(
        brokers=kafka,
        redis=redis_server.url,
        namespace=kafka_namespace,
        pack=DEFAULT_PACK,
        cache=cache_folder(),
        web_port=free_port(),
    )
    run = RunFolder.create(tmp_path / "run")
    partitions = partitions_of(plan)
    published = {topics.decisions, topics.dead, topics.ledger}
    recorder = Recorder(client(kafka), topics, {t: partitions[t] for t in published}, run)
    posted: dict = {}
    first = WorkerProcess(settings, tmp_path / "first.log")
    first.wait_ready(60)
    day = events(
        OrdinaryDay.of(pack), pack, layers[-1], count=EVENTS, seed=2, start=datetime.now(UTC)
    )

    def note(message):
        posted[message.topic(), message.partition(), message.offset()] = message.key().decode()

    with recorder, Poster(kafka, delivered=note) as poster:
        for number, event in enumerate(day):
            head = cloudevents.headers(event.event_id, "wangge.event.v1", "/test", b"")
            lane = topics.lane(event.lane)
            poster.post([Output(lane, event.event_id.encode(), event.body, head)])
            if number == EVENTS // 2:
                poster.flush()
                first.kill()
        poster.flush()
        second = WorkerProcess(settings, tmp_path / "second.log")
        lag = GroupLag(kafka, worker_groups(settings, partitions))
        deadline = time.monotonic() + 120
        while lag.read().behind or recorder.lag():
            second.check()
            assert time.monotonic() < deadline, "the second worker did not catch up"
            time.sleep(0.2)
        lag.close()
        assert second.terminate() < 5.0
    found = account(posted, run)
    assert found.posted == EVENTS
    assert found.complete, str(found)
    proved = CliRunner().invoke(
        app, ["ledger", "--verify", "--brokers", kafka, "--namespace", kafka_namespace]
    )
    assert proved.exit_code == 0, proved.output
    assert set(LANES) <= {word for line in proved.output.splitlines() for word in line.split()}
