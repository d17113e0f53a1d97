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


class Responsible(Message):
    """The street or district that answers for a cell which lies in another: what is routed by."""

    district: Code | None = None
    street: Code | None = None


class Choice(Message):
    """One place that an ambiguous address can mean. ``score``: 1 for a name as it is registered."""

    name: str
    district: Code | None = None
    street: Code | None = None
    community: Code | None = None
    grid: Code | None = None
    score: Annotated[Finite, Field(ge=0, le=1)]


class Place(Message):
    """The territory an event belongs to.

    ``method``: ``inside`` a polygon; ``nearest`` one within the pack's tolerance; by ``address``;
    by the ``asset`` register; or ``unlocated``, when every code below the city is absent.
    ``system``: of the grid, where it is not the management grid (管理网格). ``overrides``: the grid
    that would have it without the special one (专属网格). ``responsible``: only where it is not the
    street and district that the cell lies in. ``distance_m``: metres from the position to the
    polygon, 0 inside. ``border_m``: metres to the cell's border. ``runner_up``: the neighbour's
    code when the position's accuracy reaches it. ``choices``: what an ambiguous address can mean;
    the codes are then those that all of them share. ``boundaries``: version of the boundary set.
    """

    method: Method
    city: Code
    district: Code | None = None
    street: Code | None = None
    community: Code | None = None
    grid: Code | None = None
    system: Literal["comprehensive", "special"] | None = None
    overrides: Code | None = None
    responsible: Responsible | None = None
    distance_m: Annotated[Finite, Field(ge=0)] | None = None
    border_m: Annotated[Finite, Field(ge=0)] | None = None
    runner_up: Code | None = None
    choices: tuple[Choice, ...] = ()
    why: str = ""
    boundaries: str = ""
