"""librdkafka settings of the worker, each with its reason."""

from __future__ import annotations

from typing import Any

from streams.cluster.brokers import client as reached
from streams.settings import Settings
from streams.wire.transaction import TRANSACTION_SECONDS


def consumer(settings: Settings, group: str, client: str) -> dict[str, Any]:
    """A consumer of one lane or of the desk."""
    return {
        **_common(settings, client),
        "group.id": group,
        "group.protocol": "classic",  # session time-out and assignor belong to it
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": 8000,
        # A lane may wait long for the desk; a loop that hangs is the watchdog's affair.
        "max.poll.interval.ms": 3_600_000,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "fetch.queue.backoff.ms": 2,  # the default of 1000 caps a loop at 25,000 a second
        "fetch.wait.max.ms": 50,
        "queued.min.messages": 10000,
        "queued.max.messages.kbytes": 4096,  # bounds the memory of what is fetched ahead
    }


def producer(settings: Settings, client: str) -> dict[str, Any]:
    """A producer of one lane or of the desk."""
    return {
        **_common(settings, client),
        "enable.idempotence": True,
        "linger.ms": 5,
        "delivery.report.only.error": True,
        "queue.buffering.max.messages": 200_000,
        "delivery.timeout.ms": 30_000,
        # A dead letter carries the original in base64: a third longer than the longest body.
        "message.max.bytes": 2 * 1024 * 1024,
    }


def transactional(settings: Settings, part: str) -> dict[str, Any]:
    """A producer of one lane or of the desk whose units are transactions.

    The id is the slot's and stays: a worker that comes back aborts at once what it left open. The
    colon stands in no namespace and in no slot, so that no two of them make the same id.
    """
    return {
        **producer(settings, part),
        "transactional.id": f"{settings.namespace}:{settings.slot}:{part}",
        "transaction.timeout.ms": int(TRANSACTION_SECONDS * 1000),
        "delivery.timeout.ms": int(TRANSACTION_SECONDS * 1000),  # no longer than a transaction
    }


def _common(settings: Settings, client: str) -> dict[str, Any]:
    return {
        **reached(settings.brokers),
        "client.id": f"wangge-{settings.slot}-{client}",
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 5000,
        "topic.metadata.refresh.interval.ms": 30_000,
    }
