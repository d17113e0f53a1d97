"""Positions to polygons on the raster, as arrays."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from geo.index.edges import Ints
from geo.index.raster import Raster
from geo.index.records import ASK, LOWER_IS_WEST, OUTSIDE, OWNERS
from geo.metres import Floats

_LOWER: Final = np.int32(LOWER_IS_WEST)
_OWNERS: Final = np.int32(OWNERS)
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
    bordered = (found < OUTSIDE).nonzero()[0]
    if not len(bordered):
        return bordered
    value = found[bordered]
    if value.min() == ASK:
        asked = value == ASK
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
    word = pairs[:, 1]
    at = rows[point]
    east, north = lon[at], lat[at]
    low_lat, high_lat = edge[:, 1], edge[:, 3]
    above, below = low_lat > north, high_lat > north
    turn = (edge[:, 2] - edge[:, 0]) * (north - low_lat)
    turn -= (high_lat - low_lat) * (east - edge[:, 0])
    unsure = np.abs(turn) <= raster.unsure
    # The position lies east of an edge that passes its latitude …
    counted = turn < 0
    counted &= below
    counted &= ~above
    # … or an end of the edge that lies west of the cell has that effect: bits 30, and 31, the sign.
    above &= (word & _LOWER) != 0
    below &= word < 0
    counted ^= above
    counted ^= below
    bits = np.bitwise_xor.reduceat(word * counted, first)
    bits ^= head[:, 3]
    bits &= _OWNERS
    # The exponent of a power of two is exact; that of nothing is 0, and not looked at.
    place = np.frexp((bits & -bits).astype(np.float64))[1] - 1
    answer = raster.candidates.take(head[:, 2] + place, mode="wrap")
    answer[bits == 0] = OUTSIDE
    found[rows] = answer
    return np.unique(rows[point[unsure]]) if unsure.any() else np.empty(0, np.intp)
