"""Reading from outside: from the start, from now on, and exactly up to where the log ended."""

import pytest

from sinks.output import Output
from streams.cluster.tail import Tail, in_order_of_arrival
from streams.posting.poster import Poster

pytestmark = pytest.mark.broker


def post(brokers: str, topic: str, numbers: range) -> None:
    with Poster(brokers, idempotent=False) as poster:
        poster.post([Output(topic, b"%d" % n, b"%d" % n) for n in numbers])


def test_history_is_everything_that_was_there_and_nothing_later(stack):
    stack.create_topics({"h": 3})
    post(stack.brokers, "h", range(500))
    with Tail(stack.brokers, {"h": 3}, from_start=True) as tail:
        post(stack.brokers, "h", range(500, 600))
        assert sorted(int(m.value()) for m in tail.history()) == list(range(500))


def test_an_empty_topic_has_no_history(stack):
    stack.create_topics({"e": 2})
    with Tail(stack.brokers, {"e": 2}, from_start=True) as tail:
        assert list(tail.history()) == []


def test_a_tail_from_now_on_does_not_show_what_was_before(stack):
    stack.create_topics({"n": 1})
    post(stack.brokers, "n", range(5))
    with Tail(stack.brokers, {"n": 1}, from_start=False) as tail:
        post(stack.brokers, "n", range(5, 8))
        found: list[int] = []
        for _ in range(100):
            found += [int(m.value()) for m in tail.take(0.1)]
            if len(found) >= 3:
                break
        assert found == [5, 6, 7]


def test_records_of_several_partitions_come_in_the_order_of_their_arrival(stack):
    stack.create_topics({"o": 4})
    with Poster(stack.brokers, idempotent=False) as poster:
        for n in range(20):
            poster.post([Output("o", b"", b"%d" % n, None, n % 4)])
            poster.flush()
    with Tail(stack.brokers, {"o": 4}, from_start=True) as tail:
        messages = in_order_of_arrival(tail.history())
    stamps = [m.timestamp()[1] for m in messages]
    assert stamps == sorted(stamps)
    assert len(messages) == 20
