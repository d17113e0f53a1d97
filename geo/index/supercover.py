"""Which raster cells an edge touches, rather one too many than one too few."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from geo.index.frame import Frame, Window
from geo.index.ranges import spread
from geo.metres import Floats

EPSILON: Final = 1e-5
"""In cells: far above what rounding moves a position by, and rarely another cell."""
_LEVEL: Final = 1e-2  # an edge that rises by less is taken over its whole length


def touched(
    ends: Floats, frame: Frame, window: Window
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Pairs of an edge (its row in ``ends``) and a cell (row, column) of the window it touches.

    An edge with an end in a cell, by :meth:`Frame.column` and :meth:`Frame.row`, touches it.
    """
    x0 = (ends[:, 0] - frame.west) * frame.per_lon
    y0 = (ends[:, 1] - frame.south) * frame.per_lat
    x1 = (ends[:, 2] - frame.west) * frame.per_lon
    y1 = (ends[:, 3] - frame.south) * frame.per_lat
    lowest = np.maximum(np.floor(y0 - EPSILON), window.first_row).astype(np.int64)
    highest = np.minimum(np.floor(y1 + EPSILON), window.end_row - 1).astype(np.int64)
    edge, row = spread(lowest, np.maximum(highest - lowest + 1, 0))
    rise, run = (y1 - y0)[edge], (x1 - x0)[edge]
    level = rise < _LEVEL
    slope = run / np.where(level, 1.0, rise)
    from_x, to_x = x0[edge], x1[edge]
    # Where the edge enters and leaves the band of this row, which is a little wider than the row.
    enters = np.clip(row - EPSILON - y0[edge], 0.0, rise) * slope + from_x
    leaves = np.clip(row + 1 + EPSILON - y0[edge], 0.0, rise) * slope + from_x
    enters, leaves = np.where(level, from_x, enters), np.where(level, to_x, leaves)
    west = np.floor(np.minimum(enters, leaves) - EPSILON)
    east = np.floor(np.maximum(enters, leaves) + EPSILON)
    west = np.maximum(west, window.first_column).astype(np.int64)
    east = np.minimum(east, window.end_column - 1).astype(np.int64)
    pair, column = spread(west, np.maximum(east - west + 1, 0))
    return edge[pair], row[pair].astype(np.int32), column.astype(np.int32)
