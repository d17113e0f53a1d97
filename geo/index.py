"""The grid index: from positions, in the datum they came in, to cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo.layer import BoundaryLayer, Geometries
from geo.metres import Floats, area_m2
from geo.territory import Territory, territories
from geo.tree import NOWHERE, CellTree
from messages.place import Datum

__all__ = ["NOWHERE", "GridIndex", "Places", "Territory"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where n positions are, row by row.

    ``cell``: int32, the row in :attr:`GridIndex.territories`, -1 unlocated. ``distance_m``:
    float64, 0 inside, metres to the cell where it is the nearest, NaN unlocated. ``nearest``: bool,
    the position is in no cell, and this one is near enough.
    """

    cell: npt.NDArray[np.int32]
    distance_m: Floats
    nearest: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GridIndex:
    """The cells of a city by rank: smallest area first, then lowest code; the id of a cell is its
    rank. Where cells overlap, the lowest id has the position.

    Polygons are closed: a point on an edge is inside. Each datum that is asked for gets its own
    tree, on first use; positions are never converted. One thread at a time: see :class:`CellTree`.
    """

    city: str
    version: str
    tolerance_m: float
    territories: tuple[Territory, ...]
    cells: Geometries
    _trees: dict[Datum, CellTree] = field(default_factory=dict, repr=False)

    @classmethod
    def build(
        cls, layers: Sequence[BoundaryLayer], *, city: str, tolerance_m: float, version: str
    ) -> GridIndex:
        """The index over the finest of ``layers`` (coarse to fine, with their parents).

        ``tolerance_m``: a position in no cell takes the nearest within so many metres. Raises
        :class:`BoundaryError`, as :func:`territories` does.
        """
        found = territories(layers)
        finest = layers[-1]
        # Rounded, so that two equal cells are equal on every machine.
        area = np.round(area_m2(finest.geometries))
        rank = np.lexsort((np.asarray(finest.codes), area))
        return cls(
            city=city,
            version=version,
            tolerance_m=tolerance_m,
            territories=tuple(found[row] for row in rank),
            cells=finest.geometries[rank],
        )

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Places:
        """The places of n positions in degrees of ``datum``.

        A position that is not a number, infinite or outside ±180 and ±90 is unlocated.
        """
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        cell = np.full(len(x), NOWHERE, np.int32)
        distance = np.full(len(x), np.nan)
        nearest = np.zeros(len(x), np.bool_)
        # NaN is not within any limit.
        usable = np.flatnonzero((np.abs(x) <= 180.0) & (np.abs(y) <= 90.0))
        tree = self._tree(datum)
        cell[usable] = tree.holding(x[usable], y[usable])
        distance[cell != NOWHERE] = 0.0
        outside = usable[cell[usable] == NOWHERE]
        if len(outside) and self.tolerance_m > 0:
            near, metres = tree.nearest(x[outside], y[outside], self.tolerance_m)
            cell[outside], distance[outside] = near, metres
            nearest[outside] = near != NOWHERE
        return Places(cell, distance, nearest)

    def _tree(self, datum: Datum) -> CellTree:
        key: Datum = "wgs84" if datum == "cgcs2000" else datum
        tree = self._trees.get(key)
        if tree is None:
            tree = self._trees[key] = CellTree(self.cells, key)
        return tree
