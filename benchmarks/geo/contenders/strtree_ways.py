"""Shapely's STRtree: with its own predicate, and as boxes before prepared polygons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import shapely

from benchmarks.geo.cities import City
from benchmarks.geo.contenders.contender import Contender, PairsContender, Rows
from benchmarks.geo.points import Points

PREDICATE, BOXES = "STRtree: query, intersects", "STRtree: boxes, prepared polygons"


@contextmanager
def contenders(city: City, points: Points) -> Iterator[list[Contender]]:
    """Both over one tree."""
    shapely.prepare(city.polygons)
    tree = shapely.STRtree(city.polygons)
    yield [_Predicate(tree, city), _Boxes(tree, city)]


class _Predicate(PairsContender):
    name = PREDICATE

    def __init__(self, tree: shapely.STRtree, city: City) -> None:
        self._tree = tree

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        points, rows = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        return points, rows


class _Boxes(PairsContender):
    name = BOXES

    def __init__(self, tree: shapely.STRtree, city: City) -> None:
        self._tree, self._polygons = tree, city.polygons

    def pairs(self, lon: Any, lat: Any) -> tuple[Rows, Rows]:
        points, rows = self._tree.query(shapely.points(lon, lat))
        held = shapely.intersects_xy(self._polygons[rows], lon[points], lat[points])
        return points[held], rows[held]
