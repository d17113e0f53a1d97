"""Where the events of a batch are: one look into the index per datum, not one per event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from messages.event import Event
from messages.place import Datum
from streams.city import City, Located

UNLOCATED = -1


def locate(events: Sequence[Event], city: City) -> list[Located]:
    """The place of every event, in their order. An event without a usable position is unlocated."""
    found: list[Located | None] = [None] * len(events)
    by_datum: dict[Datum, list[int]] = {}
    for row, event in enumerate(events):
        position = event.position
        if position is None:
            found[row] = unlocated(city, "no_position", "no position was given")
            continue
        datum = position.datum or city.source_datums.get(event.source)
        if datum is None:
            found[row] = unlocated(
                city,
                "no_datum",
                f"no datum: neither the position nor the source {event.source!r} declares one",
            )
            continue
        by_datum.setdefault(datum, []).append(row)
    for datum, rows in by_datum.items():
        _look_up(events, rows, datum, city, found)
    return found  # type: ignore[return-value]  # every row is filled by now


def _look_up(
    events: Sequence[Event],
    rows: list[int],
    datum: Datum,
    city: City,
    found: list[Located | None],
) -> None:
    positions = [events[row].position for row in rows]
    lon = np.fromiter((p.lon for p in positions if p), np.float64, len(rows))
    lat = np.fromiter((p.lat for p in positions if p), np.float64, len(rows))
    places = city.index.locate(lon, lat, datum)
    cells = city.cells
    hits = zip(rows, places.cell.tolist(), places.nearest.tolist(), strict=True)
    for i, (row, cell, nearest) in enumerate(hits):
        if cell == UNLOCATED:
            found[row] = unlocated(city, "outside", "outside every polygon of the city")
        elif nearest:
            found[row] = _nearest(cells[cell], float(places.distance_m[i]))
        else:
            found[row] = cells[cell]


def _nearest(inside: Located, distance_m: float) -> Located:
    metres = round(distance_m, 1)
    place = {**inside.place, "method": "nearest", "distance_m": metres}
    text = inside.reason["text"].replace("inside", f"{metres} m from", 1)
    return inside._replace(place=place, reason={"step": "locate", "code": "nearest", "text": text})


def unlocated(city: City, code: str, why: str) -> Located:
    """The place of an event that no polygon claims: the city's triage decides."""
    place = {
        "method": "unlocated",
        "city": city.code,
        "why": why,
        "boundaries": city.boundaries,
    }
    reason = {"step": "locate", "code": code, "text": why}
    return Located(place, reason, city.pack.city.shards.unlocated, None, None)
