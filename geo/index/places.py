"""What the grid index answers, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.metres import Floats

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where n positions are.

    ``cell``: int32, the row in :attr:`GridIndex.territories`, -1 unlocated. ``distance_m``:
    float64, 0 inside, metres to the cell where it is the nearest, NaN unlocated. ``nearest``: bool,
    the position is in no cell, and this one is near enough.
    """

    cell: npt.NDArray[np.int32]
    distance_m: Floats
    nearest: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """How sure n places are.

    ``border_m``: float64, metres from the position to the border of its cell, NaN where it has no
    cell. ``runner_up``: int32, the nearest other cell when that is no farther than the position's
    accuracy, else -1; a cell that holds the position too is 0 m away.
    """

    border_m: Floats
    runner_up: npt.NDArray[np.int32]
