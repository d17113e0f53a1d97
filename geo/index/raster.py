"""The raster: for most positions one read tells the polygon, for the others a short record does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from geo.index.edges import Edges, Ints
from geo.index.frame import Frame, Window
from geo.index.interiors import fill, spans
from geo.index.records import OUTSIDE, Records, records
from geo.layer import Geometries
from geo.metres import Floats

VERSION: Final = 3
"""Grows when a raster of the same polygons is another one: part of what names a cache file."""

_ULP: Final = 2.0**-53
UNSURE: Final = (3.0 + 16.0 * _ULP) * _ULP
"""The sign of an orientation is right where the determinant's magnitude exceeds this times the sum
of the magnitudes of its two products: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic
and Fast Robust Geometric Predicates", 1997."""

_BAND_CELLS: Final = 4_000_000  # built at a time, so that what is needed meanwhile stays small


@dataclass(frozen=True, eq=False)
class Raster:
    """``cells``: int32, row by row from the south-west: a polygon's id; -1 outside; ``ASK``; or
    -2 - n for record n. ``heads``, ``pairs``, ``candidates``: as :class:`Records`. ``edges``:
    float64 (n, 4), as :attr:`Edges.ends`. The border of polygon i is ``outlines[i]`` (first, count)
    of ``outline_edges``, which name edges. Arrays may be mapped from a file: nothing writes to
    them."""

    frame: Frame
    cells: Ints
    heads: Ints
    pairs: Ints
    candidates: Ints
    edges: Floats
    outlines: Ints
    outline_edges: Ints

    @cached_property
    def unsure(self) -> float:
        """The side of an edge on which a position lies is certain where the determinant is larger.

        As :data:`UNSURE` says, for the largest products that can be: of an edge's longest side, and
        that side and a cell's together.
        """
        ends = self.edges
        longest = float(np.abs(ends[:, 2:] - ends[:, :2]).max())
        away = longest + 1 / min(self.frame.per_lon, self.frame.per_lat)
        # A little more: an edge is taken for touching from just outside.
        return UNSURE * 2 * longest * away * 1.001

    @classmethod
    def build(cls, polygons: Geometries, rank: Ints) -> Raster:
        """The raster of polygons in degrees. A polygon's id is its row; the lower rank wins."""
        ids = np.argsort(rank).astype(np.int32)
        edges = Edges.of(polygons[ids])
        frame = Frame.around(polygons, len(edges))
        cells = np.full(len(frame), OUTSIDE, np.int32)
        found = _Found(cells)
        for window in _bands(frame):
            found.add(_draw(cells, edges, frame, window, ids))
        heads, outline_edges = edges.by_owner(len(ids))
        outlines = np.empty_like(heads)
        outlines[ids] = heads
        return cls(frame, cells, *found.arrays(), edges.ends, outlines, outline_edges)

    def redrawn(self, window: Window, polygons: Geometries, ids: Ints, changed: int) -> Raster:
        """The raster with the cells of a window drawn anew, and with a new border of ``changed``.

        ``polygons``: all that touch the window, best first; ``ids`` names them. Old records stay,
        unused: after many edits a raster is worth building again.
        """
        frame, edges = self.frame, Edges.of(polygons)
        cells = self.cells.copy()
        band = (
            slice(window.first_row, window.end_row),
            slice(window.first_column, window.end_column),
        )
        cells.reshape(frame.rows, frame.columns)[band] = OUTSIDE
        drawn = _draw(cells, edges, frame, window, ids)
        drawn.pairs[:, 0] += len(self.edges)
        found = _Found(cells, self)
        found.add(drawn)
        heads, listed = edges.by_owner(len(polygons))
        first, count = heads[np.flatnonzero(ids == changed)[0]].tolist()
        outlines = self.outlines.copy()
        outlines[changed] = len(self.outline_edges), count
        return Raster(
            frame,
            cells,
            *found.arrays(),
            np.concatenate((self.edges, edges.ends)),
            outlines,
            np.concatenate((self.outline_edges, listed[first : first + count] + len(self.edges))),
        )


class _Found:
    """Records from several windows, put one behind the other."""

    def __init__(self, cells: Ints, begin: Raster | None = None) -> None:
        self._cells = cells
        self._heads = [] if begin is None else [begin.heads]
        self._pairs = [] if begin is None else [begin.pairs]
        self._candidates = [] if begin is None else [begin.candidates]

    def add(self, found: Records) -> None:
        """Take records over, and name them in the raster's cells."""
        number = sum(map(len, self._heads)) + np.arange(len(found.cells), dtype=np.int32)
        self._cells[found.cells] = -2 - number
        self._cells[found.plain_cells] = found.plain_ids
        found.heads[:, 0] += sum(map(len, self._pairs))
        found.heads[:, 2] += sum(map(len, self._candidates))
        self._heads.append(found.heads)
        self._pairs.append(found.pairs)
        self._candidates.append(found.candidates)

    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Heads, pairs and candidates of all."""
        return (
            np.concatenate(self._heads),
            np.concatenate(self._pairs),
            np.concatenate(self._candidates),
        )


def _bands(frame: Frame) -> Iterator[Window]:
    rows = max(_BAND_CELLS // frame.columns, 1)
    for first in range(0, frame.rows, rows):
        yield Window(first, min(first + rows, frame.rows), 0, frame.columns)


def _draw(cells: Ints, edges: Edges, frame: Frame, window: Window, ids: Ints) -> Records:
    _, south, _, north = frame.box(window)
    near = edges.between(south, north)
    held = spans(edges, near, frame, window)
    fill(cells, held, ids)
    return records(edges, near, held, frame, window, ids)
