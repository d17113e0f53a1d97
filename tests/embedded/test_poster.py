"""A poster that paces itself loses nothing on a broker that drops the oldest in silence."""

import os
import threading
import time

import pytest
from confluent_kafka import Consumer, TopicPartition

from messages.errors import BrokerError
from sinks.output import Output
from streams.cluster.brokers import client
from streams.posting.lag import GroupLag, Lag
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker


class Reader(threading.Thread):
    """A real consumer of one partition that commits what it has read, batch by batch."""

    def __init__(self, brokers: str, topic: str, group: str) -> None:
        super().__init__(daemon=True)
        self.seen: list[bytes] = []
        self.ended = threading.Event()
        self._at = TopicPartition(topic, 0, 0)
        self._conf = client(brokers, group_id=group, enable_auto_commit=False)

    def run(self) -> None:
        consumer = Consumer(
            {**self._conf, "fetch.wait.max.ms": 20, "auto.offset.reset": "earliest"}
        )
        consumer.assign([self._at])
        while not self.ended.is_set():
            messages = consumer.consume(100, 0.05)
            self.seen += [m.key() for m in messages]
            if messages:
                consumer.commit(message=messages[-1], asynchronous=False)
        consumer.close()


def outputs(topic: str, count: int, size: int) -> list[Output]:
    body = os.urandom(size)
    return [Output(topic, b"%d" % n, body) for n in range(count)]


def test_a_paced_poster_loses_nothing_although_it_posts_more_than_the_broker_keeps(stack):
    stack.create_topics({"paced": 1})
    reader = Reader(stack.brokers, "paced", "slow")
    reader.start()
    with GroupLag(stack.brokers, {"slow": {"paced": 1}}) as pace:
        poster = Poster(stack.brokers, pace=pace, outstanding=300)
        poster.post(outputs("paced", 1500, 10_000))  # 15 MB into 5 MiB
        assert poster.flush().delivered == {"paced": 1500}
        assert poster.wait_until_read(within=20)
    reader.ended.set()
    reader.join(5)
    assert reader.seen == [b"%d" % n for n in range(1500)]


def test_a_poster_keeps_no_more_records_unread_than_it_may(stack):
    stack.create_topics({"bounded": 1})
    seen: list[int] = []

    class Watching:
        def __init__(self, lag: GroupLag) -> None:
            self.lag = lag

        def read(self) -> Lag:
            found = self.lag.read()
            seen.append(found.behind)
            return found

    reader = Reader(stack.brokers, "bounded", "r")
    reader.start()
    with GroupLag(stack.brokers, {"r": {"bounded": 1}}) as lag:
        poster = Poster(stack.brokers, pace=Watching(lag), outstanding=200)
        poster.post(outputs("bounded", 2000, 100))
        poster.flush()
    reader.ended.set()
    reader.join(5)
    assert 0 < max(seen) <= 200


def test_a_poster_bounds_the_bytes_that_are_unread(stack):
    stack.create_topics({"heavy": 1})
    with GroupLag(stack.brokers, {"nobody": {"heavy": 1}}) as pace:
        poster = Poster(
            stack.brokers, pace=pace, outstanding=1000, outstanding_bytes=100_000, patience=0.3
        )
        with pytest.raises(BrokerError, match=r"broker\.nobody_reads"):
            poster.post(outputs("heavy", 100, 10_000))
        delivered = poster.flush().delivered["heavy"]
        assert 1 <= delivered <= 10
        assert pace.read() == Lag(behind=delivered, lost=0)


def test_a_poster_whose_readers_stand_still_says_so_instead_of_waiting_for_ever(stack):
    stack.create_topics({"unread": 1})
    began = time.monotonic()
    with GroupLag(stack.brokers, {"absent": {"unread": 1}}) as pace:
        poster = Poster(stack.brokers, pace=pace, outstanding=10, patience=0.5)
        with pytest.raises(BrokerError, match=r"broker\.nobody_reads"):
            poster.post(outputs("unread", 100, 10))
        assert poster.flush().delivered == {"unread": 10}
    assert time.monotonic() - began < 10


def test_records_that_the_broker_dropped_unread_are_an_error(stack):
    stack.create_topics({"dropped": 1})
    with GroupLag(stack.brokers, {"late": {"dropped": 1}}) as pace:
        poster = Poster(
            stack.brokers, pace=pace, outstanding=80, outstanding_bytes=10**9, patience=5
        )
        with pytest.raises(BrokerError, match=r"broker\.dropped"):
            poster.post(outputs("dropped", 200, 100_000))


def test_a_poster_without_a_pace_does_not_wait(stack):
    stack.create_topics({"free": 1})
    with Poster(stack.brokers, idempotent=False) as poster:
        poster.post(outputs("free", 5000, 10))
        assert poster.flush().delivered == {"free": 5000}


def test_a_record_that_is_too_large_is_counted_as_failed_and_the_others_are_posted(stack):
    stack.create_topics({"sizes": 1})
    poster = Poster(stack.brokers, idempotent=False)
    poster.post([*outputs("sizes", 2, 10), *outputs("sizes", 1, 3_000_000)])
    posted = poster.flush()
    assert posted.delivered == {"sizes": 2}
    assert posted.failed == {"sizes": 1}
    assert not posted.complete
    assert "sizes" in posted.failures[0]


def test_progress_is_told_of_every_record(stack):
    stack.create_topics({"told": 1})
    counts: list[int] = []
    with Poster(stack.brokers, progress=counts.append) as poster:
        poster.post(outputs("told", 450, 10))
    assert sum(counts) == 450
    assert len(counts) > 1
