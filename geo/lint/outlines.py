"""How far one outline lies off another: the distance, and the shift that lays it upon the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geo.lint.covers import Cover
from geo.metres import Floats

_SAMPLES: Final = 600
_SMALL_PART: Final = 0.01
"""A part with less than this of the area says nothing about where the whole lies."""
_STEPS: Final = 30
_ENOUGH_M: Final = 0.05
_TRUSTED: Final = 0.75
"""The nearest three quarters: the rest is land that only one of the two layers has."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Metres to the east and north, and the median distance that is left after it."""

    east_m: float
    north_m: float
    left_m: float

    @property
    def length_m(self) -> float:
        """How far it moves things."""
        return float(np.hypot(self.east_m, self.north_m))


def outline_of(cover: Cover) -> Any:
    """The outer rings of a cover's large parts, in metres."""
    parts = shapely.get_parts(cover.flat)
    areas = shapely.area(parts)
    large = parts[areas >= _SMALL_PART * areas.sum()]
    return shapely.multilinestrings(shapely.get_exterior_ring(large))


def samples_on(outline: Any) -> Floats:
    """Points at even steps along an outline, (n, 2), in metres."""
    rings = shapely.get_parts(outline)
    lengths = shapely.length(rings)
    counts = np.maximum(8, np.round(_SAMPLES * lengths / lengths.sum())).astype(int)
    which = np.repeat(np.arange(len(rings)), counts)
    along = np.concatenate([np.arange(n) / n for n in counts])
    points = shapely.line_interpolate_point(rings[which], along, normalized=True)
    return shapely.get_coordinates(points)  # type: ignore[no-any-return]


def median_off(points: Floats, outline: Any) -> float:
    """Metres from the points to the nearest place of an outline: the median."""
    shapely.prepare(outline)
    return float(np.median(shapely.distance(shapely.points(points), outline)))


def shift_onto(points: Floats, outline: Any) -> Shift:
    """The shift that lays points upon an outline.

    Iterated closest points with the distance to the tangent (Chen and Medioni, "Object modelling by
    registration of multiple range images", 1992), for a shift alone.
    """
    shapely.prepare(outline)
    moved = np.zeros(2)
    for _ in range(_STEPS):
        here = points + moved
        off = _to_nearest(here, outline)
        far = np.hypot(off[:, 0], off[:, 1])
        kept = (far <= np.quantile(far, _TRUSTED)) & (far > 1e-6)
        normal = off[kept] / far[kept][:, None]
        step = np.linalg.lstsq(normal, far[kept], rcond=None)[0] if kept.any() else np.zeros(2)
        moved = moved + step
        if np.hypot(*step) < _ENOUGH_M:
            break
    return Shift(float(moved[0]), float(moved[1]), median_off(points + moved, outline))


def _to_nearest(points: Floats, outline: Any) -> Floats:
    lines = shapely.shortest_line(shapely.points(points), outline)
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return ends[:, 1] - ends[:, 0]  # type: ignore[no-any-return]
