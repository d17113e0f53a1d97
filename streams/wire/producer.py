"""One librdkafka producer: takes a unit of work's outputs, and says when they are on the broker."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaError, Producer

from messages.errors import BrokerError
from sinks.output import Output

FLUSH_SECONDS = 30.0


class BatchProducer:
    """Not thread-safe: one unit of work at a time. Raises ``broker.delivery``."""

    def __init__(self, conf: dict[str, Any]) -> None:
        self._producer = Producer(conf)
        self._failed: KafkaError | None = None

    def produce(self, outputs: Iterable[Output]) -> None:
        """Queue every output. Blocks only while librdkafka's own queue is full."""
        produce, report = self._producer.produce, self._report
        for topic, key, value, headers, partition in outputs:
            while True:
                try:
                    if headers is None:
                        produce(topic, value, key, partition, on_delivery=report)
                    else:
                        produce(topic, value, key, partition, on_delivery=report, headers=headers)  # type: ignore[arg-type]
                    break
                except BufferError:
                    self._producer.poll(0.05)

    def flush(self) -> None:
        """Return when every queued output is acknowledged; raise if one was not."""
        deadline = time.monotonic() + FLUSH_SECONDS
        while self._producer.flush(1.0):
            if self._failed is not None or time.monotonic() > deadline:
                break
        if self._failed is not None:
            raise BrokerError("delivery", f"the broker refused a record: {self._failed.str()}")
        if len(self._producer):
            raise BrokerError("delivery", f"{len(self._producer)} records were not acknowledged")

    def _report(self, error: KafkaError | None, _message: object) -> None:
        # delivery.report.only.error: called for failures alone
        if error is not None and self._failed is None:
            self._failed = error
