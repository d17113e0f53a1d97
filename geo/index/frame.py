"""The raster's frame: which raster cell a position falls into. Everything else leans on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.layer import Geometries
from geo.metres import Floats, metres_per_degree

Columns = npt.NDArray[np.int32]

_PER_POLYGON: Final = 96
_PER_EDGE: Final = 24
"""Raster cells wanted: with more, fewer have a border through them; borders of many edges need it
most. 12,000 polygons of a hundred edges make 12 million (50 MB), of seven edges 1 million."""
_ENOUGH: Final = 12_600_000
_PER_ROOT: Final = 80_000
"""And not more than so many, growing with the root of the number of polygons: a million of them
take 80 million cells (320 MB)."""
_SMALLEST_DEG: Final = 1e-6  # a tenth of a metre; finer, and rounding would show
_MOST_CELLS: Final = 2**31 - 1  # a cell's number is an int32
_MARGIN: Final = 1.5  # the outermost ring of cells lies clear of every polygon


class Window(NamedTuple):
    """Rows and columns of a part of the raster, the ends not included."""

    first_row: int
    end_row: int
    first_column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Frame:
    """``columns`` × ``rows`` cells from the south-west corner, ``per_lon`` and ``per_lat`` of them
    a degree. The outermost ring touches no polygon: whatever lies farther out counts as there."""

    west: float
    south: float
    per_lon: float
    per_lat: float
    columns: int
    rows: int

    @classmethod
    def around(cls, polygons: Geometries, edges: int) -> Frame:
        """A frame for polygons in degrees with so many edges, its cells about square in metres."""
        west, south, east, north = (float(side) for side in shapely.total_bounds(polygons))
        x_scale, y_scale = (float(m) for m in metres_per_degree((south + north) / 2))
        x_scale = max(x_scale, y_scale / 1000)  # near a pole, where a degree has no length
        count = len(polygons)
        wanted = max(_PER_POLYGON * count, _PER_EDGE * edges)
        wanted = min(wanted, max(_ENOUGH, int(_PER_ROOT * count**0.5)))
        width_m, height_m = (east - west) * x_scale, (north - south) * y_scale
        side_m = (width_m * height_m / wanted) ** 0.5
        # A long, thin city must not become a line of a million cells.
        side_m = max(side_m, max(width_m, height_m) / wanted)
        lon_step = max(side_m / x_scale, _SMALLEST_DEG)
        lat_step = max(side_m / y_scale, _SMALLEST_DEG)
        columns, rows = _cells(east - west, lon_step), _cells(north - south, lat_step)
        if columns * rows > _MOST_CELLS:  # cannot be with the limits above
            raise ValueError(f"{columns} × {rows} raster cells")
        return cls(
            west - _MARGIN * lon_step,
            south - _MARGIN * lat_step,
            1 / lon_step,
            1 / lat_step,
            columns,
            rows,
        )

    def __len__(self) -> int:
        return self.columns * self.rows

    # Clipped, not checked: fmin and fmax put NaN into the outermost ring too, where nothing is.
    # Both never fall as their argument grows, which is what makes "lies left of" exact.

    def column(self, lon: Floats) -> Columns:
        """The column of each longitude."""
        return self._clipped((lon - self.west) * self.per_lon, self.columns)

    def row(self, lat: Floats) -> Columns:
        """The row of each latitude, from the south."""
        return self._clipped((lat - self.south) * self.per_lat, self.rows)

    @staticmethod
    def _clipped(cells: Floats, count: int) -> Columns:
        return np.fmax(np.fmin(cells, count - 1.0), 0.0).astype(np.int32)

    def middles(self) -> tuple[Floats, Floats]:
        """The longitude of every column's middle, and the latitude of every row's."""
        lon = self.west + (np.arange(self.columns) + 0.5) / self.per_lon
        lat = self.south + (np.arange(self.rows) + 0.5) / self.per_lat
        return np.asarray(lon, np.float64), np.asarray(lat, np.float64)

    def window(self, polygons: Geometries) -> Window | None:
        """The cells that polygons may touch; None where they reach the outermost ring."""
        west, south, east, north = shapely.total_bounds(polygons)
        columns = self.column(np.array([west, east])).tolist()
        rows = self.row(np.array([south, north])).tolist()
        # One cell more on every side: an edge also touches a cell that it only comes close to.
        window = Window(rows[0] - 1, rows[1] + 2, columns[0] - 1, columns[1] + 2)
        fits = min(window.first_row, window.first_column) >= 0
        fits &= window.end_row <= self.rows and window.end_column <= self.columns
        return window if fits else None

    def box(self, window: Window) -> tuple[float, float, float, float]:
        """West, south, east and north of a window, in degrees, a cell wider on every side."""
        return (
            self.west + (window.first_column - 1) / self.per_lon,
            self.south + (window.first_row - 1) / self.per_lat,
            self.west + (window.end_column + 1) / self.per_lon,
            self.south + (window.end_row + 1) / self.per_lat,
        )


def _cells(degrees: float, step: float) -> int:
    return int(np.ceil(degrees / step)) + 3
