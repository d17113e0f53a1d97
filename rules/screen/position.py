"""``impossible_position``: where producers put events when they know no place."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple, Protocol

from rules.screen.check import Check
from rules.screen.facts import ScreenFacts

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of GRS 80 (Moritz 2000, table in "Geodetic Reference System 1980")."""
LEAST_DEGREE_M = 110_000
"""A degree of latitude is longer than this everywhere: most points need no haversine."""


class Point(Protocol):
    """A place that producers send when they know none."""

    @property
    def name(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def radius_m(self) -> float: ...


class Box(Protocol):
    """West, south, east and north in degrees."""

    @property
    def west(self) -> float: ...
    @property
    def south(self) -> float: ...
    @property
    def east(self) -> float: ...
    @property
    def north(self) -> float: ...


class ImpossiblePosition(Protocol):
    """Where no event of the city is."""

    @property
    def points(self) -> Sequence[Point]: ...
    @property
    def box(self) -> Box | None: ...


class _Spot(NamedTuple):
    name: str
    lon: float
    lat: float
    radius_m: float

    def reaches(self, south: float, north: float) -> bool:
        """Whether a position between two latitudes can lie within the radius."""
        margin = self.radius_m / LEAST_DEGREE_M
        return south - margin <= self.lat <= north + margin


def impossible_position(given: ImpossiblePosition) -> Check:
    """Positions within the radius of one of the ``points``, or outside the ``box``. Positions and
    points are compared as they were written, whatever their datum."""
    spots = tuple(_Spot(p.name, p.lon, p.lat, p.radius_m) for p in given.points)
    box = given.box
    west, south, east, north = -180.0, -90.0, 180.0, 90.0
    if box is not None:
        west, south, east, north = box.west, box.south, box.east, box.north
    # An ordinary position lies in the box, where few of the points are near.
    inside = tuple(spot for spot in spots if spot.reaches(south, north))

    def found(facts: ScreenFacts, form: str) -> str | None:
        lon, lat = facts.lon, facts.lat
        if lon is None or lat is None:
            return None
        if west <= lon <= east and south <= lat <= north:
            return _near(lon, lat, inside) if inside else None
        return _near(lon, lat, spots) or f"{lon:.5f}, {lat:.5f} is far outside the city"

    return found


def _near(lon: float, lat: float, spots: Sequence[_Spot]) -> str | None:
    for name, at_lon, at_lat, radius_m in spots:
        if abs(lat - at_lat) * LEAST_DEGREE_M <= radius_m:
            distance = _haversine_m(lon, lat, at_lon, at_lat)
            if distance <= radius_m:
                return f"{lon:.5f}, {lat:.5f} is {distance:.0f} m from {name}"
    return None


def _haversine_m(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    phi, phi2 = radians(lat), radians(lat2)
    a = sin((phi2 - phi) / 2) ** 2
    a += cos(phi) * cos(phi2) * sin(radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(a)))
