"""What a raster cell keeps where borders run through it: enough to answer for any point in it.

A record holds the polygons that may contain a point of the cell (its candidates, best first), each
edge that touches the cell with the candidates that own it, and a word of bits, one per candidate,
from which ``geo/index/lookup.py`` gets the answer by toggling.

The toggling is the even-odd rule with a ray to the west, cut down to one cell. Edges that miss the
cell are not looked at: what they add to a candidate's bit is the same for every point of the cell,
so it is in the word, but for one thing. As the point's latitude passes the end of a touching edge,
and that end lies west of the cell, the touching edge begins or ceases to count, and the edge that
goes on from there is not among ours. Two marks, *lower end is west* and *upper end is west*, make
up for it. All of this compares given numbers, so it is exact but for one question, on which side of
an edge a point lies; that is asked at lookup, with an error bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.index.candidates import MOST, Candidates, Words, inside_keys
from geo.index.edges import Edges, Ints
from geo.index.frame import Frame, Window
from geo.index.interiors import Spans, crossing_lon
from geo.index.ranges import Positions, spread
from geo.index.supercover import touched
from geo.metres import Floats

OUTSIDE: Final = -1
ASK: Final = -(2**31)
"""In a raster cell: too many borders for a record; the R-tree is asked."""
MOST_EDGES: Final = 256

OWNERS: Final = np.uint32((1 << MOST) - 1)
LOWER_IS_WEST: Final = np.uint32(1 << 30)
UPPER_IS_WEST: Final = np.uint32(1 << 31)


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """``cells``: numbers of the raster cells that have a record, rising; ``plain_cells`` have
    ``plain_ids`` in place of one: no border that matters runs through them, or too many.

    ``heads``: int32 (n, 4): first pair, number of pairs, first candidate, the word of bits.
    ``pairs``: int32 (m, 2): an edge; its owners among the candidates as bits, with the two marks.
    ``candidates``: ids of polygons, record after record, best first.
    """

    cells: Positions
    heads: Ints
    pairs: Ints
    candidates: Ints
    plain_cells: Positions
    plain_ids: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """An edge and a cell that it touches, sorted by cell. ``at``: the cell's place in ``cells``."""

    edge: Positions
    row: Ints
    column: Ints
    at: Positions
    cells: Positions
    first: Positions

    @classmethod
    def of(cls, ends: Floats, near: Positions, frame: Frame, window: Window) -> _Pairs:
        edge, row, column = touched(ends[near], frame, window)
        edge = near[edge]
        number = row.astype(np.int64) * frame.columns + column
        order = np.argsort(number, kind="stable")
        number = number[order]
        fresh = np.ones(len(number), np.bool_)
        fresh[1:] = number[1:] != number[:-1]
        first = np.flatnonzero(fresh)
        at = np.cumsum(fresh) - 1
        return cls(edge[order], row[order], column[order], at, number[first], first)


def records(
    edges: Edges, near: Positions, held: Spans, frame: Frame, window: Window, ids: Ints
) -> Records:
    """The records of a window's cells. Polygons are numbered best first; ``ids`` names them.

    ``near``: the edges between the window's latitudes, of all polygons that touch it; ``held``:
    their spans.
    """
    pairs = _Pairs.of(edges.ends, near, frame, window)
    polygons, count = len(ids), len(pairs.cells)
    shared = edges.first_owner[pairs.edge + 1] - edges.first_owner[pairs.edge]
    pair, owner = spread(edges.first_owner[pairs.edge], shared)
    owned = pairs.at[pair] * polygons + edges.owners[owner]
    inside = inside_keys(pairs.cells, held, polygons)
    candidates = Candidates.of(owned, inside, count, polygons)

    toggles = _together(candidates.bits(owned), np.cumsum(shared) - shared)
    marks = _marks(edges.ends[pairs.edge], pairs.column, frame)
    word = np.bincount(inside // polygons, candidates.bits(inside), count).astype(np.uint32)
    counted = _counted(edges.ends[pairs.edge], marks, pairs, frame)
    word ^= _together(np.where(counted, toggles, np.uint32(0)), pairs.first)

    telling = toggles != 0
    numbers = np.bincount(pairs.at[telling], minlength=count)
    ask = (candidates.listed > MOST) | (numbers > MOST_EDGES)
    ask |= (numbers == 0) & (candidates.whole == polygons)
    plain = (numbers == 0) & ~ask
    good = ~plain & ~ask
    heads = np.empty((int(good.sum()), 4), np.int32)
    heads[:, 0] = np.cumsum(numbers[good]) - numbers[good]
    heads[:, 1] = numbers[good]
    heads[:, 2] = np.cumsum(candidates.listed[good]) - candidates.listed[good]
    heads[:, 3] = word[good].view(np.int32)
    kept = telling & good[pairs.at]
    listed = candidates.keys[good[candidates.keys // polygons]] % polygons
    asked = np.full(int(ask.sum()), ASK, np.int32)
    return Records(
        cells=pairs.cells[good],
        heads=heads,
        pairs=np.column_stack(
            (pairs.edge[kept].astype(np.int32), (toggles | marks)[kept].view(np.int32))
        ),
        candidates=ids[listed],
        plain_cells=np.concatenate((pairs.cells[plain], pairs.cells[ask])),
        plain_ids=np.concatenate((ids[candidates.whole[plain]], asked)),
    )


def _marks(ends: Floats, column: Ints, frame: Frame) -> Words:
    """Which ends of the edge of each pair lie west of the pair's cell."""
    marks = np.zeros(len(ends), np.uint32)
    marks[frame.column(ends[:, 0]) < column] |= LOWER_IS_WEST
    marks[frame.column(ends[:, 2]) < column] |= UPPER_IS_WEST
    return marks


def _counted(ends: Floats, marks: Words, pairs: _Pairs, frame: Frame) -> np.ndarray:
    """Which pairs toggle their owners for the middle of their cell: what lookup will compute for
    a point there, so that the word takes it back."""
    middle_lon, middle_lat = frame.middles()
    lon, lat = middle_lon[pairs.column], middle_lat[pairs.row]
    above, below = ends[:, 1] > lat, ends[:, 3] > lat
    passes = below & ~above
    west = np.zeros(len(ends), np.bool_)
    west[passes] = crossing_lon(ends[passes], lat[passes]) < lon[passes]
    counted = west ^ (above & ((marks & LOWER_IS_WEST) != 0))
    counted ^= below & ((marks & UPPER_IS_WEST) != 0)
    return counted  # type: ignore[no-any-return]


def _together(words: Words, first: Positions) -> Words:
    """The exclusive or of each run of words, by where the runs begin; none is empty."""
    if not len(first):
        return np.empty(0, np.uint32)
    return np.bitwise_xor.reduceat(words, first)
