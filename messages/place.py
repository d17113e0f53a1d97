"""Where an event is: the cell it lies in, how that was found, and how sure it is."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from messages.model import Code, Finite, Message

Datum: TypeAlias = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
"""The datum of a position. It is declared, by the event or by its source; never guessed."""

Method: TypeAlias = Literal["inside", "nearest", "address", "asset", "unlocated"]

Longitude: TypeAlias = Annotated[Finite, Field(ge=-180, le=180)]
Latitude: TypeAlias = Annotated[Finite, Field(ge=-90, le=90)]


class Position(Message):
    """A point as the producer measured it, in degrees of the declared datum."""

    lon: Longitude
    lat: Latitude
    datum: Datum | None = None
    accuracy_m: Annotated[Finite, Field(ge=0, le=1_000_000)] | None = None


class Place(Message):
    """The territory an event belongs to.

    ``method``: ``inside`` a polygon; ``nearest`` one within the pack's tolerance; by ``address``;
    by the ``asset`` register; or ``unlocated``, when every code below the city is absent.
    ``distance_m``: metres from the position to the polygon, 0 inside. ``border_m``: metres to the
    cell's border. ``runner_up``: the neighbour's code when the position's accuracy reaches it.
    """

    method: Method
    city: Code
    district: Code | None = None
    street: Code | None = None
    community: Code | None = None
    grid: Code | None = None
    distance_m: Annotated[Finite, Field(ge=0)] | None = None
    border_m: Annotated[Finite, Field(ge=0)] | None = None
    runner_up: Code | None = None
    why: str = ""
    boundaries: str = ""
