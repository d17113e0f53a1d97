"""The ledger of stage A: every offset that was read has exactly one outcome. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from messages.model import SCHEMA_VERSION, Body
from streams.understanding.understand import Understood
from streams.wire.records import Records


def balance(
    records: Records, understood: Understood, starts: Mapping[int, int], now: float
) -> list[Body]:
    """One :class:`messages.ledger.LedgerEntry` body per input partition of the batch.

    ``starts``: per partition the offset up to which the ledger already stands; offsets between it
    and the first one read hold no event and count as ``absent``. ``now``: epoch seconds.
    """
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for outcome in ("desk", "quarantined", "dead", "discarded"):
        for body in getattr(understood, outcome):
            counts[body["origin"]["partition"]][outcome] += 1
    ignored: dict[int, list[int]] = defaultdict(list)
    for row, _ in understood.ignored:
        ignored[records.partitions[row]].append(row)
    committed_at = datetime.fromtimestamp(now, UTC)
    entries: list[Body] = []
    for partition, (first, end) in records.spans().items():
        start = starts.get(partition, first)
        found = counts[partition]
        rows = ignored[partition]
        accounted = sum(found.values()) + len(rows)
        entries.append(
            {
                "schema_version": SCHEMA_VERSION,
                "stage": "understand",
                "topic": records.topic,
                "partition": partition,
                "start": start,
                "end": end,
                "desk": found["desk"],
                "quarantined": found["quarantined"],
                "dead": found["dead"],
                "ignored": len(rows),
                "discarded": found["discarded"],
                "absent": end - start - accounted,
                "ignored_offsets": runs(records.offsets[row] for row in rows),
                "devices": _devices(understood, set(rows)),
                "committed_at": committed_at,
            }
        )
    return entries


def runs(offsets: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending offsets as ``(first, last)`` runs without a gap."""
    found: list[tuple[int, int]] = []
    for offset in offsets:
        if found and found[-1][1] == offset - 1:
            found[-1] = (found[-1][0], offset)
        else:
            found.append((offset, offset))
    return found


def _devices(understood: Understood, rows: set[int]) -> list[Body]:
    minutes: dict[tuple[str, datetime], list[float]] = defaultdict(list)
    for row, reading in understood.ignored:
        if row in rows:
            minute = reading.occurred_at.replace(second=0, microsecond=0)
            minutes[reading.device_id, minute].append(reading.value)
    summary: list[dict[str, Any]] = []
    for (device, minute), values in minutes.items():
        summary.append(
            {
                "device_id": device,
                "minute": minute,
                "count": len(values),
                "lowest": min(values),
                "highest": max(values),
                "mean": round(sum(values) / len(values), 6),
            }
        )
    return summary
