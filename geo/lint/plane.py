"""A city as a plane of metres, where strips have a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely

from geo.layer import Geometries
from geo.metres import metres_per_degree


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres east and north of a point. Straight stays straight, and shared corners stay shared.

    A degree counts as at that point: 50 km north or south of it, in the latitude of Nanjing, a
    metre from west to east is off by 0.5 %.
    """

    lon: float
    lat: float
    x_scale: float
    y_scale: float

    @classmethod
    def around(cls, drafts: Sequence[Geometries]) -> Self:
        """The plane around the middle of most polygons."""
        bounds = np.vstack([shapely.bounds(geometries) for geometries in drafts])
        west, south, east, north = np.median(bounds, axis=0)
        lon, lat = float(west + east) / 2, float(south + north) / 2
        x_scale, y_scale = metres_per_degree(lat)
        return cls(lon, lat, float(x_scale), float(y_scale))

    def flat(self, geometries: Any) -> Any:
        """Metres for WGS-84 degrees."""
        return shapely.transform(
            geometries,
            lambda x, y: ((x - self.lon) * self.x_scale, (y - self.lat) * self.y_scale),
            interleaved=False,
        )

    def degrees(self, geometries: Any) -> Any:
        """WGS-84 degrees for metres."""
        return shapely.transform(
            geometries,
            lambda x, y: (x / self.x_scale + self.lon, y / self.y_scale + self.lat),
            interleaved=False,
        )
