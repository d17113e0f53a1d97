"""How many microseconds a point a way takes, in batches of one size."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.geo.contenders.contender import Contender
from benchmarks.geo.points import Points

_PROBE = 1024
_CALLS = 20_000  # different ones; then from the first again


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds; about how many seconds one measurement takes; and how many a
    single call for a large batch, or for comparing answers, may take."""

    rounds: int
    seconds: float
    longest: float
    comparing: float


@dataclass(frozen=True)
class Lap:
    """``calls`` calls for ``size`` points each: what is measured once in every round."""

    locate: Callable[..., Any]
    arguments: list[tuple[Any, ...]]
    size: int
    calls: int

    def seconds(self) -> float:
        """One measurement, without the collector, as timeit does it."""
        turns = itertools.islice(itertools.cycle(self.arguments), self.calls)
        locate, collecting = self.locate, gc.isenabled()
        gc.disable()
        try:
            began = time.perf_counter()
            for arguments in turns:
                locate(*arguments)
            return time.perf_counter() - began
        finally:
            if collecting:
                gc.enable()

    def micros(self) -> float:
        """Microseconds a point."""
        return self.seconds() / (self.calls * self.size) * 1e6


def lap(contender: Contender, points: Points, batch: int, effort: Effort) -> Lap:
    """A lap of about ``effort.seconds``; of fewer points than ``batch`` where one call of so many
    would take longer than ``effort.longest``."""
    size = min(batch, len(points))
    if size > _PROBE:
        size = min(size, affordable(contender, points, effort.longest))
    asked = points.rows(0, size * min(_CALLS, len(points) // size))
    arguments = contender.arguments(asked, size)
    calls = 1
    while True:
        found = Lap(contender.locate, arguments, size, calls)
        took = found.seconds()
        if took > effort.seconds / 2:
            return found
        calls = max(2 * calls, int(calls * effort.seconds / max(took, 1e-6)))


def affordable(contender: Contender, points: Points, seconds: float) -> int:
    """How many points this way does in ``seconds``, at least one probe's."""
    probe = min(_PROBE, len(points))
    if contender.batches_of == (1,):
        return probe
    (arguments,) = contender.arguments(points.rows(0, probe), probe)
    contender.locate(*arguments)  # a first time, for what is made on first use
    took = Lap(contender.locate, [arguments], probe, 1).micros() / 1e6
    return max(probe, int(seconds / took))
