"""What each name may do on a Kafka that asks, and what it is denied: by `wangge acl`."""

from __future__ import annotations

import os
import time
from urllib.request import urlopen

import orjson
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from desk_town import GULOU, PEDLARS, report
from kafka_server import MissingError
from secured_kafka import ADMIN, SecuredKafka
from typer.testing import CliRunner

from cli.city_option import DEFAULT_PACK, cache_folder
from cli.main import app
from messages.topics import Topics
from messages.unit import Unit
from streams.cluster.access import TAIL_GROUP, Grant
from streams.cluster.access_setup import BrokerAccess
from streams.cluster.topic_reader import read_all
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.settings import Settings

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]
TOPICS = Topics("guarded")
OWNER, OTHER = Unit.parse("street:320106001"), Unit.parse("street:320102002")


def name_of(unit):
    return f"guarded.unit.{unit.kind}.{unit.code}"


WORKER, SOURCE = "guarded.worker", "guarded.source.suishoupai"
OFFICERS, OPERATORS = "guarded.officers", "guarded.operators"
HEARTBEAT = "guarded.heartbeat"
USERS = [WORKER, SOURCE, OFFICERS, OPERATORS, HEARTBEAT, name_of(OWNER), name_of(OTHER)]


def wangge(kafka, name, *words, code=0):
    """A command, run by this name."""
    where = ("--brokers", kafka.brokers, "--namespace", TOPICS.ns)
    with kafka.known_as(name):
        told = CliRunner().invoke(app, [*words, *where], catch_exceptions=False)
    assert told.exit_code == code, told.output
    return told.output


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    """Its users known, its ACLs and topics made by the commands."""
    try:
        with SecuredKafka.start(tmp_path_factory.mktemp("kafka")) as running:
            running.add_users(USERS)
            wangge(running, ADMIN, "acl", str(DEFAULT_PACK), "--apply")
            wangge(running, OPERATORS, "topics", "apply", str(DEFAULT_PACK))
            yield running
    except MissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def worker(kafka, tmp_path_factory):
    """One at work, by the workers' name and no more than it may."""
    folder = tmp_path_factory.mktemp("worker")
    server = EmbeddedRedis.start(log=folder / "redis.log")
    settings = Settings.read(
        brokers=kafka.brokers,
        redis=server.url,
        namespace=TOPICS.ns,
        pack=DEFAULT_PACK,
        cache=cache_folder(),
        web_port=free_port(),
    )
    with kafka.known_as(WORKER):
        running = WorkerProcess(settings, folder / "worker.log")
    try:
        running.wait_ready(60.0)
        yield running
    finally:
        running.terminate()
        server.stop()


def write(kafka, name, topic, body=b"{}"):
    """The broker's word to a record of this name's: None when it was taken."""
    said = []
    producer = Producer(kafka.conf(name, message_timeout_ms=10_000))
    producer.produce(topic, body, on_delivery=lambda error, _: said.append(error))
    producer.flush(15)
    (error,) = said
    return error and error.code()


def read(kafka, name, topic, group=None, within=20.0, *, wait=False):
    """The first record that this name can read there, None at the end, or the broker's word.
    ``wait``: at the end, wait for one to come."""
    conf = kafka.conf(name, group_id=group or TAIL_GROUP, enable_auto_commit=False)
    conf |= {"isolation.level": "read_committed", "enable.partition.eof": True}
    consumer = Consumer(conf)
    try:
        if denied := consumer.list_topics(topic, timeout=10).topics[topic].error:
            return denied.code()
        if group:
            consumer.subscribe([topic])
        else:
            consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            message = consumer.poll(0.5)
            if message is None:
                continue
            if (error := message.error()) is None:
                return message.value()
            if error.code() != KafkaError._PARTITION_EOF:
                return error.code()
            if not wait:
                return None
    finally:
        consumer.close()
    raise AssertionError(f"{topic} had nothing to say within {within:g} s")


DENIED = KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_a_report_goes_its_way_and_the_owner_acts_on_it_each_by_its_own_name_alone(kafka, worker):
    body = orjson.dumps(report("r-1", PEDLARS, GULOU, time.time()))
    assert write(kafka, SOURCE, TOPICS.lane("reports"), body) is None
    name = name_of(OWNER)
    entries = [orjson.loads(read(kafka, name, TOPICS.queue(OWNER), within=60.0, wait=True))]
    assert entries[0]["event_id"] == "r-1"
    incident = entries[0]["incident_id"]
    told = wangge(kafka, name, "act", "accept", incident, "--unit", str(OWNER), "--actor", "o-1")
    assert "accepted" in told
    refused = wangge(
        kafka, name, "act", "accept", incident, "--unit", str(OWNER), "--actor", "o-1", code=1
    )
    assert "accepted" in refused
    assert worker.running
    with urlopen(f"http://127.0.0.1:{worker.settings.web_port}/-/ready", timeout=10) as said:
        assert orjson.loads(said.read())["delivery"] == "exactly_once"
    with kafka.known_as(OFFICERS):
        decisions = read_all(kafka.brokers, TOPICS.decisions)
        lanes = [one["origin"]["topic"] for one in decisions]
        queue = list(read_all(kafka.brokers, TOPICS.queue(OWNER)))
        entries = [one["entry_id"] for one in queue if "entry_id" in one]  # a refusal has none
    assert lanes.count(TOPICS.lane("reports")) == 1
    assert entries and len(set(entries)) == len(entries)


@pytest.mark.parametrize(
    "words",
    [
        "report --month 2026-11",
        "handover --since 2026-11-01T00:00:00+08:00",
        "incidents list",
        "quarantine list",
        "warnings list",
        "warnings told",
        "returns",
        "mode list",
        "pack list",
        f"shards show {DEFAULT_PACK}",
        f"watch --queue {OWNER} --from-start --for 0",
    ],
)
def test_an_officer_s_commands_read_a_city_that_asks_who_they_are(kafka, worker, words):
    wangge(kafka, OFFICERS, *words.split())


def test_an_operator_s_commands_prove_the_state_and_the_topics(kafka, worker):
    wangge(kafka, OPERATORS, "topics", "apply", str(DEFAULT_PACK), "--dry-run")
    wangge(kafka, OPERATORS, "state", "verify", "--redis", worker.settings.redis)


def test_a_heartbeat_beats_by_its_own_name_and_may_no_more(kafka, worker):
    told = wangge(kafka, HEARTBEAT, "heartbeat", str(DEFAULT_PACK), "--once")
    assert "shards answered" in told
    for topic in (TOPICS.lane("reports"), TOPICS.orders, TOPICS.desk):
        assert write(kafka, HEARTBEAT, topic) == DENIED, topic
    for topic in (TOPICS.queue(OWNER), TOPICS.quarantine, TOPICS.dead):
        assert read(kafka, HEARTBEAT, topic) == DENIED, topic


def test_a_unit_reads_its_own_queue_in_its_own_group_and_no_other_s(kafka, worker):
    name = name_of(OTHER)
    assert read(kafka, name, TOPICS.queue(OWNER)) == DENIED
    own = read(kafka, name, TOPICS.queue(OTHER), group=name)
    assert own is None or isinstance(own, bytes)
    foreign = read(kafka, name, TOPICS.queue(OTHER), group=name_of(OWNER))
    assert foreign == KafkaError.GROUP_AUTHORIZATION_FAILED


def test_a_unit_acts_by_its_own_topic_and_no_other_s(kafka):
    name = name_of(OTHER)
    assert write(kafka, name, TOPICS.actions(OTHER)) is None
    for topic in (TOPICS.actions(OWNER), TOPICS.queue(OTHER), TOPICS.orders, TOPICS.desk):
        assert write(kafka, name, topic) == DENIED, topic


def test_a_source_writes_on_its_lane_and_reads_nothing(kafka):
    assert write(kafka, SOURCE, TOPICS.lane("urgent")) == DENIED
    assert write(kafka, SOURCE, TOPICS.actions(OWNER)) == DENIED
    # Kafka would let it see the lane it writes on; there is no group that it may read in.
    found = read(kafka, SOURCE, TOPICS.lane("reports"))
    assert found == KafkaError.GROUP_AUTHORIZATION_FAILED
    assert read(kafka, SOURCE, TOPICS.queue(OWNER)) == DENIED


@pytest.mark.parametrize("topic", [TOPICS.dead, TOPICS.quarantine])
def test_what_was_put_aside_is_for_officers_eyes(kafka, topic):
    for name in (name_of(OWNER), SOURCE, OPERATORS):
        assert read(kafka, name, topic) == DENIED, name
    said = read(kafka, OFFICERS, topic)
    assert said is None or isinstance(said, bytes)


def test_an_officer_s_order_is_in_force_and_nobody_else_s_is_taken(kafka, worker):
    started = ("mode", "start", "flood", "--area", "district:320106", "--for", "6h")
    told = wangge(
        kafka, OFFICERS, *started, "--author", "duty-320106", "--reason", "暴雨", "--json"
    )
    assert orjson.loads(told)["accepted"], told
    assert write(kafka, name_of(OWNER), TOPICS.orders) == DENIED


def test_the_ledger_is_verified_by_officers(kafka, worker):
    assert "balances" in wangge(kafka, OFFICERS, "ledger", "--verify")


def test_a_second_apply_has_nothing_to_do_and_a_stray_grant_is_taken_away_when_told(kafka):
    again = wangge(kafka, ADMIN, "acl", str(DEFAULT_PACK), "--apply")
    assert again.startswith("0 added; 0 beyond the plan; ")
    stray = Grant(f"User:{name_of(OTHER)}", "READ", "TOPIC", TOPICS.dead)
    with kafka.known_as(ADMIN):
        BrokerAccess(kafka.brokers).add([stray])
    found = wangge(kafka, ADMIN, "acl", str(DEFAULT_PACK), code=1)
    assert f"{TOPICS.dead}" in found
    gone = wangge(kafka, ADMIN, "acl", str(DEFAULT_PACK), "--apply", "--prune")
    assert "1 taken away" in gone
    assert read(kafka, name_of(OTHER), TOPICS.dead) == DENIED


def test_who_is_not_known_or_speaks_plainly_is_not_let_in(kafka):
    for conf in (
        {**kafka.conf(WORKER), "sasl.password": "wrong"},
        {"bootstrap.servers": kafka.brokers},
    ):
        producer = Producer({**conf, "message.timeout.ms": 2000})
        producer.produce(TOPICS.orders, b"{}")
        assert producer.flush(1.0) == 1
