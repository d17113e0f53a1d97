"""Between WGS-84 and the datums of Chinese maps, on arrays of degrees.

GCJ-02 is unpublished. The formula is the one read out of a phone's map module and published as
``EvilTransform`` (2013); Krasovsky's ellipsoid of 1940, as the coordtransform and eviltransform
projects carry it: https://github.com/googollee/eviltransform. It leaves points outside a box
around China as they are. BD-09 is Baidu's turn and shift on top of it; constants from the same
projects. CGCS2000 (GB 22021) and WGS-84 lie centimetres apart and are one here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from messages.place import Datum

Degrees: TypeAlias = npt.NDArray[np.float64]
Pair: TypeAlias = tuple[Degrees, Degrees]

_AXIS_M: Final = 6378245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BD_TURN: Final = np.pi * 3000.0 / 180.0
_ENOUGH_DEG: Final = 1e-10  # 0.01 mm
_STEPS: Final = 12


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Pair:
    """Degrees of ``datum`` for degrees of WGS-84. Arrays of one shape; NaN stays NaN."""
    x, y = _arrays(lon, lat)
    if datum == "gcj02":
        return _gcj02(x, y)
    if datum == "bd09":
        return _bd09(*_gcj02(x, y))
    return x, y


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Pair:
    """Degrees of WGS-84 for degrees of ``datum``: the forward formula inverted to under 1 mm.

    Within some 700 m of the edge of GCJ-02's box the formula jumps and has no inverse; there the
    last approximation is returned.
    """
    x, y = _arrays(lon, lat)
    if datum == "bd09":
        x, y = _inverted(_bd09, x, y)
    if datum in ("gcj02", "bd09"):
        return _inverted(_gcj02, x, y)
    return x, y


def convert(lon: npt.ArrayLike, lat: npt.ArrayLike, source: Datum, target: Datum) -> Pair:
    """Degrees of ``target`` for degrees of ``source``, by way of WGS-84."""
    if source == target:
        return _arrays(lon, lat)
    return from_wgs84(*to_wgs84(lon, lat, source), target)


def _arrays(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def _inverted(forward: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees) -> Pair:
    """The fixed point of p ← p − (forward(p) − given). Both formulas move neighbours alike to
    within 2 %, so an error shrinks fiftyfold a step."""
    x, y = lon, lat
    for _ in range(_STEPS):
        moved_x, moved_y = forward(x, y)
        off_x, off_y = moved_x - lon, moved_y - lat
        x, y = x - off_x, y - off_y
        if not (np.nanmax(np.abs([off_x, off_y]), initial=0.0) > _ENOUGH_DEG):
            break
    return x, y


def _gcj02(lon: Degrees, lat: Degrees) -> Pair:
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    swing_x = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (swing_x + _swing(y, 20.0, 40.0) + _slow(y, 160.0, 320.0, 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (swing_x + _swing(x, 20.0, 40.0) + _slow(x, 150.0, 300.0, 30.0)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_2 * np.sin(radians) ** 2
    meridian_m = np.radians(_AXIS_M * (1.0 - _ECCENTRICITY_2) / (magic * np.sqrt(magic)))
    parallel_m = np.radians(_AXIS_M / np.sqrt(magic) * np.cos(radians))
    with np.errstate(divide="ignore", invalid="ignore"):
        moved_lon, moved_lat = lon + east / parallel_m, lat + north / meridian_m
    return np.where(inside, moved_lon, lon), np.where(inside, moved_lat, lat)


def _swing(t: Degrees, a: float, b: float) -> Degrees:
    return a * np.sin(t * np.pi) + b * np.sin(t / 3.0 * np.pi)


def _slow(t: Degrees, a: float, b: float, divisor: float) -> Degrees:
    return a * np.sin(t / 12.0 * np.pi) + b * np.sin(t / divisor * np.pi)


def _bd09(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
