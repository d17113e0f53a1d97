"""Which raster cells have their middle inside a polygon: a scan line through every row."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geo.index.edges import Edges, Ints
from geo.index.frame import Frame, Window
from geo.index.ranges import Positions, spread
from geo.metres import Floats


class Spans(NamedTuple):
    """Row by row: ``polygon`` holds the middles of the cells ``first .. end - 1`` (numbers of cells
    in the whole raster, all of one row). A polygon's spans do not overlap."""

    polygon: Ints
    first: Positions
    end: Positions


def crossing_lon(ends: Floats, lat: Floats) -> Floats:
    """The longitude at which each edge passes a latitude between its ends.

    One expression for all callers: what is left of it for one is left of it for the other.
    """
    rise = ends[:, 3] - ends[:, 1]
    lon: Floats = ends[:, 0] + (lat - ends[:, 1]) * ((ends[:, 2] - ends[:, 0]) / rise)
    return lon


def spans(edges: Edges, near: Positions, frame: Frame, window: Window) -> Spans:
    """The spans of every polygon in the window's rows, cut to its columns. ``near``: the edges
    between its latitudes.

    A middle is held when an odd number of the polygon's edges pass west of it; an edge passes a
    latitude from its lower end up to below its upper end.
    """
    middle_lon, middle_lat = frame.middles()
    rows = middle_lat[window.first_row : window.end_row]
    lowest = np.searchsorted(rows, edges.ends[near, 1])
    passing, row = spread(lowest, np.searchsorted(rows, edges.ends[near, 3]) - lowest)
    edge = near[passing]
    lon = crossing_lon(edges.ends[edge], rows[row])
    shared = edges.first_owner[edge + 1] - edges.first_owner[edge]
    pair, at = spread(edges.first_owner[edge], shared)
    polygon, lon, row = edges.owners[at], lon[pair], row[pair]
    # A ring passes every line an even number of times, so neighbours in this order are pairs.
    order = np.lexsort((lon, polygon.astype(np.int64) * len(rows) + row))
    polygon, lon, row = polygon[order[::2]], lon[order], row[order[::2]] + window.first_row
    west = np.searchsorted(middle_lon, lon[::2], side="right")
    east = np.searchsorted(middle_lon, lon[1::2], side="right")
    west = np.maximum(west, window.first_column)
    east = np.minimum(east, window.end_column)
    some = east > west
    start = row[some].astype(np.int64) * frame.columns
    return Spans(polygon[some], start + west[some], start + east[some])


def fill(cells: Ints, of: Spans, ids: Ints) -> None:
    """Write ``ids[polygon]`` into the raster's cells of every span, the lowest polygon's where they
    overlap."""
    highest_first = np.argsort(-of.polygon, kind="stable")
    for part in _parts(of.end[highest_first] - of.first[highest_first]):
        chosen = highest_first[part]
        span, cell = spread(of.first[chosen], of.end[chosen] - of.first[chosen])
        # Of an index that stands there twice, the last value is assigned (NumPy's word).
        cells[cell] = ids[of.polygon[chosen]][span]


def _parts(lengths: Positions) -> list[slice]:
    """Slices of about a million cells each, so that memory stays small."""
    if not len(lengths):
        return []
    number = np.cumsum(lengths) // 1_000_000
    cuts = np.flatnonzero(number[1:] > number[:-1]) + 1
    edges = [0, *cuts.tolist(), len(lengths)]
    return [slice(a, b) for a, b in pairwise(edges)]
