"""The R-tree over the cells in one datum: candidates, the nearest cell, and the exact last word."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import rtree.index
import shapely

from geo.index.edges import Ints
from geo.index.places import NOWHERE
from geo.layer import Geometries
from geo.metres import Floats, distance_m, metres_per_degree

_MILLIMETRES = 3
_NODE = 20  # boxes a node: 4.9 µs a point over 12,000 cells; rtree's own 100 takes 8.7 µs

Rows = npt.NDArray[np.intp]


class CellTree:
    """An R-tree over cells in the degrees of one datum. A cell's id is its row; ``rank`` tells for
    each id which of two is better (lower).

    Not for two threads: libspatialindex keeps state in an index while it is queried, and the
    process crashes.
    """

    def __init__(self, cells: Geometries, rank: Ints) -> None:
        self.cells = cells
        self._rank = rank
        shapely.prepare(cells)
        boxes = shapely.bounds(cells)
        # From arrays: rtree's bulk load, some ten times as fast as from a generator.
        self._tree = rtree.index.Index(
            (
                np.arange(len(cells), dtype=np.int64),
                np.ascontiguousarray(boxes[:, :2]),
                np.ascontiguousarray(boxes[:, 2:]),
            ),
            properties=rtree.index.Property(
                leaf_capacity=_NODE, index_capacity=_NODE, near_minimum_overlap_factor=_NODE - 1
            ),
        )

    def holding(self, lon: Floats, lat: Floats) -> Ints:
        """The best cell that holds each point, its border included; -1 for none."""
        points, cells = self.all_holding(lon, lat)
        return self.best(len(lon), points, cells)

    def all_holding(self, lon: Floats, lat: Floats) -> tuple[Rows, Rows]:
        """Every pair of a point (its row) and a cell that holds it, border included."""
        points, cells = self._candidates(lon, lat, 0.0, 0.0)
        held = shapely.intersects_xy(self.cells[cells], lon[points], lat[points])
        return points[held], cells[held]

    def nearest(
        self,
        lon: Floats,
        lat: Floats,
        reach_m: npt.ArrayLike,
        besides: Ints | None = None,
    ) -> tuple[Ints, Floats]:
        """The nearest cell within ``reach_m`` metres (one number, or one a point), and how far it
        is, 0 for a cell that holds the point; -1 and NaN for none. ``besides``: a cell a point that
        does not count.

        Distances are compared to the millimetre; of equals the best cell is taken.
        """
        cell = np.full(len(lon), NOWHERE, np.int32)
        metres = np.full(len(lon), np.nan)
        reach = np.broadcast_to(np.asarray(reach_m, np.float64), lon.shape)
        x_scale, y_scale = metres_per_degree(lat)
        with np.errstate(divide="ignore"):  # at a pole a degree of longitude has no length
            reach_x = np.minimum(reach / x_scale, 360.0)
        points, cells = self._candidates(lon, lat, reach_x, reach / y_scale)
        if besides is not None:
            other = cells != besides[points]
            points, cells = points[other], cells[other]
        away = np.round(distance_m(self.cells[cells], lon[points], lat[points]), _MILLIMETRES)
        near = away <= reach[points]
        points, cells, away = points[near], cells[near], away[near]
        # Written last to first, so that the nearest and best of a point stays.
        order = np.lexsort((self._rank[cells], away, points))[::-1]
        cell[points[order]] = cells[order]
        metres[points[order]] = away[order]
        return cell, metres

    def touching(self, box: tuple[float, float, float, float]) -> Rows:
        """The ids of the cells whose boxes touch a box (west, south, east, north), rising."""
        return np.sort(np.fromiter(self._tree.intersection(box), np.intp))

    def best(self, count: int, points: Rows, cells: Rows) -> Ints:
        """For points 0 … ``count`` - 1 the best of the cells each is paired with; -1 for none."""
        found = np.full(count, NOWHERE, np.int32)
        order = np.lexsort((self._rank[cells], points))[::-1]
        found[points[order]] = cells[order]
        return found

    def _candidates(
        self, lon: Floats, lat: Floats, reach_x: Floats | float, reach_y: Floats | float
    ) -> tuple[Rows, Rows]:
        """Pairs of point and cell whose boxes touch."""
        if not len(lon):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        middle = np.column_stack((lon, lat))
        reach = np.column_stack(
            (np.broadcast_to(reach_x, lon.shape), np.broadcast_to(reach_y, lon.shape))
        )
        cells, counts = self._tree.intersection_v(middle - reach, middle + reach)
        points = np.repeat(np.arange(len(lon)), counts.astype(np.int64))
        return points, cells.astype(np.intp, copy=False)
