"""One city from its polygons to all its figures: the work of one fresh process."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from benchmarks.geo.cache import CacheLoad, cache_row
from benchmarks.geo.cities import make_city
from benchmarks.geo.contenders.wangge import build
from benchmarks.geo.measure import Measured, measure
from benchmarks.geo.memory import peak_mb
from benchmarks.geo.progress import Progress
from benchmarks.geo.timing import Effort


@dataclass(frozen=True)
class Build:
    """``seconds``: from polygons to the first answer. Peaks in megabytes (1e6 bytes):
    ``polygons_mb`` before the index was begun, ``peak_mb`` when it was there."""

    seconds: float
    polygons_mb: float
    peak_mb: float


@dataclass(frozen=True)
class CityFigures:
    """All that is known of a city of so many polygons."""

    polygons: int
    build: Build
    cache: CacheLoad | None
    measured: Measured


def figures(size: int, peers: Sequence[str], effort: Effort) -> CityFigures:
    """Build first, while the process has held nothing else; then measure."""
    said = Progress(f"{size:,} polygons")
    said("making them")
    city = make_city(size)
    polygons_mb = peak_mb()
    said("building our index")
    began = time.perf_counter()
    index = build(city)
    built = Build(time.perf_counter() - began, polygons_mb, peak_mb())
    # Otherwise the peers would not answer the same thing.
    if not shapely.is_valid(city.polygons).all():
        sys.exit(f"the benchmark's own city of {size} has an invalid polygon")
    cached = cache_row(city, index)
    measured = measure(city, index, peers, effort, said)
    said("")
    return CityFigures(size, built, cached, measured)
