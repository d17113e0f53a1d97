"""Where events are as points of one datum, for distances between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from geo.datum import to_wgs84
from messages.event import Event
from messages.place import Datum
from packs.table import DATUMS
from streams.city import City

Point: TypeAlias = tuple[float, float]
_DIGITS = 6
"""Of a degree: 0.1 m."""


def points(events: Sequence[Event], city: City) -> list[Point | None]:
    """Longitude and latitude in WGS-84 of every event, in their order; None for one without.

    A device is where the register has it; else its position counts, in its own datum or its
    source's. One without a datum has no point, as it has no place.
    """
    found: list[Point | None] = [None] * len(events)
    together: dict[Datum, list[tuple[int, float, float]]] = {}
    assets = city.pack.assets
    for row, event in enumerate(events):
        at = assets.rows.get(getattr(event, "device_id", "")) if assets is not None else None
        if assets is not None and at is not None and assets.datum[at] >= 0:
            datum = DATUMS[assets.datum[at]]
            place = (row, float(assets.lon[at]), float(assets.lat[at]))
            together.setdefault(datum, []).append(place)
            continue
        position = event.position
        if position is None:
            continue
        own = position.datum or city.source_datums.get(event.source)
        if own is not None:
            together.setdefault(own, []).append((row, position.lon, position.lat))
    for datum, some in together.items():
        rows, lons, lats = zip(*some, strict=True)
        lon, lat = to_wgs84(lons, lats, datum)
        for row, x, y in zip(rows, lon.tolist(), lat.tolist(), strict=True):
            found[row] = (round(x, _DIGITS), round(y, _DIGITS))
    return found
