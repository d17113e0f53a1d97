"""How long a single lookup takes, one by one: the tail, not the mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_CALLS = 50_000


@dataclass(frozen=True)
class Latency:
    """Microseconds, the clock's own included; ``clock`` is what an empty measurement takes."""

    calls: int
    p50: float
    p99: float
    most: float
    clock: float


def latency(locate: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> Latency:
    """Of at least 20,000 calls, each with a position of its own."""
    arguments = arguments[:_CALLS]
    took = _each(locate, arguments)
    empty = _each(_nothing, arguments)
    p50, p99 = np.percentile(took, (50, 99)) / 1e3
    clock = float(np.median(empty)) / 1e3
    return Latency(len(took), float(p50), float(p99), took.max() / 1e3, clock)


def _each(locate: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> Any:
    """Nanoseconds of every call. The collector stays on, as in a worker."""
    clock = time.perf_counter_ns
    took = np.empty(len(arguments), np.int64)
    for number, (lon, lat) in enumerate(arguments):
        began = clock()
        locate(lon, lat)
        took[number] = clock() - began
    return took


def _nothing(lon: float, lat: float) -> None:
    pass
