"""What no index of this kind can beat: one look into a raster at indices that are known already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import Contender, Rows
from benchmarks.geo.points import Points
from geo.index.edges import Edges
from geo.index.frame import Frame


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """One way."""
    yield [_Take(Frame.around(city.polygons, len(Edges.of(city.polygons))))]


class _Take(Contender):
    """Over a raster as large as ours, of which it knows nothing but the size."""

    name = "np.take on a raster: the memory's limit"
    exact = False

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._raster = np.arange(len(frame), dtype=np.int32)

    def arguments(self, points: Points, size: int) -> list[tuple[Any, ...]]:
        rows, columns = self._frame.row(points.lat), self._frame.column(points.lon)
        cell = rows.astype(np.int64) * self._frame.columns + columns
        whole = range(0, len(points) - size + 1, size)
        return [(cell[first : first + size],) for first in whole]

    def locate(self, cell: Any) -> Rows:
        return np.take(self._raster, cell)
