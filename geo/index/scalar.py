"""One position at a time: for a single event an array costs more than the look-up itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from geo.index.raster import UNSURE, Raster
from geo.index.records import ASK, LOWER_IS_WEST, OUTSIDE, OWNERS, UPPER_IS_WEST

UNDECIDED: Final = -2

_LOWER: Final = int(LOWER_IS_WEST)
_UPPER: Final = int(UPPER_IS_WEST)
_ENDS: Final = _LOWER | _UPPER
_OWNERS: Final = int(OWNERS)


def scalar_look_up(raster: Raster) -> Callable[[float, float], int]:
    """A function of longitude and latitude: the id of the polygon there, -1 for none, -2 where it
    is not decided. As :func:`geo.index.lookup.look_up`, but that it skips edges which the position
    is above or below of, so that a little more is decided."""
    frame = raster.frame
    west, south, per_lon, per_lat = frame.west, frame.south, frame.per_lon, frame.per_lat
    columns, rows = frame.columns, frame.rows
    # Views give Python's own numbers, several times as fast as NumPy's scalars.
    cells, candidates = raster.cells.data, raster.candidates.data
    heads, pairs = raster.heads.reshape(-1).data, raster.pairs.reshape(-1).data
    edges = raster.edges.reshape(-1).data

    def look_up(lon: float, lat: float) -> int:
        x, y = (lon - west) * per_lon, (lat - south) * per_lat
        if not (0.0 <= x < columns and 0.0 <= y < rows):  # NaN fails too
            return OUTSIDE
        value = cells[int(y) * columns + int(x)]
        if value >= OUTSIDE:
            return value
        if value == ASK:
            return UNDECIDED
        head = (-2 - value) * 4
        first = heads[head] * 2
        bits = heads[head + 3]
        for pair in range(first, first + heads[head + 1] * 2, 2):
            word = pairs[pair + 1]
            edge = pairs[pair] * 4
            low_lat, high_lat = edges[edge + 1], edges[edge + 3]
            if low_lat > lat:
                if (word & _ENDS) in (_LOWER, _UPPER):
                    bits ^= word & _OWNERS
                continue
            if high_lat < lat:
                continue
            low_lon = edges[edge]
            left = (edges[edge + 2] - low_lon) * (lat - low_lat)
            right = (high_lat - low_lat) * (lon - low_lon)
            turn = left - right
            if abs(turn) <= UNSURE * (abs(left) + abs(right)):
                return UNDECIDED
            if high_lat > lat and (turn < 0.0) != bool(word & _UPPER):
                bits ^= word & _OWNERS
        bits &= _OWNERS
        if not bits:
            return OUTSIDE
        return candidates[heads[head + 2] + (bits & -bits).bit_length() - 1]

    return look_up
