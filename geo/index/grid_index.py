"""The grid index: from positions, in the datum they came in, to cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.index.borders import border_m
from geo.index.edges import Ints
from geo.index.in_datum import DatumIndex, drawn_in
from geo.index.places import NOWHERE, Borders, Places
from geo.index.ranking import ranked
from geo.index.raster import Raster
from geo.layer import GRID_SYSTEMS, BoundaryLayer, Geometries
from geo.metres import Floats, area_m2
from geo.territory import Territory, territories
from messages.errors import BoundaryError
from messages.place import Datum


@dataclass(frozen=True, eq=False)
class GridIndex:
    """The cells of a city. Where cells overlap, the best has the position: see
    :mod:`geo.index.ranking`. As built, the id of a cell is its rank.

    Polygons are closed: a point on an edge is inside. Each datum that is asked for gets a raster
    and an R-tree of its own, on first use; positions are never converted. One thread at a time: see
    :class:`geo.index.tree.CellTree`.
    """

    city: str
    version: str
    tolerance_m: float
    territories: tuple[Territory, ...]
    cells: Geometries
    area_m2: Floats
    rank: Ints
    _datums: dict[Datum, DatumIndex] = field(default_factory=dict, repr=False)

    @classmethod
    def build(
        cls,
        layers: Sequence[BoundaryLayer],
        *,
        city: str,
        tolerance_m: float,
        version: str,
    ) -> GridIndex:
        """The index over the finest of ``layers`` (coarse to fine, with their parents); of grids,
        over all their systems.

        ``tolerance_m``: a position in no cell takes the nearest within so many metres. Raises
        :class:`BoundaryError`, as :func:`territories` does.
        """
        found = territories(layers)
        finest = [layer for layer in layers if layer.level == layers[-1].level]
        cells = np.concatenate([layer.geometries for layer in finest])
        area = np.round(area_m2(cells))
        order = ranked(area, found)
        return cls(
            city=city,
            version=version,
            tolerance_m=tolerance_m,
            territories=tuple(found[row] for row in order),
            cells=cells[order],
            area_m2=area[order],
            rank=np.arange(len(cells), dtype=np.int32),
        )

    def replaced(self, code: str, polygon: Any, version: str) -> GridIndex:
        """The index with another polygon (WGS-84) for the cell ``code``: answers are the same as
        those of one built anew, but ids stay, so they are no longer ranks.

        Only what lies around the two polygons is worked out again, in every datum that was asked
        for. Raises :class:`BoundaryError` ``code_unknown`` or ``geometry_broken``.
        """
        cell = self.by_code.get(code, NOWHERE)
        if cell == NOWHERE:
            raise BoundaryError("code_unknown", f"no cell has the code {code!r}")
        if polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty:
            raise BoundaryError("geometry_broken", f"{code}: a {polygon.geom_type} is no polygon")
        if not polygon.is_valid:
            why = shapely.is_valid_reason(polygon)
            raise BoundaryError("geometry_broken", f"{code}: {why}", mend="mend the ring")
        drawn = np.array([polygon], dtype=object)
        cells, area = self.cells.copy(), self.area_m2.copy()
        cells[cell], area[cell] = polygon, np.round(area_m2(drawn))[0]
        rank = np.empty_like(self.rank)
        rank[ranked(area, self.territories)] = np.arange(len(rank), dtype=np.int32)
        datums = {
            datum: index.replaced(cell, drawn_in(drawn, datum)[0], rank)
            for datum, index in self._datums.items()
        }
        return replace(self, version=version, cells=cells, area_m2=area, rank=rank, _datums=datums)

    @cached_property
    def by_code(self) -> dict[str, int]:
        """The id of every cell, by its code."""
        return {territory.code: cell for cell, territory in enumerate(self.territories)}

    @cached_property
    def system(self) -> npt.NDArray[np.int8]:
        """The grid system of every cell, as its place in ``GRID_SYSTEMS``."""
        return np.array([GRID_SYSTEMS.index(t.system) for t in self.territories], np.int8)

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Places:
        """The places of n positions in degrees of ``datum``.

        A position that is not a number, infinite or outside ±180 and ±90 is unlocated.
        """
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        index = self.in_datum(datum)
        cell = index.holding(x, y)
        distance = np.where(cell == NOWHERE, np.nan, 0.0)
        nearest = np.zeros(len(x), np.bool_)
        if self.tolerance_m > 0:
            # NaN is not within any limit.
            usable = (cell == NOWHERE) & (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
            outside = np.flatnonzero(usable)
            if len(outside):
                near, metres = index.tree.nearest(x[outside], y[outside], self.tolerance_m)
                cell[outside], distance[outside] = near, metres
                nearest[outside] = near != NOWHERE
        return Places(cell, distance, nearest)

    def locate_one(self, lon: float, lat: float, datum: Datum) -> int:
        """The id of the cell that holds one position; -1 for none. Nothing near counts."""
        index = self._datums.get(datum) or self.in_datum(datum)
        return index.holding_one(lon, lat)

    def borders(
        self,
        cell: Ints,
        lon: Floats,
        lat: Floats,
        datum: Datum,
        accuracy_m: Floats | None = None,
    ) -> Borders:
        """How far n located positions are from the border of their ``cell``, and who is next.

        ``accuracy_m``: how far the true position may be from the one given; NaN where nobody knows,
        and then there is no runner-up.
        """
        index = self.in_datum(datum)
        border = border_m(index.raster, cell, lon, lat)
        runner_up = np.full(len(cell), NOWHERE, np.int32)
        if accuracy_m is not None:
            # Also a cell that overlaps this one is entered through its border, or holds it whole.
            rows = np.flatnonzero(np.nan_to_num(accuracy_m, nan=-1.0) >= border)
            if len(rows):
                runner_up[rows] = index.runner_up(
                    cell[rows], lon[rows], lat[rows], accuracy_m[rows]
                )
        return Borders(border, runner_up)

    def overridden(self, cell: Ints, lon: Floats, lat: Floats, datum: Datum) -> Ints:
        """The best cell of another grid system that holds each position of a ``cell``, which goes
        before it; -1 for none."""
        tree = self.in_datum(datum).tree
        points, cells = tree.all_holding(lon, lat)
        behind = self.system[cells] != self.system[cell[points]]
        return tree.best(len(cell), points[behind], cells[behind])

    def in_datum(self, datum: Datum) -> DatumIndex:
        """The cells in one datum; built on first use."""
        key = _drawn_as(datum)
        found = self._datums.get(key)
        if found is None:
            cells = drawn_in(self.cells, key)
            raster = Raster.build(cells, self.rank)
            found = self._datums[key] = DatumIndex(lambda: cells, self.rank, raster)
        return found

    def adopt(self, raster: Raster, datum: Datum) -> None:
        """Take for one datum a raster that was built of the very same cells before."""
        key = _drawn_as(datum)
        cells = self.cells
        self._datums[key] = DatumIndex(lambda: drawn_in(cells, key), self.rank, raster)


def _drawn_as(datum: Datum) -> Datum:
    return "wgs84" if datum == "cgcs2000" else datum
