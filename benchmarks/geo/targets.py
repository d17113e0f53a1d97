"""What was promised of the index, and whether this run holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.geo.contenders.strtree_ways import BOXES, PREDICATE
from benchmarks.geo.contenders.wangge import ARRAYS
from benchmarks.geo.measure import Measured
from benchmarks.geo.one_city import CityFigures
from benchmarks.geo.points import MANY

CITY, REGION, COUNTRY = 12_000, 100_000, 1_000_000

_FASTER = {CITY: {1024: 10.0, MANY: 25.0}, REGION: {1024: 5.0, MANY: 5.0}}
_SLOWER = 10.0
_P99_US = 8.0
_BUILD_S, _PEAK_GB, _LOAD_S = 10.0, 4, 0.5


@dataclass(frozen=True)
class Target:
    """``wanted`` in words; ``figure`` with its unit."""

    what: str
    figure: str
    wanted: str
    held: bool


def targets(cities: Sequence[CityFigures]) -> list[Target]:
    """All that can be said of the sizes that were measured. Ratios are medians over the rounds."""
    by_size = {city.polygons: city.measured for city in cities}
    found = [target for city in cities for target in _faster(city.measured)]
    if CITY in by_size:
        found += _latency(by_size[CITY])
    if CITY in by_size and COUNTRY in by_size:
        found += _growth(by_size[CITY], by_size[COUNTRY])
    return found + [target for city in cities for target in _cost(city)]


def _faster(city: Measured) -> Iterator[Target]:
    for batch, wanted in _FASTER.get(city.polygons, {}).items():
        routes = [city.micros[name][batch] for name in (PREDICATE, BOXES) if name in city.micros]
        if not routes:
            continue
        # Of one round each, because the machine drifts.
        best = [min(figures) for figures in zip(*routes, strict=True)]
        ours = city.micros[ARRAYS][batch]
        ratio = median(theirs / mine for theirs, mine in zip(best, ours, strict=True))
        what = f"best STRtree way ÷ ours, {city.polygons:,} polygons, batches of {batch:,}"
        yield Target(what, f"{ratio:.1f}×", f"≥ {wanted:.0f}×", ratio >= wanted)


def _latency(city: Measured) -> Iterator[Target]:
    p99 = median(one.p99 for one in city.latency)
    what = f"p99 of a single lookup, {city.polygons:,} polygons"
    yield Target(what, f"{p99:.2f} µs", f"< {_P99_US:.0f} µs", p99 < _P99_US)


def _growth(city: Measured, country: Measured) -> Iterator[Target]:
    for batch in (1024, MANY):
        small, large = (median(size.micros[ARRAYS][batch]) for size in (city, country))
        ratio = large / small
        what = f"ours at {country.polygons:,} ÷ at {city.polygons:,}, batches of {batch:,}"
        yield Target(what, f"{ratio:.1f}×", f"≤ {_SLOWER:.0f}×", ratio <= _SLOWER)


def _cost(city: CityFigures) -> Iterator[Target]:
    what, build = f"{city.polygons:,} polygons", city.build
    if city.polygons == CITY:
        took = build.seconds
        yield Target(f"building {what}", f"{took:.1f} s", f"< {_BUILD_S:.0f} s", took < _BUILD_S)
        if city.cache is not None:
            took = city.cache.load_s
            yield Target(f"loading {what}", f"{took:.2f} s", f"< {_LOAD_S} s", took < _LOAD_S)
    if city.polygons == COUNTRY:
        peak = build.peak_mb / 1e3
        yield Target(
            f"peak memory of building {what}", f"{peak:.2f} GB", f"< {_PEAK_GB} GB", peak < _PEAK_GB
        )
