"""Which of two cells has a position that both hold. The one place where that is written down.

1. The grid system: a special grid (专属网格) goes before a comprehensive one (综合), that before a
   management one (管理).
2. The smaller area on the ellipsoid, in whole square metres, so that two equal cells are equal on
   every machine.
3. The lower code, character by character.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo.layer import GRID_SYSTEMS
from geo.metres import Floats
from geo.territory import Territory


def ranked(area: Floats, territories: Sequence[Territory]) -> npt.NDArray[np.intp]:
    """The rows of cells, best first, by their area in whole square metres."""
    system = np.array([GRID_SYSTEMS.index(t.system) for t in territories])
    codes = np.array([t.code for t in territories])
    return np.lexsort((codes, area, system))
