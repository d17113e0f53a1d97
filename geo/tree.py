"""The cells in one datum: which of them hold a point, and which is nearest to one in no cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import rtree.index
import shapely

from geo.datum import from_wgs84
from geo.layer import Geometries
from geo.metres import Floats, distance_m, metres_per_degree
from messages.place import Datum

Ids = npt.NDArray[np.int32]

NOWHERE = -1
_MILLIMETRES = 3
_NODE = 20  # boxes a node: 4.9 µs a point over 12,000 cells; rtree's own 100 takes 8.7 µs


class CellTree:
    """An R-tree over cells in the degrees of one datum; the id of a cell is its row.

    Not for two threads: libspatialindex keeps state in an index while it is queried, and the
    process crashes.
    """

    def __init__(self, cells_wgs84: Geometries, datum: Datum) -> None:
        cells = cells_wgs84
        if datum not in ("wgs84", "cgcs2000"):
            cells = shapely.transform(
                cells, lambda x, y: from_wgs84(x, y, datum), interleaved=False
            )
        self._cells = cells
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

    def holding(self, lon: Floats, lat: Floats) -> Ids:
        """The lowest cell that holds each point, its border included; -1 for none."""
        found = np.full(len(lon), NOWHERE, np.int32)
        points, cells = self._candidates(lon, lat, 0.0, 0.0)
        held = shapely.intersects_xy(self._cells[cells], lon[points], lat[points])
        points, cells = points[held], cells[held]
        # Written last to first, so that the lowest id of a point stays.
        order = np.lexsort((cells, points))[::-1]
        found[points[order]] = cells[order]
        return found

    def nearest(self, lon: Floats, lat: Floats, tolerance_m: float) -> tuple[Ids, Floats]:
        """The nearest cell within ``tolerance_m`` metres, and how far it is; -1 and NaN for none.

        Distances are compared to the millimetre; of equals the lowest cell is taken.
        """
        cell = np.full(len(lon), NOWHERE, np.int32)
        metres = np.full(len(lon), np.nan)
        x_scale, y_scale = metres_per_degree(lat)
        with np.errstate(divide="ignore"):  # at a pole a degree of longitude has no length
            reach_x = np.minimum(tolerance_m / x_scale, 360.0)
        points, cells = self._candidates(lon, lat, reach_x, tolerance_m / y_scale)
        away = np.round(distance_m(self._cells[cells], lon[points], lat[points]), _MILLIMETRES)
        near = away <= tolerance_m
        points, cells, away = points[near], cells[near], away[near]
        order = np.lexsort((cells, away, points))[::-1]
        cell[points[order]] = cells[order]
        metres[points[order]] = away[order]
        return cell, metres

    def _candidates(
        self, lon: Floats, lat: Floats, reach_x: Floats | float, reach_y: Floats | float
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
        """Pairs of point and cell whose boxes touch."""
        if not len(lon):
            return np.empty(0, np.intp), np.empty(0, np.int64)
        middle = np.column_stack((lon, lat))
        reach = np.column_stack(
            (np.broadcast_to(reach_x, lon.shape), np.broadcast_to(reach_y, lon.shape))
        )
        cells, counts = self._tree.intersection_v(middle - reach, middle + reach)
        points = np.repeat(np.arange(len(lon)), counts.astype(np.int64))
        return points, cells.astype(np.int64, copy=False)
