"""Waiting for a broker that is not there yet: what a worker does and a command does not."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from messages.errors import BrokerError
from streams.cluster.brokers import Cluster, reach

log = structlog.get_logger(__name__)


def await_broker(
    brokers: str, *, attempts: int = 10, sleep: Callable[[float], None] = time.sleep
) -> Cluster:
    """:func:`reach`, tried again with back-off (1, 2, 4 … 30 s); the last error is raised."""
    for attempt in range(attempts - 1):
        try:
            return reach(brokers)
        except BrokerError as error:
            wait = min(30.0, 2.0**attempt)
            log.warning("broker.unreachable", error=str(error), retry_in_s=wait)
            sleep(wait)
    return reach(brokers)
