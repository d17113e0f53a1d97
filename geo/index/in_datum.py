"""The cells as one datum sees them: drawn in it once, so that no position is ever converted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from geo.datum import from_wgs84
from geo.index.edges import Ints
from geo.index.lookup import look_up
from geo.index.places import NOWHERE
from geo.index.raster import Raster
from geo.index.scalar import UNDECIDED, scalar_look_up
from geo.index.tree import CellTree
from geo.layer import Geometries
from geo.metres import Floats
from messages.place import Datum

FEW = 24
"""Up to so many positions one by one are faster than arrays."""
_FIRST_REACH_M = 1.0
_WIDER = 4.0


def drawn_in(cells_wgs84: Geometries, datum: Datum) -> Geometries:
    """The same polygons with their corners in degrees of ``datum``."""
    if datum in ("wgs84", "cgcs2000"):
        return cells_wgs84
    return shapely.transform(  # type: ignore[no-any-return]
        cells_wgs84, lambda x, y: from_wgs84(x, y, datum), interleaved=False
    )


class DatumIndex:
    """Raster, R-tree and scalar look-up over cells in the degrees of one datum.

    A cell's id is its row; ``rank`` tells which of two is better (lower). The tree is built when
    something first asks for it: a position on a border, or outside. One thread at a time: see
    :class:`CellTree`.
    """

    def __init__(self, cells: Callable[[], Geometries], rank: Ints, raster: Raster) -> None:
        self._cells = cells
        self._rank = rank
        self.raster = raster

    @cached_property
    def tree(self) -> CellTree:
        return CellTree(self._cells(), self._rank)

    @cached_property
    def _one(self) -> Callable[[float, float], int]:
        return scalar_look_up(self.raster)

    def replaced(self, cell: int, polygon: Any, rank: Ints) -> DatumIndex:
        """The index with another polygon (in this datum) for one cell, and new ranks.

        Only the raster cells that the old and the new one may touch are drawn again; all of them,
        where the new one reaches beyond the raster.
        """
        cells = self.tree.cells.copy()
        both = np.array([cells[cell], polygon], dtype=object)
        cells[cell] = polygon
        window = self.raster.frame.window(both)
        if window is None:
            return DatumIndex(lambda: cells, rank, Raster.build(cells, rank))
        near = self.tree.touching(self.raster.frame.box(window))
        ids = np.union1d(near, [cell]).astype(np.int32)
        ids = ids[np.argsort(rank[ids])]
        raster = self.raster.redrawn(window, cells[ids], ids, cell)
        return DatumIndex(lambda: cells, rank, raster)

    def holding(self, lon: Floats, lat: Floats) -> Ints:
        """The best cell that holds each position, its border included; -1 for none."""
        if len(lon) <= FEW:
            one = self.holding_one
            return np.fromiter(map(one, lon.tolist(), lat.tolist()), np.int32, len(lon))
        found, undecided = look_up(self.raster, lon, lat)
        if len(undecided):
            found[undecided] = self.tree.holding(lon[undecided], lat[undecided])
        return found

    def holding_one(self, lon: float, lat: float) -> int:
        """As :meth:`holding`, for one position and without an array."""
        cell = self._one(lon, lat)
        if cell == UNDECIDED:
            return int(self.tree.holding(np.array([lon]), np.array([lat]))[0])
        return cell

    def runner_up(self, cell: Ints, lon: Floats, lat: Floats, reach_m: Floats) -> Ints:
        """The nearest cell besides ``cell`` within ``reach_m`` of each position; -1 for none.

        The circle is widened step by step: a careless accuracy of a hundred kilometres must not
        bring in every cell of the city.
        """
        found = np.full(len(cell), NOWHERE, np.int32)
        asked = np.flatnonzero(cell >= 0)
        circle = _FIRST_REACH_M
        while len(asked):
            reach = np.minimum(reach_m[asked], circle)
            found[asked], _ = self.tree.nearest(lon[asked], lat[asked], reach, cell[asked])
            asked = asked[(found[asked] == NOWHERE) & (reach_m[asked] > circle)]
            circle *= _WIDER
        return found
