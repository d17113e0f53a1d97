"""What is wrong with the end of a schedule, told from what a read_committed reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from incidents.state import MemoryState, Version, Write
from model.judging import Event, Out
from model.log import Partition
from model.restoring import VERSION
from model.schedule import Schedule
from model.view import Records


def problems(end: Schedule) -> list[str]:
    """One line for each promise that was broken; none when all were kept."""
    outputs = [record.value for record in end.kafka.out.committed()]
    return [
        *outcome_problems(end.events, outputs),
        *order_problems(outputs),
        *timer_problems(outputs),
        *ledger_problems(end.kafka.desk, end.kafka.state, outputs),
        *state_problems(end),
    ]


def outcome_problems(events: Iterable[Event], outputs: list[Out]) -> Iterator[str]:
    """Every event has one outcome: the one that the log's order gives it, and no other."""
    found: dict[int, list[str]] = {}
    for out in outputs:
        if out.source is not None:
            found.setdefault(out.source, []).append(out.outcome)
    opened: set[str] = set()
    for event in events:
        expected = _expected(event, opened)
        if found.get(event.number) != [expected]:
            yield f"event {event.number} should be {expected}, is {found.get(event.number)}"
    in_order = [out.source for out in outputs if out.source is not None]
    if in_order != sorted(in_order):
        yield f"events were decided out of order: {in_order}"


def _expected(event: Event, opened: set[str]) -> str:
    if event.what == "poison":
        return "dead"
    if event.case in opened:
        if event.what == "close":
            opened.remove(event.case)
        return "merged"
    if event.what == "close":
        return "quarantined"
    opened.add(event.case)
    return "routed"


def order_problems(outputs: list[Out]) -> Iterator[str]:
    """Ids are unique, an incident's offset order is its seq order, its clock never steps back."""
    for id, times in Counter(out.id for out in outputs).items():
        if times > 1:
            yield f"output {id} came {times} times"
    seqs: dict[str, list[int]] = {}
    for out in outputs:
        if out.incident:
            seqs.setdefault(out.incident, []).append(out.seq)
    for incident, found in seqs.items():
        if found != list(range(1, len(found) + 1)):
            yield f"incident {incident} has the seqs {found}"
    clock = [out.now for out in outputs]
    if clock != sorted(clock):
        yield "the shard's clock stepped back"


def timer_problems(outputs: list[Out]) -> Iterator[str]:
    """Every timer that was set has fired once and not too early, or was ended; never both."""
    due = dict(timer for out in outputs for timer in out.sets)
    ended = Counter(timer for out in outputs for timer in out.ends)
    fired = Counter(out.id for out in outputs if out.outcome == "step")
    for timer in {*due, *ended, *fired}:
        if timer not in due or ended[timer] + fired[timer] != 1:
            yield (f"timer {timer}: set {timer in due}, fired {fired[timer]}, ended {ended[timer]}")
    for out in outputs:
        if out.outcome == "step" and out.now < due.get(out.id, 0.0):
            yield f"timer {out.id} fired at {out.now}, due at {due[out.id]}"


def ledger_problems(desk: Partition, state: Partition, outputs: list[Out]) -> Iterator[str]:
    """At every commit the ledger is the sum of the outcomes of the events before its cursor."""
    offsets = {record.value.number: record.offset for record in desk.committed()}
    decided = [(offsets[o.source], o.outcome) for o in outputs if o.source is not None]
    before = Version()
    for record in state.committed():
        if record.key != VERSION:
            continue
        version: Version = record.value
        if version.number != before.number + 1 or version.cursor < before.cursor:
            yield f"version {version.number} at {version.cursor} follows {before.number}"
        sums = Counter(outcome for offset, outcome in decided if offset < version.cursor)
        for outcome in ("routed", "merged", "quarantined", "dead"):
            if getattr(version, outcome) != sums[outcome]:
                yield f"version {version.number}: {outcome} is not {sums[outcome]} but {version}"
        before = version


def state_problems(end: Schedule) -> Iterator[str]:
    """The view was never wrong under a version of its own; at rest log, owner and view agree."""
    versions, records = _by_version(end.kafka.state)
    for shown in end.world.view.seen:
        number = shown.version.number
        if versions.get(number) != shown.version or records[number] != shown.records:
            yield f"the view at version {number} is not what was committed"
            break
    if not end.rested:
        yield "it never came to rest"
        return
    last = max(versions, default=0)
    owner = end.owner
    assert owner is not None and owner.state is not None
    if (
        owner.state.version != versions.get(last, Version())
        or _records(owner.state) != records[last]
    ):
        yield f"the owner's working set is not the log's at version {last}"
    if end.world.view.shown.records != records[last]:
        yield f"the view is not the log's at version {last}"
    log, _ = end.kafka.state.read(0, len(end.kafka.state.records))
    compacted = {r.key: r.value for r in log if r.key != VERSION}
    if {key: write for key, write in compacted.items() if write is not None} != records[last]:
        yield "the compacted log is not the log"


def _by_version(state: Partition) -> tuple[dict[int, Version], dict[int, Records]]:
    versions: dict[int, Version] = {}
    records: dict[int, Records] = {0: {}}
    now: Records = {}
    for record in state.committed():
        if record.key == VERSION:
            versions[record.value.number] = record.value
            records[record.value.number] = dict(now)
        elif record.value is None:
            now.pop(record.key, None)
        else:
            now[record.key] = record.value
    return versions, records


def _records(state: MemoryState) -> Records:
    return {(w.kind, w.key): w for w in map(Write._make, state.records())}
