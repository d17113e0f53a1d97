"""One librdkafka producer whose outputs and offsets become visible together, or not at all.

What its errors mean: https://docs.confluent.io/platform/current/clients/confluent-kafka-python/
(``KafkaError.retriable``, ``txn_requires_abort``, ``fatal``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import structlog
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from messages.errors import BrokerError
from sinks.output import Output
from streams.wire.producer import BatchProducer

log = structlog.get_logger(__name__)

TRANSACTION_SECONDS: Final = 10.0
"""The broker aborts a transaction that is open for longer, and fences who left it so."""
SWEEP_SECONDS: Final = 10.0
"""How often a broker looks for such transactions, if its operator has not set
``transaction.abort.timed.out.transaction.cleanup.interval.ms`` otherwise."""
_OPEN_SECONDS: Final = 60.0
_CALL_SECONDS: Final = 2.0
_AGAIN_SECONDS: Final = 0.1
_TRIES: Final = 3

_FENCED: Final = frozenset(
    {
        KafkaError._FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
        KafkaError.PRODUCER_FENCED,
    }
)


class AbortedError(Exception):
    """The transaction must be aborted; the producer can go on with another one."""


class TransactionalProducer(BatchProducer):
    """Not thread-safe: one transaction at a time, each call after the one before has returned.

    Raises :class:`AbortedError`; :class:`BrokerError` ``broker.fenced`` when another producer has
    taken the transactional id over, or the broker has ended a transaction that took too long; else
    ``broker.transaction``. After a ``broker.…`` the producer is of no more use.
    """

    def __init__(self, conf: dict[str, Any]) -> None:
        super().__init__(conf)
        self._id = conf["transactional.id"]

    def open(self) -> None:
        """Take the transactional id over: what a predecessor left open is aborted, and itself
        fenced. Returns when that is done."""
        self._call("init", partial(self._producer.init_transactions, _CALL_SECONDS), _OPEN_SECONDS)

    def begin(self) -> None:
        """Begin a transaction."""
        self._failed = None
        self._call("begin", self._producer.begin_transaction)

    def produce(self, outputs: Iterable[Output]) -> None:
        """Queue every output. Blocks only while librdkafka's own queue is full."""
        try:
            super().produce(outputs)
        except KafkaException as error:
            cause = error.args[0]
            if cause.code() == KafkaError._STATE:  # an earlier record has failed: it must abort
                raise AbortedError(cause.str()) from None
            raise self._refused("produce", cause) from None

    def commit(self, offsets: Sequence[TopicPartition], metadata: Any) -> None:
        """Return when outputs and offsets are committed.

        ``metadata``: the consumer's, of the poll that read what is committed. The coordinator
        refuses it when the group has moved on since: that is what fences a member which has lost
        its partitions and does not know it yet.
        """
        send, commit = self._producer.send_offsets_to_transaction, self._producer.commit_transaction
        self._call("offsets", partial(send, list(offsets), metadata, _CALL_SECONDS))
        self._call("commit", partial(commit, _CALL_SECONDS))

    def abort(self) -> None:
        """Return when the transaction is aborted: nothing of it will be read."""
        self._call("abort", partial(self._producer.abort_transaction, _CALL_SECONDS))
        self._producer.poll(0)  # the reports of what was purged

    def _call(
        self, what: str, call: Callable[[], Any], within: float = TRANSACTION_SECONDS
    ) -> None:
        """A call that timed out goes on where it was when it is made again."""
        deadline, tries = time.monotonic() + within, 0
        while True:
            tries += 1
            try:
                call()
                return
            except KafkaException as error:
                cause = error.args[0]
                if cause.txn_requires_abort() and what != "abort":
                    raise AbortedError(f"{what}: {cause.str()}") from None
                # Asleep, a process is late at its first try, and must hear that it is fenced.
                late = tries >= _TRIES and time.monotonic() > deadline
                if cause.fatal() or not cause.retriable() or late:
                    raise self._refused(what, cause) from None
                log.warning("transaction.passing_error", call=what, error=cause.str())
                time.sleep(_AGAIN_SECONDS)

    def _refused(self, what: str, cause: KafkaError) -> BrokerError:
        ended = what == "abort" and cause.code() == KafkaError.INVALID_TXN_STATE
        if ended or cause.code() in _FENCED:  # the broker itself has aborted what took too long
            return BrokerError(
                "fenced",
                f"transactional id {self._id}: {cause.str()}",
                mend="a worker that was held up starts again and goes on; where it comes back, two "
                "workers have one slot: give each its own WANGGE_SLOT",
            )
        return BrokerError("transaction", f"transactional id {self._id}: {what}: {cause.str()}")
