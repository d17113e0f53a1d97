"""Many ranges at once: how array code writes a loop in a loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]


def spread(
    first: npt.NDArray[np.integer], count: npt.NDArray[np.integer]
) -> tuple[Positions, Positions]:
    """Every number of every range ``first .. first + count - 1``, range after range.

    Returns the row of the range that each number is of, and the numbers.
    """
    ends = np.cumsum(count, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    row = np.repeat(np.arange(len(count)), count)
    offset = np.asarray(first, np.int64) - (ends - count)
    return row, np.repeat(offset, count) + np.arange(total)
