"""Looks at the view in Redis all the time, as a console does: what it shows must be committed.

A unit that is shown and then aborted is written anew by whoever has its shard next, so the view
mends itself in the end; only who looked in between has seen what never came about.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import redis
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from incidents.redis_state import ShardKeys
from incidents.state import Version
from messages.topics import Topics
from streams.cluster.brokers import client
from streams.restore import VERSION_KEY

_EVERY_S = 0.02
_PATIENCE_S = 30.0


class Onlooker:
    """``url``: of the Redis that is there now. ``shards``: how many the city has."""

    def __init__(self, url: Callable[[], str], topics: Topics, shards: int) -> None:
        self._url, self._topics, self._shards = url, topics, shards
        self.seen: set[tuple[int, bytes]] = set()
        """Shard and body of each version that Redis has shown."""
        self._stop = Event()
        self._thread = Thread(target=self._run, name="onlooker", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(10)

    def never_committed(self, brokers: str) -> list[str]:
        """What was seen in Redis and is in no committed record of the state topic."""
        committed = _versions(brokers, self._topics.state, self._shards)
        committed |= {(shard, Version().to_json()) for shard in range(self._shards)}  # as yet none
        return [f"shard {shard}: {body.decode()}" for shard, body in self.seen - committed]

    def _run(self) -> None:
        keys = [ShardKeys(self._topics.ns, shard).ver for shard in range(self._shards)]
        url, server = "", None
        while not self._stop.wait(_EVERY_S):
            if server is None or url != self._url():
                url = self._url()
                server = redis.Redis.from_url(url, socket_timeout=1.0)
            try:
                pipe: Any = server.pipeline(transaction=False)
                for key in keys:
                    pipe.hget(key, "body")
                found = pipe.execute()
            except redis.RedisError:
                continue
            self.seen |= {(shard, body) for shard, body in enumerate(found) if body}


def _versions(brokers: str, topic: str, shards: int) -> set[tuple[int, bytes]]:
    """Shard and body of each committed version, of a topic that nobody writes to any more.

    Raises :class:`TimeoutError` where the topic cannot be read to its end.
    """
    conf = client(brokers, group_id="onlooker", isolation_level="read_committed")
    consumer = Consumer({**conf, "enable.partition.eof": True})
    found: set[tuple[int, bytes]] = set()
    unread = set(range(shards))
    consumer.assign([TopicPartition(topic, shard, OFFSET_BEGINNING) for shard in unread])
    try:
        while unread:
            messages = consumer.consume(10_000, _PATIENCE_S)
            if not messages:
                raise TimeoutError(f"{topic} could not be read to its end")
            for message in messages:
                shard, error = message.partition() or 0, message.error()
                if error is None and message.key() == VERSION_KEY:
                    found.add((shard, message.value() or b""))
                elif error is not None and error.code() == KafkaError._PARTITION_EOF:
                    unread.discard(shard)
        return found
    finally:
        consumer.close()
