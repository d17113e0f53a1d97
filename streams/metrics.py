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
COMMIT_SECONDS = Histogram(
    "wangge_commit_seconds",
    "The end of a unit of work: from its last output queued to its offsets committed",
    ["stage"],
    buckets=(0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12),
)
ABORTED = Counter(
    "wangge_units_aborted", "Units of work aborted, whose records were read once more", ["stage"]
)
DELIVERY = Gauge("wangge_delivery_info", "The guarantee that this worker gives", ["guarantee"])
DECISION_SECONDS = Histogram(
    "wangge_decision_seconds",
    "What deciding one event of a unit took, without reading and writing",
    ["stage"],
    buckets=(0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032, 0.0064, 0.0128),
)
END_TO_END_SECONDS = Histogram(
    "wangge_end_to_end_seconds",
    "From arrival to queue entry, of the oldest event of each unit of work: an upper bound",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),
)
LAG = Gauge(
    "wangge_lag_records",
    "Records written and not yet committed by a group; every worker tells of all",
    ["group"],
)
DESK_BACKLOG = Gauge("wangge_desk_backlog", "Understood events not yet judged, worst shard")
OPEN = Gauge("wangge_open_incidents", "Open cases of this worker's shards, by owner", ["level"])
OVERDUE = Gauge(
    "wangge_overdue_incidents",
    "Open cases of this worker's shards whose escalation has begun, by the pack's stage or colour",
    ["stage"],
)
VIEW_BEHIND = Gauge("wangge_view_shards_behind", "Shards whose Redis view waits to be rebuilt")
LEDGER_IMBALANCE = Gauge(
    "wangge_ledger_imbalance", "Records read that did not end in exactly one place; must be 0"
)
HEARTBEAT = Gauge(
    "wangge_heartbeat_timestamp_seconds",
    "When a heartbeat last came out at the far end, epoch; set by `wangge heartbeat`, else 0",
)
PACK = Gauge("wangge_pack_info", "Each pack that is at hand", ["pack", "boundaries"])
PACK_DECIDING = Gauge(
    "wangge_pack_deciding_info", "The pack that decides what arrives now", ["pack"]
)
PACK_REFUSED = Counter("wangge_pack_refused", "Packs that could not be loaded or kept", ["code"])
ORDERS = Counter("wangge_orders", "Officers' orders", ["outcome"])
TIMERS = Counter("wangge_timers_fired", "What fell due on cases and was done")
TIMERS_LATE_SECONDS = Histogram(
    "wangge_timers_late_seconds",
    "From the moment at which something fell due on a case to its commit, the latest of each unit",
    buckets=(0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)
STUCK = Counter("wangge_cases_stuck", "Cases on which a timer raised; they have none until changed")

OUTCOMES = ("routed", "merged", "ignored", "quarantined", "dead", "applied", "refused")
for _outcome in OUTCOMES:  # a counter that is not there yet hides its first burst
    DECIDED.labels(_outcome)
