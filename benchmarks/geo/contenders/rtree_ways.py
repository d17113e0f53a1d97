"""An R-tree of boxes, then the polygons: in a loop, and with arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import rtree.index
import shapely

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import OUTSIDE, Contender, PairsContender, Rows
from benchmarks.geo.points import Points

_NODE = 20  # boxes a node: twice as fast here as the library's own 100


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """Both over one tree."""
    shapely.prepare(city.polygons)
    boxes = shapely.bounds(city.polygons)
    tree = rtree.index.Index(
        (
            np.arange(len(city), dtype=np.int64),
            np.ascontiguousarray(boxes[:, :2]),
            np.ascontiguousarray(boxes[:, 2:]),
        ),
        properties=rtree.index.Property(
            leaf_capacity=_NODE, index_capacity=_NODE, near_minimum_overlap_factor=_NODE - 1
        ),
    )
    yield [_Loop(tree, city), _Arrays(tree, city)]


class _Loop(Contender):
    name = "rtree: a loop, prepared polygons"

    def __init__(self, tree: Any, city: City) -> None:
        self._tree, self._polygons = tree, city.polygons

    def locate(self, lon: Any, lat: Any) -> Rows:
        return np.array([self._one(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])

    def _one(self, x: float, y: float) -> int:
        for row in self._tree.intersection((x, y, x, y)):
            if shapely.intersects_xy(self._polygons[row], x, y):
                return row
        return OUTSIDE


class _Arrays(PairsContender):
    name = "rtree: intersection_v, prepared polygons"

    def __init__(self, tree: Any, city: City) -> None:
        self._tree, self._polygons = tree, city.polygons

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        corner = np.column_stack((lon, lat))
        rows, counts = self._tree.intersection_v(corner, corner)
        points = np.repeat(np.arange(len(lon)), counts.astype(np.int64))
        held = shapely.intersects_xy(self._polygons[rows], lon[points], lat[points])
        return points[held], rows[held]
