"""Which of the pack's layers (schools, underpasses …) each event of a batch lies in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streams.city import City
from streams.understanding.points import Point

_NOWHERE: tuple[str, ...] = ()


def exposed(points: Sequence[Point | None], city: City) -> list[tuple[str, ...]]:
    """Per event the layers that its point (WGS-84) lies in, sorted; none for one without."""
    found = [_NOWHERE] * len(points)
    if city.exposure is None:
        return found
    rows = [row for row, point in enumerate(points) if point is not None]
    if rows:
        lon, lat = np.array([points[row] for row in rows]).T
        for row, layers in zip(rows, city.exposure.at(lon, lat), strict=True):
            found[row] = layers
    return found
