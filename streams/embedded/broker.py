"""The embedded broker: librdkafka's own test cluster, in a child process.

What it is (measured with librdkafka 2.16; its source is ``src/rdkafka_mock.c``):

- in memory; keeps 5 MiB (as compressed) or 100,000 batches a partition and drops the oldest in
  silence, so whoever posts paces himself by the consumers' lag (``streams/posting/poster.py``);
- produce, fetch, headers, codecs, consumer groups and committed offsets work;
- transactions are accepted but fake: aborted records are visible, offsets in them are not stored;
- no admin API for topics, no configs, no ACLs, no compaction, no lookup of offsets by time;
- a topic that was not made springs up with **4** partitions when somebody produces to it or asks
  for its metadata *by name* (``list_topics("t")``); subscribing to it or listing all does not.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from messages.errors import BrokerError
from streams.embedded import child

_MODULE = "streams.embedded.broker_process"
_MEND = "install confluent-kafka from its wheel, which carries librdkafka"


class EmbeddedBroker:
    """One broker on a free loopback port. Raises :class:`BrokerError` ``broker.embedded``."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: Path) -> None:
        self.address = address
        self._process = process
        self._log = log
        self._lock = threading.Lock()

    @classmethod
    def start(cls, topics: Mapping[str, int], *, log: Path) -> EmbeddedBroker:
        """A running broker with these topics (name → partitions). librdkafka writes to ``log``."""
        process = child.start(_MODULE, str(library()), log=log)
        broker = cls(process, "", log)
        try:
            broker.address = str(broker._answer()["address"])
            broker.create(topics)
        except BaseException:
            broker.stop()
            raise
        return broker

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def create(self, topics: Mapping[str, int]) -> None:
        """Make topics (name → partitions). Refuses one that exists: ``broker.embedded_topic``."""
        with self._lock:
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(json.dumps(dict(topics)) + "\n")
                self._process.stdin.flush()
            except OSError:
                raise self._died() from None
            refused = [topic for topic, code in self._answer().items() if code]
        if refused:
            raise BrokerError(
                "embedded_topic",
                f"the embedded broker refused to make {', '.join(refused)}",
                mend="make topics before anybody produces to them, and each only once",
            )

    def stop(self) -> None:
        """End the child; safe to call twice."""
        child.stop(self._process)

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._died()
        answer: dict[str, object] = json.loads(line)
        return answer

    def _died(self) -> BrokerError:
        return BrokerError("embedded", f"the embedded broker ended: {child.tail(self._log)}")


def library() -> Path | str:
    """The librdkafka that confluent-kafka's wheel carries, else the system's."""
    spec = importlib.util.find_spec("confluent_kafka")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        for pattern in ("confluent_kafka.libs/librdkafka*", "confluent_kafka/.dylibs/librdkafka*"):
            for found in sorted(package.parent.glob(pattern)):
                return found
    system = ctypes.util.find_library("rdkafka")
    if system is None:
        raise BrokerError("embedded", "librdkafka was not found", mend=_MEND)
    return system
