"""A batch of records as one consumer poll brought it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message

RawHeaders: TypeAlias = Sequence[tuple[str, str | bytes | None]] | None


@dataclass(frozen=True, slots=True)
class Records:
    """Columns over the records of one topic, in the order read; all sequences have the same length.

    ``received_at``: seconds since 1970, the broker's append time where the topic keeps that
    (``message.timestamp.type=LogAppendTime``), else the arrival time that was passed in.
    """

    topic: str
    values: Sequence[bytes | None]
    keys: Sequence[bytes | None]
    headers: Sequence[RawHeaders]
    partitions: Sequence[int]
    offsets: Sequence[int]
    received_at: Sequence[float]

    def __len__(self) -> int:
        return len(self.values)

    def spans(self) -> dict[int, tuple[int, int]]:
        """Per partition: first offset and one past the last, as read."""
        spans: dict[int, tuple[int, int]] = {}
        for partition, offset in zip(self.partitions, self.offsets, strict=True):
            first = spans[partition][0] if partition in spans else offset
            spans[partition] = (first, offset + 1)
        return spans

    def by_partition(self) -> dict[int, list[int]]:
        """Per partition: the positions in this batch, in offset order."""
        rows: dict[int, list[int]] = {}
        for row, partition in enumerate(self.partitions):
            rows.setdefault(partition, []).append(row)
        return rows


@dataclass(slots=True)
class Delivery:
    """Records handed to an agent, to be given back with :meth:`done` when they are committed, or
    when nothing is done with them.

    ``metadata``: the group's, as it was when they were read.
    """

    records: Records
    metadata: Any
    _done: Callable[[], None] = field(repr=False)
    _outdated: Callable[[], bool] = field(default=lambda: False, repr=False)

    @property
    def outdated(self) -> bool:
        """They are read once more, by whoever owns them now: nothing is to be done with these."""
        return self._outdated()

    def done(self) -> None:
        """The unit of work has ended: the consumer may hand over another batch."""
        self._done()


def columns(messages: Iterable[Message], arrival: float, *, headers: bool = True) -> Records:
    """Records of one topic as columns. ``arrival``: seconds since 1970.

    ``headers``: whether anybody will read them; reading them out costs a microsecond a record.
    """
    rows = list(messages)
    stamps = [m.timestamp() for m in rows]
    return Records(
        topic=rows[0].topic() or "",
        values=[m.value() for m in rows],
        keys=[m.key() for m in rows],
        headers=[m.headers() if headers else None for m in rows],  # type: ignore[misc]
        partitions=[m.partition() or 0 for m in rows],
        offsets=[m.offset() or 0 for m in rows],
        received_at=[
            stamp / 1000 if kind == TIMESTAMP_LOG_APPEND_TIME else arrival for kind, stamp in stamps
        ],
    )
