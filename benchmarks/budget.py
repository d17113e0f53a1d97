"""``make budget``: where an event's microseconds go, part by part, in one process without a broker.

Each part runs over the same batches of 1,000 reports; the figure is the best of several passes, in
processor time per event. Producing goes to an embedded broker, librdkafka's threads included.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.load import Load
from cli.city_option import DEFAULT_PACK, cache_folder
from incidents.state import MemoryState
from messages.topics import Topics
from rules.assess import Event
from rules.screen import ScreenFacts
from sinks.encode import Encoder
from streams.cluster.topology import partitions_of, topic_plan
from streams.control.in_force import InForce
from streams.desk.work import desk_batches, desk_outputs
from streams.embedded.stack import EmbeddedStack
from streams.lane import lane_outputs
from streams.ledger import balance
from streams.pipeline import judge, one_batch, understand
from streams.settings import Settings
from streams.settled import settle
from streams.understanding.classified import classified
from streams.understanding.decode import decode
from streams.understanding.exposed import exposed
from streams.understanding.masked import masked
from streams.understanding.places import locate
from streams.wire import config
from streams.wire.producer import BatchProducer
from streams.wire.records import Records

EVENTS, BATCH, PASSES = 10_000, 1_000, 5
NS = Topics().ns


def main() -> None:
    """Print the budget."""
    load = Load(DEFAULT_PACK, cache_folder(), EVENTS)
    city, encoder = load.city, Encoder(Topics())
    force = InForce.of(city)
    settle(city)
    now = time.time()
    batches = [
        one_batch("wangge.in.reports", load.bodies[i : i + BATCH], now, i)
        for i in range(0, EVENTS, BATCH)
    ]
    bodies = [body for batch in batches for body in batch.values]
    good = [e for e in map(_decoded, bodies) if e is not None]
    understood = [understand("reports", batch, force) for batch in batches]
    desk = [desk_records(encoder, found.desk, i) for i, found in enumerate(understood)]
    known = classified(good, city, frozenset())
    rows: list[tuple[str, str, float]] = []
    cuts = range(0, EVENTS, BATCH)

    def part(stage: str, name: str, work: Callable[[], object]) -> None:
        rows.append((stage, name, best(work) / EVENTS * 1e6))

    part("A", "decode and validate", lambda: [_decoded(body) for body in bodies])
    part(
        "A",
        "locate (GCJ-02)",
        lambda: [locate(g, city, [now] * len(g)) for g in (good[i : i + BATCH] for i in cuts)],
    )
    part("A", "mask", lambda: [masked(event) for event in good])
    part("A", "exposure", lambda: [exposed(good[i : i + BATCH], city) for i in cuts])
    part("A", "classify", lambda: classified(good, city, frozenset()))
    part(
        "A",
        "screen",
        lambda: [
            city.screen.check(ScreenFacts.of(e, c.category, now))
            for e, c in zip(good, known, strict=True)
            if c
        ],
    )
    part(
        "A",
        "assess",
        lambda: [
            city.assessor.assess(Event(c.category, "report", "reports", e.text))
            for e, c in zip(good, known, strict=True)
            if c
        ],
    )
    part("A", "all of understand()", lambda: [understand("reports", b, force) for b in batches])
    part(
        "A",
        "serialise, ledger",
        lambda: [
            sum(1 for _ in lane_outputs(encoder, u, balance(b, u, {}, now), now))
            for b, u in zip(batches, understood, strict=True)
        ],
    )
    part("B", "decode desk records", lambda: [desk_batches(records, force, NS) for records in desk])
    part("B", "decode and judge()", lambda: [judged(desk, city)])
    units = judged(desk, city)
    part(
        "B",
        "serialise",
        lambda: [sum(1 for _ in desk_outputs(encoder, shard, unit)) for shard, unit in units],
    )
    plan = topic_plan(Topics(), shards=city.shards, units=city.units)
    with EmbeddedStack.start(partitions_of(plan)) as stack:
        producer = BatchProducer(config.producer(Settings.read(brokers=stack.brokers), "budget"))
        a = [list(lane_outputs(encoder, u, [], now)) for u in understood]
        b = [list(desk_outputs(encoder, shard, unit)) for shard, unit in units]
        for stage, outputs in (("A", a), ("B", b)):
            count = sum(map(len, outputs)) / EVENTS
            part(
                stage,
                f"produce {count:.1f} records",
                lambda outputs=outputs: sent(producer, outputs),
            )
    show(rows)


def _decoded(body: bytes | None) -> object:
    try:
        return decode("reports", body)
    except Exception:  # a refused event costs what it costs
        return None


def desk_records(encoder: Encoder, bodies: list[dict[str, object]], number: int) -> Records:
    """One batch as the desk's consumer would hand it over."""
    outputs = list(encoder.desk(bodies, b""))
    count = len(outputs)
    return Records(
        "wangge.desk",
        [o.value for o in outputs],
        [None] * count,
        [None] * count,
        [o.partition for o in outputs],
        list(range(number * BATCH, number * BATCH + count)),
        [0.0] * count,
    )


def judged(desk: list[Records], city: object) -> list[tuple[int, object]]:
    """Every unit of work of a fresh owner over these batches."""
    states: dict[int, MemoryState] = {}
    units = []
    for records in desk:
        for shard, batch in desk_batches(records, InForce.of(city), NS):
            state = states.setdefault(shard, MemoryState())
            unit = judge(state, batch, 0.0)
            state.apply(unit.base, unit.version, unit.writes)
            units.append((shard, unit))
    return units


def sent(producer: BatchProducer, outputs: list[list[object]]) -> None:
    """Produce and wait for every acknowledgement."""
    for batch in outputs:
        producer.produce(batch)
        producer.flush()


def best(work: Callable[[], object]) -> float:
    """The least processor seconds of several passes."""
    found = []
    for _ in range(PASSES):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def show(rows: list[tuple[str, str, float]]) -> None:
    """Print the parts."""
    table = Table(title=f"µs of processor time per event (best of {PASSES})", title_justify="left")
    table.add_column("stage")
    table.add_column("part")
    table.add_column("µs", justify="right")
    for stage, name, micros in rows:
        table.add_row(stage, name, f"{micros:.1f}")
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
