"""One partition of the log: records of transactions, read as read_committed reads them."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, NamedTuple


class Record(NamedTuple):
    """``value`` None is a tombstone. ``txn`` is the transaction that wrote it."""

    offset: int
    key: Any
    value: Any
    txn: int


class Partition:
    """``end``: the next offset. A marker takes one too, so offsets have gaps, as in Kafka."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.history: list[Record] = []
        """What was ever written, compacted or not: for the check."""
        self.end = 0
        self.open: dict[int, int] = {}
        self.aborted: set[int] = set()
        self.horizon = 0
        """Below it tombstones are gone: in Kafka a matter of age, here told outright."""

    def append(self, key: Any, value: Any, txn: int) -> int:
        """Returns the record's offset."""
        record = Record(self.end, key, value, txn)
        self.records.append(record)
        self.history.append(record)
        self.open.setdefault(txn, record.offset)
        self.end += 1
        return record.offset

    def mark(self, txn: int, *, committed: bool) -> None:
        """Write the transaction's end marker."""
        if self.open.pop(txn, None) is None:
            return
        self.end += 1
        if not committed:
            self.aborted.add(txn)

    @property
    def stable(self) -> int:
        """The last stable offset: no open transaction has written below it."""
        return min(self.open.values(), default=self.end)

    def read(self, start: int, limit: int) -> tuple[list[Record], int]:
        """At most ``limit`` committed records from ``start`` on, and where to read on."""
        found: list[Record] = []
        stable = self.stable
        for record in self.records[self._index(start) :]:
            if record.offset >= stable:
                break
            if record.txn not in self.aborted:
                found.append(record)
                if len(found) == limit:
                    return found, record.offset + 1
        return found, max(start, stable)

    def committed(self) -> list[Record]:
        """Everything that was ever committed, in order."""
        stable = self.stable
        return [r for r in self.history if r.offset < stable and r.txn not in self.aborted]

    def compact(self, below: int, tombstones_below: int) -> None:
        """Keep the last record of each key below ``below``; drop the tombstones that are older
        than ``tombstones_below``."""
        below = min(below, self.stable)
        old, new = self.records[: self._index(below)], self.records[self._index(below) :]
        last = {record.key: record for record in old if record.txn not in self.aborted}
        kept = [
            record
            for record in old
            if last.get(record.key) is record
            and (record.value is not None or record.offset >= tombstones_below)
        ]
        self.records = kept + new
        self.horizon = max(self.horizon, min(tombstones_below, below))

    def _index(self, offset: int) -> int:
        return bisect_left(self.records, offset, key=lambda record: record.offset)
