"""``make bench-kafka``: the whole worker exactly once beside at least once, on an Apache Kafka.

Both read the same reports from a namespace of their own on one broker, in turn, because the machine
drifts; the ratios are of one round each, the table shows medians. How long ending a unit takes
comes from the worker's own histogram. Then one event at a time: how long until its queue entry can
be read.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from confluent_kafka import Consumer
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from rich.table import Table

from benchmarks.load import Load, median
from cli.city_option import DEFAULT_PACK, cache_folder
from messages.topics import Topics
from sinks.output import Output
from streams.cluster.brokers import client
from streams.cluster.topic_setup import apply
from streams.cluster.topology import partitions_of, topic_plan
from streams.embedded.redis_server import EmbeddedRedis, free_port
from streams.embedded.worker_process import WorkerProcess
from streams.posting.lag import GroupLag
from streams.posting.poster import Poster
from streams.settings import Guarantee, Settings

# The server that the tests use: it comes from Maven and is no part of the application.
sys.path.append(str(Path(__file__).parents[1] / "tests" / "kafka"))
from kafka_server import KafkaServer, MissingError

EVENTS = int(os.environ.get("WANGGE_BENCH_EVENTS", "20000"))
ROUNDS = int(os.environ.get("WANGGE_BENCH_ROUNDS", "3"))
SINGLES = 100
GUARANTEES: tuple[Guarantee, ...] = ("at_least_once", "exactly_once")
STAGES = ("reports", "desk")


class Result(NamedTuple):
    """One worker's run. ``commit_ms``: mean time to end a unit, by stage. ``single_ms``: from
    posting one event to reading its decision, sorted."""

    events_s: float
    commit_ms: dict[str, float]
    units: dict[str, float]
    single_ms: list[float]


class Ground(NamedTuple):
    """What the rounds share."""

    brokers: str
    redis: str
    folder: Path
    load: Load


def main() -> None:
    """Run the rounds and print the table."""
    console = Console(highlight=False, width=140)
    results: dict[str, list[Result]] = {guarantee: [] for guarantee in GUARANTEES}
    with ground() as shared:
        run(shared, "warm-up", "exactly_once")  # the broker's own first minute
        for number in range(ROUNDS):
            for guarantee in GUARANTEES:
                found = run(shared, f"bench.{guarantee}.{number}", guarantee)
                results[guarantee].append(found)
                console.print(f"round {number + 1} {guarantee:14} {_line(found)}")
    console.print(table(results))
    pairs = list(zip(results["exactly_once"], results["at_least_once"], strict=True))
    ratio = median([ours.events_s / theirs.events_s for ours, theirs in pairs])
    console.print(f"events a second, exactly once ÷ at least once: {ratio:.2f}")


@contextmanager
def ground() -> Iterator[Ground]:
    """A Kafka and a Redis for the run; the Kafka of ``WANGGE_TEST_KAFKA`` where that is set."""
    running = os.environ.get("WANGGE_TEST_KAFKA")
    load = Load(DEFAULT_PACK, cache_folder(), EVENTS)
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        redis = EmbeddedRedis.start(log=Path(name, "redis.log"))
        try:
            if running:
                yield Ground(running, redis.url, Path(name), load)
            else:
                with KafkaServer.start() as server:
                    yield Ground(server.brokers, redis.url, Path(name), load)
        except MissingError as missing:
            sys.exit(str(missing))
        finally:
            redis.stop()


def run(ground: Ground, ns: str, guarantee: Guarantee) -> Result:
    """One worker on a namespace of its own: its backlog first, then single events."""
    topics, pack = Topics(ns), ground.load.city.pack
    plan = topic_plan(topics, shards=pack.city.shards.count, units=ground.load.city.units)
    apply(plan, ground.brokers)
    ground.load.post_reports(ground.brokers, topics)
    settings = Settings.read(
        brokers=ground.brokers,
        redis=ground.redis,
        namespace=ns,
        pack=DEFAULT_PACK,
        cache=cache_folder(),
        delivery=guarantee,
        web_port=free_port(),
    )
    worker = WorkerProcess(settings, ground.folder / f"{ns}.log")
    try:
        worker.wait_ready(90)
        events_s = _backlog(worker)
        shown = _metrics(settings.web_port)
        partitions = partitions_of(plan)
        singles = sorted(_singles(ground, topics, partitions[topics.decisions]))
    finally:
        worker.terminate()
    units = {stage: shown[f"wangge_commit_seconds_count {stage}"] for stage in STAGES}
    seconds = {stage: shown[f"wangge_commit_seconds_sum {stage}"] for stage in STAGES}
    commit_ms = {stage: 1000 * seconds[stage] / units[stage] for stage in STAGES}
    return Result(events_s, commit_ms, units, singles)


def _backlog(worker: WorkerProcess) -> float:
    """Events a second from the end of the first tenth to the last one."""
    began, before = 0.0, 0.0
    deadline = time.monotonic() + 300
    while True:
        worker.check()
        now, done = time.perf_counter(), _decided(_metrics(worker.settings.web_port))
        if not began and done >= EVENTS / 10:
            began, before = now, done
        if done >= EVENTS:
            return (done - before) / (now - began)
        if time.monotonic() > deadline:
            sys.exit(f"the worker has decided {done:,.0f} of {EVENTS:,} events in 300 s")
        time.sleep(0.05)


def _decided(shown: dict[str, float]) -> float:
    ends = ("routed", "merged", "quarantined", "dead", "ignored")
    return sum(shown.get(f"wangge_events_decided_total {end}", 0.0) for end in ends)


def _metrics(port: int) -> dict[str, float]:
    """What the worker shows, by name and label."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return {
        f"{sample.name} {next(iter(sample.labels.values()), '')}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def _singles(ground: Ground, topics: Topics, partitions: int) -> Iterator[float]:
    """Milliseconds from one event's acknowledgement to its decision, for each of some."""
    reader = Consumer(
        client(
            ground.brokers,
            group_id=f"{topics.ns}.bench",
            isolation_level="read_committed",
            auto_offset_reset="latest",
            enable_auto_commit=False,
            fetch_wait_max_ms=50,
            fetch_queue_backoff_ms=2,
        )
    )
    with GroupLag(ground.brokers, {f"{topics.ns}.judge": {topics.desk: partitions}}) as lag:
        while lag.read().behind:
            time.sleep(0.1)
    reader.subscribe([topics.decisions])
    while len(reader.assignment()) < partitions:
        reader.poll(0.1)
    reader.consume(100, 1.0)  # the position "latest" is asked for only now
    lane = topics.lane("reports")
    with Poster(ground.brokers) as poster:
        for number, body in enumerate(ground.load.bodies[:SINGLES]):
            poster.post([Output(lane, b"single-%d" % number, body)])
            poster.flush()
            began = time.perf_counter()
            while True:
                message = reader.poll(10.0)
                if message is None:
                    break  # a dead letter: it has no decision
                if message.error() is None:
                    yield 1000 * (time.perf_counter() - began)
                    break
    reader.close()


def table(results: dict[str, list[Result]]) -> Table:
    """Medians over the rounds."""
    shown = Table(
        title=f"{EVENTS:,} reports, {ROUNDS} rounds in turn, medians", title_justify="left"
    )
    shown.add_column("guarantee")
    columns = ("events/s", "end of a unit A, ms", "B, ms", "one event, p50 ms", "p99 ms")
    for column in columns:
        shown.add_column(column, justify="right")
    for guarantee, found in results.items():
        shown.add_row(
            guarantee,
            f"{median([r.events_s for r in found]):,.0f}",
            *(f"{median([r.commit_ms[stage] for r in found]):.1f}" for stage in STAGES),
            *(f"{median([_share(r.single_ms, p) for r in found]):.0f}" for p in (0.5, 0.99)),
        )
    return shown


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _line(found: Result) -> str:
    ends = ", ".join(
        f"{stage} {found.commit_ms[stage]:.1f} ms in {found.units[stage]:.0f} units"
        for stage in STAGES
    )
    single = found.single_ms
    return (
        f"{found.events_s:7,.0f} events/s; {ends}; one event {_share(single, 0.5):.0f} ms, "
        f"p99 {_share(single, 0.99):.0f} ms"
    )


if __name__ == "__main__":
    main()
