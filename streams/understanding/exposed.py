"""Which of the pack's layers (schools, underpasses …) each event of a batch lies in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.datum import to_wgs84
from messages.event import Event
from messages.place import Datum
from streams.city import City

_NOWHERE: tuple[str, ...] = ()


def exposed(events: Sequence[Event], city: City) -> list[tuple[str, ...]]:
    """Per event the layers that its position lies in, sorted; none for one without a position."""
    found = [_NOWHERE] * len(events)
    if city.exposure is None:
        return found
    together: dict[Datum, list[int]] = {}
    for row, event in enumerate(events):
        if event.position is not None:
            datum = event.position.datum or city.source_datums.get(event.source)
            if datum is not None:
                together.setdefault(datum, []).append(row)
    for datum, rows in together.items():
        lon = np.array([events[row].position.lon for row in rows])  # type: ignore[union-attr]
        lat = np.array([events[row].position.lat for row in rows])  # type: ignore[union-attr]
        for row, layers in zip(rows, city.exposure.at(*to_wgs84(lon, lat, datum)), strict=True):
            found[row] = layers
    return found
