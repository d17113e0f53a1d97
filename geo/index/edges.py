"""The edges of polygons, each once, with the polygons that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.index.ranges import Positions
from geo.layer import Geometries
from geo.metres import Floats

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """n edges. ``ends``: float64 (n, 4), longitude and latitude of the lower, then of the upper end
    (of two as high the western one is the lower). The owners of edge i are
    ``owners[first_owner[i] : first_owner[i + 1]]``; an owner that has an edge twice stands twice.
    """

    ends: Floats
    first_owner: Ints
    owners: Ints

    def __len__(self) -> int:
        return len(self.ends)

    @classmethod
    def of(cls, polygons: Geometries) -> Edges:
        """The edges of polygons, an owner being a polygon's row. Edges without length are none."""
        ends, owners = _directed(polygons)
        _lower_first(ends)
        order = np.argsort(_mixed(ends))
        ends, owners = ends[order], owners[order]
        # Where two different edges mix to one number, one of them stands twice: no harm is done.
        fresh = np.ones(len(ends), np.bool_)
        fresh[1:] = (ends[1:] != ends[:-1]).any(axis=1)
        first = np.flatnonzero(fresh)
        return cls(ends[first], np.append(first, len(ends)).astype(np.int32), owners)

    def between(self, south: float, north: float) -> Positions:
        """Which edges come between two latitudes."""
        return np.flatnonzero((self.ends[:, 3] >= south) & (self.ends[:, 1] <= north))

    def by_owner(self, owners: int) -> tuple[Ints, Ints]:
        """For owners 0 … ``owners`` - 1: int32 (owners, 2), the first and the number of its edges
        in the second array, which names them."""
        edge = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first_owner))
        count = np.bincount(self.owners, minlength=owners)
        heads = np.column_stack((np.cumsum(count) - count, count)).astype(np.int32)
        return heads, edge[np.argsort(self.owners, kind="stable")]


def _directed(polygons: Geometries) -> tuple[Floats, Ints]:
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    owner = part_owner[ring_part].astype(np.int32)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    real = (ring[1:] == ring[:-1]) & (corners[1:] != corners[:-1]).any(axis=1)
    at = np.flatnonzero(real)
    return np.hstack((corners[at], corners[at + 1])), owner[ring[at]]


def _lower_first(ends: Floats) -> None:
    down = (ends[:, 1] > ends[:, 3]) | ((ends[:, 1] == ends[:, 3]) & (ends[:, 0] > ends[:, 2]))
    ends[down] = ends[down][:, [2, 3, 0, 1]]


def _mixed(ends: Floats) -> npt.NDArray[np.uint64]:
    """One number an edge, so that a single sort brings equal edges together.

    Multiplication by odd constants (Knuth, TAOCP 3, 6.4) and a fold in between.
    """
    bits = np.ascontiguousarray(ends).view(np.uint64)
    mixed = np.zeros(len(ends), np.uint64)
    for column in range(4):
        mixed ^= bits[:, column]
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
