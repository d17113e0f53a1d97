"""The positions that every contender is asked for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.geo.cities import City

MANY = 100_000
"""The largest batch."""

_BATCHES = 4  # so that a large batch does not find its own traces in the processor's caches

_OUTSIDE = 0.05
_SEED = 7


class Points(NamedTuple):
    """Degrees, row by row."""

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]

    def __len__(self) -> int:  # of rows, not of columns
        return len(self.lon)

    def rows(self, first: int, last: int) -> Points:
        """The points from ``first`` to before ``last``."""
        return Points(self.lon[first:last], self.lat[first:last])


def make_points(city: City, count: int = _BATCHES * MANY) -> Points:
    """Uniform in the city's box, and one in twenty east or west of it. Always the same ones."""
    rng = np.random.default_rng(_SEED)
    west, south, east, north = city.box
    lon = rng.uniform(west, east, count)
    lat = rng.uniform(south, north, count)
    outside = rng.random(count) < _OUTSIDE
    width = (east - west) * np.where(rng.random(count) < 0.5, -1, 1)
    return Points(np.where(outside, lon + width, lon), lat)
