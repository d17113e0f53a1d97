"""Where the events of a batch are, and which of their own words for it is believed.

A device is where the register (资产台账) has it. Else the position counts, if it lies in the city
or near; else the address. Where two of them disagree about district or street, the event carries
both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from messages.event import Event
from messages.place import Datum, Position
from streams.city import City
from streams.ground.addresses import located_by
from streams.ground.ground import Ground
from streams.ground.located import Located, reason
from streams.ground.positions import answered, located_at

_COMPARED: Final = ("district", "street")


def locate(events: Sequence[Event], city: City, received_at: Sequence[float]) -> list[Located]:
    """The place of every event, in their order. ``received_at``: epoch seconds, row by row.

    An event is located by the boundary set that was valid when it occurred. One without a usable
    position, register entry or address is unlocated.
    """
    occurred = [event.occurred_at.timestamp() for event in events]
    grounds = [city.ground_at(o, r) for o, r in zip(occurred, received_at, strict=True)]
    positioned = _by_position(events, occurred, grounds, city)
    return [
        _weighed(event, ground, moment, place)
        for event, ground, moment, place in zip(events, grounds, occurred, positioned, strict=True)
    ]


def _by_position(
    events: Sequence[Event], occurred: Sequence[float], grounds: Sequence[Ground], city: City
) -> list[Located]:
    """What each event's position says; unlocated for one without."""
    found: list[Located | None] = [None] * len(events)
    together: dict[tuple[str, Datum], list[int]] = {}
    for row, (event, ground) in enumerate(zip(events, grounds, strict=True)):
        position = event.position
        if position is None:
            found[row] = ground.unlocated("no_position", "no position was given")
            continue
        datum = position.datum or city.source_datums.get(event.source)
        if datum is None:
            found[row] = ground.unlocated(
                "no_datum",
                f"no datum: neither the position nor the source {event.source!r} declares one",
            )
            continue
        together.setdefault((ground.name, datum), []).append(row)
    for (_, datum), rows in together.items():
        positions: list[Position] = [events[row].position for row in rows]  # type: ignore[misc]
        moments = [occurred[row] for row in rows]
        places = located_at(positions, datum, moments, grounds[rows[0]])
        for row, place in zip(rows, places, strict=True):
            found[row] = place
    return found  # type: ignore[return-value]  # every row is filled by now


def _weighed(event: Any, ground: Ground, occurred_at: float, by_position: Located) -> Located:
    addressed = located_by(event.address, ground) if event.address else None
    device = getattr(event, "device_id", None)
    if device is not None and device in ground.assets:
        registered = _registered(device, ground, occurred_at)
        if registered is not None:
            found = _compared(registered, by_position, "the message's position is")
            return _compared(found, addressed, "its address is")
    if not event.address:
        return by_position
    if addressed is None:
        return by_position if by_position.found else by_position.noting("its address is unknown")
    if by_position.found:
        return _compared(by_position, addressed, "its address is")
    addressed = answered(ground, addressed, occurred_at)
    if event.position is None:
        return addressed
    return addressed.noting(f"its position is no help: {by_position.reason['text']}")


def _registered(device: str, ground: Ground, occurred_at: float) -> Located | None:
    cell = ground.assets.cell(device)
    place = ground.cells[cell] if cell >= 0 else ground.assets.territory(device)
    if place is None:
        return None
    text = place.reason["text"].replace("inside", "by the asset register in", 1)
    return answered(ground, place.as_found_by("asset", reason("asset", text)), occurred_at)


def _compared(place: Located, other: Located | None, what: str) -> Located:
    """The place, with the other one beside it where they disagree about district or street. The
    first that disagrees is kept."""
    if other is None or place.second is not None:
        return place
    for level in _COMPARED:
        mine, theirs = place.place.get(level), other.place.get(level)
        if mine is not None and theirs is not None and mine != theirs:
            noted = place.noting(f"but {what} in {level} {theirs}", "places_disagree")
            return noted._replace(second=other.place)
    return place
