"""Spots to send a golden test's event from: in a street, or at a place of a layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely

from geo.territory import Territory
from streams.city import City


class Spot(NamedTuple):
    """Degrees of WGS-84."""

    lon: float
    lat: float


class Spots:
    """Where the events of golden tests come from, the same spot for the same question."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._index = city.grounds[-1].index
        self._found: dict[tuple[str, str], Spot | None] = {}

    def inside(self, level: str, code: str) -> Spot | None:
        """A spot in a street or district that lies in no layer, where it has such a one; None where
        the city has no such territory. It is found in the latest boundary set."""
        key = level, code
        if key not in self._found:
            self._found[key] = next(self._inside(level, code), None)
        return self._found[key]

    def near(self, layer: str, street: str | None, district: str | None) -> Spot | None:
        """The first place of a layer, in the street or district where one is named, that lies in no
        other layer; None where there is none."""
        exposure = self._city.exposure
        if exposure is None or layer not in exposure.slugs:
            return None
        rows = np.flatnonzero(exposure.layer == exposure.slugs.index(layer))
        for row in rows.tolist():
            spot = Spot(float(exposure.lon[row]), float(exposure.lat[row]))
            territory = self._territory(spot)
            if territory is None or self._layers(spot) != (layer,):
                continue
            if street in (None, territory.street) and district in (None, territory.district):
                return spot
        return None

    def _inside(self, level: str, code: str) -> Iterator[Spot]:
        cells = sorted(
            (t.code, cell)
            for cell, t in enumerate(self._index.territories)
            if getattr(t, level) == code
        )
        exposed: list[Spot] = []
        for _, cell in cells:
            point = shapely.point_on_surface(self._index.cells[cell])
            spot = Spot(round(point.x, 6), round(point.y, 6))
            # Another cell may go before it there.
            territory = self._territory(spot)
            if territory is None or getattr(territory, level) != code:
                continue
            if not self._layers(spot):
                yield spot
            else:
                exposed.append(spot)
        yield from exposed

    def _territory(self, spot: Spot) -> Territory | None:
        places = self._index.locate(np.array([spot.lon]), np.array([spot.lat]), "wgs84")
        cell = int(places.cell[0])
        return self._index.territories[cell] if cell >= 0 else None

    def _layers(self, spot: Spot) -> tuple[str, ...]:
        exposure = self._city.exposure
        if exposure is None:
            return ()
        return exposure.at(np.array([spot.lon]), np.array([spot.lat]))[0]
