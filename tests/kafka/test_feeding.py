"""Posting, replaying, watching and recording on an Apache Kafka."""

import json
import time

import orjson
import pytest
import typer
from confluent_kafka import Producer
from typer.testing import CliRunner

from cli import post, replay, watch
from messages.topics import Topics
from messages.unit import CITY, Unit
from sinks.output import Output
from sinks.recorder import Recorder
from sinks.run_folder import RunFolder
from streams.cluster.brokers import client, reach
from streams.cluster.tail import Tail
from streams.cluster.topic_setup import apply
from streams.cluster.topology import topic_plan
from streams.posting.lag import GroupLag
from streams.posting.poster import Poster

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
STREET = Unit("street", "320106001")
app = typer.Typer()
app.command("post")(post.post)
app.command("replay")(replay.replay)
app.command("watch")(watch.watch)


@pytest.fixture
def topics(kafka, kafka_namespace):
    found = Topics(kafka_namespace)
    apply(topic_plan(found, shards=2, units=[CITY, STREET]), kafka)
    return found


def invoke(kafka, *arguments):
    return CliRunner().invoke(app, [*map(str, arguments), "--brokers", kafka])


def reports(count):
    return [
        {
            "schema_version": 1,
            "event_id": f"r-{n}",
            "source": "s",
            "occurred_at": "2026-11-23T08:00:00+08:00",
        }
        for n in range(count)
    ]


def transaction(kafka, topic, bodies, *, commit):
    producer = Producer(client(kafka, transactional_id=f"test-{topic}-{commit}"))
    producer.init_transactions(30)
    producer.begin_transaction()
    for body in bodies:
        producer.produce(topic, orjson.dumps(body))
    producer.flush(10)
    if commit:
        producer.commit_transaction(10)
    else:
        producer.abort_transaction(10)


def test_a_posted_file_is_on_its_lane_and_replayed_from_there(kafka, topics, tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\n".join(map(orjson.dumps, reports(200))))
    posted = invoke(kafka, "post", path, "--namespace", topics.ns, "--json")
    assert json.loads(posted.stdout)["posted"] == {"reports": 200}
    lane = topics.lane("reports")
    options = ("--into", topics.ns, "--speed", "max", "--lane", "urgent", "--json")
    replayed = invoke(kafka, "replay", "--from-topic", lane, *options)
    assert json.loads(replayed.stdout)["posted"] == {"urgent": 200}
    with Tail(kafka, {topics.lane("urgent"): 4}, from_start=True) as tail:
        ids = sorted(orjson.loads(m.value())["event_id"] for m in tail.history())
    assert ids == sorted(f"r-{n}" for n in range(200))


def test_the_broker_stamps_the_arrival(kafka, topics, tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(orjson.dumps(reports(1)[0]))
    began = time.time() * 1000
    invoke(kafka, "post", path, "--namespace", topics.ns)
    with Tail(kafka, {topics.lane("reports"): 4}, from_start=True) as tail:
        (message,) = tail.history()
    kind, stamp = message.timestamp()
    assert kind == 2  # LogAppendTime
    assert began - 1000 <= stamp <= time.time() * 1000 + 1000


def test_an_oversized_body_still_arrives_to_become_a_dead_letter(kafka, topics, tmp_path):
    path = tmp_path / "huge"
    path.write_bytes(b"x" * 400_000)
    options = ("--raw", "--lane", "reports", "--namespace", topics.ns)
    assert invoke(kafka, "post", path, *options).exit_code == 0


def test_a_queue_shows_committed_entries_only(kafka, topics):
    queue = topics.queue(STREET)
    transaction(kafka, queue, [{"incident_id": "no"}], commit=False)
    transaction(kafka, queue, [{"incident_id": "yes"}], commit=True)
    options = ("--namespace", topics.ns, "--from-start", "--count", 1, "--for", 30)
    result = invoke(kafka, "watch", "--queue", STREET, *options)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [{"incident_id": "yes"}]


def test_a_history_ends_although_the_log_ends_with_a_marker(kafka, topics):
    queue = topics.queue(STREET)
    transaction(kafka, queue, [{"n": 1}], commit=True)
    transaction(kafka, queue, [{"n": 2}], commit=False)
    with Tail(kafka, {queue: 1}, from_start=True) as tail:
        assert [orjson.loads(m.value()) for m in tail.history()] == [{"n": 1}]


def test_a_recorder_catches_up_over_aborted_records_and_markers(kafka, topics, tmp_path):
    folder = RunFolder.create(tmp_path / "run")
    outputs = {topics.dead: reach(kafka).partitions[topics.dead]}
    with Recorder(client(kafka), topics, outputs, folder) as recorder:
        transaction(kafka, topics.dead, [{"n": 1}], commit=True)
        transaction(kafka, topics.dead, [{"n": 2}], commit=False)
        deadline = time.monotonic() + 30
        while recorder.lag() and time.monotonic() < deadline:
            recorder.check()
            time.sleep(0.02)
        assert recorder.lag() == 0
    assert list(folder.bodies(folder.stream("dead"))) == [{"n": 1}]


def test_the_lag_of_a_group_is_what_it_has_not_committed(kafka, topics, tmp_path):
    folder = RunFolder.create(tmp_path / "run")
    outputs = {topics.decisions: 2}
    with Poster(kafka) as poster:
        poster.post([Output(topics.decisions, b"%d" % n, b"{}") for n in range(100)])
    recorder = Recorder(client(kafka), topics, outputs, folder)
    with GroupLag(kafka, {recorder.group: outputs}) as lag:
        assert lag.read().behind == 100
        with recorder:
            deadline = time.monotonic() + 30
            while recorder.lag() and time.monotonic() < deadline:
                time.sleep(0.02)
        assert lag.read().behind == 0
