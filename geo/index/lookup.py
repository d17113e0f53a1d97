"""Positions to polygons on the raster, as arrays.

Orientation with an error bound: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and
Fast Robust Geometric Predicates", 1997: the sign is right where the determinant's magnitude exceeds
(3 + 16 ε) ε times the sum of the magnitudes of its two products, ε = 2⁻⁵³.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from geo.index.edges import Ints
from geo.index.raster import Raster
from geo.index.records import ASK, LOWER_IS_WEST, OUTSIDE, OWNERS, UPPER_IS_WEST
from geo.metres import Floats

_ULP: Final = 2.0**-53
UNSURE: Final = (3.0 + 16.0 * _ULP) * _ULP
_AT_A_TIME: Final = 16_384  # what is needed for as many positions stays in a core's cache


def look_up(raster: Raster, lon: Floats, lat: Floats) -> tuple[Ints, npt.NDArray[np.intp]]:
    """The id of the polygon at each position, -1 for none, and the rows that are not decided.

    Not decided are positions within rounding of a border, and those of cells with too many borders;
    their id is -1 here. NaN and positions off the raster are outside.
    """
    found = np.empty(len(lon), np.int32)
    undecided = []
    for start in range(0, len(lon), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        unsure = _part(raster, lon[part], lat[part], found[part])
        if len(unsure):
            undecided.append(unsure + start)
    if not undecided:
        return found, np.empty(0, np.intp)
    rows = np.concatenate(undecided)
    found[rows] = OUTSIDE
    return found, rows


def _part(raster: Raster, lon: Floats, lat: Floats, found: Ints) -> npt.NDArray[np.intp]:
    frame = raster.frame
    cell = frame.row(lat)
    cell *= np.int32(frame.columns)
    cell += frame.column(lon)
    # Clipped to the frame already; "clip" spares take() a check of its own.
    raster.cells.take(cell, out=found, mode="clip")
    bordered = np.flatnonzero(found < OUTSIDE)
    if not len(bordered):
        return bordered
    value = found[bordered]
    asked = value == ASK
    if asked.any():
        recorded = bordered[~asked]
        unsure = _recorded(raster, lon, lat, found, recorded, value[~asked])
        return np.concatenate((bordered[asked], unsure))
    return _recorded(raster, lon, lat, found, bordered, value)


def _recorded(
    raster: Raster,
    lon: Floats,
    lat: Floats,
    found: Ints,
    rows: npt.NDArray[np.intp],
    value: Ints,
) -> npt.NDArray[np.intp]:
    """Fill in ``found`` at ``rows`` by the records that ``value`` names. Returns unsure rows."""
    if not len(rows):
        return rows
    head = raster.heads.take(-2 - value, axis=0)
    count = head[:, 1]
    first = count.cumsum() - count
    point = np.arange(len(rows)).repeat(count)
    pair = (head[:, 0] - first)[point]
    pair += np.arange(len(point))
    pairs = raster.pairs.take(pair, axis=0)
    edge = raster.edges.take(pairs[:, 0], axis=0)
    word = pairs[:, 1].view(np.uint32)
    at = rows[point]
    east, north = lon[at], lat[at]
    low_lat, high_lat = edge[:, 1], edge[:, 3]
    above, below = low_lat > north, high_lat > north
    left = (edge[:, 2] - edge[:, 0]) * (north - low_lat)
    right = (high_lat - low_lat) * (east - edge[:, 0])
    turn = left - right
    unsure = np.abs(turn) <= UNSURE * (np.abs(left) + np.abs(right))
    # The position lies east of an edge that passes its latitude …
    counted = (turn < 0) & below & ~above
    # … or the edge's end west of the cell has that effect.
    counted ^= above & ((word & LOWER_IS_WEST) != 0)
    counted ^= below & ((word & UPPER_IS_WEST) != 0)
    toggles = np.where(counted, word & OWNERS, np.uint32(0))
    bits = np.bitwise_xor.reduceat(toggles, first) ^ head[:, 3].view(np.uint32)
    best = bits & (~bits + np.uint32(1))
    # The exponent of a power of two is exact.
    place = np.frexp(best.astype(np.float64))[1] - 1
    held = bits != 0
    answer = raster.candidates.take(head[:, 2] + np.where(held, place, 0))
    found[rows] = np.where(held, answer, np.int32(OUTSIDE))
    return np.unique(rows[point[unsure]]) if unsure.any() else np.empty(0, np.intp)
