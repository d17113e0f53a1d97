"""Ours: the grid index, for arrays and for a single position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import shapely

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import OUTSIDE, Contender, Rows
from benchmarks.geo.points import Points
from geo.index import GridIndex

_MANY = 1_000  # enough to be looked up as arrays

ARRAYS, ONE = "Wangge locate", "Wangge locate_one"


def build(city: City) -> GridIndex:
    """The index, ready to answer: nothing that is built on first use is left."""
    index = GridIndex.build([city.layer()], city="bench", tolerance_m=0.0, version="bench")
    # A position on a border: it asks for all that there is.
    lon, lat = shapely.get_coordinates(city.polygons[:1])[0]
    index.locate(np.full(_MANY, lon), np.full(_MANY, lat), "wgs84")
    index.locate([lon], [lat], "wgs84")
    return index


@contextmanager
def contenders(index: GridIndex) -> Iterator[list[Contender]]:
    """The index in both its ways."""
    # An id is a rank by area; the code says which row of the city that is.
    row_of = np.array([int(t.grid) for t in index.territories] + [OUTSIDE])
    yield [_Locate(index, row_of), _LocateOne(index, row_of)]


class _Ours(Contender):
    def __init__(self, index: GridIndex, row_of: Rows) -> None:
        self._index, self._row_of = index, row_of


class _Locate(_Ours):
    name = ARRAYS

    def locate(self, lon: Any, lat: Any) -> Rows:
        return self._index.locate(lon, lat, "wgs84").cell

    def matches(self, points: Points) -> tuple[Rows, Rows]:
        rows = self._row_of[self.locate(*points)]
        found = np.flatnonzero(rows != OUTSIDE)
        return found, rows[found]


class _LocateOne(_Ours):
    name = ONE
    batches_of = (1,)

    def arguments(self, points: Points, size: int) -> list[tuple[Any, ...]]:
        return list(zip(points.lon.tolist(), points.lat.tolist(), strict=True))

    def locate(self, lon: float, lat: float) -> int:
        return self._index.locate_one(lon, lat, "wgs84")

    def matches(self, points: Points) -> tuple[Rows, Rows]:
        cells = np.array([self.locate(*each) for each in self.arguments(points, 1)])
        rows = self._row_of[cells]
        found = np.flatnonzero(rows != OUTSIDE)
        return found, rows[found]
