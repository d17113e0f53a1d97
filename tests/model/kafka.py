"""What Kafka promises a unit of work: transactions with epochs, and offsets in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from model.group import Group
from model.log import Partition
from model.rules import Rules


class FencedError(Exception):
    """A newer producer has the same transactional id, or the transaction has timed out: fatal."""


class RefusedError(Exception):
    """The offsets are not of the group's present generation: abort."""


@dataclass(slots=True)
class Transaction:
    """``decided``: None while open, then if it is committed. ``unmarked``: still to be told."""

    number: int
    slot: str
    began: int
    partitions: dict[str, Partition] = field(default_factory=dict)
    offset: int | None = None
    decided: bool | None = None
    unmarked: list[str] = field(default_factory=list)


class Kafka:
    """The log of one shard and its transaction coordinator. ``slot`` is the transactional id."""

    def __init__(self, rules: Rules, counts: Counter[str]) -> None:
        self.desk, self.state, self.out = Partition(), Partition(), Partition()
        self.group = Group()
        self.step = 0
        self._rules = rules
        self._counts = counts
        self._committed = 0
        self._epochs: Counter[str] = Counter()
        self.transactions: dict[str, Transaction] = {}
        self._numbers = 0

    # Producers ------------------------------------------------------------------------------

    def fence(self, slot: str) -> int:
        """Begin of init_transactions: the new epoch; what an older one left open is aborted."""
        self._epochs[slot] += 1
        pending = self.transactions.get(slot)
        if pending is not None and pending.decided is None:
            self._counts["aborted by its successor's init"] += 1
            self._decide(pending, committed=False)
        return self._epochs[slot]

    def busy(self, slot: str) -> bool:
        """Whether the last transaction is not over yet (CONCURRENT_TRANSACTIONS)."""
        return slot in self.transactions

    def begin(self, slot: str, epoch: int) -> None:
        self._check(slot, epoch)
        self._numbers += 1
        self.transactions[slot] = Transaction(self._numbers, slot, self.step)

    def produce(self, slot: str, epoch: int, name: str, key: Hashable, value: Any) -> int:
        """Write one record; returns its offset."""
        found = self._open(slot, epoch)
        partition: Partition = getattr(self, name)
        found.partitions[name] = partition
        return partition.append(key, value, found.number)

    def send_offsets(
        self, slot: str, epoch: int, member: str, generation: int, offset: int
    ) -> None:
        """Raises :class:`RefusedError` for a generation that is over."""
        found = self._open(slot, epoch)
        if self.group.members.get(member) != generation:
            if self._rules.generation_checked:
                raise RefusedError(member)
            self._counts["accepted without the fence"] += 1
        found.offset = offset

    def end(self, slot: str, epoch: int, *, committed: bool) -> None:
        """Irrevocable when it returns; seen by readers as its markers are written."""
        self._decide(self._open(slot, epoch), committed=committed)

    def _check(self, slot: str, epoch: int) -> None:
        if self._epochs[slot] != epoch:
            raise FencedError(slot)

    def _open(self, slot: str, epoch: int) -> Transaction:
        self._check(slot, epoch)
        found = self.transactions.get(slot)
        if found is None or found.decided is not None:
            raise FencedError(slot)
        return found

    def _decide(self, found: Transaction, *, committed: bool) -> None:
        found.decided = committed
        found.unmarked = list(found.partitions)
        if found.offset is not None:
            found.unmarked.append("offsets")
        if not found.unmarked:
            del self.transactions[found.slot]

    # The broker's own work ------------------------------------------------------------------

    def write_marker(self, rng: Random) -> bool:
        """Write one marker of one decided transaction; False when there is none to write."""
        decided = [t for t in self.transactions.values() if t.decided is not None]
        if not decided:
            return False
        found = rng.choice(decided)
        name = found.unmarked.pop(rng.randrange(len(found.unmarked)))
        committed = bool(found.decided)
        if name != "offsets":
            found.partitions[name].mark(found.number, committed=committed)
        elif committed and found.offset is not None:
            self._committed = found.offset
        if not found.unmarked:
            del self.transactions[found.slot]
        return True

    def time_out(self, older_than: int) -> None:
        """Abort and fence what has been open for more than ``older_than`` steps."""
        for found in list(self.transactions.values()):
            if found.decided is None and self.step - found.began > older_than:
                self._epochs[found.slot] += 1
                self._counts["aborted by time-out"] += 1
                self._decide(found, committed=False)

    # Readers --------------------------------------------------------------------------------

    def committed_offset(self) -> int | None:
        """The group's offset; None while a transaction may still move it."""
        if self._rules.pending_waited_for and any(
            t.offset is not None and (t.decided is None or "offsets" in t.unmarked)
            for t in self.transactions.values()
        ):
            return None
        return self._committed

    def feed(self, records: list[Any], *, committed: bool) -> None:
        """Stage A's transaction: whole, or aborted, as the worker that wrote it died."""
        self._numbers += 1
        for record in records:
            self.desk.append(None, record, self._numbers)
        self.desk.mark(self._numbers, committed=committed)
