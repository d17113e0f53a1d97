"""Where the logs of some topics begin and end, asked of the broker in one request."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from messages.errors import BrokerError

At: TypeAlias = tuple[str, int]
"""Topic and partition."""

_SECONDS: Final = 5.0
_RETRY_SECONDS: Final = 0.05
# A topic made a moment ago, or a leader on its way to another broker.
_PASSING: Final = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    }
)


def partitions(counts: Mapping[str, int]) -> list[At]:
    """Every partition of these topics (name → number of partitions)."""
    return [(topic, number) for topic, count in counts.items() for number in range(count)]


def ends(admin: AdminClient, where: Iterable[At]) -> dict[At, int]:
    """The offset that the next record will get. Raises :class:`BrokerError` ``broker.offsets``."""
    return _ask(admin, where, OffsetSpec.latest())  # type: ignore[no-untyped-call]


def starts(admin: AdminClient, where: Iterable[At]) -> dict[At, int]:
    """The oldest offset that is still there. Raises :class:`BrokerError` ``broker.offsets``."""
    return _ask(admin, where, OffsetSpec.earliest())  # type: ignore[no-untyped-call]


def _ask(admin: AdminClient, where: Iterable[At], spec: OffsetSpec) -> dict[At, int]:
    asked = {TopicPartition(topic, number): spec for topic, number in where}
    if not asked:
        return {}
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            return {
                (at.topic, at.partition): int(future.result(_SECONDS).offset)
                for at, future in admin.list_offsets(asked, request_timeout=_SECONDS).items()
            }
        except KafkaException as error:
            if error.args[0].code() not in _PASSING or time.monotonic() > deadline:
                words = error.args[0].str()
                raise BrokerError("offsets", f"asking for offsets: {words}") from None
            time.sleep(_RETRY_SECONDS)
        except TimeoutError:
            raise BrokerError("offsets", f"no answer on offsets in {_SECONDS:g} s") from None
