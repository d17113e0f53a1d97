"""Which of the pack's layers a position lies in: within the radius of one of their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from geo.datum import to_wgs84
from geo.metres import Floats, metres_per_degree
from messages.place import Datum

LayerPlaces: TypeAlias = tuple[str, Datum, Floats, Floats, Floats]
"""A layer's slug, and of its n places: longitudes, latitudes (degrees of the datum), metres."""

_NO_LAYER: Final[tuple[str, ...]] = ()
_SLACK: Final = 1.001  # a box only offers a place; off its middle, degrees have other lengths


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """The places of all layers, in degrees of WGS-84. ``layer``: each place's row in ``slugs``,
    which are sorted. ``boxes``: around each place's circle, in the order of the places."""

    slugs: tuple[str, ...]
    layer: npt.NDArray[np.intp]
    lon: Floats
    lat: Floats
    radius_m: Floats
    boxes: shapely.STRtree

    @classmethod
    def compile(cls, layers: Sequence[LayerPlaces]) -> Exposure:
        """The layers ready to be asked. A slug that comes twice is one layer with the places of
        both."""
        slugs = tuple(sorted({slug for slug, *_ in layers}))
        lon, lat, radius_m = np.zeros(0), np.zeros(0), np.zeros(0)
        if layers:
            degrees = [to_wgs84(x, y, datum) for _, datum, x, y, _ in layers]
            lon, lat = np.hstack(degrees)
            radius_m = np.concatenate([np.asarray(r, np.float64) for *_, r in layers])
        layer = np.repeat(
            np.array([slugs.index(slug) for slug, *_ in layers], np.intp),
            [len(x) for _, _, x, _, _ in layers],
        )
        return cls(slugs, layer, lon, lat, radius_m, _boxes(lon, lat, radius_m))

    def at(self, lon: Floats, lat: Floats) -> list[tuple[str, ...]]:
        """For each position (degrees of WGS-84, NaN for none) the slugs of the layers it lies in,
        sorted, each once; a circle's edge is inside. Rows in no layer share one empty tuple.

        Distances are geodesics of the ellipsoid, off by under 0.001 % up to 80° of latitude. No
        circle reaches across the 180th meridian.
        """
        found = [_NO_LAYER] * len(lon)
        rows, places = self._offered(lon, lat)
        # At the latitude half way the flat rule's first error cancels out.
        x_scale, y_scale = metres_per_degree((lat[rows] + self.lat[places]) / 2)
        away = np.hypot(
            (lon[rows] - self.lon[places]) * x_scale, (lat[rows] - self.lat[places]) * y_scale
        )
        held = away <= self.radius_m[places]
        # One number for row and layer: sorted by row, then by slug.
        count = len(self.slugs)
        for pair in np.unique(rows[held] * count + self.layer[places[held]]).tolist():
            row, layer = divmod(pair, count)
            found[row] += (self.slugs[layer],)
        return found

    def _offered(
        self, lon: Floats, lat: Floats
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Every pair of a position (its row) and a place whose box it lies in."""
        given = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        rows, places = self.boxes.query(shapely.points(lon[given], lat[given]))
        return given[rows], places


def _boxes(lon: Floats, lat: Floats, radius_m: Floats) -> shapely.STRtree:
    x_scale, y_scale = metres_per_degree(lat)
    wide, high = radius_m * _SLACK / x_scale, radius_m * _SLACK / y_scale
    return shapely.STRtree(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
