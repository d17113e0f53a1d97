"""``make bench``: the whole worker beside a bare loop and stock Faust, in the same run.

The machine is shared and drifts, so contenders take turns and the ratios are of one round each;
the table shows medians over the rounds. Every contender is a process of its own and reads the same
records from an embedded broker of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.load import Load, median
from cli.city_option import DEFAULT_PACK, cache_folder
from streams.cluster.topology import partitions_of, topic_plan
from streams.embedded.redis_server import free_port
from streams.embedded.stack import EmbeddedStack
from streams.settings import Settings
from streams.worker import environment

EVENTS = int(os.environ.get("WANGGE_BENCH_EVENTS", "20000"))
STOCK_EVENTS = max(500, EVENTS // 10)
ROUNDS = int(os.environ.get("WANGGE_BENCH_ROUNDS", "3"))


class Contender(NamedTuple):
    """``name`` in :mod:`benchmarks.contenders`; ``reads`` what it is given."""

    name: str
    what: str
    reads: str
    events: int


CONTENDERS = (
    Contender("bare-validate", "bare loop: consume, validate, produce", "reports", EVENTS),
    Contender("wangge", "the whole worker: broker → queues", "reports", EVENTS),
    Contender("stock-faust", "stock Faust, the same two stages", "reports", STOCK_EVENTS),
    Contender("bare-understand", "stage A in a bare loop", "reports", EVENTS),
    Contender("wangge-understand", "stage A in the worker", "reports", EVENTS),
    Contender("bare-judge", "stage B in a bare loop", "desk", EVENTS),
    Contender("wangge-judge", "stage B in the worker", "desk", EVENTS),
)


class Result(NamedTuple):
    """Microseconds an event: on the wall clock and of the process's processor time."""

    wall_us: float
    cpu_us: float


def main() -> None:
    """Run the rounds and print the tables; exit 1 when a promised ratio does not hold."""
    console = Console(highlight=False, width=110)
    loads = {n: Load(DEFAULT_PACK, cache_folder(), n) for n in {c.events for c in CONTENDERS}}
    results: dict[str, list[Result]] = defaultdict(list)
    for number in range(ROUNDS):
        for contender in CONTENDERS:
            result = run(contender, loads[contender.events])
            results[contender.name].append(result)
            console.print(
                f"round {number + 1} {contender.name:18} {result.wall_us:8.1f} µs wall "
                f"{result.cpu_us:8.1f} µs cpu"
            )
    console.print(table(results))
    promises = [
        ("the worker against stock Faust", "stock-faust", "wangge", 8.0),
        ("stage A against its bare loop", "bare-understand", "wangge-understand", 0.7),
        ("stage B against its bare loop", "bare-judge", "wangge-judge", 0.7),
    ]
    kept = [promise(console, results, *p) for p in promises]
    sys.exit(0 if all(kept) else 1)


def run(contender: Contender, load: Load) -> Result:
    """One contender once, on a stack of its own."""
    pack = load.city.pack
    base = Settings.read(pack=DEFAULT_PACK, cache=cache_folder())
    plan = topic_plan(base.topics, shards=pack.city.shards.count, units=load.city.units)
    with EmbeddedStack.start(partitions_of(plan)) as stack:
        settings = Settings.read(
            brokers=stack.brokers,
            redis=stack.redis_url,
            pack=DEFAULT_PACK,
            cache=cache_folder(),
            embedded=True,
            web_port=free_port(),
        )
        count = contender.events
        if contender.reads == "reports":
            load.post_reports(stack.brokers, settings.topics)
        else:
            count = load.post_desk(stack.brokers, settings.topics)
        command = [sys.executable, "-m", "benchmarks.contenders", contender.name, str(count)]
        done = subprocess.run(
            command,
            env={**os.environ, **environment(settings)},
            capture_output=True,
            timeout=300,
            cwd=Path(__file__).parents[1],
        )
    if done.returncode:
        sys.exit(f"{contender.name} failed:\n{done.stderr.decode()[-2000:]}")
    found = orjson.loads(done.stdout[done.stdout.rindex(b"{") :])  # Faust hides the cursor first
    events = found["events"]
    return Result(found["wall_s"] / events * 1e6, found["cpu_s"] / events * 1e6)


def table(results: dict[str, list[Result]]) -> Table:
    """Medians over the rounds."""
    shown = Table(
        title=f"{EVENTS:,} events, {ROUNDS} rounds in turn, medians", title_justify="left"
    )
    shown.add_column("what")
    for column in ("events/s", "µs wall", "µs cpu"):
        shown.add_column(column, justify="right")
    for contender in CONTENDERS:
        wall = median([r.wall_us for r in results[contender.name]])
        cpu = median([r.cpu_us for r in results[contender.name]])
        shown.add_row(contender.what, f"{1e6 / wall:,.0f}", f"{wall:.1f}", f"{cpu:.1f}")
    return shown


def promise(
    console: Console,
    results: dict[str, list[Result]],
    what: str,
    slow: str,
    fast: str,
    least: float,
) -> bool:
    """Whether ``fast`` does at least ``least`` times the events a second of ``slow``."""
    pairs = list(zip(results[slow], results[fast], strict=True))
    wall = median([a.wall_us / b.wall_us for a, b in pairs])
    cpu = median([a.cpu_us / b.cpu_us for a, b in pairs])
    word = "kept" if wall >= least else "MISSED"
    console.print(
        f"{what}: {wall:.2f}× on the clock, {cpu:.2f}× in processor time; ≥ {least}: {word}"
    )
    return wall >= least


if __name__ == "__main__":
    main()
