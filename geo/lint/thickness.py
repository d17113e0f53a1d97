"""How thick a polygon is: land, a sliver between two drawings of one border, or rounding."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.systems import Mask
from geo.lint.thresholds import ROUNDING_M2, ROUNDING_WIDTH_M, SLIVER_WIDTH_M
from geo.metres import Floats, area_m2, metres_per_degree

ROUNDING: Final = 0
SLIVER: Final = 1
LAND: Final = 2

_HALVINGS: Final = 6
_FINE: Final = 0.02


def thickness(geometries: Geometries) -> Any:
    """ROUNDING, SLIVER or LAND for each polygon in WGS-84 degrees."""
    kinds = np.full(len(geometries), ROUNDING)
    larger = area_m2(geometries) >= ROUNDING_M2
    metric = metric_of(geometries[larger])
    wide = np.where(wider_than(metric, SLIVER_WIDTH_M), LAND, SLIVER)
    kinds[larger] = np.where(wider_than(metric, ROUNDING_WIDTH_M), wide, ROUNDING)
    return kinds


def width_m(geometries: Geometries) -> Floats:
    """Metres across polygons in WGS-84 degrees where they are thickest: the diameter of the largest
    circle inside, to a few per cent."""
    metric = metric_of(geometries)
    least, most = _width_bounds(metric)
    # Corners much smaller than the width do not change it, and cost most of the time.
    metric = shapely.simplify(metric, _FINE * least)
    for _ in range(_HALVINGS):
        middle = np.sqrt(least * most)
        wide = wider_than(metric, middle)
        least, most = np.where(wide, middle, least), np.where(wide, most, middle)
    return np.sqrt(least * most)


def wider_than(metric: Geometries, width: float | Floats) -> Mask:
    """Which polygons, in metres, hold a circle of this diameter."""
    least, most = _width_bounds(metric)
    wide = np.asarray(least >= width)
    open_ = ~wide & (most >= width)
    # Eaten away from its border by half a width, something is left of what is wider.
    half = np.broadcast_to(np.asarray(width, np.float64) / 2, wide.shape)
    wide[open_] = ~shapely.is_empty(shapely.buffer(metric[open_], -half[open_], quad_segs=2))
    return wide


def _width_bounds(metric: Geometries) -> tuple[Floats, Floats]:
    """Between which the diameter of the largest circle lies.

    Its radius is at least area ÷ perimeter: the area is that of all the inner parallel curves
    together, none of which is longer than the border (many holes can bend this a little). And its
    own area is at most the polygon's.
    """
    area, around = shapely.area(metric), shapely.length(metric)
    return 2 * area / np.maximum(around, 1e-12), 2 * np.sqrt(area / np.pi)


def metric_of(geometries: Geometries) -> Geometries:
    """Every polygon in metres around its own middle, which also keeps the digits."""
    counts = shapely.get_num_coordinates(geometries)
    west, south, east, north = shapely.bounds(geometries).T
    lon, lat = (west + east) / 2, (south + north) / 2
    x_scale, y_scale = metres_per_degree(lat)
    around = shapely.get_coordinates(geometries)
    around[:, 0] = (around[:, 0] - np.repeat(lon, counts)) * np.repeat(x_scale, counts)
    around[:, 1] = (around[:, 1] - np.repeat(lat, counts)) * np.repeat(y_scale, counts)
    return shapely.set_coordinates(geometries.copy(), around)  # type: ignore[no-any-return]
