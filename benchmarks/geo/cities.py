"""Cities for the benchmark: no gaps, no overlaps, small cells in the centre, wavy borders.

A lattice of corners is shaken, every edge is drawn once as a wavy line, and the whole is warped so
that the centre becomes dense. Two neighbours take the same line, so that their vertices are the
same to the last bit. Always the same city for the same size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.layer import BoundaryLayer

WEST, SOUTH, EAST, NORTH = 118.3, 31.2, 119.3, 32.6
"""About Nanjing, in WGS-84 degrees."""

_TALL = 1.64  # height by width of that box in metres
_SHAKE = 0.2  # of a lattice step: corners stay apart, and a cell stays convex or nearly so
_WAVE = 0.18  # below tan of half the least angle between two edges that leave a corner
_DENSE = 0.75  # the warp makes the centre 28 times as dense as the sparsest place
_DECIMALS = 7  # 1 cm, as boundary files have it
_SEED = 20250

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class City:
    """``polygons`` in WGS-84 degrees; a cell's code is its row in seven digits."""

    polygons: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.polygons)

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return tuple(float(side) for side in shapely.total_bounds(self.polygons))

    @property
    def vertices(self) -> float:
        """Vertices a polygon, the closing one included: the mean."""
        return float(shapely.get_num_coordinates(self.polygons).mean())

    @property
    def spread(self) -> float:
        """How many times the 99th percentile of the areas is the 1st."""
        small, large = np.percentile(shapely.area(self.polygons), (1, 99))
        return float(large / small)

    def layer(self) -> BoundaryLayer:
        """The city as the index takes it."""
        codes = tuple(f"{row:07d}" for row in range(len(self)))
        return BoundaryLayer("grid", codes, codes, (None,) * len(self), self.polygons)


class _Edges(NamedTuple):
    """Every lattice edge as a line: edge ``e`` is ``points[first[e]:][:pieces[e] + 1]``."""

    points: Floats
    first: Ints
    pieces: Ints


def pieces_an_edge(size: int) -> int:
    """The more cells, the plainer: 97 vertices a cell in a city, 49 or 13 in a region."""
    return 24 if size <= 20_000 else 12 if size <= 200_000 else 3


def make_city(size: int, pieces: int | None = None) -> City:
    """``size`` valid polygons, on average ``4 * pieces + 1`` vertices each."""
    rng = np.random.default_rng(_SEED + size)
    columns, rows = _lattice(size)
    corners = _corners(columns, rows, rng)
    edges = _edges(corners, pieces or pieces_an_edge(size), rng)
    edges = edges._replace(points=_degrees(edges.points / (columns, rows)))
    return City(_polygons(columns, rows, edges))


def _lattice(size: int) -> tuple[int, int]:
    """Columns and rows whose product is ``size``, with cells as square as that allows."""
    widths = [w for w in range(1, int(size**0.5) + 1) if size % w == 0]
    columns = min(widths, key=lambda w: abs(np.log(size / w / w / _TALL)))
    return columns, size // columns


def _corners(columns: int, rows: int, rng: np.random.Generator) -> Floats:
    """(rows + 1, columns + 1, 2), in lattice steps; those of the outline stay on it."""
    x, y = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0))
    shake_x, shake_y = rng.uniform(-_SHAKE, _SHAKE, (2, *x.shape))
    x[:, 1:-1] += shake_x[:, 1:-1]
    y[1:-1] += shake_y[1:-1]
    return np.stack((x, y), axis=-1)


def _edges(corners: Floats, pieces: int, rng: np.random.Generator) -> _Edges:
    """The horizontal edges row by row, then the vertical ones."""
    begin = np.vstack((corners[:, :-1].reshape(-1, 2), corners[:-1].reshape(-1, 2)))
    end = np.vstack((corners[:, 1:].reshape(-1, 2), corners[1:].reshape(-1, 2)))
    third = pieces // 3
    counts = rng.integers(pieces - third, pieces + third, len(begin), endpoint=True)
    first = np.cumsum(counts + 1) - (counts + 1)
    edge = np.repeat(np.arange(len(begin)), counts + 1)
    step = np.arange(len(edge)) - first[edge]
    along = step / counts[edge]
    # Aside by a function of the way along: a line that cannot cross itself. Near its ends it stays
    # in a wedge of its own, so that it cannot cross another either.
    aside = _WAVE * np.minimum(along, 1 - along) * _waves(edge, along, len(begin), rng)
    straight = end - begin
    across = np.column_stack((-straight[:, 1], straight[:, 0]))
    points = begin[edge] + along[:, None] * straight[edge] + aside[:, None] * across[edge]
    # To the last bit: begin + (end - begin) need not be end.
    last = step == counts[edge]
    points[last] = end[edge[last]]
    return _Edges(points, first, counts)


def _waves(edge: Ints, along: Floats, edges: int, rng: np.random.Generator) -> Floats:
    """Between -1 and 1: a slow and a quick wave of each edge, and roughness."""
    slow, quick = rng.uniform(0, 2 * np.pi, (2, edges))
    rough = rng.uniform(-1, 1, len(edge))
    return (np.sin(6 * along + slow[edge]) + np.sin(17 * along + quick[edge]) + rough) / 3


def _degrees(unit: Floats) -> Floats:
    """From the unit square to degrees, the centre pulled together.

    The determinant of the warp's derivative is positive and the outline maps to itself, so no line
    comes to cross another.
    """
    u, v = unit[:, 0] - 0.5, unit[:, 1] - 0.5
    turn = 2 * np.pi
    x = u - _DENSE / turn * np.sin(turn * u) * np.cos(np.pi * v) ** 2 + 0.5
    y = v - _DENSE / turn * np.sin(turn * v) * np.cos(np.pi * u) ** 2 + 0.5
    lon, lat = WEST + x * (EAST - WEST), SOUTH + y * (NORTH - SOUTH)
    return np.round(np.column_stack((lon, lat)), _DECIMALS)


def _polygons(columns: int, rows: int, edges: _Edges) -> npt.NDArray[Any]:
    """Every cell from its four lines, counter-clockwise: two forwards, two backwards."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    below = row * columns + column
    left = (rows + 1) * columns + row * (columns + 1) + column
    # The fifth is the closing vertex: the first one of the first line again.
    sides = np.column_stack((below, left + 1, below + columns, left, below))
    takes = edges.pieces[sides]
    takes[:, 4] = 1
    rings = np.concatenate(([0], np.cumsum(takes.sum(axis=1))))
    backwards = np.broadcast_to([False, False, True, True, False], sides.shape).ravel()
    side, take = sides.ravel(), takes.ravel()
    start = np.where(backwards, edges.first[side] + edges.pieces[side], edges.first[side])
    within = np.arange(rings[-1]) - np.repeat(np.cumsum(take) - take, take)
    picked = np.repeat(start, take) + within * np.repeat(np.where(backwards, -1, 1), take)
    return shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, edges.points[picked], (rings, np.arange(len(rings)))
    )
