"""Modes on an Apache Kafka: two workers obey one order, whoever of them takes it in."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from typer.testing import CliRunner
from waiting import until

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.mode import app
from messages.topics import Topics
from packs.load import load
from streams.boundaries.load import load_layers
from streams.cluster.tail import Tail
from streams.cluster.topic_reader import read_all
from streams.cluster.topic_setup import apply
from streams.cluster.topology import topic_plan, units_of
from streams.control.standing import Standing
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.posting.feed import record
from streams.posting.poster import Poster
from streams.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
GULOU = {"lon": 118.77, "lat": 32.06, "datum": "wgs84"}


def apart(number, north):
    """One of 40 places in Gulou, farther apart than two reports of one flood. ``north``: degrees,
    to places that are none of the others."""
    row, column = divmod(number % 40, 5)
    lon, lat = GULOU["lon"] - 0.004 * column, GULOU["lat"] - 0.016 + 0.004 * row + north
    return {**GULOU, "lon": lon, "lat": lat}


@pytest.fixture
def redis_server(tmp_path):
    server = EmbeddedRedis.start(log=tmp_path / "redis.log")
    yield server
    server.stop()


@pytest.fixture
def topics(kafka, kafka_namespace):
    found = Topics(kafka_namespace)
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    plan = topic_plan(found, shards=pack.city.shards.count, units=units_of(pack, layers))
    apply(plan, kafka)
    return found


@pytest.fixture
def start_worker(kafka, topics, redis_server, tmp_path):
    started = []

    def start(slot):
        settings = Settings.read(
            brokers=kafka,
            redis=redis_server.url,
            namespace=topics.ns,
            pack=DEFAULT_PACK,
            cache=cache_folder(),
            slot=slot,
            web_port=free_port(),
        )
        worker = WorkerProcess(settings, tmp_path / f"{slot}.log")
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.terminate()


def test_an_order_is_obeyed_by_every_worker_and_outlives_the_one_that_took_it(
    kafka, topics, start_worker
):
    def mode(*arguments):
        where = ("--brokers", kafka, "--namespace", topics.ns, "--json")
        result = CliRunner().invoke(app, [*arguments, *where], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return [orjson.loads(line) for line in result.stdout.splitlines()]

    def post(prefix, count=40):
        """Events under many keys, so that every worker has some; what became of them."""
        bodies = [
            {
                "schema_version": 1,
                "event_id": f"{prefix}-{number}",
                "source": "suishoupai",
                "occurred_at": datetime.now(UTC).isoformat(),
                "position": apart(number, north=0.002 if prefix == "during" else 0.0),
                "text": "路面积水",
            }
            for number in range(count)
        ]
        with Poster(kafka) as poster:
            poster.post(record(topics, "reports", body) for body in bodies)

        def all_decided():
            found = {
                body["event_id"]: body
                for body in read_all(kafka, topics.decisions)
                if body["event_id"].startswith(f"{prefix}-")
            }
            return list(found.values()) if len(found) == count else None

        return until(all_decided, 60.0)

    def standing():
        with Tail(kafka, {topics.control: 1}, from_start=True) as tail:
            return Standing.of((m.key(), m.value()) for m in tail.history())

    first, second = start_worker("one"), start_worker("two")
    first.wait_ready(90)
    second.wait_ready(90)
    assert all(not decision["modes"] for decision in post("before"))

    order = ("start", "flood", "--area", "district:320106", "--for", "6h", "--emergency")
    (said,) = mode(*order, "--author", "duty-320106", "--reason", "暴雨")
    during = post("during")
    assert all(found["modes"][0]["scenario"] == "flood" for found in during)
    assert {found["escalation"] for found in during} == {"storm"}

    # The note is the broker's time of arrival, which no producer sets.
    accepted = standing().orders[said["order_id"]].accepted
    with Tail(kafka, {topics.orders: 1}, from_start=True) as tail:
        (message,) = list(tail.history())
    assert abs(accepted.at.timestamp() - message.timestamp()[1] / 1000) < 0.001

    first.kill()
    mode("approve", said["order_id"], "--author", "chief-320106", "--wait", "60")
    assert all(found["modes"] for found in post("after"))
    mode("end", said["order_id"], "--author", "duty-320106", "--reason", "雨停", "--wait", "60")
    assert all(not decision["modes"] for decision in post("ended"))

    def told():
        kinds = [
            body["kind"]
            for body in read_all(kafka, topics.notices)
            if body.get("order_id") == said["order_id"]
        ]
        return kinds if "ended" in kinds else None

    assert sorted(until(told, 60.0)) == ["ended", "started", "waiting"]
