"""The embedded stack: broker and Redis together, for the demo, for practice and for tests."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from messages.errors import BrokerError
from streams.cluster.brokers import practise
from streams.embedded.broker import EmbeddedBroker
from streams.embedded.redis_server import EmbeddedRedis

PRACTICE_GROUND: Final = (
    "This is a practice ground: everything is in memory, one worker, nothing survives its end.\n"
    "Each partition keeps 5 MiB; beyond that the oldest records are dropped."
)


class EmbeddedStack:
    """``with EmbeddedStack.start({"wangge.desk": 12}) as stack:`` – both servers, until the end.

    ``brokers``: ``127.0.0.1:port``. ``redis_url``: ``redis://127.0.0.1:port/0``. ``folder`` holds
    the servers' logs and goes with the stack. Raises :class:`BrokerError` ``broker.embedded`` and
    :class:`StateError` ``state.redis_embedded`` or ``state.redis_missing``.
    """

    def __init__(
        self,
        broker: EmbeddedBroker,
        server: EmbeddedRedis,
        folder: tempfile.TemporaryDirectory[str],
    ) -> None:
        self._broker = broker
        self._redis = server
        self._temporary = folder
        self.folder = Path(folder.name)
        self.brokers = broker.address
        practise(self.brokers)
        self.redis_url = server.url

    @classmethod
    def start(cls, topics: Mapping[str, int]) -> EmbeddedStack:
        """Both servers, ready, and these topics (name → partitions)."""
        temporary = tempfile.TemporaryDirectory(prefix="wangge-")
        folder = Path(temporary.name)
        try:
            broker = EmbeddedBroker.start(topics, log=folder / "broker.log")
        except BaseException:
            temporary.cleanup()
            raise
        try:
            server = EmbeddedRedis.start(log=folder / "redis.log")
        except BaseException:
            broker.stop()
            temporary.cleanup()
            raise
        return cls(broker, server, temporary)

    @property
    def pids(self) -> tuple[int, int]:
        """Process ids of the broker and of the Redis server."""
        return self._broker.pid, self._redis.pid

    def create_topics(self, topics: Mapping[str, int]) -> None:
        """Make more topics, for another namespace of the same practice ground."""
        self._broker.create(topics)

    def check(self) -> None:
        """Raise ``broker.embedded`` when one of the two servers has ended."""
        for name, running in (("broker", self._broker.running), ("Redis", self._redis.running)):
            if not running:
                raise BrokerError("embedded", f"the embedded {name} has ended", mend="start again")

    def stop(self) -> None:
        """End both; safe to call twice."""
        self._redis.stop()
        self._broker.stop()
        self._temporary.cleanup()

    def __enter__(self) -> EmbeddedStack:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
