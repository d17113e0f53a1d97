"""Which polygons may hold a point of a raster cell, best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.index.interiors import Spans
from geo.index.ranges import Positions, spread

MOST: Final = 30
"""Candidates that have a bit of their own."""

Words = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Candidates of cells 0 … n - 1. A key is ``cell * polygons + polygon``, polygons best first.

    ``keys``: rising. ``listed``: how many each cell has. ``whole``: the best polygon that holds the
    cell from side to side, ``polygons`` where none does; worse ones never win and are not listed.
    """

    polygons: int
    keys: Positions
    listed: Positions
    whole: Positions

    @classmethod
    def of(cls, touching: Positions, inside: Positions, cells: int, polygons: int) -> Candidates:
        """From keys of the polygons with an edge in a cell, and of those that hold its middle.

        ``inside`` rises and holds no key twice.
        """
        touching = _once(touching)
        across = inside[~_among(inside, touching)]
        whole = np.full(cells, polygons, np.int64)
        # Backwards, so that the first of a cell, which is its best, is written last.
        whole[across[::-1] // polygons] = across[::-1] % polygons
        keys = np.concatenate((touching, across))
        keys = np.sort(keys[keys % polygons <= whole[keys // polygons]])
        return cls(polygons, keys, np.bincount(keys // polygons, minlength=cells), whole)

    def bits(self, keys: Positions) -> Words:
        """The bit of each key: 1 for its cell's best candidate, 2 for the next …; 0 if unlisted."""
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        first = np.cumsum(self.listed) - self.listed
        place = at - first[keys // self.polygons]
        known = (self.keys[at] == keys) & (place < MOST)
        return np.where(known, np.uint32(1) << np.where(known, place, 0).astype(np.uint32), 0)


def inside_keys(cells: Positions, held: Spans, polygons: int) -> Positions:
    """Keys of the polygons that hold the middle of each of ``cells`` (numbers, rising)."""
    low, high = np.searchsorted(cells, held.first), np.searchsorted(cells, held.end)
    span, at = spread(low, high - low)
    return np.sort(at * polygons + held.polygon[span])


def _once(keys: Positions) -> Positions:
    """The keys rising, each once; by sorting, because np.unique hashes: five times as slow here."""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


def _among(keys: Positions, others: Positions) -> npt.NDArray[np.bool_]:
    """Which keys stand among ``others``; both rise."""
    if not len(others):
        return np.zeros(len(keys), np.bool_)
    at = np.searchsorted(others, keys)
    at[at == len(others)] = 0
    found: npt.NDArray[np.bool_] = others[at] == keys
    return found
