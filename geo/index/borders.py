"""How far positions are from the border of a cell."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.index.edges import Ints
from geo.index.ranges import spread
from geo.index.raster import Raster
from geo.metres import Floats, metres_per_degree

_AT_A_TIME: Final = 30_000  # edges, so that what is needed stays in a core's cache


def border_m(raster: Raster, cell: Ints, lon: Floats, lat: Floats) -> Floats:
    """Metres from each position to the nearest point of its cell's border; NaN without a cell.

    Flat around the position: exact to 0.1 % within 10 km (:mod:`geo.metres`).
    """
    metres = np.full(len(cell), np.nan)
    known = np.flatnonzero(cell >= 0)
    # By the sum of their edges: a district's coastline may have a hundred thousand of them.
    number = raster.outlines[cell[known], 1].cumsum(dtype=np.int64) // _AT_A_TIME
    for part in np.split(known, np.flatnonzero(np.diff(number)) + 1):
        if len(part):
            metres[part] = _distances(raster, cell[part], lon[part], lat[part])
    return metres


def _distances(raster: Raster, cell: Ints, lon: Floats, lat: Floats) -> Floats:
    head = raster.outlines.take(cell, axis=0)
    point, at = spread(head[:, 0], head[:, 1])
    edge = raster.edges.take(raster.outline_edges.take(at), axis=0)
    x_scale, y_scale = (scale[point] for scale in metres_per_degree(lat))
    lon, lat = lon[point], lat[point]
    # The position is the origin, which keeps the digits.
    x, y = (edge[:, 0] - lon) * x_scale, (edge[:, 1] - lat) * y_scale
    along_x, along_y = (edge[:, 2] - edge[:, 0]) * x_scale, (edge[:, 3] - edge[:, 1]) * y_scale
    length2 = along_x * along_x + along_y * along_y
    # An edge shorter than the square root of the smallest number counts as its lower end.
    foot = -(x * along_x + y * along_y) / np.maximum(length2, np.finfo(np.float64).tiny)
    np.clip(foot, 0.0, 1.0, out=foot)
    x += foot * along_x
    y += foot * along_y
    first = np.cumsum(head[:, 1]) - head[:, 1]
    return np.sqrt(np.minimum.reduceat(x * x + y * y, first))
