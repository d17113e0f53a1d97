"""Paths of SVG, short: relative moves in whole numbers where a layer has thousands of polygons."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.layer import Geometries
from geo.lint.picture.scene import rings_of
from geo.metres import Floats


def whole_path(polygons: Geometries) -> str:
    """The path of polygons whose coordinates are whole numbers; north is down."""
    return "".join(_whole_ring(ring) for ring in rings_of(polygons))


def fine_path(shape: Any) -> str:
    """The path of polygons or lines in metres, to the centimetre; north is up."""
    parts = shapely.get_parts(np.atleast_1d(np.asarray(shape, dtype=object)))
    polygons = shapely.get_type_id(parts) == 3
    closed = [_fine(ring) + "z" for ring in rings_of(parts[polygons])]
    lines = shapely.get_parts(parts[~polygons])
    lines = lines[np.isin(shapely.get_type_id(lines), (1, 2))]
    return "".join(closed + [_fine(shapely.get_coordinates(line)) for line in lines])


def _whole_ring(ring: Floats) -> str:
    whole = ring[:-1].astype(int)
    moves = np.diff(whole, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    if not len(moves):
        return ""
    rest = "".join(f"{x} {y} " if y >= 0 else f"{x}{y} " for x, y in moves.tolist())
    return f"M{whole[0, 0]} {whole[0, 1]}l{rest}z"


def _fine(points: Floats) -> str:
    return "M" + "L".join(f"{_short(x)} {_short(-y)}" for x, y in points.tolist())


def _short(metres: float) -> str:
    return f"{metres:.2f}".rstrip("0").rstrip(".")
