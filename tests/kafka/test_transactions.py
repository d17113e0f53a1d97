"""The end of a unit of work on an Apache Kafka: what is let in, what is refused, who waits."""

from __future__ import annotations

import asyncio
import queue
import time
from collections import Counter

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from waiting import until

from incidents.state import Version, Write
from messages.errors import BrokerError
from sinks.output import Output
from streams.cluster.brokers import client
from streams.cluster.tail import Tail
from streams.commit import ABORTS, ExactlyOnce
from streams.posting.lag import GroupLag
from streams.posting.poster import Poster
from streams.restore import restore, state_outputs
from streams.settings import Settings
from streams.wire import config
from streams.wire.consumer import ConsumerThread
from streams.wire.transaction import AbortedError, TransactionalProducer

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]
RECORDS = 10


@pytest.fixture
def topics(kafka, kafka_namespace):
    """``in`` with two partitions and ten records in each, ``out`` and ``small`` with one."""
    names = {name: f"{kafka_namespace}.{name}" for name in ("in", "out", "small")}
    admin = AdminClient(client(kafka))
    made = [
        NewTopic(names["in"], 2, 1),
        NewTopic(names["out"], 1, 1),
        NewTopic(names["small"], 1, 1, config={"max.message.bytes": "1000"}),
    ]
    for future in admin.create_topics(made).values():
        future.result()
    with Poster(kafka) as poster:
        poster.post(
            Output(names["in"], b"", b"%d" % number, None, number % 2)
            for number in range(2 * RECORDS)
        )
    return names


class Member:
    """One member of the group, with the producer of its slot."""

    def __init__(self, kafka, topics, namespace, slot):
        self.settings = Settings.read(brokers=kafka, namespace=namespace, slot=slot)
        self.topics = topics
        self.deliveries = queue.Queue()
        self.owned = set()
        self.rewinds = 0
        self.thread = ConsumerThread(
            name=slot,
            conf=config.consumer(self.settings, f"{namespace}.group", "test"),
            topics=[topics["in"]],
            hand_over=self.deliveries.put,
            assignments=self,
            fatal=lambda why: pytest.fail(why),
            past_markers=True,
        )
        self.producer = TransactionalProducer(config.transactional(self.settings, "test"))
        self.producer.open()
        self.commits = ExactlyOnce(self.producer, self.thread, slot)

    def assigned(self, consumer, partitions):
        self.owned |= {p.partition for p in partitions}

    def revoked(self, partitions, *, lost):
        self.owned -= {p.partition for p in partitions}

    def rewound(self, positions):
        self.rewinds += 1

    async def commit(self, delivery, into="out"):
        """Copy the records; whether that was committed. It waits for the thread's own work."""
        records = delivery.records
        outputs = [Output(self.topics[into], b"", value) for value in records.values]
        ends = {partition: end for partition, (_, end) in records.spans().items()}
        committed = await self.commits.commit(delivery, outputs, ends)
        delivery.done()
        return committed

    def work_off(self):
        """Commit what has come and is not outdated."""
        while not self.deliveries.empty():
            delivery = self.deliveries.get()
            if delivery.outdated:
                delivery.done()
            else:
                asyncio.run(self.commit(delivery))


@pytest.fixture
def member(kafka, topics, kafka_namespace):
    members = []

    def join(slot):
        found = Member(kafka, topics, kafka_namespace, slot)
        members.append(found)
        found.thread.start()
        return found

    yield join
    for one in members:
        one.thread.stop()
        one.thread.join(10)


@pytest.fixture
def alone(kafka, topics, kafka_namespace):
    """Commits a producer's transaction for nobody: the metadata of no member is never refused."""
    settings = Settings.read(brokers=kafka, namespace=kafka_namespace)
    consumer = Consumer(config.consumer(settings, f"{kafka_namespace}.alone", "alone"))

    def commit(producer):
        assert not consumer.memberid()
        producer.commit([TopicPartition(topics["in"], 0, 0)], consumer.consumer_group_metadata())

    yield commit
    consumer.close()


def producer_of(kafka, namespace, slot):
    settings = Settings.read(brokers=kafka, namespace=namespace, slot=slot)
    found = TransactionalProducer(config.transactional(settings, "test"))
    found.open()
    found.begin()
    return found


def read(kafka, topic, partitions=1):
    with Tail(kafka, {topic: partitions}, from_start=True) as tail:
        return [message.value() for message in tail.history()]


def lag(kafka, namespace, topics):
    with GroupLag(kafka, {f"{namespace}.group": {topics["in"]: 2}}) as found:
        return found.read().behind


def test_a_unit_that_a_rebalance_overtakes_is_aborted_and_read_once_more(
    kafka, topics, kafka_namespace, member
):
    first = member("one")
    delivery = first.deliveries.get(timeout=30)
    second = member("two")
    until(lambda: first.thread.draining, 40.0)  # the group has moved on, and waits for the unit
    assert not asyncio.run(first.commit(delivery))
    assert first.rewinds == 1
    assert read(kafka, topics["out"]) == []

    def all_copied():
        first.work_off()
        second.work_off()
        return len(read(kafka, topics["out"])) >= 2 * RECORDS and first.owned and second.owned

    until(all_copied, 40.0)
    copies = Counter(read(kafka, topics["out"]))
    assert copies == Counter({b"%d" % number: 1 for number in range(2 * RECORDS)})
    until(lambda: lag(kafka, kafka_namespace, topics) == 0, 40.0)


def test_a_member_that_the_group_has_expelled_is_refused(kafka, topics, kafka_namespace, member):
    first = member("one")
    delivery = first.deliveries.get(timeout=30)
    producer = first.producer
    ends = [
        TopicPartition(topics["in"], p, end) for p, (_, end) in delivery.records.spans().items()
    ]
    delivery.done()
    first.thread.stop()
    first.thread.join(10)
    producer.begin()
    producer.produce([Output(topics["out"], b"", b"late")])
    with pytest.raises(AbortedError):
        producer.commit(ends, delivery.metadata)
    producer.abort()
    assert read(kafka, topics["out"]) == []


def test_metadata_of_no_member_would_not_be_fenced_so_it_must_not_be_used(
    kafka, topics, kafka_namespace, member
):
    first = member("one")
    first.deliveries.get(timeout=30).done()
    stranger = Consumer(config.consumer(first.settings, f"{kafka_namespace}.group", "stranger"))
    producer = producer_of(kafka, kafka_namespace, "stranger")
    producer.produce([Output(topics["out"], b"", b"let in")])
    assert not stranger.memberid()
    producer.commit([TopicPartition(topics["in"], 0, 5)], stranger.consumer_group_metadata())
    stranger.close()
    assert read(kafka, topics["out"]) == [b"let in"]


def test_a_producer_whose_slot_another_has_taken_over_is_fenced(
    kafka, topics, kafka_namespace, alone
):
    older = producer_of(kafka, kafka_namespace, "same")
    older.produce([Output(topics["out"], b"", b"of the older")])
    older.flush()
    newer = producer_of(kafka, kafka_namespace, "same")
    newer.produce([Output(topics["out"], b"", b"of the newer")])
    alone(newer)
    with pytest.raises(BrokerError) as refused:
        alone(older)
    assert refused.value.code == "broker.fenced"
    assert read(kafka, topics["out"]) == [b"of the newer"]


def test_a_unit_that_the_broker_never_takes_does_not_go_round_for_ever(
    kafka, topics, kafka_namespace, member
):
    first = member("one")

    async def again_and_again():
        for _ in range(ABORTS + 1):
            delivery = await asyncio.to_thread(first.deliveries.get, timeout=30)
            while delivery.outdated:
                delivery.done()
                delivery = await asyncio.to_thread(first.deliveries.get, timeout=30)
            huge = [Output(topics["small"], b"", b"x" * 5000)]
            assert not await first.commits.commit(delivery, huge, {0: 1})
            delivery.done()

    with pytest.raises(BrokerError, match=f"{ABORTS + 1} units aborted in a row"):
        asyncio.run(again_and_again())


def test_markers_at_the_end_of_a_log_are_no_lag(kafka, topics, kafka_namespace, member):
    producer = Producer(client(kafka, transactional_id=f"{kafka_namespace}.feeder"))
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topics["in"], b"last", partition=0)
    producer.commit_transaction(30)
    first = member("one")

    def done():
        first.work_off()
        return lag(kafka, kafka_namespace, topics) == 0

    until(done, 40.0)
    assert len(read(kafka, topics["out"])) == 2 * RECORDS + 1


def test_a_restore_waits_for_what_stands_behind_an_open_transaction(
    kafka, topics, kafka_namespace, alone
):
    def unit(number):
        version = Version(number=number, cursor=number, owners=(("owner", 1),))
        write = Write("incident", str(number), b"{}")
        return list(state_outputs(topics["out"], 0, version, [write], "owner"))

    owner, killed = (producer_of(kafka, kafka_namespace, slot) for slot in ("owner", "killed"))
    owner.produce(unit(1))
    alone(owner)
    killed.produce([Output(topics["out"], b"incident:never", b"{}", None, 0)])
    killed.flush()  # and never ended: the broker does that when its time is up
    owner.begin()
    owner.produce(unit(2))
    alone(owner)
    settings = Settings.read(brokers=kafka, namespace=kafka_namespace)
    began = time.monotonic()
    state = restore(config.consumer(settings, "test", "test"), topics["out"], 0)
    assert state.version.number == 2
    assert [state.get("incident", key) for key in ("1", "2", "never")] == [b"{}", b"{}", None]
    assert time.monotonic() - began < 30
