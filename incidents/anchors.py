"""Where the open cases of a category are: what an event is compared with before it opens one.

A case's anchor is where and when its first event was, and never moves, so that joining is never
chained. Anchors lie in squares of twice the category's radius: those within the radius of a point
lie in at most four of them. One record a square, state of the shard. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import orjson

KIND: Final = "anchors"
Point: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees of WGS-84."""

_METRES_A_DEGREE: Final = 111_195.0
"""Of latitude: pi / 180 times the mean radius of the Earth, 6,371,009 m (IUGG)."""


class Anchor(NamedTuple):
    """An open case. ``at``: epoch seconds at which its first event occurred. ``due``: until when
    it is of interest (epoch s). ``sketch``, ``photos``: see :mod:`incidents.likeness`."""

    incident_id: str
    point: Point
    at: float
    due: float
    sketch: str = ""
    photos: tuple[str, ...] = ()


def metres(one: Point, other: Point) -> float:
    """Between two points some kilometres apart at most: the equirectangular approximation, within
    0.1 % of the great circle there."""
    y = (one[1] - other[1]) * _METRES_A_DEGREE
    x = (one[0] - other[0]) * _METRES_A_DEGREE
    return math.hypot(x * math.cos(math.radians((one[1] + other[1]) / 2)), y)


def squares(category: str, point: Point, radius_m: float) -> tuple[str, ...]:
    """Keys of the squares that hold every anchor within the radius; the point's own is the first.

    Squares are bands of latitude cut by longitude; a band's are cut alike, whatever the point.
    """
    return _squares(category, point[0], point[1], radius_m)


@lru_cache(maxsize=1024)  # an event looks for cases there, then its own is put there
def _squares(category: str, lon: float, lat: float, radius_m: float) -> tuple[str, ...]:
    side = 2 * radius_m
    y = lat * _METRES_A_DEGREE / side
    found: list[str] = []
    for row in _touched(y):
        x = lon * _METRES_A_DEGREE * _narrowing(row, side) / side
        found += [f"{category} {column} {row}" for column in _touched(x)]
    return tuple(found)


def read(record: bytes | None, now: float) -> list[Anchor]:
    """The anchors of a square that are still of interest at ``now``."""
    if record is None:
        return []
    found = (
        Anchor(one[0], (one[1][0], one[1][1]), one[2], one[3], one[4], tuple(one[5]))
        for one in orjson.loads(record)["anchors"]
    )
    return [one for one in found if one.due > now]


def written(anchors: list[Anchor]) -> tuple[bytes, float]:
    """The record of a square, and until when it is of interest; ``anchors`` is not empty."""
    due = max(one.due for one in anchors)
    body = {"v": 1, "anchors": [tuple(one) for one in anchors], "due": due}
    return orjson.dumps(body), due


def near(
    get: Callable[[str, str], bytes | None],
    category: str,
    point: Point,
    radius_m: float,
    now: float,
    kind: str = KIND,
) -> Iterator[tuple[Anchor, float]]:
    """Anchors of the category within the radius of a point, with their distance in metres."""
    for key in squares(category, point, radius_m):
        for anchor in read(get(kind, key), now):
            distance = metres(point, anchor.point)
            if distance <= radius_m:
                yield anchor, distance


def _touched(at: float) -> tuple[int, int]:
    """The cell of a coordinate in units of cells, and the neighbour that it is nearer to: half a
    cell, which is the radius, does not reach beyond the two."""
    cell = math.floor(at)
    return (cell, cell + 1) if at - cell >= 0.5 else (cell, cell - 1)


def _narrowing(row: int, side_m: float) -> float:
    """How much shorter a degree of longitude is than one of latitude, one band farther from the
    equator, so that no square is narrower than it should be, for points of the next band too."""
    edge = (max(abs(row), abs(row + 1)) + 1) * side_m / _METRES_A_DEGREE
    return math.cos(math.radians(min(edge, 90.0)))
