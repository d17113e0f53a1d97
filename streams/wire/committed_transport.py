"""Faust's own transport, reading committed records only: officers' orders come by it.

Faust ties the isolation level to its own exactly-once mode, which we do not use; it has no setting
of its own. So its consumer is made as if it were in that mode, and for no longer than it takes.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka


class _Thread(aiokafka.AIOKafkaConsumerThread):  # type: ignore[misc]
    def _create_worker_consumer(self, transport: Any) -> Any:
        before, self.consumer.in_transaction = self.consumer.in_transaction, True
        try:
            return super()._create_worker_consumer(transport)
        finally:
            self.consumer.in_transaction = before


class _Consumer(aiokafka.Consumer):  # type: ignore[misc]
    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(aiokafka.Transport):  # type: ignore[misc]
    """``app.transport = CommittedTransport(app.conf.broker_consumer, app)``."""

    Consumer = _Consumer
