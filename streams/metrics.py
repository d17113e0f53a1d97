"""Every metric of a worker, in one file."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("wangge_events_received", "Events read from a lane", ["topic"])
DECIDED = Counter("wangge_events_decided", "Events that reached an outcome", ["outcome"])
UNIT_SECONDS = Histogram(
    "wangge_unit_seconds",
    "One unit of work: from a batch read to its offsets committed",
    ["stage"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
END_TO_END_SECONDS = Histogram(
    "wangge_end_to_end_seconds",
    "From an event's arrival to its queue entry on the broker",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
)
DESK_BACKLOG = Gauge("wangge_desk_backlog", "Understood events not yet judged, worst shard")
VIEW_BEHIND = Gauge("wangge_view_shards_behind", "Shards whose Redis view waits to be rebuilt")
OPEN_LEDGER = Gauge("wangge_ledger_imbalance", "Offsets committed without an outcome; must be 0")
PACK = Gauge("wangge_pack_info", "The pack in force", ["pack", "boundaries"])
ORDERS = Counter("wangge_orders", "Officers' orders", ["outcome"])
