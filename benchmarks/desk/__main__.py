"""``make bench-desk``: events a second through ``judge`` and the Redis view, with 1,000 to a
million cases open; and what an open case costs in the owner's memory and in Redis.

Sizes grow in one process and one Redis; each is measured with the same number of new events.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

import orjson
import redis

from benchmarks.desk.crowd import crowd, models
from benchmarks.geo.machine import machine
from benchmarks.geo.table import table
from cli.city_option import DEFAULT_PACK, cache_folder
from drills.ordinary_day import OrdinaryDay, events
from incidents.redis_state import RedisState
from incidents.state import MemoryState, Version, Write
from messages.model import Body
from packs.load import load
from streams.boundaries.load import load_layers
from streams.city import City
from streams.control.in_force import InForce
from streams.embedded.redis_server import EmbeddedRedis
from streams.pipeline import DeskBatch, judge, one_batch, understand
from streams.settled import settle

T = TypeVar("T")
SIZES = (1_000, 100_000, 1_000_000)
BATCH, BATCHES, MODELS = 500, 16, 4_000
SLOWER, OWNER_BYTES, REDIS_BYTES = 2.0, 4096, 2048


class Measured(NamedTuple):
    """``judge_us``, ``redis_us``: an event, medians of batches. ``owner``, ``redis``: bytes an open
    case, indexes and timers included; 0 for the first size, whose difference is noise."""

    size: int
    judge_us: float
    redis_us: float
    owner: float
    redis: float

    @property
    def per_second(self) -> float:
        return 1e6 / (self.judge_us + self.redis_us)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 with ``--check`` where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="open cases")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    asked = parser.parse_args(arguments)
    sizes = [int(size) for size in asked.sizes.split(",")]
    here = machine()
    sys.stdout.write(f"{here['machine']}\nPython {here['Python']}\n\n")
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedRedis.start(log=Path(folder) / "redis.log")
        try:
            found = list(measure(sizes, server.url))
        finally:
            server.stop()
    rows = [
        [
            f"{one.size:,}",
            f"{one.per_second:,.0f}",
            f"{one.judge_us:.0f}",
            f"{one.redis_us:.0f}",
            f"{one.owner:,.0f}" if one.owner else "–",
            f"{one.redis:,.0f}" if one.redis else "–",
        ]
        for one in found
    ]
    head = ["open cases", "events/s", "judge µs", "Redis µs", "owner B a case", "Redis B a case"]
    sys.stdout.write(f"{table(head, rows)}\n\n")
    held = list(targets(found))
    sys.stdout.writelines(f"{'OK' if ok else 'MISSED':<6} {text}\n" for ok, text in held)
    return 1 if asked.check and not all(ok for ok, _ in held) else 0


def targets(found: Sequence[Measured]) -> Iterator[tuple[bool, str]]:
    """What was promised of the desk, and whether it holds."""
    few, many = found[0], found[-1]
    times = few.per_second / many.per_second
    text = f"{many.size:,} open cost {times:.2f}× of {few.size:,}, wanted ≤ {SLOWER:.0f}×"
    yield times <= SLOWER, text
    yield many.owner < OWNER_BYTES, f"owner: {many.owner:,.0f} B a case, wanted < {OWNER_BYTES:,}"
    yield many.redis < REDIS_BYTES, f"Redis: {many.redis:,.0f} B a case, wanted < {REDIS_BYTES:,}"


def measure(sizes: Sequence[int], url: str) -> Iterator[Measured]:
    """Size by size, the state growing; a city's ordinary events at each."""
    city = City.load(DEFAULT_PACK, cache_folder())
    settle(city)
    now = time.time()
    desk = _desk(city, MODELS + len(sizes) * BATCH * BATCHES, now)
    state, client = MemoryState(), redis.Redis.from_url(url)
    made = [body for _ in range(MODELS) if (body := next(desk, None)) is not None]
    unit = judge(state, _batch(city, made), now)
    state.apply(0, unit.version, unit.writes)
    of = models(state)
    state = MemoryState()
    view = RedisState(client, "bench", 0)
    opened = 0
    for size in sizes:
        owner, shared = _resident(), client.info("memory")["used_memory"]
        more = size - opened
        for chunk in _chunks(crowd(of, more, opened, city, now), 2_000):
            _apply(state, view, chunk)
        opened = size
        gc.collect()
        held = (_resident() - owner) / more
        shown = (client.info("memory")["used_memory"] - shared) / more
        judged, applied = [], []
        for _ in range(BATCHES):
            batch = _batch(city, list(islice(desk, BATCH)), state.version.cursor)
            began = time.process_time()
            unit = judge(state, batch, now)
            state.apply(unit.base, unit.version, unit.writes)
            judged.append((time.process_time() - began) / BATCH * 1e6)
            began = time.perf_counter()
            view.apply(unit.base, unit.version, unit.writes)
            applied.append((time.perf_counter() - began) / BATCH * 1e6)
        first = size == sizes[0]
        yield Measured(
            size, median(judged), median(applied), 0.0 if first else held, 0.0 if first else shown
        )


def _apply(state: MemoryState, view: RedisState, writes: list[Write]) -> None:
    before = state.version
    after = Version(number=before.number + 1, cursor=before.cursor, now=before.now)
    state.apply(before.number, after, writes)
    view.apply(before.number, after, writes)


def _desk(city: City, count: int, now: float) -> Iterator[Body]:
    """An ordinary day's events as they lie on the desk."""
    pack = load(DEFAULT_PACK)
    layers, _ = load_layers(pack, cache_folder())
    start = datetime.fromtimestamp(now, UTC)
    day = OrdinaryDay.of(pack)
    lane = tuple(feed for feed in day.feeds if feed.lane == "reports")
    day = day.model_copy(update={"feeds": lane})
    made = events(day, pack, layers[-1], count=2 * count, seed=5, start=start)
    force = InForce.of(city)
    for number, chunk in enumerate(_chunks((event.body for event in made), 1_000)):
        records = one_batch("wangge.in.reports", chunk, now, number * 1_000)
        for body in understand("reports", records, force).desk:
            wire: Body = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
            yield wire


def _batch(city: City, bodies: Sequence[Body], first: int = 0) -> DeskBatch:
    offsets = range(first, first + len(bodies))
    return DeskBatch(InForce.of(city), 0, bodies, offsets, offsets.stop)


def _resident() -> int:
    """Bytes of this process now, not at its peak."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


if __name__ == "__main__":
    sys.exit(main())
