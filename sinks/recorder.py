"""Records everything a namespace puts out into a run folder, and knows how far it is behind."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from messages.errors import BrokerError, RunError
from messages.topics import Topics
from sinks import offsets
from sinks.offsets import At
from sinks.run_folder import RunFolder

_BATCH: Final = 5000
_POLL_SECONDS: Final = 0.05
_STOP_SECONDS: Final = 10.0


class Recorder:
    """A thread that reads ``outputs`` (topic → partitions) and appends each body as one line.

    ``client``: librdkafka's settings. It assigns itself every partition instead of joining a
    group – there is one recorder – and commits under :attr:`group` what has been written, so that
    a feeder can pace itself by it. Tombstones are read and not written.
    """

    def __init__(
        self,
        client: Mapping[str, Any],
        topics: Topics,
        outputs: Mapping[str, int],
        folder: RunFolder,
        *,
        from_start: bool = True,
    ) -> None:
        self.group = f"{topics.ns}.record"
        self.outputs = dict(outputs)
        self._topics = topics
        self._folder = folder
        self._places = offsets.partitions(outputs)
        self._admin = AdminClient(dict(client))
        first = offsets.starts if from_start else offsets.ends
        self._positions: dict[At, int] = first(self._admin, self._places)
        self._conf = {
            **client,
            "group.id": self.group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            # A log may end with a transaction's marker, which is no record and still an offset.
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
            "fetch.queue.backoff.ms": 2,
            "queued.min.messages": 20_000,
        }
        self._counts: Counter[str] = Counter()
        self._files: dict[str, BinaryIO] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> Recorder:
        """Begin recording."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End recording; what was read is written and committed. Safe to call twice."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_STOP_SECONDS)

    @property
    def counts(self) -> dict[str, int]:
        """Records written so far, per topic."""
        with self._lock:
            return dict(self._counts)

    def lag(self) -> int:
        """Records on the broker that are not in the folder yet."""
        ends = offsets.ends(self._admin, self._places)
        with self._lock:
            return sum(max(0, end - self._positions[at]) for at, end in ends.items())

    def check(self) -> None:
        """Raise :class:`RunError` ``run.recording`` when the recording broke off."""
        if self._error is not None:
            raise RunError(
                "recording",
                f"the recording broke off: {self._error}",
                mend="see the cause, run again",
            )

    def __enter__(self) -> Recorder:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # On the recorder's thread -------------------------------------------------------------

    def _run(self) -> None:
        consumer = Consumer(self._conf)
        try:
            consumer.assign([TopicPartition(*at, self._positions[at]) for at in self._places])
            while not self._stopping.is_set():
                self._take(consumer, _POLL_SECONDS)
            while self._take(consumer, 0.0):
                pass
        except Exception as error:  # the thread has nobody above it: check() tells
            self._error = error
        finally:
            for file in self._files.values():
                file.close()
            consumer.close()

    def _take(self, consumer: Consumer, wait: float) -> int:
        bodies: dict[str, list[bytes]] = defaultdict(list)
        reached: dict[At, int] = {}
        for message in consumer.consume(_BATCH, wait):
            topic, number, offset = message.topic(), message.partition(), message.offset()
            if topic is None or number is None or offset is None:
                continue  # a broker that is away for a moment: librdkafka comes back to it
            if _is_record(message):
                body = message.value()
                if body is not None:
                    bodies[topic].append(body)
                offset += 1
            if offset > self._positions[topic, number]:
                reached[topic, number] = offset
        if not reached:
            return 0
        for topic, found in bodies.items():
            self._write(topic, found)
        with self._lock:
            self._positions.update(reached)
            for topic, found in bodies.items():
                self._counts[topic] += len(found)
        written = [TopicPartition(*at, offset) for at, offset in reached.items()]
        if self._stopping.is_set():
            consumer.commit(offsets=written, asynchronous=False)
        else:
            consumer.commit(offsets=written, asynchronous=True)
        return len(reached)

    def _write(self, topic: str, bodies: list[bytes]) -> None:
        file = self._files.get(topic)
        if file is None:
            path = self._folder.path(self._topics, topic)
            file = self._files[topic] = path.open("ab", buffering=0)
        text = b"\n".join(bodies) + b"\n"
        if text.count(b"\n") != len(bodies):  # somebody else's body, not compact
            text = b"\n".join(body.replace(b"\n", b" ") for body in bodies) + b"\n"
        left = memoryview(text)
        while left:  # an unbuffered write may be short
            left = left[file.write(left) :]


def _is_record(message: Message) -> bool:
    """False for the end of a partition. Raises when records are missing."""
    error = message.error()
    if error is None:
        return True
    if error.code() == KafkaError._PARTITION_EOF:
        return False
    raise BrokerError("offsets", f"the recording has a hole: {error.str()}")
