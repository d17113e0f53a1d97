"""The grid index of a boundary set, its rasters from the cache where they are."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from pathlib import Path

from geo.index import GridIndex
from messages.place import Datum
from packs import Pack
from streams.boundaries.load import LoadedBoundaries
from streams.boundaries.raster_cache import (
    forget_unread,
    raster_file,
    recall_raster,
    store_raster,
)

log = logging.getLogger("wangge.boundaries")


def datums_of(pack: Pack) -> set[Datum]:
    """The datums that events of the pack's sources come in, and WGS-84."""
    return {"wgs84", *(source.datum for source in pack.sources.values())}


def load_index(
    pack: Pack,
    boundaries: LoadedBoundaries,
    cache_dir: Path,
    datums: Collection[Datum],
    *,
    fresh: bool = False,
) -> GridIndex:
    """The index over a set, ready for positions in ``datums``; others are built on first use.

    A raster that is not in the cache, or damaged there, is built and put there; that it cannot be
    is logged. ``fresh``: never from the cache. Raises :class:`BoundaryError`.
    """
    index = GridIndex.build(
        boundaries.layers,
        city=pack.city.code,
        tolerance_m=pack.city.tolerance_m,
        version=boundaries.version,
    )
    for datum in sorted({"wgs84" if d == "cgcs2000" else d for d in datums}):
        file = raster_file(cache_dir, boundaries.version, datum)
        raster = None if fresh else recall_raster(file, boundaries.version)
        if raster is None:
            built = index.in_datum(datum).raster
            try:
                store_raster(file, built, boundaries.version)
                forget_unread(cache_dir, time.time())
            except OSError as error:
                log.warning("the raster is not cached: %s", error)
            # Mapped, its pages are shared by all workers of this machine.
            raster = recall_raster(file, boundaries.version)
        if raster is not None:
            index.adopt(raster, datum)
    return index
