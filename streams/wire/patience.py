"""Asking Kafka again while it is between leaders: what passes must not end a worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from confluent_kafka import KafkaError, KafkaException

T = TypeVar("T")
log = structlog.get_logger(__name__)

PASSING = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._TIMED_OUT,
        KafkaError._WAIT_COORD,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.UNSTABLE_OFFSET_COMMIT,
        KafkaError.OFFSET_NOT_AVAILABLE,  # a new leader does not know yet how far its log is
    }
)


# A commit meets these while another worker joins or leaves; a partition that was lost is no longer
# ours to commit, but then the session is over and the error is another one.
REBALANCING = PASSING | {KafkaError.ILLEGAL_GENERATION, KafkaError.REBALANCE_IN_PROGRESS}


def patiently(ask: Callable[[], T], within: float = 30.0, passing: frozenset[int] = PASSING) -> T:
    """What ``ask`` returns, asked again for ``within`` seconds while its error is a passing one."""
    deadline, wait = time.monotonic() + within, 0.1
    while True:
        try:
            return ask()
        except KafkaException as error:
            cause = error.args[0]
            if cause.code() not in passing or time.monotonic() + wait > deadline:
                raise
            log.warning("broker.passing_error", error=cause.str(), retry_in_s=wait)
            time.sleep(wait)
            wait = min(2.0, wait * 2)
